/** Chat: whoever writes to the directory is answered in words, once a message. Nobody is written to unasked. */

import { randomUUID } from 'node:crypto';
import { siteOf } from '../../market/site.ts';
import { type ChatMessage, readChatMessage, writeReply } from '../../protocol/chat-message.ts';
import { bareJid, type Jid } from '../../protocol/jid.ts';
import type { Element } from '../../protocol/xml.ts';
import type { Allowance } from '../allowance.ts';
import type { Gate } from '../gate.ts';
import { inTime } from '../in-time.ts';
import type { Conversation } from './conversation.ts';
import { Patience, patienceLimits } from './patience.ts';
import { readRequest } from './request.ts';
import { ownMark } from './words.ts';

export const chatLimits = {
  /** Who wrote longer ago, while the directory was away, does not wait any more. */
  delayMaxMs: 300_000,
  /** Messages of one bare JID that wait for those before them; further ones are not answered. */
  waitingPerJidMax: 10,
  /** How long an address or a domain that asks too much is not answered. */
  excessPauseMs: 60_000,
  replyCharsMax: 12_000,
} as const;

export type ChatDeps = {
  conversation: Pick<Conversation, 'answer'>;
  allowance: Pick<Allowance, 'take'>;
  /** Keeps one asker's questions of the database few at a time. */
  gate: Pick<Gate, 'pass'>;
  /** The directory's own bare JID. */
  own: string;
  /** Rooms in which the directory is: what comes through them is not said to it alone. */
  rooms: readonly Jid[];
  send: (stanza: Element) => unknown;
  /** Hears of our own faults; who wrote hears only that there was one. */
  onError: (error: unknown) => void;
  now?: () => number;
};

export class Chat {
  #deps: ChatDeps;
  #patience: Patience;
  #rooms: ReadonlySet<string>;
  #now: () => number;
  /** What is under way with a bare JID, so that it is answered in the order in which it wrote. */
  #waiting = new Map<string, { count: number; last: Promise<void> }>();

  constructor(deps: ChatDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#patience = new Patience(this.#now);
    this.#rooms = new Set(deps.rooms.map(bareJid));
  }

  /** Takes a message; one that is not meant for answering is let pass. Settles when it is done with. */
  onMessage(stanza: Element): Promise<void> {
    const message = readChatMessage(stanza);
    if (!message || !this.#isAnswerable(message)) return Promise.resolve();
    const jid = bareJid(message.from);
    const before = this.#waiting.get(jid) ?? { count: 0, last: Promise.resolve() };
    if (before.count >= chatLimits.waitingPerJidMax) return Promise.resolve();
    const text = this.#verdict(jid, message);
    if (text === null) return Promise.resolve();
    const last = before.last.then(() => this.#reply(stanza, message, text));
    this.#waiting.set(jid, { count: before.count + 1, last });
    return last.finally(() => this.#done(jid));
  }

  #done(jid: string): void {
    const waiting = this.#waiting.get(jid);
    if (waiting && --waiting.count === 0) this.#waiting.delete(jid);
  }

  #isAnswerable({ from, body, sent, isFromRoom }: ChatMessage): boolean {
    const jid = bareJid(from);
    const { own } = this.#deps;
    const isOwn = jid === own || jid === own.split('@').at(-1) || (!own.includes('@') && from.domain === own);
    if (isOwn || isFromRoom || this.#rooms.has(jid)) return false;
    if (sent !== null && this.#now() - sent.getTime() > chatLimits.delayMaxMs) return false;
    // What holds one of the directory's own replies is an echo, of it or of another one.
    return !body.includes(ownMark);
  }

  /** What is to be said: null where nothing is; else the words, or how they are found. */
  #verdict(jid: string, message: ChatMessage): string | (() => Promise<string>) | null {
    const request = readRequest(message.body);
    const site = `*.${siteOf(message.from.domain)}`;
    if (!request || this.#patience.isSilent(site)) return null;
    const verdict = this.#patience.take(jid, message.body);
    if (verdict === 'ignore') return null;
    if (verdict === 'stop') {
      const { repliesMax, windowMs, pauseMs } = patienceLimits;
      return `Those were ${repliesMax} answers within ${minutes(windowMs)}. I stop answering you for ${minutes(pauseMs)}.`;
    }
    const excess = this.#deps.allowance.take(message.from);
    if (excess) {
      const isNew = this.#patience.hush(excess.key, chatLimits.excessPauseMs);
      const whose = excess.of === 'address' ? 'your address' : 'your domain';
      return isNew
        ? `Too many questions from ${whose}. I stop answering for ${minutes(chatLimits.excessPauseMs)}.`
        : null;
    }
    if (message.isEncrypted) return 'I cannot read what is encrypted; please write in plain text.';
    return async () =>
      (await this.#deps.gate.pass(jid, () => this.#deps.conversation.answer(jid, request))) ??
      'Too much is asked at the moment; please try again shortly.';
  }

  async #reply(stanza: Element, message: ChatMessage, text: string | (() => Promise<string>)): Promise<void> {
    const said = typeof text === 'string' ? text : await this.#said(text);
    const body = `${ownMark} ${said}`.slice(0, chatLimits.replyCharsMax).toWellFormed();
    this.#deps.send(writeReply(stanza, message, randomUUID(), body));
  }

  async #said(find: () => Promise<string>): Promise<string> {
    try {
      return await inTime(find(), () => 'That takes too long; please ask for less, or try again later.');
    } catch (error) {
      this.#deps.onError(error);
      return 'The directory failed; please try again shortly.';
    }
  }
}

function minutes(ms: number): string {
  const number = Math.round(ms / 60_000);
  return `${number} minute${number === 1 ? '' : 's'}`;
}
