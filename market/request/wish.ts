/** What a client says as it calls for proposals: checked and cleaned, before anybody is looked for. */

import type { JsonObject } from '../../protocol/json.ts';
import { cleanText } from '../../protocol/text.ts';
import { isProblem, type Pointer, type Problem } from '../problem.ts';
import { requestLimits } from './limits.ts';
import { notTaken, readBudget } from './proposal.ts';
import type { Budget, RequestOpening } from './request.ts';

export type WishedRequest = {
  need: string;
  input: JsonObject;
  budget: Budget | null;
  deadline: Date;
  /** Providers that are asked at most. */
  max: number;
};

export type SaidRequest = Pick<RequestOpening, 'need' | 'input' | 'budget' | 'deadline'>;

/** What is told to the providers, as it is kept; it has to fit into a message. */
export function readWish(
  { need: words, input, budget: given, deadline, max }: WishedRequest,
  listings: readonly string[] | null,
  at: Date,
): SaidRequest | Problem {
  const { needCharsMax, inputCharsMax, askedMax, listingsMax } = requestLimits;
  const budget = readBudget(given);
  if (isProblem(budget)) return budget;
  const need = words.length > needCharsMax ? '' : cleanText(words, needCharsMax);
  const errors = [
    ...(need ? [] : [fault('/need', `expected what is needed, in at most ${needCharsMax} characters`)]),
    ...(JSON.stringify(input).length > inputCharsMax
      ? [fault('/input', `expected at most ${inputCharsMax} characters as JSON`)]
      : []),
    ...(Number.isInteger(max) && max >= 1 && max <= askedMax
      ? []
      : [fault('/max', `expected a whole number from 1 to ${askedMax}`)]),
    ...(listings && (listings.length === 0 || listings.length > listingsMax)
      ? [fault('/listings', `expected 1 to ${listingsMax} ids of listings`)]
      : []),
    ...deadlineErrors(deadline, at),
  ];
  return errors.length > 0 ? notTaken(errors) : { need, input, budget, deadline };
}

function deadlineErrors(deadline: Date, at: Date): Pointer[] {
  const { deadlineSecondsMin, deadlineDaysMax } = requestLimits;
  const aheadMs = deadline.getTime() - at.getTime();
  if (aheadMs >= deadlineSecondsMin * 1_000 && aheadMs <= deadlineDaysMax * 86_400_000) return [];
  return [
    fault(
      '/deadline',
      `expected a time from ${deadlineSecondsMin} seconds to ${deadlineDaysMax} days ahead, such as 2026-11-20T10:00:00Z`,
    ),
  ];
}

function fault(pointer: string, detail: string): Pointer {
  return { pointer, detail };
}
