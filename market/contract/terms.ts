/** The terms of a contract: what is paid, until when they can be accepted, when the work is due, and what else is said. */

import { cleanLine, cleanText, xmlSafe } from '../../protocol/text.ts';
import type { Price } from '../listing.ts';
import { type Pointer, type Problem, problem } from '../problem.ts';
import { amountLimits, isAmount, isCurrencyCode } from './amount.ts';
import { contractLimits } from './limits.ts';

export type Terms = {
  /** What is paid for the whole; null where nothing is. */
  price: Price | null;
  /** Until when the terms can be accepted; null: for `offerHours` from when they were made. */
  answerBy: Date | null;
  /** When the work has to be delivered; null: in `workDays` from when it begins. */
  deliverBy: Date | null;
  words: string | null;
};

/** The same as JSON, as events keep it: times in RFC 3339. */
export type StatedTerms = Omit<Terms, 'answerBy' | 'deliverBy'> & {
  answerBy: string | null;
  deliverBy: string | null;
};

/** What somebody states; what it leaves out is null. */
export type WishedTerms = {
  price?: { amount: string; currency: string; unit?: string | undefined } | null | undefined;
  answerBy?: string | null | undefined;
  deliverBy?: string | null | undefined;
  words?: string | null | undefined;
};

export const noTerms: Terms = { price: null, answerBy: null, deliverBy: null, words: null };

/** What a price is for, where nobody says otherwise. */
export const unitDefault = 'contract';
const unitCharsMax = 60;

/**
 * The terms as they are kept, or a problem that names what is not taken and what would be.
 * @param at what they say of times has to come after it
 * @param place where they stand in what was sent, as a JSON Pointer
 */
export function checkTerms(wished: WishedTerms, at: Date, place = '/terms'): Terms | Problem {
  const errors: Pointer[] = [];
  const refuse = (name: string, detail: string) => {
    errors.push({ pointer: `${place}/${name}`, detail });
    return null;
  };
  const terms = {
    price: readPrice(wished.price ?? null, refuse),
    answerBy: readTime(wished.answerBy, contractLimits.answerDaysMax, at, (text) => refuse('answerBy', text)),
    deliverBy: readTime(wished.deliverBy, contractLimits.deliverDaysMax, at, (text) =>
      refuse('deliverBy', text),
    ),
    words: readWords(wished.words ?? '', (text) => refuse('words', text)),
  };
  if (errors.length === 0) return terms;
  const named = errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; ');
  return problem('invalid-body', `Not accepted: ${named}`, errors);
}

function readPrice(
  price: WishedTerms['price'],
  refuse: (name: string, detail: string) => null,
): Price | null {
  if (!price) return null;
  const { wholeDigitsMax, decimalsMax } = amountLimits;
  if (!isAmount(price.amount)) {
    return refuse(
      'price/amount',
      `expected a decimal number such as "12.50", of at most ${wholeDigitsMax} digits before the point and ${decimalsMax} after it`,
    );
  }
  const currency = price.currency.toUpperCase();
  if (!isCurrencyCode(currency)) {
    return refuse('price/currency', 'expected a code of ISO 4217 such as EUR, or of a token such as BTC');
  }
  const unit = cleanLine(price.unit ?? '', unitCharsMax) || unitDefault;
  return { amount: price.amount, currency, unit };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const dayMs = 86_400_000;

function readTime(
  text: string | null | undefined,
  daysMax: number,
  now: Date,
  refuse: (detail: string) => null,
): Date | null {
  if (!text) return null;
  const time = new Date(TIME.test(text) ? text : Number.NaN);
  if (Number.isNaN(time.getTime())) {
    return refuse('expected a time with its zone, such as 2026-11-20T10:00:00Z');
  }
  if (time > now && time.getTime() <= now.getTime() + daysMax * dayMs) return time;
  return refuse(`expected a time in the future, at most ${daysMax} days ahead`);
}

function readWords(words: string, refuse: (detail: string) => null): string | null {
  const { wordsCharsMax } = contractLimits;
  if (words.length > wordsCharsMax) return refuse(`expected at most ${wordsCharsMax} characters`);
  if (xmlSafe(words) !== words) return refuse('expected no control characters');
  return cleanText(words, wordsCharsMax) || null;
}

export function statedTerms({ price, answerBy, deliverBy, words }: Terms): StatedTerms {
  return {
    price,
    answerBy: answerBy?.toISOString() ?? null,
    deliverBy: deliverBy?.toISOString() ?? null,
    words,
  };
}

export function termsFrom({ price, answerBy, deliverBy, words }: StatedTerms): Terms {
  return { price, answerBy: timeFrom(answerBy), deliverBy: timeFrom(deliverBy), words };
}

function timeFrom(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
