/**
 * A catalogue entry of Agentic Resource Discovery (ARD, 0.9 draft) in a JSON container, as an item of a listing node.
 * https://github.com/ards-project/ard-spec, `spec/schemas/ai-catalog.schema.json`
 */

import { arrayOf, isObject, type Json, type JsonObject, stringOf } from '../json.ts';
import { readJsonContainer, writeJsonContainer } from '../json-container.ts';
import { safeLink } from '../link.ts';
import { ParseError } from '../parse-error.ts';
import { cleanLine, cleanText, token } from '../text.ts';
import type { Element } from '../xml.ts';
import { readA2aCardObject } from './a2a-card.ts';
import type { AgentCard } from './ai-sns.ts';

export type ArdEntry = {
  /** `urn:air:<publisher>:<namespace>:<name>`, where it is one. */
  identifier: string | null;
  /** The domain that the identifier names as its publisher: a claim, like everything in an entry. */
  publisher: string | null;
  name: string;
  description: string | null;
  /** The media type of what the entry describes. */
  type: string | null;
  /** Where the description is; an entry has this or carries the description itself. */
  url: string | null;
  version: string | null;
  tags: string[];
  /** Names of skills, tools or functions. */
  capabilities: string[];
  /** Sample requests. */
  queries: string[];
  /** The agent card that the entry carries. */
  card: AgentCard | null;
};

export const ardLimits = {
  identifierCharsMax: 500,
  nameCharsMax: 200,
  descriptionCharsMax: 4000,
  typeCharsMax: 200,
  versionCharsMax: 60,
  tagsMax: 30,
  tagCharsMax: 60,
  capabilitiesMax: 100,
  queriesMax: 20,
  queryCharsMax: 300,
} as const;

const IDENTIFIER = /^urn:air:([a-zA-Z0-9.-]+)(:[a-zA-Z0-9._-]+)+$/;
const CARD_TYPE = 'application/a2a-agent-card+json';

/** @throws {ParseError} where the element is no container of a JSON object that has a name. */
export function readArdEntry(element: Element): ArdEntry {
  const entry = readJsonContainer(element);
  if (!isObject(entry)) throw new ParseError('a catalogue entry expected: a JSON object');
  const limits = ardLimits;
  const name = line(entry.displayName ?? entry.name, limits.nameCharsMax);
  if (!name) throw new ParseError("the catalogue entry has no 'displayName'");
  const identifier = token(stringOf(entry.identifier), limits.identifierCharsMax);
  const named = identifier?.match(IDENTIFIER) ?? null;
  const type = line(entry.type, limits.typeCharsMax);
  return {
    identifier: named && identifier,
    publisher: named?.[1]?.toLowerCase() ?? null,
    name,
    description: cleanText(stringOf(entry.description) ?? '', limits.descriptionCharsMax) || null,
    type,
    url: safeLink(stringOf(entry.url)),
    version: line(entry.version, limits.versionCharsMax),
    tags: lines(entry.tags, limits.tagsMax, limits.tagCharsMax),
    capabilities: lines(entry.capabilities, limits.capabilitiesMax, limits.tagCharsMax),
    queries: lines(entry.representativeQueries, limits.queriesMax, limits.queryCharsMax),
    card: type === CARD_TYPE && isObject(entry.data) ? readA2aCardObject(entry.data) : null,
  };
}

export function writeArdEntry(entry: JsonObject): Element {
  return writeJsonContainer(entry);
}

function line(value: Json | undefined, charsMax: number): string | null {
  return cleanLine(stringOf(value) ?? '', charsMax) || null;
}

/** What is said more than once counts once. */
function lines(value: Json | undefined, max: number, charsMax: number): string[] {
  return [...new Set(arrayOf(value, max).map((entry) => line(entry, charsMax)))].filter(
    (text) => text !== null,
  );
}
