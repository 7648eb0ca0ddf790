/** What a party says with a move, whichever door it comes through, as the data that the move carries. */

import type { JsonObject } from '../../protocol/json.ts';
import type { Ask, MoveData, Progress } from './contract.ts';
import type { MoveName } from './rules.ts';

export type Said = {
  reason?: string | undefined;
  input?: JsonObject | undefined;
  /** What came of the work: by name, and in words. */
  values?: JsonObject | undefined;
  text?: string | undefined;
  ask?: Ask | undefined;
  progress?: Progress | undefined;
};

export function saidData(move: MoveName, { reason, input, values, text, ask, progress }: Said): MoveData {
  const hasResult = values !== undefined || text !== undefined;
  return {
    ...(reason !== undefined && { reason }),
    ...(input !== undefined && { input }),
    ...(ask && { ask }),
    ...(progress && { progress }),
    // Only a provider says of itself that it failed.
    ...(move === 'fail' && { fault: 'provider' as const }),
    ...(hasResult && {
      result: {
        values: values ?? null,
        text: text ?? null,
        ...{ rows: [], outputs: [], media: [], notes: [], matches: null },
      },
    }),
  };
}
