/** The judged set: listings, queries and what answers each how well. `README.md` says how it was judged. */

import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { AgentIndex } from '../../db/write-index.ts';
import { schemaOf } from '../../market/json-schema.ts';
import { type Input, inputTypes, type Listing, listingFlags, listingKinds } from '../../market/listing.ts';
import { listingId } from '../../market/listing-id.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf, listingOf } from '../support/listings.ts';

const statedInput = z.strictObject({
  name: z.string().min(1),
  label: z.string().min(1).optional(),
  type: z.enum(inputTypes).optional(),
  required: z.boolean().optional(),
  options: z
    .array(z.strictObject({ value: z.string().min(1), label: z.string().min(1).optional() }))
    .min(1)
    .optional(),
});
type StatedInput = z.infer<typeof statedInput>;

/** A listing as the files state it: what is left out is not stated. */
const statedListing = z.strictObject({
  key: z.string().regex(/^[a-z0-9-]+$/),
  agent: z.string().regex(/^[^@\s]+@[^@\s]+$/),
  provider: z.string().min(1).optional(),
  kind: z.enum(listingKinds).optional(),
  /** The key where it is left out. */
  node: z.string().min(1).optional(),
  name: z.string().min(1),
  description: z.string().min(1).optional(),
  lang: z.array(z.string().min(2)).optional(),
  category: z.string().min(1).optional(),
  tags: z.array(z.string().min(1)).optional(),
  inputs: z.array(statedInput).optional(),
  outputs: z.array(statedInput).optional(),
  price: z
    .strictObject({
      amount: z.string().regex(/^\d+(\.\d+)?$/),
      currency: z.string().length(3),
      unit: z.string(),
    })
    .optional(),
  location: z
    .strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) })
    .optional(),
  flags: z.array(z.enum(listingFlags)).optional(),
  queries: z.array(z.string().min(1)).optional(),
});
type StatedListing = z.infer<typeof statedListing>;

const judgedQuery = z.strictObject({
  kind: z.string().min(1),
  query: z.string().min(1),
  /** What is meant, where the words alone do not say it. */
  need: z.string().min(1).optional(),
  /** Grades by the listing's key; what is not named is not relevant. */
  judgements: z.record(z.string(), z.int().min(1).max(3)),
});
export type JudgedQuery = z.infer<typeof judgedQuery>;

/** The listings by key, in the order of the files. */
export function judgedListings(): Map<string, Listing> {
  const folder = new URL('listings/', import.meta.url);
  const stated = readdirSync(folder)
    .sort()
    .flatMap((file) => z.array(statedListing).parse(readJson(new URL(file, folder))));
  const listings = new Map(stated.map((one) => [one.key, listingFrom(one)]));
  if (listings.size < stated.length) throw new Error('Two listings have the same key.');
  return listings;
}

export function judgedQueries(): JudgedQuery[] {
  return z.array(judgedQuery).parse(readJson(new URL('queries.json', import.meta.url)));
}

/** The listings as complete looks at their agents give them to the index. */
export function judgedAgents(listings: Iterable<Listing>): AgentIndex[] {
  const byAgent = Map.groupBy(listings, ({ provider }) => provider.jid);
  return [...byAgent].map(([jid, offered]) => indexOf(jid, offered));
}

function listingFrom({ key, agent, provider, ...stated }: StatedListing): Listing {
  const inputs = (stated.inputs ?? []).map(inputFrom);
  const outputs = (stated.outputs ?? []).map(inputFrom);
  const plain = listingOf(agent, { node: stated.node ?? key });
  return {
    ...plain,
    kind: stated.kind ?? plain.kind,
    id: listingId({ jid: agent, kind: stated.kind ?? plain.kind, node: plain.node }),
    provider: { ...plain.provider, name: provider ?? null },
    name: stated.name,
    description: stated.description ?? null,
    lang: stated.lang ?? [],
    category: stated.category ?? null,
    tags: stated.tags ?? [],
    inputs,
    inputSchema: inputs.length > 0 ? schemaOf(inputs) : null,
    outputs,
    outputSchema: outputs.length > 0 ? schemaOf(outputs) : null,
    price: stated.price ?? null,
    location: stated.location ?? null,
    flags: stated.flags ?? [],
    queries: stated.queries ?? [],
  };
}

function inputFrom({ name, label, type, required, options }: StatedInput): Input {
  return inputOf(name, {
    label: label ?? null,
    type: type ?? 'string',
    required: required ?? false,
    options: (options ?? []).map((option) => ({ value: option.value, label: option.label ?? null })),
  });
}

function readJson(file: URL): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
