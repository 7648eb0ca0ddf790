/**
 * A sample XMPP Agent Gateway (ProtoXEP 0.0.5): an external component with two endpoints, whose tools are described by
 * hashed manifests and schemas and can be invoked by anybody.
 */

import { type Element, xml } from '@xmpp/xml';
import { faultReply } from '../answer.ts';
import { type ComponentAddress, type ComponentLink, linkComponent } from '../component-link.ts';
import { NS_PING } from '../namespaces.ts';
import { stanzaError } from '../stanza-error.ts';
import { answerAsEndpoint, answerAsGateway } from './directory.ts';
import { type Published, publish } from './manifest.ts';
import { sampleEndpoints } from './samples.ts';
import { type TaskDesk, taskDesk } from './tasks.ts';
import type { Endpoint } from './tool.ts';

const pageItemsMaxDefault = 100;

/** The component's domain is the gateway's address. */
export type GatewayOptions = ComponentAddress & {
  /** The gateway's pages are no longer than this, whatever is asked for. */
  pageItemsMax?: number;
  /** What it hosts, if not the two samples. */
  endpoints?: Endpoint[];
  log?: (line: string) => void;
};

export type RunningGateway = ComponentLink & {
  /** The endpoints' bare JIDs. */
  endpoints: string[];
};

/** Starts the gateway; see `linkComponent`. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { endpoints = sampleEndpoints, domain } = options;
  const link = await linkComponent({ ...options, answer: gatewayAnswers(options) });
  return { ...link, endpoints: endpoints.map(({ account }) => `${account}@${domain}`) };
}

/** What the gateway answers to a stanza: nothing, one stanza or more. Our own faults are answered too. */
export function gatewayAnswers(
  options: Omit<GatewayOptions, 'service' | 'secret'>,
): (stanza: Element) => Element[] {
  const { domain, pageItemsMax = pageItemsMaxDefault, log } = options;
  const endpoints = (options.endpoints ?? sampleEndpoints).map((endpoint) => publish(endpoint, domain));
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
