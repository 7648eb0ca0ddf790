/** What a provider answers, whichever door it comes through: checked and cleaned, before it becomes a move. */

import { canonicalJson } from '../../protocol/canonical-json.ts';
import { cleanText } from '../../protocol/text.ts';
import { isAmount, isCurrencyCode } from '../contract/amount.ts';
import { checkTerms, statedTerms, type WishedTerms } from '../contract/terms.ts';
import { isProblem, type Pointer, type Problem, problem } from '../problem.ts';
import { requestLimits } from './limits.ts';
import type { Budget, Proposal, RequestData } from './request.ts';

/** As it was given: the terms of a contract, of which the price has to be there. */
export type SaidProposal = WishedTerms;

/** @param id of the proposal that it becomes */
export function readProposal(said: SaidProposal, id: string, at: Date): Proposal | Problem {
  const terms = checkTerms(said, at, '');
  if (isProblem(terms)) return terms;
  const { price, ...rest } = statedTerms(terms);
  if (price) return { id, price, ...rest };
  return notTaken([
    { pointer: '/price', detail: 'expected an amount with its currency; 0 where it is free' },
  ]);
}

/** True where the terms are the same, whatever the proposals are called. */
export function isSameProposal(one: Proposal, other: Proposal): boolean {
  return canonicalJson({ ...one, id: '' }) === canonicalJson({ ...other, id: '' });
}

/** What is said of a refusal, or of a call that is withdrawn: nothing where nothing is left of it. */
export function wordsData(words: string | null): RequestData {
  const clean = cleanText(words ?? '', requestLimits.wordsCharsMax);
  return clean ? { words: clean } : {};
}

/** An amount with its currency. */
export function readBudget(given: Budget | null): Budget | null | Problem {
  if (given === null) return null;
  const { amount } = given;
  const currency = given.currency.toUpperCase();
  const errors: Pointer[] = [];
  if (!isAmount(amount)) {
    errors.push({ pointer: '/budget/amount', detail: 'expected a decimal number such as "12.50"' });
  }
  if (!isCurrencyCode(currency)) {
    errors.push({ pointer: '/budget/currency', detail: 'expected the code of a currency, such as EUR' });
  }
  return errors.length > 0 ? notTaken(errors) : { amount, currency };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** A time of RFC 3339 with its zone; null where the text is none. */
export function readTime(text: string): Date | null {
  const time = TIME.test(text) ? new Date(text) : null;
  return time && !Number.isNaN(time.getTime()) ? time : null;
}

/** The refusal of parts of what was sent. */
export function notTaken(errors: Pointer[]): Problem {
  const named = errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; ');
  return problem('invalid-body', `Not accepted: ${named}`, errors);
}
