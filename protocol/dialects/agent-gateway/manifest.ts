/**
 * XMPP Agent Gateway (ProtoXEP, 0.0.5), "Manifest Model" and "Manifest Retrieval": what an endpoint and its tools are,
 * as one immutable JSON document for each API version.
 */

import { canonicalJson, parseCanonicalJson } from '../../canonical-json.ts';
import { formLimits } from '../../data-form.ts';
import { type Hash, readHashIn, writeHash } from '../../hashes.ts';
import { bareJid, tryJid } from '../../jid.ts';
import { arrayOf, isObject, type Json, type JsonObject, stringOf } from '../../json.ts';
import { safeImage, safeLink } from '../../link.ts';
import { ParseError } from '../../parse-error.ts';
import { cleanLine, cleanText } from '../../text.ts';
import { type Element, expectElement, requireChild, xml } from '../../xml.ts';
import { NS_AGENT_API, readToolName, readVersion } from './namespaces.ts';

/** A manifest as it travels: its canonical JSON, and the hash that the endpoint states for it. */
export type ManifestAnswer = { version: string; hash: Hash; json: string };

export type ManifestTool = {
  name: string;
  title: string | null;
  description: string | null;
  tags: string[];
  /** Canonical JSON: what the schemas' hashes are of. */
  inputSchema: string;
  outputSchema: string | null;
};

export type Manifest = {
  jid: string;
  name: string;
  title: string | null;
  description: string | null;
  version: string;
  homepage: string | null;
  avatar: string | null;
  tools: ManifestTool[];
};

export const manifestLimits = { toolsMax: 4096, tagsMax: 50, tagCharsMax: 60 } as const;

/** @param version null asks for the version that is active */
export function manifestRequest(version: string | null): Element {
  return xml('manifest-request', { xmlns: NS_AGENT_API, version });
}

/** @throws {ParseError} where the element is no manifest of the one media type. */
export function readManifestAnswer(element: Element): ManifestAnswer {
  expectElement(element, 'manifest', NS_AGENT_API);
  if (element.attrs['media-type'] !== 'application/json')
    throw new ParseError("the manifest's media-type is not application/json");
  return {
    version: readVersion(element.attrs.version),
    hash: readHashIn(element),
    json: requireChild(element, 'json', NS_AGENT_API).text(),
  };
}

export function writeManifestAnswer(answer: ManifestAnswer): Element {
  return xml(
    'manifest',
    { xmlns: NS_AGENT_API, 'media-type': 'application/json', version: answer.version },
    writeHash(answer.hash),
    xml('json', {}, answer.json),
  );
}

/**
 * Reads the manifest's JSON. Its hash is the caller's to compare.
 * @throws {ParseError} where the text is not canonical, or lacks what the manifest's own schema requires.
 */
export function readManifest(json: string): Manifest {
  const manifest = parseCanonicalJson(json);
  if (!isObject(manifest) || manifest.manifestSpecVersion !== '0')
    throw new ParseError('manifestSpecVersion "0" expected');
  const { agent, tools } = manifest;
  if (!isObject(agent)) throw new ParseError("the manifest has no 'agent'");
  if (!Array.isArray(tools) || tools.length > manifestLimits.toolsMax)
    throw new ParseError(`'tools' is no array of at most ${manifestLimits.toolsMax}`);
  const name = line(agent.name);
  if (!name) throw new ParseError("the manifest has no 'agent.name'");
  const read = tools.map(readTool);
  if (new Set(read.map((tool) => tool.name)).size < read.length)
    throw new ParseError('two tools have one name');
  return {
    jid: readEndpoint(agent.jid),
    name,
    title: line(agent.title),
    description: text(agent.description),
    version: readVersion(stringOf(agent.version)),
    homepage: safeLink(stringOf(agent.homepage)),
    avatar: safeImage(stringOf(agent.avatarUrl)),
    tools: read,
  };
}

/** An endpoint's address is bare. */
function readEndpoint(value: Json | undefined): string {
  const jid = tryJid(stringOf(value));
  if (!jid || jid.resource) throw new ParseError("'agent.jid' is no bare JID");
  return bareJid(jid);
}

function readTool(tool: Json): ManifestTool {
  if (!isObject(tool)) throw new ParseError('a tool is no object');
  if (!isObject(tool.inputSchema)) throw new ParseError("a tool has no 'inputSchema'");
  if (tool.outputSchema !== undefined && !isObject(tool.outputSchema))
    throw new ParseError("a tool's 'outputSchema' is no object");
  const name = typeof tool.name === 'string' ? tool.name : null;
  const more: JsonObject = isObject(tool[NS_AGENT_API]) ? tool[NS_AGENT_API] : {};
  return {
    name: readToolName(name),
    title: line(tool.title),
    description: text(tool.description),
    tags: arrayOf(more.tags, manifestLimits.tagsMax)
      .map((tag) => cleanLine(stringOf(tag) ?? '', manifestLimits.tagCharsMax))
      .filter(Boolean),
    inputSchema: canonicalJson(tool.inputSchema),
    outputSchema: tool.outputSchema ? canonicalJson(tool.outputSchema) : null,
  };
}

function line(value: Json | undefined): string | null {
  return cleanLine(stringOf(value) ?? '', formLimits.lineCharsMax) || null;
}

function text(value: Json | undefined): string | null {
  return cleanText(stringOf(value) ?? '', formLimits.textCharsMax) || null;
}
