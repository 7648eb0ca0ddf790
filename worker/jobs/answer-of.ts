/** What an agent's answer to one stage of a command means for the contract. */

import type { Fault } from '../../market/contract/contract.ts';
import { type CommandResponse, readCommandResponse } from '../../protocol/commands.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import type { Condition } from '../../protocol/stanza-error.ts';
import type { IqOutcome } from '../iq-caller.ts';
import { mayHaveArrived, neverArrived } from './reach.ts';

export type Meaning =
  /** It may have acted, and nobody can tell. */
  | { kind: 'lost'; reason: string }
  /** It will not do it for this client. */
  | { kind: 'declined'; reason: string }
  | { kind: 'failed'; reason: string; fault: Fault }
  | { kind: 'stage'; response: CommandResponse }
  | { kind: 'done'; response: CommandResponse };

/** Errors by which an agent refuses a client, and does nothing. */
const REFUSALS: ReadonlySet<Condition> = new Set([
  'forbidden',
  'not-allowed',
  'not-authorized',
  'registration-required',
  'subscription-required',
  'policy-violation',
]);

/** @param node whose answer it must be */
export function meaningOf(outcome: IqOutcome, node: string): Meaning {
  switch (outcome.kind) {
    case 'timeout':
      return { kind: 'lost', reason: 'The agent did not answer in time.' };
    case 'offline':
      return { kind: 'lost', reason: 'The connection was lost before the agent answered.' };
    case 'error': {
      const { condition, text } = outcome.error;
      return mayHaveArrived(condition)
        ? { kind: 'lost', reason: `Whether it reached the agent is not known: ${condition}.` }
        : meaningOfError(condition, text);
    }
    case 'result':
      break;
  }
  let response: CommandResponse;
  try {
    if (!outcome.payload) throw new ParseError('the answer is empty');
    response = readCommandResponse(outcome.payload);
    if (response.node !== node) throw new ParseError('the answer is about another command');
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { kind: 'lost', reason: `The agent's answer cannot be read: ${error.message}.` };
  }
  switch (response.status) {
    case 'executing':
      return { kind: 'stage', response };
    case 'canceled':
      return { kind: 'failed', reason: 'The agent ended the session.', fault: 'provider' };
    case 'completed': {
      // Some agents tell of failures in notes, and complete all the same.
      const wrong = response.notes.find(({ type }) => type === 'error');
      const isEmpty =
        !response.form || (response.form.fields.length === 0 && response.form.items.length === 0);
      return wrong && isEmpty
        ? { kind: 'failed', reason: wrong.text || 'The agent notes an error.', fault: 'provider' }
        : { kind: 'done', response };
    }
  }
}

export function notReached(condition: Condition): Extract<Meaning, { kind: 'failed' }> {
  return { kind: 'failed', reason: `The agent was not reached: ${condition}.`, fault: 'nobody' };
}

/** What an error says of what was asked for: it was not done. Not for those by which it may have arrived. */
export function meaningOfError(
  condition: Condition,
  text: string | null,
): Extract<Meaning, { kind: 'declined' | 'failed' }> {
  const reason = `The agent answers ${condition}${text ? `: ${text}` : '.'}`;
  if (REFUSALS.has(condition)) return { kind: 'declined', reason };
  if (neverArrived(condition)) return notReached(condition);
  return { kind: 'failed', reason, fault: 'provider' };
}
