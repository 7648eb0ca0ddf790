/**
 * One XMPP stream, composed from xmpp.js with what its stock composition gets wrong set right (docs/decisions/0004):
 * stanzas are counted for XEP-0198 as they arrive, split UTF-8 is joined, and nothing that a peer or server sends
 * can throw past this file.
 */

import { StringDecoder } from 'node:string_decoder';
import { Client, type ClientSocket } from '@xmpp/client-core';
import middlewareOf from '@xmpp/middleware';
import reconnectOf, { type Reconnect } from '@xmpp/reconnect';
import resourceBinding from '@xmpp/resource-binding';
import saslOf from '@xmpp/sasl';
import plain from '@xmpp/sasl-plain';
import starttlsOf from '@xmpp/starttls';
import streamFeaturesOf from '@xmpp/stream-features';
import streamManagementOf, { type StreamManagement } from '@xmpp/stream-management';
import tcp from '@xmpp/tcp';
import tls from '@xmpp/tls';
import SASLFactory from 'saslmechanisms';
import { NS_SM, NS_STREAM } from '../protocol/namespaces.ts';
import { type Element, isWithinBounds } from '../protocol/xml.ts';
import { ScramSha1 } from './scram.ts';

/** Text of one unfinished stanza beyond this ends the stream: its parsing costs the square of its length. */
export const stanzaCharsMax = 4 * 1024 * 1024;

export const connectionTimes = {
  /** A connection that has not become a session by then is given up. */
  negotiationMs: 30_000,
  /** How long a server may take to end a stream, and then the socket. */
  endMs: 2_000,
} as const;

export type ConnectionOptions = {
  service: string;
  domain: string;
  username: string;
  password: string;
  resource: string;
  /** Asks for a resource during negotiation, when nothing else may be sent. */
  bind: (connection: Connection, element: Element) => Promise<Element>;
  onStanza: (stanza: Element) => void;
  /** The stream can be used. `resumed` is true where the session is the one that was cut. */
  onReady: (resumed: boolean) => void;
  onError: (error: unknown) => void;
};

export class Connection extends Client {
  /** Stanzas received in this session: XEP-0198's `h`. */
  inbound = 0;
  #decoder = new StringDecoder('utf8');
  #unfinishedChars = 0;
  /** What holds back what is sent until the turn is over. */
  #corked: object | null = null;
  #onStanza: (stanza: Element) => void;
  #onError: (error: unknown) => void;

  constructor(options: Pick<ConnectionOptions, 'service' | 'domain' | 'onStanza' | 'onError'>) {
    super({ service: options.service, domain: options.domain });
    this.#onStanza = options.onStanza;
    this.#onError = options.onError;
    // The library's own, two seconds for each step, is too short for a busy machine: the whole has one limit.
    this.timeout = connectionTimes.negotiationMs;
    this.on('error', options.onError);
  }

  /** How many connections were begun: what belongs to an earlier one must not touch this one. */
  attempt = 0;

  override connect(service: string): Promise<void> {
    this.attempt++;
    return super.connect(service);
  }

  /**
   * Ends the stream, then the socket. Meanwhile the server may have closed the socket, so that by the end of the library's
   * wait another connection stands: that one is none of its business.
   */
  override async disconnect(): Promise<unknown> {
    const { attempt } = this;
    const end = await this._closeStream(connectionTimes.endMs).catch(() => {
      if (attempt !== this.attempt) return;
      this._detachParser();
      this._status('close', { clean: false });
    });
    if (attempt !== this.attempt) return end;
    await this._closeSocket(connectionTimes.endMs).catch(() => {
      if (attempt !== this.attempt) return;
      this._detachSocket();
      this._status('disconnect', { clean: false });
    });
    return end;
  }

  /** TLS takes the place of the bare socket, whose own end must then no longer count as the connection's. */
  override _attachSocket(socket: ClientSocket): void {
    this.#decoder = new StringDecoder('utf8');
    this.#unfinishedChars = 0;
    const earlier = this.socket;
    super._detachSocket();
    earlier?.on('error', () => undefined);
    super._attachSocket(socket);
  }

  /** A socket that is given up is ended for good: left open, its late error or end would fall on the next one. */
  override _detachSocket(): void {
    const { socket } = this;
    super._detachSocket();
    for (const layer of [socket, socket?.socket]) {
      layer?.on('error', () => undefined);
      layer?.destroy?.();
    }
  }

  override _onData(data: Uint8Array): void {
    const text = this.#decoder.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    this.#unfinishedChars += text.length;
    if (this.#unfinishedChars > stanzaCharsMax) {
      this.abort(new Error(`the server sent a stanza of more than ${stanzaCharsMax} characters`));
      return;
    }
    try {
      this.parser?.write(text);
    } catch (error) {
      this.abort(error);
    }
  }

  override _onElement(element: Element): void {
    this.#unfinishedChars = 0;
    try {
      if (['iq', 'message', 'presence'].includes(element.name)) {
        this.inbound = (this.inbound + 1) >>> 0;
        // Too deep a tree overflows whatever walks it by recursion: its answer counts as empty.
        if (!isWithinBounds(element)) element.children = [];
        this.#onStanza(element);
      } else {
        // The count starts here, synchronously: the next stanza may stand in the same packet.
        if (element.is('enabled', NS_SM)) this.inbound = 0;
        super._onElement(element);
      }
    } catch (error) {
      this.abort(error);
    }
  }

  /** Ends the socket at once; the reconnection follows from its closing. */
  abort(error: unknown): void {
    this.#onError(error);
    const { socket } = this;
    (socket?.socket ?? socket)?.destroy?.();
  }

  /** What is sent in one turn goes out in one packet: each on its own costs the system more than all that is in it. */
  override write(text: string): Promise<void> {
    const { socket } = this;
    const stream = socket?.socket ?? socket;
    if (stream?.cork && stream !== this.#corked) {
      this.#corked = stream;
      stream.cork();
      process.nextTick(() => {
        if (this.#corked === stream) this.#corked = null;
        stream.uncork?.();
      });
    }
    return super.write(text);
  }

  /** Without this a small stanza waits for the acknowledgement of the one before (Nagle's algorithm). */
  sendAtOnce(): void {
    const { socket } = this;
    (socket?.socket ?? socket)?.setNoDelay?.(true);
  }
}

export type Stream = { connection: Connection; management: StreamManagement; reconnect: Reconnect };

/** Makes the next connection start a session of its own. */
export function forgetSession(management: StreamManagement): void {
  management.id = '';
  management.outbound_q.length = 0;
  management.outbound = 0;
}

/** Composes a stream; `open` starts it. `delayMs` is asked before each reconnection. */
export function createStream(options: ConnectionOptions, delayMs: () => number): Stream {
  const connection = new Connection(options);
  // Registered before the reconnection's own listener, which reads the delay.
  connection.on('disconnect', () => {
    reconnect.delay = delayMs();
    // Negotiations that were cut still wait for their answers, and would take those of the next stream for them.
    connection.removeAllListeners('nonza');
    // What was queued can be sent again only into the session that it was queued for.
    if (!management.id) forgetSession(management);
  });
  const reconnect = reconnectOf({ entity: connection });
  tcp({ entity: connection });
  tls({ entity: connection });
  const middleware = middlewareOf({ entity: connection });

  let resumed = false;
  // Outermost: when the features' handlers are through, either the stream restarts or the session stands.
  middleware.use(async ({ stanza }, next) => {
    if (!stanza.is('features', NS_STREAM)) return next();
    const { attempt } = connection;
    resumed = false;
    try {
      await next();
    } catch (error) {
      if (attempt === connection.attempt) connection.abort(error);
      return undefined;
    }
    if (attempt === connection.attempt && connection.status === 'online') {
      connection.sendAtOnce();
      options.onReady(resumed);
    }
    return undefined;
  });

  const streamFeatures = streamFeaturesOf({ middleware });
  const saslFactory = new SASLFactory();
  saslFactory.use(ScramSha1);
  plain(saslFactory);
  starttlsOf({ streamFeatures });
  saslOf({ streamFeatures, saslFactory }, async (authenticate, mechanisms) => {
    if (!connection.socket?.secure)
      throw new Error('the server does not offer TLS; no password is sent without it');
    const [mechanism] = mechanisms;
    if (!mechanism) throw new Error('the server offers neither SCRAM-SHA-1 nor PLAIN');
    await authenticate({ username: options.username, password: options.password }, mechanism);
  });
  const management = streamManagementOf({ streamFeatures, entity: connection, middleware });
  // The library counts too late and lowers the count too often; the connection's own is the one that holds.
  Object.defineProperty(management, 'inbound', { get: () => connection.inbound, set: () => {} });
  management.on('resumed', () => {
    resumed = true;
  });
  const iqCaller = { set: (element: Element) => options.bind(connection, element) };
  resourceBinding({ streamFeatures, iqCaller }, options.resource);
  return { connection, management, reconnect };
}
