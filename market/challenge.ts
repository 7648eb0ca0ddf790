/** Challenges: what an address is asked to confirm before a token is issued in its name, and what its answers mean. */

import type { ConfirmAnswer } from '../protocol/http-auth.ts';
import { type Pointer, type Problem, problem } from './problem.ts';
import { type TokenScope, tokenScopes } from './token.ts';

export const challengeRules = {
  codeCharsMin: 4,
  codeCharsMax: 64,
  codeDigitsMin: 4,
  requesterCharsMax: 100,
  verifierBytes: 32,
} as const;

/** What a person can compare and type, and no client takes for a link. */
const CODE = /^[A-Za-z0-9_-]+$/;

/**
 * Null where the code is one that can be shown and typed. It is no word: whoever asks in another's name chooses it, and
 * somebody who says `help` or searches for something confirms nothing by that.
 */
export function codeProblem(code: string): Problem | null {
  const { codeCharsMin, codeCharsMax, codeDigitsMin } = challengeRules;
  const isSized = code.length >= codeCharsMin && code.length <= codeCharsMax;
  if (isSized && CODE.test(code) && code.replace(/\D/g, '').length >= codeDigitsMin) return null;
  const error: Pointer = {
    pointer: '/code',
    detail: `expected ${codeCharsMin} to ${codeCharsMax} of A-Z a-z 0-9 _ -, at least ${codeDigitsMin} of them digits`,
  };
  return problem('invalid-body', `Not accepted: code: ${error.detail}`, [error]);
}

export type Confirmed = {
  code: string;
  thread: string;
  scopes: string[];
  requester: string;
  expires: Date;
  days: number;
};

/** What somebody reads before confirming: who asks, for what, how long it holds, and how to answer. */
export function confirmBody(of: Confirmed): string {
  const known = tokenScopes.filter((scope) => of.scopes.includes(scope));
  const may = known.map((scope) => SCOPE_WORDS[scope]).join(', and ');
  return [
    `Somebody at ${of.requester} asks the directory for a token in your name. It lets its holder ${may}, for ${of.days} ${of.days === 1 ? 'day' : 'days'}.`,
    `If that is you, and your code is ${of.code}, confirm, or answer with the code. If not, do nothing.`,
    `The request ends at ${of.expires.toISOString().slice(11, 16)} UTC.`,
  ].join('\n');
}

const SCOPE_WORDS: { [scope in TokenScope]: string } = {
  read: 'read what the directory shows to you alone',
  trade: 'make contracts in your name',
};

/**
 * What an answer of the right address says to the challenge; null where it is about something else. Words confirm only
 * where they are the code: "yes" can be an answer to anything. A bounce says that nobody was reached.
 */
export function confirmOutcome(
  { code, thread }: Pick<Confirmed, 'code' | 'thread'>,
  answer: ConfirmAnswer,
): 'granted' | 'denied' | 'failed' | null {
  const { confirm, condition, words } = answer;
  if (confirm && confirm.id !== code) return null;
  if (answer.thread !== null && answer.thread !== thread) return null;
  if (condition !== null) return condition === 'not-authorized' ? 'denied' : 'failed';
  if (answer.granted) return 'granted';
  return words?.trim() === code ? 'granted' : null;
}
