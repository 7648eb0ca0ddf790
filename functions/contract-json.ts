/** From contracts to the JSON of the contract over HTTP. */

import type { z } from '@hono/zod-openapi';
import type { Contract } from '../market/contract/contract.ts';
import { due } from '../market/contract/due.ts';
import { openMoves } from '../market/contract/move.ts';
import { type OwnContract, sideOf } from '../operations/contracts/show.ts';
import type { Caller } from '../operations/deps.ts';
import type { ContractSchema, ContractSummarySchema } from './contract-schemas.ts';

export function contractJson(own: OwnContract, caller: Caller): z.infer<typeof ContractSchema> {
  const history = own.history.map(({ at, data, ...event }) => ({
    ...event,
    at: at.toISOString(),
    data: { ...data },
  }));
  return { ...summaryJson(own.contract, caller), history };
}

export function summaryJson(contract: Contract, caller: Caller): z.infer<typeof ContractSummarySchema> {
  const { id, kind, state, version, client, provider, listing, input, price } = contract;
  const { answerBy, deliverBy, words, offeredBy } = contract;
  const { ask, result, progress, reason, fault, created, since } = contract;
  const side = sideOf(contract, caller);
  return {
    ...{ id, kind, state, version, side, client, provider, listing, input, price },
    ...{ words, offeredBy, ask, result, progress, reason, fault },
    answerBy: answerBy?.toISOString() ?? null,
    deliverBy: deliverBy?.toISOString() ?? null,
    moves: openMoves(contract, side, new Date()),
    due: due(contract)?.at.toISOString() ?? null,
    created: created.toISOString(),
    since: since.toISOString(),
  };
}
