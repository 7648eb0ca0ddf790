/**
 * A connection as an external component: XEP-0114: Jabber Component Protocol (1.6).
 * https://xmpp.org/extensions/xep-0114.html
 *
 * The stream is not encrypted and the handshake no more than a hash of the secret: it belongs on loopback or inside a
 * protected network.
 */

import tcp from '@xmpp/tcp';
import type { Element } from '../protocol/xml.ts';
import { ComponentConnection, handshake } from '../worker/component-connection.ts';

const openTimeoutMs = 10_000;
const closeTimeoutMs = 2_000;

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
  let state: 'opening' | 'open' | 'ended' = 'opening';
  let lastError: Error | null = null;
  const entity = new ComponentConnection({
    service,
    domain,
    onStanza: (stanza) => state === 'open' && onStanza(stanza, send),
    onError(error) {
      lastError = error instanceof Error ? error : new Error(String(error));
      if (state === 'opening') reject(lastError);
    },
  });
  entity.timeout = openTimeoutMs;
  tcp({ entity });
  const send = (stanza: Element) => {
    if (state === 'open') entity.send(stanza).catch(() => {});
  };
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => {});
  entity.on('disconnect', () => {
    const before = state;
    state = 'ended';
    reject(lastError ?? new Error(`the server closed the stream of ${domain}`));
    if (before === 'open') onEnd?.(lastError);
  });
  entity.on('open', (header: Element) => {
    entity.send(handshake(header, secret)).catch(reject);
  });
  entity.on('nonza', (element: Element) => {
    if (element.name !== 'handshake' || state !== 'opening') return;
    state = 'open';
    entity.sendAtOnce();
    resolve();
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

async function closeStream(entity: ComponentConnection): Promise<void> {
  const { socket } = entity;
  if (!socket) return;
  entity.timeout = closeTimeoutMs;
  await entity.stop().catch(() => {});
  socket.destroy?.();
}
