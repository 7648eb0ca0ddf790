/** Contracts as their parties see them. */

import {
  type ContractFilter,
  contractHistory,
  findContract,
  listContracts,
} from '../../db/read-contracts.ts';
import type { Contract, ContractEvent } from '../../market/contract/contract.ts';
import { due } from '../../market/contract/due.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { openMoves } from '../../market/contract/move.ts';
import type { MoveName } from '../../market/contract/rules.ts';
import type { Side } from '../../market/contract/states.ts';
import { decodeCursor, encodeCursor } from '../../market/cursor.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import type { Caller, Deps } from '../deps.ts';

/** A contract with what its party can do about it. */
export type OwnContract = {
  contract: Contract;
  side: Side;
  /** The moves that are open to it now. */
  moves: MoveName[];
  /** When the directory moves if nobody does. */
  due: Date | null;
  history: ContractEvent[];
};

/** What ids are made of; Postgres takes not every text. */
const idPattern = /^[\w-]{1,100}$/;

/** The contract, if the caller is a party to it: to anybody else there is none. */
export async function ownContract({ db }: Deps, caller: Caller, id: string): Promise<Contract | Problem> {
  const contract = idPattern.test(id) ? await findContract(db, id, caller.jid) : null;
  return (
    contract ??
    problem(
      'contract-not-found',
      'You are party to no contract of this id; expected one as your list has it.',
    )
  );
}

export async function showContract(deps: Deps, caller: Caller, id: string): Promise<OwnContract | Problem> {
  const contract = await ownContract(deps, caller, id);
  if (isProblem(contract)) return contract;
  const history = await contractHistory(deps.db, id, contractLimits.eventsMax * 2);
  const side = sideOf(contract, caller);
  return {
    contract,
    side,
    moves: openMoves(contract, side, new Date()),
    due: due(contract)?.at ?? null,
    history,
  };
}

export function sideOf(contract: Contract, caller: Caller): Side {
  return contract.client === caller.jid ? 'client' : 'provider';
}

export type ContractsInput = Omit<ContractFilter, 'party'> & { limit: number; cursor: string | null };

/** The caller's contracts, youngest first. */
export async function browseContracts(
  { db }: Deps,
  caller: Caller,
  { side, states, limit, cursor }: ContractsInput,
): Promise<{ items: Contract[]; cursor: string | null } | Problem> {
  const scope = ['contracts', caller.jid, side ?? '', ...[...states].sort()].join(' ');
  const after = cursor === null ? null : decodeCursor(scope, cursor, 'int8');
  const created = new Date(Number(after?.key));
  if (cursor !== null && (after === null || Number.isNaN(created.getTime()))) {
    return problem(
      'invalid-cursor',
      'The cursor is none of this list; expected the cursor of its last page, or none.',
    );
  }
  const rows = await listContracts(
    db,
    { party: caller.jid, side, states },
    { after: after && { created, id: after.id }, limit: limit + 1 },
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next =
    rows.length > limit && last
      ? encodeCursor(scope, { key: String(last.created.getTime()), id: last.id })
      : null;
  return { items, cursor: next };
}
