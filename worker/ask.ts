/** Questions in the crawler's terms: an answer, a refusal, or silence; read by the codec that knows it. */

import {
  type DiscoInfo,
  type DiscoItem,
  type DiscoItems,
  infoQuery,
  itemsQuery,
  readInfo,
  readItems,
} from '../protocol/disco.ts';
import { tryJid } from '../protocol/jid.ts';
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

/** A list of items is read in pages of this size, and in at most so many. */
export const pageSize = 100;
export const pagesMax = 50;

/** Errors that tell of the way to the entity, not of the entity. */
const UNREACHABLE: ReadonlySet<Condition> = new Set([
  'remote-server-not-found',
  'remote-server-timeout',
  'recipient-unavailable',
  'resource-constraint',
  'internal-server-error',
]);

export class Asker {
  #askIq: AskIq;
  #pace: Pace;

  constructor(askIq: AskIq, pace: Pace) {
    this.#askIq = askIq;
    this.#pace = pace;
  }

  async ask<T>(
    to: string,
    type: 'get' | 'set',
    payload: Element,
    read: (element: Element) => T,
  ): Promise<Answer<T>> {
    const domain = tryJid(to)?.domain ?? '';
    const outcome = await this.#pace.run(domain, () => this.#askIq(to, type, payload));
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

  /** All items, page by page (XEP-0059): some servers break above pages of 100, some know no pages and send all. */
  async allItems(to: string, node: string | null = null): Promise<Answer<DiscoItem[]>> {
    const items: DiscoItem[] = [];
    let after: string | null = null;
    for (let page = 0; page < pagesMax; page++) {
      const query = itemsQuery(node, { max: pageSize, after });
      const answer: Answer<DiscoItems> = await this.ask(to, 'get', query, (element) =>
        ofNode(readItems(element), node),
      );
      // What came before a page that cannot be read still stands.
      if (answer.kind !== 'answer') return page === 0 ? answer : { kind: 'answer', value: items };
      items.push(...answer.value.items);
      const last: string | null = answer.value.rsm?.last ?? null;
      const isWhole = answer.value.rsm?.count !== null && items.length >= (answer.value.rsm?.count ?? 0);
      if (last === null || last === after || isWhole || answer.value.items.length === 0) break;
      after = last;
    }
    return { kind: 'answer', value: items };
  }

  items(to: string, node: string | null = null): Promise<Answer<DiscoItems>> {
    return this.ask(to, 'get', itemsQuery(node), (element) => ofNode(readItems(element), node));
  }
}

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
