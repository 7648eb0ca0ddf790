/** Queries that a component makes for its addresses. */

import { randomUUID } from 'node:crypto';
import { type Element, xml } from '@xmpp/xml';

const timeoutMs = 20_000;

export type Queries = {
  /** Sends an IQ of type `set`; its result's payload. Throws on an error answer and on time-out. */
  set(from: string, to: string, payload: Element): Promise<Element | undefined>;
  /** True where the stanza was an answer, by whom it was asked of. */
  take(stanza: Element): boolean;
};

export function queriesOver(send: (stanza: Element) => void): Queries {
  const pending = new Map<string, { to: string; settle: (answer: Element | Error) => void }>();
  return {
    set(from, to, payload) {
      const id = randomUUID();
      return new Promise((resolve, reject) => {
        const settle = (answer: Element | Error) => {
          clearTimeout(timer);
          pending.delete(id);
          if (answer instanceof Error) reject(answer);
          else resolve(answer.getChildElements()[0]);
        };
        const timer = setTimeout(() => settle(new Error(`No answer from ${to}`)), timeoutMs).unref();
        pending.set(id, { to, settle });
        send(xml('iq', { type: 'set', from, to, id }, payload));
      });
    },
    take(stanza) {
      const { type, id, from } = stanza.attrs;
      if (stanza.name !== 'iq' || (type !== 'result' && type !== 'error')) return false;
      const asked = pending.get(id ?? '');
      if (asked?.to === from) asked?.settle(type === 'result' ? stanza : new Error(stanza.toString()));
      return true;
    },
  };
}
