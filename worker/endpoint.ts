/**
 * A look at one endpoint of an XMPP Agent Gateway (ProtoXEP 0.0.5): the tools that it offers.
 *
 * A tool is believed where three statements agree: the manifest, whose hash is the one in the endpoint's disco#info;
 * the list of tools; and the tool's own disco#info. Its schemas are believed where, further, the text fetched by hash,
 * the hash in the tool's disco#info and the manifest are the same. The hashes show contradictions, not origin: that
 * is what the servers' stamp on `from` shows.
 */

import type { ToolFacts } from '../market/tool-listings.ts';
import { parseCanonicalJson } from '../protocol/canonical-json.ts';
import { type Form, formNamespace } from '../protocol/data-form.ts';
import {
  type EndpointInfo,
  readEndpointInfo,
  readToolInfo,
  type ToolInfo,
} from '../protocol/dialects/agent-gateway/infos.ts';
import {
  type Manifest,
  type ManifestTool,
  manifestRequest,
  readManifest,
  readManifestAnswer,
} from '../protocol/dialects/agent-gateway/manifest.ts';
import {
  FORM_ENDPOINT_INFO,
  FORM_TOOL_INFO,
  NS_AGENT_ENDPOINT,
  readToolNode,
  toolNode,
  toolsNode,
} from '../protocol/dialects/agent-gateway/namespaces.ts';
import {
  type Direction,
  readSchemaAnswer,
  schemaRequest,
} from '../protocol/dialects/agent-gateway/schema.ts';
import type { DiscoInfo, DiscoItem } from '../protocol/disco.ts';
import { type Hash, isHashOf, isSameHash } from '../protocol/hashes.ts';
import { ParseError } from '../protocol/parse-error.ts';
import type { Asker } from './ask.ts';
import { ensure, Faults, saidBy } from './gateway-faults.ts';
import { readItemPages } from './item-pages.ts';

export const endpointLimits = {
  /** Tools of one endpoint that are read; further ones are not seen. */
  toolsMax: 200,
} as const;

export type EndpointLook = {
  tools: ToolFacts[];
  /** False where something could not be read or is contradictory: then absence says nothing. */
  complete: boolean;
  /** What is wrong in how the endpoint describes itself, in sentences for its author. */
  faults: string[];
};

export function isEndpoint(info: DiscoInfo): boolean {
  return info.features.includes(NS_AGENT_ENDPOINT);
}

/**
 * What an endpoint offers.
 * @param info the disco#info of the endpoint's bare JID
 */
export async function lookAtEndpoint(asker: Asker, jid: string, info: DiscoInfo): Promise<EndpointLook> {
  const look = new Faults();
  const endpoint = look.read('disco#info', () => readEndpointInfo(formOf(info, FORM_ENDPOINT_INFO)));
  if (!endpoint) return lookOf([], look);
  const manifest = await fetchManifest(asker, jid, endpoint, look);
  if (!manifest) return lookOf([], look);
  const listed = await listTools(asker, jid, manifest, look);
  const tools = await Promise.all(
    listed.map((tool) => readTool({ asker, jid, endpoint, look }, tool, manifest)),
  );
  const read = tools.filter((tool) => tool !== null);
  return lookOf(read, look);
}

function lookOf(tools: ToolFacts[], { incomplete, told }: Faults): EndpointLook {
  return { tools, complete: !incomplete, faults: told };
}

/** The manifest of the version that disco#info names; null where it is not the one whose hash stands there. */
async function fetchManifest(
  asker: Asker,
  jid: string,
  endpoint: EndpointInfo,
  look: Faults,
): Promise<Manifest | null> {
  const { version, manifestHash } = endpoint;
  const answer = look.take(
    'the manifest',
    await asker.ask(jid, 'get', manifestRequest(version), readManifestAnswer),
  );
  if (!answer) return null;
  return look.read('the manifest', () => {
    ensure(answer.version === version, `it is of version ${answer.version}, not ${version}`);
    ensure(manifestHash.algo === 'sha-256', 'its hash is not a sha-256 one');
    ensure(
      isSameHash(answer.hash, manifestHash),
      'its hash is not the one in disco#info (manifest_hash_value)',
    );
    ensure(isHashOf(manifestHash, answer.json), 'its hash is not that of its text');
    const manifest = readManifest(answer.json);
    ensure(manifest.jid === jid, `its agent.jid is ${manifest.jid}`);
    ensure(manifest.version === version, `its agent.version is ${manifest.version}, not ${version}`);
    return manifest;
  });
}

/** The tools that the list names and the manifest has. */
async function listTools(
  asker: Asker,
  jid: string,
  manifest: Manifest,
  look: Faults,
): Promise<ManifestTool[]> {
  const node = toolsNode(manifest.version);
  const { items, complete, refused, faults } = await readItemPages(asker, jid, node);
  if (!complete) look.incomplete = true;
  if (refused) look.add('the list of tools', `node ${node} is refused: ${refused}`);
  for (const fault of faults) look.add('the list of tools', fault);
  const names = new Set(
    items.map((item) => look.read('the list of tools', () => readToolItem(item, jid, manifest.version))),
  );
  const known = new Set(manifest.tools.map((tool) => tool.name));
  for (const name of names) {
    if (name !== null && !known.has(name)) look.add('the list of tools', `'${name}' is not in the manifest`);
  }
  const tools = manifest.tools.filter((tool) => names.has(tool.name));
  if (complete && !refused && tools.length < manifest.tools.length)
    look.add(
      'the list of tools',
      `${manifest.tools.length - tools.length} tools of the manifest are not in it`,
    );
  if (tools.length > endpointLimits.toolsMax)
    look.note('the list of tools', `only the first ${endpointLimits.toolsMax} are read`);
  return tools.slice(0, endpointLimits.toolsMax);
}

/** An item that names somebody else's address is a claim about others, and no tool of this endpoint. */
function readToolItem(item: DiscoItem, jid: string, version: string): string {
  ensure(item.jid === jid, `an item is of ${item.jid}`);
  const { version: of, tool } = readToolNode(item.node ?? '');
  ensure(of === version, `'${tool}' is of version ${of}, not ${version}`);
  return tool;
}

type Context = { asker: Asker; jid: string; endpoint: EndpointInfo; look: Faults };

async function readTool(context: Context, tool: ManifestTool, manifest: Manifest): Promise<ToolFacts | null> {
  const { asker, jid, look } = context;
  const what = `the tool '${tool.name}'`;
  const info = look.take(what, await asker.info(jid, toolNode(manifest.version, tool.name)));
  if (!info) return null;
  const stated = look.read(what, () => {
    const read = readToolInfo(formOf(info, FORM_TOOL_INFO));
    ensure(read.name === tool.name, `its disco#info is about '${read.name}'`);
    ensure(read.version === manifest.version, `its api_version is ${read.version}, not ${manifest.version}`);
    return read;
  });
  if (!stated) return null;
  const [inputSchema, outputSchema] = await Promise.all([
    fetchSchema(context, stated, 'input', stated.inputHash, tool.inputSchema),
    fetchSchema(context, stated, 'output', stated.outputHash, tool.outputSchema),
  ]);
  // What is known of the tool must not get worse because it was silent just now.
  if (inputSchema === undefined || outputSchema === undefined) return null;
  return {
    name: tool.name,
    title: tool.title ?? stated.title,
    description: tool.description ?? stated.description,
    tags: tool.tags,
    icon: manifest.avatar,
    version: manifest.version,
    hints: stated.hints,
    inputSchema,
    outputSchema,
  };
}

/**
 * A schema's canonical JSON; null where there is none, or one that the statements disagree about; undefined where the
 * endpoint was silent.
 */
async function fetchSchema(
  { asker, jid, endpoint, look }: Context,
  tool: ToolInfo,
  direction: Direction,
  hash: Hash | null,
  ofManifest: string | null,
): Promise<string | null | undefined> {
  const what = `the ${direction} schema of '${tool.name}'`;
  if (hash === null) {
    if (ofManifest !== null) look.note(what, 'the manifest has one, and disco#info no hash of it');
    return null;
  }
  const { name, version } = tool;
  const request = schemaRequest({ tool: name, version, direction, manifestHash: endpoint.manifestHash });
  const outcome = await asker.ask(jid, 'get', request, readSchemaAnswer);
  if (outcome.kind === 'silent') {
    look.incomplete = true;
    return undefined;
  }
  return look.weigh(what, () => {
    const answer = saidBy(outcome);
    const isThis = answer.tool === name && answer.version === version && answer.direction === direction;
    ensure(isThis, 'the answer is about another schema');
    ensure(isSameHash(answer.manifestHash, endpoint.manifestHash), 'the answer is about another manifest');
    ensure(isSameHash(answer.schemaHash, hash), "its hash is not the one in the tool's disco#info");
    ensure(isHashOf(hash, answer.json), 'its hash is not that of its text');
    ensure(answer.json === ofManifest, 'it is not the one in the manifest');
    parseCanonicalJson(answer.json);
    return answer.json;
  });
}

function formOf(info: DiscoInfo, type: string): Form {
  const form = info.forms.find((candidate) => formNamespace(candidate) === type);
  if (!form) throw new ParseError(`there is no form of FORM_TYPE ${type}`);
  return form;
}
