/** XMPP Agent Gateway (ProtoXEP, 0.0.5), "Retrieving Tool Schemas": one JSON Schema of one tool, by its hash. */

import { type Hash, readHashIn, writeHash } from '../../hashes.ts';
import { ParseError } from '../../parse-error.ts';
import { type Element, expectElement, requireChild, xml } from '../../xml.ts';
import { NS_AGENT_API, readToolName, readVersion } from './namespaces.ts';

export const directions = ['input', 'output'] as const;
export type Direction = (typeof directions)[number];

export type SchemaRequest = { tool: string; version: string; direction: Direction; manifestHash: Hash };
export type SchemaAnswer = SchemaRequest & { schemaHash: Hash; json: string };

const MEDIA_TYPE = 'application/schema+json';

export function schemaRequest(of: SchemaRequest): Element {
  const { tool, version, direction } = of;
  return xml('schema-request', { xmlns: NS_AGENT_API, tool, version, direction }, writeHash(of.manifestHash));
}

/** @throws {ParseError} where the element is no schema; its hashes are the caller's to compare. */
export function readSchemaAnswer(element: Element): SchemaAnswer {
  expectElement(element, 'schema', NS_AGENT_API);
  const direction = directions.find((name) => name === element.attrs.direction);
  if (!direction) throw new ParseError("the schema's direction is neither input nor output");
  if (element.attrs['media-type'] !== MEDIA_TYPE)
    throw new ParseError(`the schema's media-type is not ${MEDIA_TYPE}`);
  return {
    tool: readToolName(element.attrs.tool),
    version: readVersion(element.attrs.version),
    direction,
    manifestHash: readHashIn(requireChild(element, 'manifest-hash', NS_AGENT_API)),
    schemaHash: readHashIn(requireChild(element, 'schema-hash', NS_AGENT_API)),
    json: requireChild(element, 'json', NS_AGENT_API).text(),
  };
}

export function writeSchemaAnswer(of: SchemaAnswer): Element {
  const { tool, version, direction } = of;
  return xml(
    'schema',
    { xmlns: NS_AGENT_API, tool, version, direction, 'media-type': MEDIA_TYPE },
    xml('manifest-hash', {}, writeHash(of.manifestHash)),
    xml('schema-hash', {}, writeHash(of.schemaHash)),
    xml('json', {}, of.json),
  );
}
