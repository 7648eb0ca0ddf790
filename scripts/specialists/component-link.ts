/** An external component of the sample network that stays connected. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Element } from '@xmpp/xml';
import { type Component, openComponent } from '../component.ts';

const backoffFirstMs = 500;
const backoffMaxMs = 30_000;

export type ComponentAddress = {
  /** The server's port for components, such as `xmpp://127.0.0.2:5347`. */
  service: string;
  /** The component's domain. */
  domain: string;
  secret: string;
};

export type ComponentLinkOptions = ComponentAddress & {
  /** What is sent in answer to a stanza; it must not reject. */
  answer(stanza: Element): Element[] | Promise<Element[]>;
  log?: ((line: string) => void) | undefined;
};

export type ComponentLink = {
  /** Sends, or drops silently while there is no connection. */
  send(stanza: Element): void;
  stop(): Promise<void>;
};

/**
 * Connects a component and returns when it is connected for the first time. It then reconnects by itself, with jittered
 * backoff, until it is stopped. Throws when the first connection cannot be made.
 */
export async function linkComponent(options: ComponentLinkOptions): Promise<ComponentLink> {
  const { service, domain, secret, answer, log } = options;
  const stopping = new AbortController();
  let live: Component | null = null;
  let reconnecting: Promise<void> = Promise.resolve();

  async function connect(): Promise<void> {
    live = await openComponent({
      service,
      domain,
      secret,
      async onStanza(stanza, send) {
        for (const reply of await answer(stanza)) send(reply);
      },
      onEnd(reason) {
        live = null;
        log?.(`${domain} lost its stream${reason ? `: ${reason.message}` : ''}`);
        reconnecting = reconnect();
      },
    });
    log?.(`${domain} is connected`);
  }

  async function reconnect(): Promise<void> {
    const { signal } = stopping;
    for (let backoffMs = backoffFirstMs; !signal.aborted; backoffMs = Math.min(backoffMs * 2, backoffMaxMs)) {
      await wait(backoffMs * (0.5 + Math.random()), null, { signal }).catch(() => {});
      if (signal.aborted) return;
      const connected = await connect().then(
        () => true,
        () => false,
      );
      if (connected) return;
    }
  }

  await connect();
  return {
    send: (stanza) => live?.send(stanza),
    async stop() {
      stopping.abort();
      await reconnecting;
      await live?.close();
      live = null;
    },
  };
}
