/** The directory as an account: a client with a fixed resource, whose server keeps roster and presence for it. */

import { bareJid, formatJid, tryJid } from '../protocol/jid.ts';
import { NS_PING, NS_SM } from '../protocol/namespaces.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { backoffMs } from './backoff.ts';
import { type ConnectionOptions, createStream, forgetSession, type Stream } from './connection.ts';
import { IqCaller } from './iq-caller.ts';
import { errorText, type Log } from './log.ts';
import { goodbye, type OwnAddress, Session, type SessionHandlers, sessionLimits } from './session.ts';

export const accountLimits = {
  /** A resumed session that does not answer within this is deaf, and ended. */
  resumePingMs: 5_000,
  bindMs: 10_000,
  /** An acknowledgement is asked for after this many stanzas, well below the 500 at which servers give up. */
  ackEvery: 100,
} as const;

export type AccountOptions = {
  xmpp: { service: string; domain: string; username: string; password: string; resource: string };
  log: Log;
  handlers: SessionHandlers;
};

export class AccountSession extends Session {
  #stream: Stream;
  #sent = 0;
  #binding: IqCaller | null = null;

  constructor({ xmpp, log, handlers }: AccountOptions) {
    super(log, handlers);
    const options: ConnectionOptions = {
      ...xmpp,
      bind: (connection, element) => this.#bind(connection, element),
      onStanza: (stanza) => this.dispatch(stanza),
      onReady: (resumed) => void this.#onReady(resumed),
      onError: (error) => log('warn', 'xmpp-error', { error: errorText(error) }),
    };
    this.#stream = createStream(options, () =>
      backoffMs(++this.failures, sessionLimits.reconnectBaseMs, sessionLimits.reconnectMaxMs),
    );
    this.watchConnection();
  }

  protected get connection() {
    return this.#stream.connection;
  }

  protected get reconnect() {
    return this.#stream.reconnect;
  }

  /** What the session has received and how it counts, as the server hears it: XEP-0198's `h`. */
  get received(): number {
    return this.connection.inbound;
  }

  protected own(): OwnAddress | null {
    const jid = tryJid(this.connection.jid?.toString());
    return jid && { full: formatJid(jid), bare: bareJid(jid), domain: jid.domain };
  }

  protected write(stanza: Element): void {
    const { connection, management } = this.#stream;
    connection
      .send(stanza)
      .catch((error: unknown) => this.log('debug', 'xmpp-send-failed', { error: errorText(error) }));
    if (++this.#sent % accountLimits.ackEvery === 0 && management.enabled) {
      connection.send(xml('r', { xmlns: NS_SM })).catch(() => undefined);
    }
  }

  protected override leave(): void {
    this.send(goodbye());
  }

  protected override onDisconnect(): void {
    this.#binding?.endAll();
  }

  protected override answerers(): IqCaller {
    return this.#binding ?? this.caller;
  }

  async #bind(connection: Stream['connection'], element: Element): Promise<Element> {
    const caller = new IqCaller(
      (stanza) => {
        connection.send(stanza).catch(() => undefined);
        return true;
      },
      () => this.own(),
    );
    this.#binding = caller;
    const outcome = await caller.ask(null, 'set', element, accountLimits.bindMs);
    this.#binding = null;
    if (outcome.kind === 'result' && outcome.payload) return outcome.payload;
    const why = outcome.kind === 'error' ? outcome.error.condition : outcome.kind;
    throw new Error(`the server did not bind the resource: ${why}`);
  }

  async #onReady(resumed: boolean): Promise<void> {
    if (!this.stand(resumed)) return;
    if (!resumed) {
      this.beginFresh();
      return;
    }
    const alive = await this.ask(null, 'get', xml('ping', { xmlns: NS_PING }), accountLimits.resumePingMs);
    if (alive.kind !== 'timeout') {
      this.failures = 0;
      return;
    }
    forgetSession(this.#stream.management);
    this.connection.abort(new Error('the resumed session does not answer'));
  }
}
