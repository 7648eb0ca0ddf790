/**
 * A sample XMPP Agent Gateway (ProtoXEP 0.0.5): an external component with two endpoints, whose tools are described by
 * hashed manifests and schemas and can be invoked by anybody.
 */

import { type Element, xml } from '@xmpp/xml';
import { faultReply } from '../answer.ts';
import { type ComponentAddress, type ComponentLink, linkComponent } from '../component-link.ts';
import { addressOf, keepRegistered } from '../lease.ts';
import { NS_PING } from '../namespaces.ts';
import { stanzaError } from '../stanza-error.ts';
import { answerAsEndpoint, answerAsGateway } from './directory.ts';
import { type Published, publish } from './manifest.ts';
import { queriesOver } from './queries.ts';
import { sampleEndpoints } from './samples.ts';
import { isTaskQuery, type TaskDesk, taskDesk } from './tasks.ts';
import type { Endpoint } from './tool.ts';

const pageItemsMaxDefault = 100;

/** The component's domain is the gateway's address. */
export type GatewayOptions = ComponentAddress & {
  /** The gateway's pages are no longer than this, whatever is asked for. */
  pageItemsMax?: number;
  /** What it hosts, if not the two samples. */
  endpoints?: readonly Endpoint[];
  /** The file that keeps the tasks; without one they are gone with the gateway. */
  tasksPath?: string;
  /** The directory with which its endpoints register. */
  directory?: string;
  log?: (line: string) => void;
};

export type RunningGateway = ComponentLink & {
  /** The endpoints' bare JIDs. */
  endpoints: string[];
};

/** Starts the gateway; see `linkComponent`. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { endpoints = sampleEndpoints, domain } = options;
  let link: ComponentLink | undefined;
  const send = (stanza: Element) => link?.send(stanza);
  const desk = gatewayDesk(options, send);
  const queries = queriesOver(send);
  const started = await linkComponent({
    ...options,
    answer: (stanza) => (queries.take(stanza) ? [] : desk.answer(stanza)),
  });
  link = started;
  const addresses = endpoints.map(({ account }) => `${account}@${domain}`);
  const { directory, log } = options;
  const leases = (directory === undefined ? [] : addresses).map((jid) =>
    keepRegistered(
      (command) => queries.set(jid, addressOf(directory ?? ''), command),
      (line) => log?.(`${jid} is ${line}`),
    ),
  );
  return {
    ...started,
    async stop() {
      for (const lease of leases) lease.stop();
      desk.halt();
      await started.stop();
    },
    endpoints: addresses,
  };
}

export type GatewayDesk = {
  /** What the gateway answers to a stanza: nothing, one stanza or more. Our own faults are answered too. */
  answer(stanza: Element): Element[];
  halt(): void;
};

/** @param send what is told without having been asked */
export function gatewayDesk(
  options: Omit<GatewayOptions, 'service' | 'secret'>,
  send: (stanza: Element) => void,
): GatewayDesk {
  const { domain, pageItemsMax = pageItemsMaxDefault, log } = options;
  const endpoints = (options.endpoints ?? sampleEndpoints).map((endpoint) => publish(endpoint, domain));
  const tasks = taskDesk({ endpoints, path: options.tasksPath ?? null, send });
  const context: Context = { domain, endpoints, tasks, pageItemsMax };
  const answer = (stanza: Element): Element[] => {
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
  return { answer, halt: () => tasks.halt() };
}

/** The answers of a gateway of which nothing is heard but these. */
export function gatewayAnswers(
  options: Omit<GatewayOptions, 'service' | 'secret'>,
): (stanza: Element) => Element[] {
  return gatewayDesk(options, () => undefined).answer;
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
  const task = isTaskQuery(query, type ?? '') ? context.tasks.answer(query, from, published) : undefined;
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
