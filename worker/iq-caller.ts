/** Questions under way: each answer is matched to whom it was asked of, by id and by sender. */

import { randomUUID } from 'node:crypto';
import { formatJid, tryJid } from '../protocol/jid.ts';
import { readStanzaError, type StanzaError } from '../protocol/stanza-error.ts';
import { type Element, xml } from '../protocol/xml.ts';

/** How a question ended. `result` carries the answer's payload, where it has one. */
export type IqOutcome =
  | { kind: 'result'; payload: Element | null }
  | { kind: 'error'; error: StanzaError }
  | { kind: 'timeout' }
  | { kind: 'offline' };

type Pending = { to: string | null; settle: (outcome: IqOutcome) => void; timer: NodeJS.Timeout };

export class IqCaller {
  #pending = new Map<string, Pending>();
  #send: (stanza: Element) => boolean;
  #own: () => { full: string; bare: string; domain: string } | null;

  /**
   * @param send returns false where nothing can be sent now
   * @param own the session's own address, in prepared form
   */
  constructor(
    send: (stanza: Element) => boolean,
    own: () => { full: string; bare: string; domain: string } | null,
  ) {
    this.#send = send;
    this.#own = own;
  }

  get size(): number {
    return this.#pending.size;
  }

  /**
   * Asks, and always settles.
   * @param to null asks one's own account
   */
  ask(to: string | null, type: 'get' | 'set', payload: Element, timeoutMs: number): Promise<IqOutcome> {
    const address = to === null ? null : tryJid(to);
    // Servers echo a malformed address, and xmpp.js fails on the echo.
    if (to !== null && address === null) return Promise.resolve(malformedAddress);
    const prepared = address && formatJid(address);
    const id = randomUUID();
    return new Promise((resolve) => {
      const settle = (outcome: IqOutcome) => {
        clearTimeout(timer);
        this.#pending.delete(id);
        resolve(outcome);
      };
      const timer = setTimeout(() => settle({ kind: 'timeout' }), timeoutMs);
      this.#pending.set(id, { to: prepared, settle, timer });
      const stanza = xml('iq', { type, id, to: prepared }, payload);
      if (!this.#send(stanza)) settle({ kind: 'offline' });
    });
  }

  /** Takes an answer. One that nobody asked for, or from somebody else, changes nothing. */
  handle(stanza: Element): void {
    const pending = this.#pending.get(stanza.attrs.id ?? '');
    if (!pending || !this.#isFrom(pending.to, stanza.attrs.from)) return;
    if (stanza.attrs.type === 'error') {
      pending.settle({ kind: 'error', error: readStanzaError(stanza) });
    } else {
      pending.settle({ kind: 'result', payload: stanza.getChildElements()[0] ?? null });
    }
  }

  /** Ends every question: their answers are lost with the session they were asked in. */
  endAll(): void {
    for (const pending of [...this.#pending.values()]) pending.settle({ kind: 'offline' });
  }

  /** RFC 6120 §8.1.2.1: for what one asks one's own account, the answer may name no sender, or the account. */
  #isFrom(to: string | null, from: string | undefined): boolean {
    const own = this.#own();
    if (from === undefined) return to === null || to === own?.bare || to === own?.domain;
    const sender = tryJid(from);
    if (!sender) return false;
    const prepared = formatJid(sender);
    return to === null
      ? prepared === own?.bare || prepared === own?.full || prepared === own?.domain
      : prepared === to;
  }
}

const malformedAddress: IqOutcome = {
  kind: 'error',
  error: { type: 'modify', condition: 'jid-malformed', text: null },
};
