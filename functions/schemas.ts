/** The shapes of the HTTP contract, from which the OpenAPI document is made. */

import { z } from '@hono/zod-openapi';
import { callProtocols, inputTypes, listingFlags, listingKinds, sources } from '../market/listing.ts';
import { type Why, weights } from '../market/ranking.ts';

const Timestamp = z.iso.datetime().openapi({ example: '2026-11-20T10:00:00.000Z' });

const InputSchema = z
  .object({
    name: z.string(),
    label: z.string().nullable(),
    description: z.string().nullable(),
    type: z.enum(inputTypes),
    required: z.boolean(),
    multiple: z.boolean(),
    multiline: z.boolean(),
    default: z.union([z.string(), z.array(z.string())]).nullable(),
    options: z.array(z.object({ value: z.string(), label: z.string().nullable() })),
    min: z.string().nullable(),
    max: z.string().nullable(),
    pattern: z.string().nullable(),
    secret: z.boolean(),
  })
  .openapi('Input');

const JsonSchemaSchema = z.record(z.string(), z.unknown()).openapi('JsonSchema');

const shareOfTime = z.number().min(0).max(1).nullable();

const AvailabilitySchema = z
  .object({
    online: z.boolean(),
    uptime: z.object({ '1d': shareOfTime, '7d': shareOfTime, '30d': shareOfTime }).openapi({
      description: 'The share of the observed time in which the agent was up; null where unknown.',
    }),
    replyMs: z.int().nullable().openapi({ description: 'The median of the last reply times.' }),
    lastSeen: Timestamp.nullable(),
  })
  .openapi('Availability');

export const ListingSchema = z
  .object({
    id: z.string().openapi({ example: 'urn:air:works.test:u.fx:command.convert-k3v5q2m7c4x6n2p3r2s4t6v5w3' }),
    kind: z.enum(listingKinds),
    name: z.string(),
    names: z.array(z.object({ lang: z.string(), text: z.string() })),
    description: z.string().nullable(),
    lang: z.array(z.string()),
    category: z.string().nullable(),
    tags: z.array(z.string()),
    provider: z.object({
      jid: z.string(),
      name: z.string().nullable(),
      domain: z.string(),
      description: z.string().nullable(),
      url: z.string().nullable(),
      contacts: z.array(z.string()),
    }),
    inputs: z.array(InputSchema),
    inputSchema: JsonSchemaSchema.nullable(),
    outputs: z.array(InputSchema),
    outputSchema: JsonSchemaSchema.nullable(),
    price: z.object({ amount: z.string(), currency: z.string(), unit: z.string() }).nullable(),
    location: z.object({ lat: z.number(), lon: z.number() }).nullable(),
    call: z
      .object({
        protocol: z.enum(callProtocols),
        jid: z.string().nullable(),
        node: z.string().nullable(),
        url: z.string().nullable(),
        relay: z.boolean(),
      })
      .nullable(),
    availability: AvailabilitySchema.nullable(),
    rating: z.object({ score: z.number(), low: z.number(), high: z.number(), count: z.int() }).nullable(),
    sources: z.array(z.object({ source: z.enum(sources), verified: Timestamp })),
    provenance: z
      .record(z.string(), z.array(z.object({ source: z.enum(sources), said: z.string() })))
      .openapi({
        description: 'For each part, who said what of it; the first statement is the one that holds.',
      }),
    flags: z
      .array(z.enum(listingFlags))
      .openapi({ description: 'What to notice: a name may be drawn to look like another.' }),
    features: z.array(z.string()),
    queries: z.array(z.string()),
    terms: z.string().nullable(),
    link: z.string().nullable(),
    linkType: z
      .string()
      .nullable()
      .openapi({ description: 'The media type that the agent states of what the link leads to.' }),
    icon: z.string().nullable(),
    stale: z.boolean(),
    firstSeen: Timestamp,
    updated: Timestamp,
    seq: z.int(),
  })
  .openapi('Listing');

const WhySchema = z
  .object(
    Object.fromEntries(Object.keys(weights).map((share) => [share, z.number()])) as {
      [share in keyof Why]: z.ZodNumber;
    },
  )
  .openapi('Why');

export const HitSchema = ListingSchema.extend({
  score: z.number().openapi({ description: 'Relevance to the query; comparable within one answer only.' }),
  why: WhySchema.optional().openapi({ description: 'With explain=true: the shares that make the score.' }),
}).openapi('Hit');

export const MatchPageSchema = z
  .object({
    items: z.array(
      ListingSchema.extend({
        mapping: z
          .record(z.string(), z.string())
          .openapi({ description: 'Which input each given name fills.' }),
        missing: z.array(z.string()).openapi({ description: 'Required inputs that nothing given fills.' }),
      }).openapi('Match'),
    ),
    cursor: z.null(),
    approximate: z.boolean(),
  })
  .openapi('MatchPage');

export const ListingPageSchema = z
  .object({
    items: z.array(HitSchema),
    cursor: z.string().nullable().openapi({ description: 'Leads to the next page; null on the last.' }),
    approximate: z.boolean().openapi({ description: 'True where more candidates matched than were ranked.' }),
  })
  .openapi('ListingPage');

export const AgentSchema = z
  .object({
    jid: z.string(),
    name: z.string().nullable(),
    domain: z.string(),
    availability: AvailabilitySchema.nullable(),
    firstSeen: Timestamp,
    listings: z.array(ListingSchema),
  })
  .openapi('Agent');

export const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
  })
  .openapi('Problem');
