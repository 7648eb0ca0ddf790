/** The way out for messages that nobody waits for: a few at a time, so that answers are not held up behind them. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Element } from '../protocol/xml.ts';

export const outletLimits = {
  /** Messages that are written before the server is asked whether it has them. */
  messagesMax: 25,
  /** And before the next ones, so that no more than 500 a second are written. */
  pauseMs: 50,
  /** A server that takes so much longer than it has to gets fewer next time: it bounds what it reads, and answers wait behind them. */
  slowMs: 250,
} as const;

export type OutletDeps = {
  /** False where the session is down. */
  send: (stanza: Element) => boolean;
  /** True once the server has taken everything that was sent before. */
  confirm: () => Promise<boolean>;
};

export class Outlet {
  #deps: OutletDeps;
  #room: number = outletLimits.messagesMax;
  /** What the server took at least, which is how far away it is. */
  #quickestMs = Number.POSITIVE_INFINITY;
  /** Whoever delivers waits for whoever came before. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(deps: OutletDeps) {
    this.#deps = deps;
  }

  /** How many messages to deliver at a time, from 1 to `outletLimits.messagesMax`. */
  get room(): number {
    return this.#room;
  }

  /**
   * Sends the messages. False where it is not known that the server has them all: they are to be sent again, with the same
   * ids.
   */
  deliver(messages: Element[]): Promise<boolean> {
    const delivery = this.#last.then(() => this.#deliver(messages));
    this.#last = delivery.catch(() => undefined);
    return delivery;
  }

  async #deliver(messages: Element[]): Promise<boolean> {
    if (messages.length === 0) return true;
    const { send, confirm } = this.#deps;
    const started = performance.now();
    const areSent = messages.every((message) => send(message)) && (await confirm());
    this.#adapt(performance.now() - started);
    await wait(outletLimits.pauseMs);
    return areSent;
  }

  /** A server that is far away takes its time whatever it is given: that is no reason to give it less. */
  #adapt(tookMs: number): void {
    const { slowMs, messagesMax } = outletLimits;
    this.#quickestMs = Math.min(this.#quickestMs, tookMs);
    if (tookMs > slowMs + 2 * this.#quickestMs) this.#room = Math.max(1, Math.floor(this.#room / 2));
    else this.#room = Math.min(messagesMax, this.#room + 1);
  }
}
