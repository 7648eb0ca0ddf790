/** From what an XMPP Agent Gateway's endpoint states of its tools to listings. */

import type { ToolHints } from '../protocol/dialects/agent-gateway/infos.ts';
import { type JsonObject, parseJsonObject } from '../protocol/json.ts';
import { ParseError } from '../protocol/parse-error.ts';
import { Claims } from './claims.ts';
import type { Input, JsonSchema, Listing, Provider } from './listing.ts';
import { listingId } from './listing-id.ts';
import { safeSchema } from './safe-schema.ts';
import { inputsOfSchema } from './schema-inputs.ts';

/** One tool whose endpoint's statements agree. */
export type ToolFacts = {
  /** Unique at its endpoint, compared code point by code point. */
  name: string;
  title: string | null;
  description: string | null;
  tags: string[];
  /** The endpoint's avatar. */
  icon: string | null;
  /** The API version that the call must name. */
  version: string;
  hints: ToolHints;
  /** Canonical JSON, so that it can be kept anywhere as it is; null where none is believed. */
  inputSchema: string | null;
  outputSchema: string | null;
};

/** Whose tools they are, and whether it states that the directory may call them. */
export type ToolProvider = { provider: Provider; features: string[]; relay?: boolean };

/** A manifest is public: what it says does not rest on consent. */
export type ToolListing = { listing: Listing; onConsent: false };

export function toolListings(provider: ToolProvider, tools: ToolFacts[]): ToolListing[] {
  return tools.map((tool) => ({ listing: toolListing(provider, tool), onConsent: false }));
}

function toolListing(provider: ToolProvider, tool: ToolFacts): Listing {
  const { jid } = provider.provider;
  const claims = new Claims();
  const input = readSchema(tool.inputSchema);
  const output = readSchema(tool.outputSchema);
  const inputs = claims.take<Input[]>('inputs', [['manifest', input?.members]]);
  const outputs = claims.take<Input[]>('outputs', [['manifest', output?.members]]);
  const listing = {
    id: listingId({ jid, kind: 'tool', node: tool.name }),
    kind: 'tool' as const,
    node: tool.name,
    provider: provider.provider,
    name: claims.take('name', [['manifest', tool.title ?? tool.name]]) ?? tool.name,
    names: [],
    description: claims.take('description', [['manifest', tool.description]]),
    lang: [],
    category: null,
    tags: claims.union('tags', [['manifest', tool.tags.map((tag) => tag.toLowerCase())]]),
    inputs: inputs ?? [],
    inputSchema: input?.schema ?? null,
    outputs: (outputs ?? []).map((value) => ({ ...value, default: null })),
    outputSchema: output?.schema ?? null,
    price: null,
    location: null,
    call: {
      protocol: 'agent-task' as const,
      node: tool.name,
      url: null,
      relay: provider.relay ?? false,
    },
    flags: [],
    features: provider.features.filter((feature) => !feature.startsWith('http://jabber.org/')),
    queries: [],
    terms: null,
    link: null,
    linkType: null,
    icon: claims.take('icon', [['manifest', tool.icon]]),
  };
  return { ...listing, sources: claims.sources, provenance: claims.provenance };
}

/**
 * A schema as typed inputs, and a copy that is safe to pass on; null where the text is no JSON object. A schema of
 * anything but an object states no members. Canonical JSON has lost the author's order, so what is required comes first.
 */
export function readSchema(text: string | null): { members: Input[]; schema: JsonSchema } | null {
  const schema = text === null ? null : objectOf(text);
  if (!schema) return null;
  const members = inputsOfSchema(schema).sort((a, b) => Number(b.required) - Number(a.required));
  return { members, schema: safeSchema(schema) };
}

function objectOf(text: string): JsonObject | null {
  try {
    return parseJsonObject(text);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
