/** What each move has to say, and what it may say besides. */

import { cleanText } from '../../protocol/text.ts';
import { type Pointer, type Problem, problem } from '../problem.ts';
import type { MoveData } from './contract.ts';
import { contractLimits } from './limits.ts';
import type { MoveName } from './rules.ts';

type Part = keyof MoveData;

/** `needs` must be there; `takes` may be. Nothing else is kept. */
export const moveData: { readonly [move in MoveName]: { needs: Part[]; takes: Part[] } } = {
  accept: { needs: [], takes: [] },
  decline: { needs: [], takes: ['reason'] },
  propose: { needs: ['terms'], takes: ['reason'] },
  start: { needs: [], takes: [] },
  ask: { needs: ['ask'], takes: [] },
  input: { needs: ['input'], takes: [] },
  progress: { needs: ['progress'], takes: [] },
  deliver: { needs: ['result'], takes: [] },
  complete: { needs: [], takes: [] },
  fail: { needs: ['reason', 'fault'], takes: [] },
  cancel: { needs: [], takes: ['reason'] },
  lose: { needs: ['reason'], takes: [] },
  expire: { needs: [], takes: [] },
  dispute: { needs: ['reason'], takes: [] },
  resolve: { needs: ['reason'], takes: [] },
  settle: { needs: ['settlement'], takes: ['reason'] },
};

const expected: { readonly [part in Part]: string } = {
  reason: `expected words of at most ${contractLimits.reasonCharsMax} characters`,
  fault: 'expected whose doing it is',
  input: 'expected an object of named values',
  ask: 'expected what is asked for',
  result: 'expected a result',
  progress: 'expected how far it is',
  terms: 'expected other terms',
  settlement: 'expected a reference, a link or an invoice',
};

/** The parts of the data that the move takes, cleaned; a problem where one that it needs is missing or too large. */
export function checkData(move: MoveName, given: MoveData): MoveData | Problem {
  const { needs, takes } = moveData[move];
  const kept = Object.fromEntries(
    Object.entries(given).filter(([name]) => [...needs, ...takes].includes(name as Part)),
  ) as MoveData;
  if (kept.reason !== undefined) {
    const reason = cleanText(kept.reason, contractLimits.reasonCharsMax);
    if (reason) kept.reason = reason;
    else delete kept.reason;
  }
  const missing: Pointer[] = needs
    .filter((part) => kept[part] === undefined)
    .map((part) => ({ pointer: `/${part}`, detail: expected[part] }));
  if (missing.length > 0) {
    return problem('invalid-body', `Not accepted: ${named(missing)}`, missing);
  }
  if (JSON.stringify(kept).length > contractLimits.dataCharsMax) {
    return problem(
      'body-too-large',
      `What the move carries has more than ${contractLimits.dataCharsMax} characters as JSON; expected at most that many.`,
    );
  }
  return kept;
}

function named(errors: Pointer[]): string {
  return errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; ');
}
