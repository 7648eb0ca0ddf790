/**
 * A connection as an external component: XEP-0114: Jabber Component Protocol (1.6).
 * https://xmpp.org/extensions/xep-0114.html
 *
 * The stream is not encrypted and the handshake no more than a hash of the secret: it belongs on loopback or inside a
 * protected network.
 */

import { createHash } from 'node:crypto';
import { StringDecoder } from 'node:string_decoder';
import { Client } from '@xmpp/client-core';
import tcp from '@xmpp/tcp';
import { type Element, isWithinBounds, xml } from '../protocol/xml.ts';

declare module '@xmpp/client-core' {
  interface Client {
    headerElement(): Element;
  }
}

const NS_COMPONENT = 'jabber:component:accept';
const openTimeoutMs = 10_000;
const closeTimeoutMs = 2_000;
const keepAliveMs = 30_000;

export type ComponentOptions = {
  /** Such as `xmpp://127.0.0.2:5347`. */
  service: string;
  /** The component's own domain, as the server is configured. */
  domain: string;
  secret: string;
  /** Every stanza for the domain's addresses. One too deep or too large arrives without its content. */
  onStanza(stanza: Element, send: Component['send']): void;
  /** Called once, when a stream that stood has ended, but for by `close`. */
  onEnd?(reason: Error | null): void;
};

export type Component = {
  domain: string;
  /** Sends, or drops silently when the stream has ended. A `from` of another domain ends the stream. */
  send(stanza: Element): void;
  close(): Promise<void>;
};

/** Connects and shakes hands. Throws where the server refuses, or takes longer than `openTimeoutMs`. */
export async function openComponent(options: ComponentOptions): Promise<Component> {
  const { service, domain, secret, onStanza, onEnd } = options;
  const entity = new ComponentStream({ service, domain });
  entity.timeout = openTimeoutMs;
  tcp({ entity });

  let state: 'opening' | 'open' | 'ended' = 'opening';
  let lastError: Error | null = null;
  const send = (stanza: Element) => {
    if (state === 'open') entity.send(stanza).catch(() => {});
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  entity.on('error', (error: Error) => {
    lastError = error;
    if (state === 'opening') reject(error);
  });
  entity.on('disconnect', () => {
    const before = state;
    state = 'ended';
    reject(lastError ?? new Error(`the server closed the stream of ${domain}`));
    if (before === 'open') onEnd?.(lastError);
  });
  entity.on('open', (header: Element) => {
    const proof = createHash('sha1')
      .update(`${header.attrs.id ?? ''}${secret}`)
      .digest('hex');
    entity.send(xml('handshake', {}, proof)).catch(reject);
  });
  entity.on('nonza', (element: Element) => {
    if (element.name !== 'handshake' || state !== 'opening') return;
    state = 'open';
    resolve();
  });
  entity.on('stanza', (stanza: Element) => {
    // Too deep a tree overflows whatever walks it by recursion.
    if (!isWithinBounds(stanza)) stanza.children = [];
    if (state === 'open') onStanza(stanza, send);
  });

  const timer = setTimeout(
    () => reject(new Error(`no handshake for ${domain} within ${openTimeoutMs / 1000} s`)),
    openTimeoutMs,
  );
  try {
    const opened = entity.connect(service).then(() => entity.open({ domain, lang: undefined }));
    await Promise.all([opened, promise]);
  } catch (error) {
    state = 'ended';
    await closeStream(entity);
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    domain,
    send,
    async close() {
      state = 'ended';
      await closeStream(entity);
    },
  };
}

/** The library's stream, in the namespace of components and with characters that two chunks share kept whole. */
class ComponentStream extends Client {
  #decoder = new StringDecoder('utf8');

  override headerElement(): Element {
    const header = super.headerElement();
    header.attrs.xmlns = NS_COMPONENT;
    return header;
  }

  override _attachSocket(socket: Parameters<Client['_attachSocket']>[0]): void {
    this.#decoder = new StringDecoder('utf8');
    super._attachSocket(socket);
    socket.once('connect', () => {
      // Here the socket is the TCP one itself, not the TLS wrapper that the types know.
      const plain = socket as unknown as import('node:net').Socket;
      plain.setNoDelay(true);
      plain.setKeepAlive(true, keepAliveMs);
    });
  }

  override _onData(data: Uint8Array): void {
    try {
      this.parser?.write(this.#decoder.write(Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
    } catch (error) {
      this.emit('error', error);
      this.socket?.destroy?.();
    }
  }
}

async function closeStream(entity: Client): Promise<void> {
  const { socket } = entity;
  if (!socket) return;
  entity.timeout = closeTimeoutMs;
  await entity.stop().catch(() => {});
  socket.destroy?.();
}
