/**
 * A sample XMPP Agent Gateway (ProtoXEP 0.0.5): an external component with two endpoints, whose tools are described by
 * hashed manifests and schemas and can be invoked by anybody.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { type Element, xml } from '@xmpp/xml';
import { type Component, openComponent } from '../../component.ts';
import { faultReply } from '../answer.ts';
import { NS_PING } from '../namespaces.ts';
import { stanzaError } from '../stanza-error.ts';
import { answerAsEndpoint, answerAsGateway } from './directory.ts';
import { type Published, publish } from './manifest.ts';
import { numbers } from './numbers.ts';
import { phrases } from './phrases.ts';
import { type TaskDesk, taskDesk } from './tasks.ts';
import type { Endpoint } from './tool.ts';

const samples: Endpoint[] = [numbers, phrases];

const backoffFirstMs = 500;
const backoffMaxMs = 30_000;
const pageItemsMaxDefault = 100;

export type GatewayOptions = {
  /** The server's port for components, such as `xmpp://127.0.0.2:5347`. */
  service: string;
  /** The component's domain, which is the gateway's address. */
  domain: string;
  secret: string;
  /** The gateway's pages are no longer than this, whatever is asked for. */
  pageItemsMax?: number;
  /** What it hosts, if not the two samples. */
  endpoints?: Endpoint[];
  log?: (line: string) => void;
};

export type RunningGateway = {
  /** The endpoints' bare JIDs. */
  endpoints: string[];
  stop(): Promise<void>;
};

/**
 * Starts the gateway and returns when its component is connected for the first time. It then reconnects by itself,
 * with jittered backoff, until it is stopped. Throws when the first connection cannot be made.
 */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { service, domain, secret, log } = options;
  const answer = gatewayAnswers(options);
  const stopping = new AbortController();
  let live: Component | null = null;
  let reconnecting: Promise<void> = Promise.resolve();

  async function connect(): Promise<void> {
    live = await openComponent({
      service,
      domain,
      secret,
      onStanza(stanza, send) {
        for (const reply of answer(stanza)) send(reply);
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
    endpoints: (options.endpoints ?? samples).map(({ account }) => `${account}@${domain}`),
    async stop() {
      stopping.abort();
      await reconnecting;
      await live?.close();
      live = null;
    },
  };
}

/** What the gateway answers to a stanza: nothing, one stanza or more. Our own faults are answered too. */
export function gatewayAnswers(
  options: Omit<GatewayOptions, 'service' | 'secret'>,
): (stanza: Element) => Element[] {
  const { domain, pageItemsMax = pageItemsMaxDefault, log } = options;
  const endpoints = (options.endpoints ?? samples).map((endpoint) => publish(endpoint, domain));
  const context: Context = { domain, endpoints, tasks: taskDesk(), pageItemsMax };
  return (stanza) => {
    const { type, to, from } = stanza.attrs;
    if (!to || !from) return [];
    if (stanza.name === 'presence') return answerPresence(endpoints, type, from, to);
    if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set')) return [];
    try {
      return answerQuery(context, stanza, from, to);
    } catch (error) {
      log?.(`${domain} failed to answer: ${error instanceof Error ? error.stack : error}`);
      const reply = faultReply(stanza);
      reply.attrs.from = to;
      return [reply];
    }
  };
}

type Context = { domain: string; endpoints: Published[]; tasks: TaskDesk; pageItemsMax: number };

function answerQuery(context: Context, stanza: Element, from: string, to: string): Element[] {
  const { type, id } = stanza.attrs;
  const reply = (payload?: Element) =>
    xml('iq', { type: payload?.is('error') ? 'error' : 'result', from: to, to: from, id }, payload);
  const children = stanza.getChildElements();
  const [query] = children;
  if (!query || children.length !== 1) return [reply(stanzaError('modify', 'bad-request'))];
  const published = context.endpoints.find(({ jid }) => jid === to);
  // Hidden and unknown endpoints answer alike.
  if (to !== context.domain && !published) return [reply(stanzaError('cancel', 'item-not-found'))];
  if (type === 'get' && query.is('ping', NS_PING)) return [reply()];
  if (!published) {
    const unknown = stanzaError('cancel', 'service-unavailable');
    return [
      reply(type === 'get' ? answerAsGateway(query, context.endpoints, context.pageItemsMax) : unknown),
    ];
  }
  const isInvoke = query.name === 'invoke';
  const task = (type === 'set') === isInvoke ? context.tasks.answer(query, from, published) : undefined;
  if (task) return [reply(task.payload), ...task.after];
  const answer = type === 'get' ? answerAsEndpoint(query, published, context.pageItemsMax) : undefined;
  return [reply(answer ?? stanzaError('cancel', 'service-unavailable'))];
}

/** Endpoints are subscribed to by whoever likes, and are online while the gateway is. */
function answerPresence(
  endpoints: Published[],
  type: string | undefined,
  from: string,
  to: string,
): Element[] {
  if (!endpoints.some(({ jid }) => jid === to)) return [];
  const presence = (kind?: string) => xml('presence', { from: to, to: from, type: kind });
  switch (type) {
    case 'subscribe':
      return [presence('subscribed'), presence()];
    case 'probe':
      return [presence()];
    case 'unsubscribe':
      return [presence('unsubscribed'), presence('unavailable')];
    default:
      return [];
  }
}
