/** The shapes of Agentic Resource Discovery (ARD, v0.9 draft), from which its part of the OpenAPI document is made. */

import { z } from '@hono/zod-openapi';
import { entryTypes, REGISTRY_TYPE } from '../market/ard/media-types.ts';
import { errorCodes } from '../market/ard/refusal.ts';
import { idCharsMax } from '../market/listing-id.ts';
import { type ProblemCode, problems } from '../market/problem.ts';
import { queryLimits } from '../market/query/ast.ts';
import { examples } from './examples.ts';
import {
  type Anywhere,
  type Asking,
  asking,
  codesByStatus,
  type Found,
  found,
  type HeaderRefs,
  refusalHeaders,
  type StatusOf,
  unchanged,
} from './openapi.ts';
import { ardErrorExample } from './problem-examples.ts';

/** `query.text` and `query.filter`, which search and explore share. */
export const TextSchema = z.string('expected what is needed, in words').openapi({
  description:
    'What is needed, in words. Nothing in it is read as a qualifier; words such as "find", "me" and "agent" do not count.',
  maxLength: queryLimits.charsMax,
  example: 'find me an agent that converts currencies',
});

export const FilterSchema = z.unknown().openapi({
  type: 'object',
  description:
    'By path: a value, or values of which one must hold. Paths are `type`, `tags`, `capabilities`, `publisher`, and `metadata.` with the name of a qualifier.',
  example: { tags: ['finance'], 'metadata.kind': ['command', 'tool'] },
});

export const IdentifierSchema = z.string().openapi({
  description: 'As search gives it; ends in `:card` for the card that an agent states of a listing by HTTP.',
  maxLength: idCharsMax,
  example: examples.entry.identifier,
});

const EntryFields = z.object({
  identifier: IdentifierSchema,
  displayName: z.string().describe('What the offer is called.'),
  type: z.enum(entryTypes).describe('The media type of what the address leads to.'),
  url: z.url().describe('Where the listing, or the card, is read whole.'),
  description: z.string().optional().describe('What it does, in the words of its provider.'),
  tags: z.array(z.string()).optional().describe('Keywords.'),
  capabilities: z.array(z.string()).optional().describe('Features of service discovery.'),
  representativeQueries: z.array(z.string()).min(2).max(5).optional().describe('Sample requests.'),
  updatedAt: z.iso.datetime().describe('When what it says last changed.'),
  metadata: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .describe('What else is known, by the names of qualifiers.'),
});

export const CatalogEntrySchema = EntryFields.openapi('CatalogEntry', {
  description: 'An entry of a catalogue: a listing, or the card that an agent states of it.',
  example: examples.entry,
});

const ReferralSchema = z
  .object({
    identifier: z.string().describe('The identifier of the registry.'),
    displayName: z.string().describe('What it is called.'),
    type: z.string().describe('The media type of a registry.'),
    url: z.string().describe('Where it is searched.'),
  })
  .openapi('RegistryReferral', { description: 'A registry to ask next.', example: examples.referral });

const PageTokenSchema = z.string().openapi({ description: 'Leads to the next page; absent on the last.' });

const ResultSchema = EntryFields.extend({
  score: z.int().min(0).max(100).describe('How well the words fit, and nothing else.'),
  source: z.string().describe('The registry whose index has the entry.'),
}).openapi('SearchResult', {
  description: 'An entry that fits a need.',
  example: { ...examples.entry, score: 62, source: examples.registry.url },
});

export const SearchResponseSchema = z
  .object({
    results: z.array(ResultSchema).describe('The entries, best first.'),
    referrals: z
      .array(ReferralSchema)
      .optional()
      .describe('Registries to ask next, where the operator names some.'),
    pageToken: PageTokenSchema.optional(),
  })
  .openapi('SearchResponse', {
    description: 'One page of entries that fit a need.',
    example: {
      results: [{ ...examples.entry, score: 62, source: examples.registry.url }],
      referrals: [examples.referral],
    },
  });

const BucketsSchema = z.object({
  buckets: z
    .array(
      z.object({
        value: z.string().describe('A value of the field.'),
        count: z.int().describe('How many listings have it.'),
      }),
    )
    .describe('The most frequent first.'),
  otherCount: z.int().optional().describe('In buckets beyond the limit, where known.'),
});

export const ExploreResponseSchema = z
  .object({
    resultType: z.literal('facets').describe('What is asked for.'),
    facets: z.record(z.string(), BucketsSchema).describe('By field: its values and how often they occur.'),
  })
  .openapi('ExploreResponse', {
    description: 'How often values occur among the entries that fit.',
    example: {
      resultType: 'facets',
      facets: { tags: { buckets: [{ value: 'finance', count: 12 }], otherCount: 3 } },
    },
  });

export const ListResponseSchema = z
  .object({
    items: z.array(CatalogEntrySchema).describe('The entries, in the order asked for.'),
    pageToken: PageTokenSchema.optional(),
  })
  .openapi('ListResponse', {
    description: 'One page of all entries.',
    example: { items: [examples.entry], pageToken: 'WyJ4IiwieSIsInoiXQ' },
  });

const ArdErrorSchema = z
  .object({
    errorCode: z.enum(errorCodes).describe('Stable, for programs.'),
    message: z.string().describe('What was wrong this time, and what was expected.'),
  })
  .openapi('ArdError', { description: 'Why a request was refused, in the shape of ARD.' });

const HostSchema = z.object({
  displayName: z.string().describe('What the host is called.'),
  identifier: z.string().describe('The publisher in the identifiers of its own entries.'),
  documentationUrl: z.url().describe('The reference page.'),
});

/** The directory's own entry, as catalogues and other registries would have it. */
export const RegistryEntrySchema = EntryFields.extend({
  type: z.literal(REGISTRY_TYPE).describe('The media type of a registry.'),
})
  .omit({ updatedAt: true })
  .openapi('RegistryEntry', { description: 'The registry itself.', example: examples.registry });

export const CatalogSchema = z
  .object({
    specVersion: z.literal('1.0').describe('The version of the catalogue format.'),
    host: HostSchema.describe('Whose catalogue it is.'),
    entries: z.array(RegistryEntrySchema).describe('The registry; what is listed stands in it.'),
  })
  .openapi('Catalog', { description: 'The catalogue of this origin.', example: examples.catalog });

type ErrorAnswer = {
  description: string;
  headers: HeaderRefs;
  content: {
    'application/json': {
      schema: typeof ArdErrorSchema;
      examples: { [code: string]: { summary: string; value: object } };
    };
  };
};

type Refusals<Code extends ProblemCode> = {
  [Each in Code | Anywhere | Asking as StatusOf<Each>]: ErrorAnswer;
};

/** The successful answer, and one for each status that the named problems have in the standard's shape. */
export function ardAnswers<Schema extends z.ZodType, Code extends ProblemCode>(
  schema: Schema,
  description: string,
  ...codes: Code[]
): Refusals<Code> & { 200: Found<Schema> } {
  return { ...refusals(...codes), 200: found(schema, description) };
}

/** Those of a read, which a client may keep and have validated. */
export function ardReads<Schema extends z.ZodType, Code extends ProblemCode>(
  schema: Schema,
  description: string,
  ...codes: Code[]
): Refusals<Code> & { 200: Found<Schema>; 304: typeof unchanged } {
  return { ...refusals(...codes), 200: found(schema, description, 'ETag'), 304: unchanged };
}

function refusals<Code extends ProblemCode>(...codes: Code[]): Refusals<Code> {
  const byStatus = codesByStatus([...codes, ...asking]).map(([status, same]): [number, ErrorAnswer] => {
    const examples = same.map((code) => {
      return [code, { summary: problems[code].title, value: ardErrorExample(code) }] as const;
    });
    const content = { schema: ArdErrorSchema, examples: Object.fromEntries(examples) };
    const description = `${same.map((code) => problems[code].title).join('. ')}.`;
    return [
      status,
      { description, headers: refusalHeaders(status), content: { 'application/json': content } },
    ];
  });
  return Object.fromEntries(byStatus) as Refusals<Code>;
}
