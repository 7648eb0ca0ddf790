/**
 * The directory as an external component, whose domain is its address: XEP-0114 (1.6).
 * https://xmpp.org/extensions/xep-0114.html
 *
 * A component has neither roster nor stream management: subscriptions are kept by `ComponentSubscriptions`, and a cut
 * is noticed by asking for an answer now and then.
 */

import reconnectOf, { type Reconnect } from '@xmpp/reconnect';
import tcp from '@xmpp/tcp';
import { formatJid, tryJid } from '../protocol/jid.ts';
import { NS_PING } from '../protocol/namespaces.ts';
import { writeStanzaError } from '../protocol/stanza-error.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { backoffMs } from './backoff.ts';
import { ComponentConnection, handshake } from './component-connection.ts';
import { errorText, type Log } from './log.ts';
import { type OwnAddress, Session, type SessionHandlers, sessionLimits } from './session.ts';

export const componentLimits = {
  /** How often a standing session is asked for a sign of life, and how long that may take. */
  pingPeriodMs: 30_000,
  pingTimeoutMs: 10_000,
} as const;

export type ComponentOptions = {
  xmpp: { service: string; domain: string; secret: string };
  log: Log;
  handlers: SessionHandlers;
};

export class ComponentSession extends Session {
  protected readonly connection: ComponentConnection;
  protected readonly reconnect: Reconnect;
  #domain: string;
  #pinging: NodeJS.Timeout | undefined;

  constructor({ xmpp, log, handlers }: ComponentOptions) {
    super(log, handlers);
    this.#domain = xmpp.domain;
    const connection = new ComponentConnection({
      ...xmpp,
      onStanza: (stanza) => this.#onStanza(stanza),
      onError: (error) => log('warn', 'xmpp-error', { error: errorText(error) }),
    });
    this.connection = connection;
    // Registered before the reconnection's own listener, which reads the delay.
    connection.on('disconnect', () => {
      this.reconnect.delay = backoffMs(
        ++this.failures,
        sessionLimits.reconnectBaseMs,
        sessionLimits.reconnectMaxMs,
      );
    });
    this.reconnect = reconnectOf({ entity: connection });
    tcp({ entity: connection });
    connection.on('open', (header: Element) => {
      connection.send(handshake(header, xmpp.secret)).catch(() => undefined);
    });
    connection.on('nonza', (element: Element) => {
      if (element.name === 'handshake' && !this.ready) this.#onReady();
    });
    this.watchConnection();
  }

  protected own(): OwnAddress {
    return { full: this.#domain, bare: this.#domain, domain: this.#domain };
  }

  /** The server stamps nothing for a component: who speaks, and to whom, is said in every stanza. */
  protected write(stanza: Element): void {
    stanza.attrs.from ??= this.#domain;
    stanza.attrs.to ??= this.#domain;
    this.connection
      .send(stanza)
      .catch((error: unknown) => this.log('debug', 'xmpp-send-failed', { error: errorText(error) }));
  }

  override async stop(): Promise<void> {
    clearInterval(this.#pinging);
    await super.stop();
  }

  /** Nothing is resumed: what was asked is not answered any more. */
  protected override onDisconnect(): void {
    clearInterval(this.#pinging);
    this.caller.endAll();
  }

  #onReady(): void {
    if (!this.stand(false)) return;
    this.connection.sendAtOnce();
    this.#pinging = setInterval(() => void this.#ping(), componentLimits.pingPeriodMs);
    this.beginFresh();
  }

  /** The question goes through the server and comes back to ourselves. */
  async #ping(): Promise<void> {
    const asked = this.connection.attempt;
    const { kind } = await this.ask(
      null,
      'get',
      xml('ping', { xmlns: NS_PING }),
      componentLimits.pingTimeoutMs,
    );
    if (kind === 'timeout' && asked === this.connection.attempt) {
      this.connection.abort(new Error('the server no longer answers'));
    }
  }

  /** The whole domain's stanzas come here; the directory is the domain itself, and there is nobody else. */
  #onStanza(stanza: Element): void {
    const to = tryJid(stanza.attrs.to);
    if (to !== null && formatJid(to) === this.#domain) {
      this.dispatch(stanza);
      return;
    }
    const { type, id, from } = stanza.attrs;
    if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set') || !tryJid(from)) return;
    const error = writeStanzaError({ type: 'cancel', condition: 'service-unavailable', text: null });
    this.send(xml('iq', { type: 'error', id, to: from, from: stanza.attrs.to }, error));
  }
}
