/** The session: one account's presence on the network, kept up across cuts. */

import type { EventEmitter } from 'node:events';
import { bareJid, formatJid, tryJid } from '../protocol/jid.ts';
import { NS_PING, NS_SM } from '../protocol/namespaces.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { backoffMs } from './backoff.ts';
import { type ConnectionOptions, createStream, forgetSession, type Stream } from './connection.ts';
import { IqCaller, type IqOutcome } from './iq-caller.ts';
import { errorText, type Log } from './log.ts';

export const sessionLimits = {
  /** A connection that has not become a session by then is given up. */
  negotiationMs: 30_000,
  reconnectBaseMs: 1_000,
  reconnectMaxMs: 60_000,
  /** A resumed session that does not answer within this is deaf, and ended. */
  resumePingMs: 5_000,
  bindMs: 10_000,
  /** An acknowledgement is asked for after this many stanzas, well below the 500 at which servers give up. */
  ackEvery: 100,
  closeMs: 3_000,
} as const;

export type SessionHandlers = {
  onPresence: (stanza: Element) => void;
  onMessage: (stanza: Element) => void;
  /** A question of somebody else's; the answer is the handler's to send. */
  onQuery: (stanza: Element) => void;
  /** A new session stands: presence and roster start afresh. */
  onFreshSession: () => void;
};

export type SessionOptions = {
  xmpp: { service: string; domain: string; username: string; password: string; resource: string };
  log: Log;
  handlers: SessionHandlers;
};

export class Session {
  #stream: Stream;
  #caller: IqCaller;
  #log: Log;
  #ready = false;
  #stopped = false;
  #failures = 0;
  #sent = 0;
  #watchdog: NodeJS.Timeout | undefined;
  #handlers: SessionHandlers;

  constructor({ xmpp, log, handlers }: SessionOptions) {
    this.#log = log;
    this.#handlers = handlers;
    this.#caller = new IqCaller(
      (stanza) => this.send(stanza),
      () => this.#own(),
    );
    const options: ConnectionOptions = {
      ...xmpp,
      bind: (connection, element) => this.#bind(connection, element),
      onStanza: (stanza) => this.#onStanza(stanza),
      onReady: (resumed) => void this.#onReady(resumed),
      onError: (error) => log('warn', 'xmpp-error', { error: errorText(error) }),
    };
    this.#stream = createStream(options, () =>
      backoffMs(++this.#failures, sessionLimits.reconnectBaseMs, sessionLimits.reconnectMaxMs),
    );
    this.#stream.connection.on('disconnect', () => this.#onDisconnect());
    this.#stream.connection.on('connecting', () => this.#watch());
  }

  /** True while stanzas can be sent. */
  get ready(): boolean {
    return this.#ready;
  }

  /** The full JID, prepared; null before the first session. */
  get jid(): string | null {
    return this.#own()?.full ?? null;
  }

  /** What the session has received and how it counts, as the server hears it: XEP-0198's `h`. */
  get received(): number {
    return this.#stream.connection.inbound;
  }

  get emitter(): EventEmitter {
    return this.#stream.connection;
  }

  /** Connects, and goes on trying until `stop`. */
  start(): void {
    const { connection } = this.#stream;
    const { service, domain, lang } = connection.options;
    connection
      .connect(service)
      .then(() => connection.open({ domain, lang }))
      .catch((error: unknown) => this.#log('warn', 'xmpp-connect-failed', { error: errorText(error) }));
  }

  /** Says goodbye and closes the stream. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stream.reconnect.stop();
    clearTimeout(this.#watchdog);
    if (this.#ready) this.send(xml('presence', { type: 'unavailable' }));
    this.#ready = false;
    this.#caller.endAll();
    const closing = this.#stream.connection.stop().catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, sessionLimits.closeMs);
    });
    await Promise.race([closing, late]);
    clearTimeout(timer);
    this.#stream.connection.removeAllListeners('disconnect');
    const { socket } = this.#stream.connection;
    (socket?.socket ?? socket)?.destroy?.();
  }

  /** Sends where the session is up; false where it is not, and nothing is kept for later. */
  send(stanza: Element): boolean {
    if (!this.#ready) return false;
    const { connection, management } = this.#stream;
    connection
      .send(stanza)
      .catch((error: unknown) => this.#log('debug', 'xmpp-send-failed', { error: errorText(error) }));
    if (++this.#sent % sessionLimits.ackEvery === 0 && management.enabled) {
      connection.send(xml('r', { xmlns: NS_SM })).catch(() => undefined);
    }
    return true;
  }

  /** Asks another entity (or with null one's own account). Never rejects: silence and refusal are outcomes. */
  ask(to: string | null, type: 'get' | 'set', payload: Element, timeoutMs: number): Promise<IqOutcome> {
    return this.#caller.ask(to, type, payload, timeoutMs);
  }

  #own(): { full: string; bare: string; domain: string } | null {
    const jid = tryJid(this.#stream.connection.jid?.toString());
    return jid && { full: formatJid(jid), bare: bareJid(jid), domain: jid.domain };
  }

  async #bind(connection: Stream['connection'], element: Element): Promise<Element> {
    const caller = new IqCaller(
      (stanza) => {
        connection.send(stanza).catch(() => undefined);
        return true;
      },
      () => this.#own(),
    );
    this.#binding = caller;
    const outcome = await caller.ask(null, 'set', element, sessionLimits.bindMs);
    this.#binding = null;
    if (outcome.kind === 'result' && outcome.payload) return outcome.payload;
    const why = outcome.kind === 'error' ? outcome.error.condition : outcome.kind;
    throw new Error(`the server did not bind the resource: ${why}`);
  }
  #binding: IqCaller | null = null;

  #onStanza(stanza: Element): void {
    if (stanza.name === 'iq') {
      const isAnswer = stanza.attrs.type === 'result' || stanza.attrs.type === 'error';
      if (!isAnswer) this.#handlers.onQuery(stanza);
      else (this.#binding ?? this.#caller).handle(stanza);
    } else if (stanza.name === 'presence') {
      this.#handlers.onPresence(stanza);
    } else {
      this.#handlers.onMessage(stanza);
    }
  }

  async #onReady(resumed: boolean): Promise<void> {
    clearTimeout(this.#watchdog);
    if (this.#stopped) return;
    this.#ready = true;
    this.#log('info', 'xmpp-online', { jid: this.jid, resumed });
    if (!resumed) {
      this.#failures = 0;
      this.#caller.endAll();
      this.#handlers.onFreshSession();
      return;
    }
    const alive = await this.ask(null, 'get', xml('ping', { xmlns: NS_PING }), sessionLimits.resumePingMs);
    if (alive.kind !== 'timeout') {
      this.#failures = 0;
      return;
    }
    forgetSession(this.#stream.management);
    this.#stream.connection.abort(new Error('the resumed session does not answer'));
  }

  #onDisconnect(): void {
    clearTimeout(this.#watchdog);
    if (this.#ready) this.#log('warn', 'xmpp-disconnected');
    this.#ready = false;
    this.#binding?.endAll();
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#stream.connection.abort(new Error('the connection did not become a session in time'));
    }, sessionLimits.negotiationMs);
  }
}
