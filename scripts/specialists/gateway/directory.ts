/** How the gateway and its endpoints answer service discovery and requests for manifests and schemas. */

import { type Element, xml } from '@xmpp/xml';
import { type DiscoItem, infoElement, itemsElement } from '../disco.ts';
import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING } from '../namespaces.ts';
import { stanzaError } from '../stanza-error.ts';
import { hashElement, type Published } from './manifest.ts';
import {
  AGENT_API,
  AGENT_DIRECTORY,
  AGENT_ENDPOINT,
  AGENT_TASK,
  AGENT_TOOL,
  AGENT_TOOLS,
  ENDPOINT_INFO,
  HASHES,
  RSM,
  TOOL_INFO,
} from './names.ts';

/** How long a repeated request is sure not to be executed again, in seconds. */
export const replaySeconds = 3_600;

const notFound = () => stanzaError('cancel', 'item-not-found');
const identity = (type: string, name: string) => ({ category: 'automation', type, name });

/** Answers a query to the gateway itself. */
export function answerAsGateway(query: Element, endpoints: Published[], pageItemsMax: number): Element {
  const { node } = query.attrs;
  const isKnown = node === undefined || node === AGENT_DIRECTORY;
  if (query.is('query', NS_DISCO_INFO)) {
    if (!isKnown) return notFound();
    const features = [NS_DISCO_INFO, NS_DISCO_ITEMS];
    return node
      ? infoElement({ identities: [identity('agent-directory', 'Agents')], features, forms: [] }, node)
      : infoElement({
          identities: [identity('agent-gateway', 'Sample Agent Gateway')],
          features: [...features, AGENT_DIRECTORY, NS_PING],
          forms: [],
        });
  }
  if (!query.is('query', NS_DISCO_ITEMS)) return stanzaError('cancel', 'service-unavailable');
  if (!isKnown) return notFound();
  const items = endpoints
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.jid), Buffer.from(b.jid)))
    .map(({ jid, endpoint }) => ({ key: jid, item: { jid, name: endpoint.title } }));
  return page(query, items, pageItemsMax);
}

/** Answers a query to an endpoint; undefined where it is about something else, such as tasks. */
export function answerAsEndpoint(
  query: Element,
  published: Published,
  pageItemsMax: number,
): Element | undefined {
  const { node } = query.attrs;
  if (query.is('query', NS_DISCO_INFO)) return info(published, node);
  if (query.is('query', NS_DISCO_ITEMS)) {
    if (node === undefined) return itemsElement([]);
    if (node !== collectionNode(published)) return notFound();
    const items = published.tools.map(({ tool }) => {
      const key = nodeOf(published, tool.name);
      return { key, item: { jid: published.jid, node: key, name: tool.title } };
    });
    return page(query, items, pageItemsMax);
  }
  if (query.is('manifest-request', AGENT_API)) return manifest(published, query.attrs.version);
  if (query.is('schema-request', AGENT_API)) return schema(published, query);
  return undefined;
}

function info(published: Published, node: string | undefined): Element {
  const { endpoint, manifest, tools } = published;
  const features = [NS_DISCO_INFO, NS_DISCO_ITEMS];
  if (node === undefined) {
    return infoElement({
      identities: [identity('agent-endpoint', endpoint.title)],
      features: [...features, AGENT_ENDPOINT, `${AGENT_API}#manifest`, `${AGENT_API}#schema`, AGENT_TASK],
      forms: [
        {
          formType: ENDPOINT_INFO,
          fields: fields({
            server_name: endpoint.account,
            server_title: endpoint.title,
            description: endpoint.description,
            version: endpoint.version,
            manifest_hash_algo: 'sha-256',
            manifest_hash_value: manifest.hash,
            cold_start_supported: '0',
            request_replay_seconds: String(replaySeconds),
          }),
        },
      ],
    });
  }
  if (node === collectionNode(published)) {
    const identities = [identity('agent-tool-collection', `Tools of ${endpoint.title}`)];
    return infoElement({ identities, features, forms: [] }, node);
  }
  const found = tools.find(({ tool }) => nodeOf(published, tool.name) === node);
  if (!found) return notFound();
  const { tool, input, output } = found;
  const form = {
    formType: TOOL_INFO,
    fields: fields({
      name: tool.name,
      title: tool.title,
      description: tool.description,
      api_version: endpoint.version,
      input_schema_hash_algo: 'sha-256',
      input_schema_hash_value: input.hash,
      output_schema_hash_algo: 'sha-256',
      output_schema_hash_value: output.hash,
      read_only: '1',
      destructive: '0',
      idempotent: '1',
      open_world: '0',
    }),
  };
  const identities = [identity('agent-tool', tool.title)];
  return infoElement({ identities, features: [NS_DISCO_INFO, AGENT_TOOL], forms: [form] }, node);
}

function manifest({ endpoint, manifest }: Published, version: string | undefined): Element {
  if (version !== undefined && version !== endpoint.version) return notFound();
  return xml(
    'manifest',
    { xmlns: AGENT_API, 'media-type': 'application/json', version: endpoint.version },
    hashElement(manifest.hash),
    xml('json', {}, manifest.json),
  );
}

function schema({ endpoint, manifest, tools }: Published, query: Element): Element {
  const { tool: name, version, direction } = query.attrs;
  const found = tools.find(({ tool }) => tool.name === name);
  if (!found || version !== endpoint.version || (direction !== 'input' && direction !== 'output')) {
    return notFound();
  }
  const hash = query.getChild('hash', HASHES);
  if (hash?.attrs.algo !== 'sha-256' || hash.text() !== manifest.hash)
    return stanzaError('cancel', 'conflict');
  return xml(
    'schema',
    { xmlns: AGENT_API, tool: name, version, direction, 'media-type': 'application/schema+json' },
    xml('manifest-hash', {}, hashElement(manifest.hash)),
    xml('schema-hash', {}, hashElement(found[direction].hash)),
    xml('json', {}, found[direction].json),
  );
}

/** XEP-0059 section 2: the items that follow the one named by `<after/>`, in their order. */
function page(query: Element, items: { key: string; item: DiscoItem }[], pageItemsMax: number): Element {
  const set = query.getChild('set', RSM);
  const max = Number(set?.getChildText('max') ?? pageItemsMax);
  if (!Number.isInteger(max) || max < 0) return stanzaError('modify', 'bad-request');
  const after = set?.getChildText('after') ?? null;
  const start = after === null ? 0 : items.findIndex(({ key }) => key === after) + 1;
  if (after !== null && start === 0) return notFound();
  const shown = items.slice(start, start + Math.min(max, pageItemsMax));
  const answer = itemsElement(
    shown.map(({ item }) => item),
    query.attrs.node,
  );
  const [first, last] = [shown[0], shown.at(-1)];
  answer.append(
    xml(
      'set',
      { xmlns: RSM },
      first && xml('first', { index: start }, first.key),
      last && xml('last', {}, last.key),
      xml('count', {}, String(items.length)),
    ),
  );
  return answer;
}

function collectionNode({ endpoint }: Published): string {
  return `${AGENT_TOOLS}#${endpoint.version}`;
}

function nodeOf({ endpoint }: Published, tool: string): string {
  return `${AGENT_TOOL}#${endpoint.version}#${Buffer.from(tool).toString('base64url')}`;
}

function fields(values: { [name: string]: string }): [string, string[]][] {
  return Object.entries(values).map(([name, value]) => [name, [value]]);
}
