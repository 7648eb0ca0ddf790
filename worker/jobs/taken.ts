/** Whether the server has taken what was sent: asked once for all who want to know at the same time. */

import { setTimeout as wait } from 'node:timers/promises';
import { NS_PING } from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import type { Session } from '../session.ts';

export const takenLimits = { gatherMs: 20, answerMs: 10_000 } as const;

export class Taken {
  #session: Pick<Session, 'ask'>;
  /** The question that has not gone out yet. */
  #next: Promise<boolean> | null = null;

  constructor(session: Pick<Session, 'ask'>) {
    this.#session = session;
  }

  /**
   * True once the server has everything that was sent before: servers take stanzas in their order. False where that is not
   * known: it is to be sent again, with the same id.
   */
  isTaken(): Promise<boolean> {
    this.#next ??= this.#ask();
    return this.#next;
  }

  async #ask(): Promise<boolean> {
    await wait(takenLimits.gatherMs);
    this.#next = null;
    const ping = xml('ping', { xmlns: NS_PING });
    const { kind } = await this.#session.ask(null, 'get', ping, takenLimits.answerMs);
    return kind === 'result' || kind === 'error';
  }
}
