/** A session: the directory's presence on the network, kept up across cuts, whatever it logs in as. */

import type { EventEmitter } from 'node:events';
import type { Reconnect } from '@xmpp/reconnect';
import { type Element, xml } from '../protocol/xml.ts';
import { type Connection, connectionTimes } from './connection.ts';
import { IqCaller, type IqOutcome } from './iq-caller.ts';
import { errorText, type Log } from './log.ts';

export const sessionLimits = {
  reconnectBaseMs: 1_000,
  reconnectMaxMs: 60_000,
  closeMs: 3_000,
} as const;

export type SessionHandlers = {
  onPresence: (stanza: Element) => void;
  onMessage: (stanza: Element) => void;
  /** A question of somebody else's; the answer is the handler's to send. */
  onQuery: (stanza: Element) => void;
  /** A new session stands: presence and subscriptions start afresh. */
  onFreshSession: () => void;
};

/** The session's own address, in prepared form. */
export type OwnAddress = { full: string; bare: string; domain: string };

export abstract class Session {
  protected readonly log: Log;
  protected readonly handlers: SessionHandlers;
  protected readonly caller: IqCaller;
  /** Attempts to connect since the last session stood. */
  protected failures = 0;
  #ready = false;
  #stopped = false;
  #watchdog: NodeJS.Timeout | undefined;

  constructor(log: Log, handlers: SessionHandlers) {
    this.log = log;
    this.handlers = handlers;
    this.caller = new IqCaller(
      (stanza) => this.send(stanza),
      () => this.own(),
    );
  }

  protected abstract readonly connection: Connection;
  protected abstract readonly reconnect: Reconnect;

  /** Null before the first session. */
  protected abstract own(): OwnAddress | null;

  /** Hands a stanza to the connection. */
  protected abstract write(stanza: Element): void;

  /** Takes leave of those who see the directory's presence; called while the session still stands. */
  protected leave(): void {}

  /** True while stanzas can be sent. */
  get ready(): boolean {
    return this.#ready;
  }

  /** The address as which it is logged in, prepared; null before the first session. */
  get jid(): string | null {
    return this.own()?.full ?? null;
  }

  get emitter(): EventEmitter {
    return this.connection;
  }

  /** Connects, and goes on trying until `stop`. */
  start(): void {
    const { service, domain, lang } = this.connection.options;
    this.connection
      .connect(service)
      .then(() => this.connection.open({ domain, lang }))
      .catch((error: unknown) => this.log('warn', 'xmpp-connect-failed', { error: errorText(error) }));
  }

  /** Says goodbye and closes the stream. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.reconnect.stop();
    clearTimeout(this.#watchdog);
    if (this.#ready) this.leave();
    this.#ready = false;
    this.caller.endAll();
    const closing = this.connection.stop().catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, sessionLimits.closeMs);
    });
    await Promise.race([closing, late]);
    clearTimeout(timer);
    this.connection.removeAllListeners('disconnect');
    const { socket } = this.connection;
    (socket?.socket ?? socket)?.destroy?.();
  }

  /** Sends where the session is up; false where it is not, and nothing is kept for later. */
  send(stanza: Element): boolean {
    if (!this.#ready) return false;
    this.write(stanza);
    return true;
  }

  /** Asks another entity (or with null one's own server). Never rejects: silence and refusal are outcomes. */
  ask(to: string | null, type: 'get' | 'set', payload: Element, timeoutMs: number): Promise<IqOutcome> {
    return this.caller.ask(to, type, payload, timeoutMs);
  }

  /** The session stands; false where it was stopped meanwhile. */
  protected stand(resumed: boolean): boolean {
    clearTimeout(this.#watchdog);
    if (this.#stopped) return false;
    this.#ready = true;
    this.log('info', 'xmpp-online', { jid: this.jid, resumed });
    return true;
  }

  /** What was asked before is lost with the session in which it was asked. */
  protected beginFresh(): void {
    this.failures = 0;
    this.caller.endAll();
    this.handlers.onFreshSession();
  }

  /** Has the connection watched; to be called once it exists. */
  protected watchConnection(): void {
    this.connection.on('disconnect', () => {
      clearTimeout(this.#watchdog);
      if (this.#ready) this.log('warn', 'xmpp-disconnected');
      this.#ready = false;
      this.onDisconnect();
    });
    this.connection.on('connecting', () => {
      clearTimeout(this.#watchdog);
      this.#watchdog = setTimeout(() => {
        this.connection.abort(new Error('the connection did not become a session in time'));
      }, connectionTimes.negotiationMs);
    });
  }

  protected onDisconnect(): void {}

  protected dispatch(stanza: Element): void {
    if (stanza.name === 'iq') {
      const isAnswer = stanza.attrs.type === 'result' || stanza.attrs.type === 'error';
      if (isAnswer) this.answerers().handle(stanza);
      else this.handlers.onQuery(stanza);
    } else if (stanza.name === 'presence') {
      this.handlers.onPresence(stanza);
    } else {
      this.handlers.onMessage(stanza);
    }
  }

  /** Whose questions answers belong to. */
  protected answerers(): IqCaller {
    return this.caller;
  }
}

/** The presence that says goodbye. */
export function goodbye(to?: string): Element {
  return xml('presence', { type: 'unavailable', to });
}
