/** Questions in the crawler's terms: an answer, a refusal, or silence; read by the codec that knows it. */

import {
  type DiscoInfo,
  type DiscoItems,
  infoQuery,
  itemsQuery,
  readInfo,
  readItems,
} from '../protocol/disco.ts';
import { bareJid, tryJid } from '../protocol/jid.ts';
import { ParseError } from '../protocol/parse-error.ts';
import type { Condition } from '../protocol/stanza-error.ts';
import type { Element } from '../protocol/xml.ts';
import type { IqOutcome } from './iq-caller.ts';
import type { Pace } from './pace.ts';

/**
 * `refused`: the entity, or its server on its behalf, says that there is no such thing for us.
 * `silent`: nothing can be concluded: no answer, or one that only says that none could be had.
 * `malformed`: an answer that its specification does not allow.
 */
export type Answer<T> =
  | { kind: 'answer'; value: T }
  | { kind: 'refused'; condition: Condition }
  | { kind: 'silent' }
  | { kind: 'malformed'; why: string };

export type AskIq = (to: string, type: 'get' | 'set', payload: Element) => Promise<IqOutcome>;

/** Errors that tell of the way to the entity, not of the entity. */
const UNREACHABLE: ReadonlySet<Condition> = new Set([
  'remote-server-not-found',
  'remote-server-timeout',
  'recipient-unavailable',
  'resource-constraint',
  'internal-server-error',
]);

/** After so many questions in a row that an address left unanswered, a look asks it nothing further. */
export const silencesMax = 3;

export class Asker {
  #askIq: AskIq;
  #pace: Pace;
  #deadline: number;
  /** By address, of this look; one that serves the whole worker gives nobody up. */
  #silences = new Map<string, number>();

  /** @param deadline by `Date.now()`; after it every question is silence */
  constructor(askIq: AskIq, pace: Pace, deadline = Number.POSITIVE_INFINITY) {
    this.#askIq = askIq;
    this.#pace = pace;
    this.#deadline = deadline;
  }

  get #isLook(): boolean {
    return Number.isFinite(this.#deadline);
  }

  /** One that gives up after `maxMs`, and on each address that does not answer: for one look at one entity. */
  forLook(maxMs: number): Asker {
    return new Asker(this.#askIq, this.#pace, Date.now() + maxMs);
  }

  /**
   * Asks, as soon as the pace allows it.
   * @param mayAsk is called when its turn has come; false leaves the question unasked, as silence
   */
  async ask<T>(
    to: string,
    type: 'get' | 'set',
    payload: Element,
    read: (element: Element) => T,
    mayAsk: () => Promise<boolean> = async () => true,
  ): Promise<Answer<T>> {
    const jid = tryJid(to);
    const turn = async () => {
      const isGivenUp = Date.now() > this.#deadline || (this.#silences.get(to) ?? 0) >= silencesMax;
      return isGivenUp || !(await mayAsk()) ? silence : this.#askIq(to, type, payload);
    };
    const outcome = await this.#pace.run(jid?.domain ?? '', turn, jid ? bareJid(jid) : to);
    if (outcome.kind !== 'timeout') this.#silences.delete(to);
    else if (this.#isLook) this.#silences.set(to, (this.#silences.get(to) ?? 0) + 1);
    switch (outcome.kind) {
      case 'timeout':
      case 'offline':
        return { kind: 'silent' };
      case 'error': {
        const { condition, type: errorType } = outcome.error;
        const isPassing = UNREACHABLE.has(condition) || errorType === 'wait';
        return isPassing ? { kind: 'silent' } : { kind: 'refused', condition };
      }
      case 'result':
        return readAnswer(outcome.payload, read);
    }
  }

  info(to: string, node: string | null = null): Promise<Answer<DiscoInfo>> {
    return this.ask(to, 'get', infoQuery(node), (element) => ofNode(readInfo(element), node));
  }

  items(to: string, node: string | null = null): Promise<Answer<DiscoItems>> {
    return this.ask(to, 'get', itemsQuery(node), (element) => ofNode(readItems(element), node));
  }
}

const silence: IqOutcome = { kind: 'timeout' };

function readAnswer<T>(payload: Element | null, read: (element: Element) => T): Answer<T> {
  if (!payload) return { kind: 'malformed', why: 'the result is empty' };
  try {
    return { kind: 'answer', value: read(payload) };
  } catch (error) {
    if (error instanceof ParseError) return { kind: 'malformed', why: error.message };
    throw error;
  }
}

/** An answer about another node than was asked for is none; many libraries leave the node out. */
function ofNode<T extends { node: string | null }>(answer: T, node: string | null): T {
  if (answer.node !== null && answer.node !== node) throw new ParseError('the answer is about another node');
  return answer;
}

export function answered<T>(answer: Answer<T>): T | null {
  return answer.kind === 'answer' ? answer.value : null;
}
