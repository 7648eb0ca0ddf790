/** The shapes of Agentic Resource Discovery (ARD, v0.9 draft), from which its part of the OpenAPI document is made. */

import { z } from '@hono/zod-openapi';
import { entryTypes, LISTING_TYPE, REGISTRY_TYPE } from '../market/ard/media-types.ts';
import { errorCodeOf, errorCodes } from '../market/ard/refusal.ts';
import { type ProblemCode, problems } from '../market/problem.ts';

const exampleId = 'urn:air:works.test:u.fx:command.convert-k3v5q2m7c4x6n2p3r2s4t6v5w3';

const exampleEntry = {
  identifier: exampleId,
  displayName: 'Convert currency',
  type: LISTING_TYPE,
  url: `https://guildhall.example/v1/listings/${exampleId}`,
  description: 'Converts an amount from one currency into another.',
  tags: ['currency', 'finance'],
  representativeQueries: ['How many yen are ten euros?', 'Convert 5 dollars into pounds'],
  updatedAt: '2026-11-19T08:00:00.000Z',
  metadata: { kind: 'command', agent: 'fx@works.test', stale: false },
};

/** `query.text` and `query.filter`, which search and explore share. */
export const TextSchema = z.string('expected what is needed, in words').openapi({
  description:
    'What is needed, in words. Nothing in it is read as a qualifier; words such as "find", "me" and "agent" do not count.',
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
  example: exampleId,
});

const EntryFields = z.object({
  identifier: IdentifierSchema,
  displayName: z.string(),
  type: z.enum(entryTypes),
  url: z.url().openapi({ description: 'Where the listing, or the card, is read whole.' }),
  description: z.string().optional(),
  tags: z.array(z.string()).optional(),
  capabilities: z.array(z.string()).optional().openapi({ description: 'Features of service discovery.' }),
  representativeQueries: z.array(z.string()).min(2).max(5).optional(),
  updatedAt: z.iso.datetime(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const CatalogEntrySchema = EntryFields.openapi('CatalogEntry', { example: exampleEntry });

export const ReferralSchema = z
  .object({ identifier: z.string(), displayName: z.string(), type: z.string(), url: z.string() })
  .openapi('RegistryReferral', {
    example: {
      identifier: 'urn:air:registry.example:registry:public',
      displayName: 'Another registry',
      type: REGISTRY_TYPE,
      url: 'https://registry.example/search',
    },
  });

const PageTokenSchema = z.string().openapi({ description: 'Leads to the next page; absent on the last.' });

export const SearchResponseSchema = z
  .object({
    results: z.array(
      EntryFields.extend({
        score: z.int().min(0).max(100).openapi({ description: 'How well the words fit, and nothing else.' }),
        source: z.string().openapi({ description: 'The registry whose index has the entry.' }),
      }).openapi('SearchResult', {
        example: { ...exampleEntry, score: 62, source: 'https://guildhall.example/ard/' },
      }),
    ),
    referrals: z
      .array(ReferralSchema)
      .optional()
      .openapi({ description: 'Registries to ask next, where the operator names some.' }),
    pageToken: PageTokenSchema.optional(),
  })
  .openapi('SearchResponse');

export const ExploreResponseSchema = z
  .object({
    resultType: z.literal('facets'),
    facets: z.record(
      z.string(),
      z.object({
        buckets: z.array(z.object({ value: z.string(), count: z.int() })),
        otherCount: z.int().optional().openapi({ description: 'In buckets beyond the limit, where known.' }),
      }),
    ),
  })
  .openapi('ExploreResponse', {
    example: {
      resultType: 'facets',
      facets: { tags: { buckets: [{ value: 'finance', count: 12 }], otherCount: 3 } },
    },
  });

export const ListResponseSchema = z
  .object({ items: z.array(CatalogEntrySchema), pageToken: PageTokenSchema.optional() })
  .openapi('ListResponse');

export const ArdErrorSchema = z
  .object({ errorCode: z.enum(errorCodes), message: z.string() })
  .openapi('ArdError');

const HostSchema = z.object({
  displayName: z.string(),
  identifier: z.string(),
  documentationUrl: z.url(),
});

/** The directory's own entry, as catalogues and other registries would have it. */
export const RegistryEntrySchema = EntryFields.extend({ type: z.literal(REGISTRY_TYPE) })
  .omit({ updatedAt: true })
  .openapi('RegistryEntry');

export const CatalogSchema = z
  .object({ specVersion: z.literal('1.0'), host: HostSchema, entries: z.array(RegistryEntrySchema) })
  .openapi('Catalog');

/** The successful answer, and one for each status that the named problems have in the standard's shape. */
export function ardAnswers<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  ...codes: ProblemCode[]
) {
  const byStatus = Map.groupBy([...codes, 'internal' as const], (code) => problems[code].status);
  const refusals = [...byStatus].map(([status, same]) => {
    const example = { errorCode: errorCodeOf(status), message: `${problems[same[0] ?? 'internal'].title}.` };
    const content = { 'application/json': { schema: ArdErrorSchema, example } };
    return [status, { description: same.map((code) => problems[code].title).join('. '), content }] as const;
  });
  return {
    ...(Object.fromEntries(refusals) as { [status: string]: (typeof refusals)[number][1] }),
    200: { description, content: { 'application/json': { schema } } },
  };
}
