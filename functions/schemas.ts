/** The shapes of the HTTP contract, from which the OpenAPI document is made. */

import { z } from '@hono/zod-openapi';
import { callProtocols, inputTypes, listingFlags, listingKinds, sources } from '../market/listing.ts';
import { ID_PATTERN, idCharsMax } from '../market/listing-id.ts';
import { type ProblemCode, problems } from '../market/problem.ts';
import { type Why, weights } from '../market/ranking.ts';
import { examples } from './examples.ts';

export const Timestamp = z.iso.datetime().openapi({ example: '2026-11-20T10:00:00.000Z' });

/** A named shape or null; `nullable()` would make the named shape itself take null. */
export const orNull = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.null()]);

/** The address of a listing; its pattern is written down, and what does not match it is simply not found. */
export const IdSchema = z.string().openapi({
  description: 'The id of a listing, as search gives it.',
  pattern: ID_PATTERN.source,
  maxLength: idCharsMax,
  example: examples.listing.id,
});

export const InputSchema = z
  .object({
    name: z.string().describe('The name by which the value is sent.'),
    label: z.string().nullable().describe('What people are shown in place of the name.'),
    description: z.string().nullable().describe('What to put in.'),
    type: z.enum(inputTypes).describe('The type of the value, whatever dialect stated it.'),
    required: z.boolean().describe('Whether a call without it is refused.'),
    multiple: z.boolean().describe('Whether it takes several values.'),
    multiline: z.boolean().describe('Whether the value is one text of several lines.'),
    default: z
      .union([z.string(), z.array(z.string())])
      .nullable()
      .describe('What counts where nothing is put in.'),
    options: z
      .array(
        z.object({
          value: z.string().describe('What is sent.'),
          label: z.string().nullable().describe('What people are shown.'),
        }),
      )
      .describe('What can be chosen from; empty where the value is free.'),
    min: z.string().nullable().describe('The least value, where the agent states one (XEP-0122).'),
    max: z.string().nullable().describe('The greatest value, where the agent states one.'),
    pattern: z.string().nullable().describe('A regular expression that the agent states; never run here.'),
    secret: z.boolean().describe('Whether it must not be shown while it is typed.'),
  })
  .openapi('Input', { description: 'One named value that a listing takes or gives back.' });

export const JsonSchemaSchema = z
  .record(z.string(), z.unknown())
  .openapi('JsonSchema', { description: 'A JSON Schema (2020-12).' });

const shareOfTime = (days: string) => z.number().min(0).max(1).nullable().describe(`Over ${days}.`);

const AvailabilitySchema = z
  .object({
    online: z.boolean().describe('Whether it is there now.'),
    uptime: z
      .object({
        '1d': shareOfTime('the last day'),
        '7d': shareOfTime('the last 7 days'),
        '30d': shareOfTime('the last 30 days'),
      })
      .describe('The share of the observed time in which the agent was up; null where unknown.'),
    replyMs: z.int().nullable().describe('The median of the last reply times, in milliseconds.'),
    lastSeen: Timestamp.nullable().describe('When it was last there.'),
  })
  .openapi('Availability', {
    description: 'Whether an agent can be reached, and how well; of agents alone that consent to be watched.',
  });

const ProviderSchema = z
  .object({
    jid: z.string().describe('The bare JID of the agent.'),
    name: z.string().nullable().describe('What it calls itself.'),
    domain: z.string().describe('The domain, which its server attests.'),
    description: z.string().nullable().describe('What it says of itself.'),
    url: z.string().nullable().describe('Its page.'),
    contacts: z.array(z.string()).describe('Addresses of who is responsible for it.'),
  })
  .openapi('Provider', { description: 'Who offers a listing.' });

export const PriceSchema = z
  .object({
    amount: z.string().describe('An exact decimal.'),
    currency: z.string().describe('The currency, such as EUR.'),
    unit: z.string().describe('What the amount is for, such as a call.'),
  })
  .openapi('Price');

const CallSchema = z
  .object({
    protocol: z.enum(callProtocols).describe('How the listing is called natively.'),
    jid: z.string().nullable().describe('To whom a call goes; null for what is called by HTTP.'),
    node: z.string().nullable().describe('The node of the command.'),
    url: z.string().nullable().describe('Where it is called by HTTP.'),
    relay: z.boolean().describe('Whether the agent lets the directory call it for somebody.'),
  })
  .openapi('Call');

const stars = z.number().min(1).max(5);
const shareOfYes = (what: string) =>
  z.number().min(0).max(1).nullable().describe(`Of those who said, the share that found it ${what}.`);

export const RatingSchema = z
  .object({
    score: stars.describe('The mean, 1 (worst) to 5, by what each rating weighs.'),
    low: stars.describe('The lower end of the interval in which the truth probably is: lists go by it.'),
    high: stars.describe('The upper end.'),
    count: z.int().describe('How many ratings count.'),
    correct: shareOfYes('correct'),
    onTime: shareOfYes('on time'),
    asDescribed: shareOfYes('as described'),
  })
  .openapi('Rating', {
    description: 'What all ratings of one add up to. None where nobody has rated: unknown, not bad.',
    example: examples.rating,
  });

export const ListingSchema = z
  .object({
    id: IdSchema.describe('An identifier of ARD, which stays as long as the offer.'),
    kind: z.enum(listingKinds).describe('What it is to its agent.'),
    name: z.string().describe('What the offer is called.'),
    names: z
      .array(z.object({ lang: z.string().describe('A BCP 47 tag.'), text: z.string().describe('The name.') }))
      .describe('The name in the languages in which it is stated.'),
    description: z.string().nullable().describe('What it does, in the words of its provider.'),
    lang: z.array(z.string()).describe('The languages it works in, as BCP 47 tags.'),
    category: z.string().nullable().describe('The field it belongs to.'),
    tags: z.array(z.string()).describe('Keywords.'),
    provider: ProviderSchema,
    inputs: z.array(InputSchema).describe('What it takes.'),
    inputSchema: orNull(JsonSchemaSchema).describe('The same as a JSON Schema; null where unknown.'),
    outputs: z.array(InputSchema).describe('What it gives back, where known.'),
    outputSchema: orNull(JsonSchemaSchema).describe('The same as a JSON Schema; null where unknown.'),
    price: orNull(PriceSchema).describe('What it costs; null where nothing is stated.'),
    location: z
      .object({
        lat: z.number().min(-90).max(90).describe('Degrees north (WGS 84).'),
        lon: z.number().min(-180).max(180).describe('Degrees east.'),
      })
      .nullable()
      .describe('Where it is, if it is anywhere (XEP-0080).'),
    call: orNull(CallSchema).describe('How it is called; null where that is not stated.'),
    availability: orNull(AvailabilitySchema).describe('Null where unknown or withheld.'),
    rating: orNull(RatingSchema).describe('What its callers made of it; null where nobody has rated it.'),
    sources: z
      .array(
        z.object({
          source: z.enum(sources).describe('The means by which the agent stated something.'),
          verified: Timestamp.describe('When that was last seen.'),
        }),
      )
      .describe('Where the listing was found, and when it was last seen there.'),
    provenance: z
      .record(
        z.string(),
        z.array(
          z.object({ source: z.enum(sources).describe('Who said it.'), said: z.string().describe('What.') }),
        ),
      )
      .describe('For each part, who said what of it; the first statement is the one that holds.'),
    flags: z
      .array(z.enum(listingFlags))
      .describe('What to notice: a name may be drawn to look like another.'),
    features: z.array(z.string()).describe('Features of service discovery.'),
    queries: z.array(z.string()).describe('Sample requests.'),
    terms: z.string().nullable().describe('On what terms it is offered.'),
    link: z.string().nullable().describe('Where more is said of it.'),
    linkType: z
      .string()
      .nullable()
      .describe('The media type that the agent states of what the link leads to.'),
    icon: z.string().nullable().describe('The address of an image, or the image itself as a data: URL.'),
    stale: z.boolean().describe('Whether it was not verified of late.'),
    firstSeen: Timestamp.describe('When it was first seen.'),
    updated: Timestamp.describe('When what it says last changed.'),
    seq: z.int().describe('The number of its last change in the change feed.'),
  })
  .openapi('Listing', { description: 'One thing that one agent offers.', example: examples.listing });

const WhySchema = z
  .object(
    Object.fromEntries(
      Object.entries(weights).map(([share, weight]) => [
        share,
        z.number().min(0).describe(`Weighs ${weight} of the whole.`),
      ]),
    ) as { [share in keyof Why]: z.ZodNumber },
  )
  .openapi('Why', { description: 'The shares that make the score of a hit.' });

export const HitSchema = ListingSchema.extend({
  score: z.number().min(0).describe('How well it does for this query; comparable within one answer only.'),
  why: WhySchema.optional(),
}).openapi('Hit', {
  description: 'A listing that a query found. `why` is there with `explain`.',
  example: examples.hit,
});

export const MatchSchema = ListingSchema.extend({
  mapping: z.record(z.string(), z.string()).describe('Which input each given name fills.'),
  missing: z.array(z.string()).describe('Required inputs that nothing given fills.'),
}).openapi('Match', {
  description: 'A listing that the given values fit.',
  example: examples.match,
});

export const MatchPageSchema = z
  .object({
    items: z.array(MatchSchema).describe('Those that can be called first, then those that lack one input.'),
    cursor: z.null().describe('There is one page.'),
    approximate: z.boolean().describe('True where more candidates fitted than were compared.'),
  })
  .openapi('MatchPage', {
    description: 'The listings that given values fit.',
    example: { items: [examples.match], cursor: null, approximate: false },
  });

export const ListingPageSchema = z
  .object({
    items: z.array(HitSchema).describe('The hits, in the order that was asked for.'),
    cursor: z.string().nullable().describe('Leads to the next page; null on the last.'),
    approximate: z.boolean().describe('True where more candidates matched than were ranked.'),
    mended: z
      .string()
      .nullable()
      .describe(
        'The query that was answered in place of the one asked, because words of it were mistyped; null where it was answered as it stands.',
      ),
    partial: z
      .boolean()
      .describe(
        'True where few listings have all words, so that some here lack one or more; those come last.',
      ),
  })
  .openapi('ListingPage', {
    description: 'One page of what a query found.',
    example: { items: [examples.hit], cursor: null, approximate: false, mended: null, partial: false },
  });

export const AgentSchema = z
  .object({
    jid: z.string().describe('Its bare JID.'),
    name: z.string().nullable().describe('What it calls itself.'),
    domain: z.string().describe('The domain, which its server attests.'),
    availability: orNull(AvailabilitySchema).describe('Null where unknown or withheld.'),
    firstSeen: Timestamp.describe('When it was first seen.'),
    record: z
      .object({
        provider: orNull(RatingSchema).describe('By those whom it worked for.'),
        client: orNull(RatingSchema).describe('By those who worked for it.'),
      })
      .describe('What it is said to be to deal with; null where nobody has said anything.'),
    listings: z.array(ListingSchema).describe('What it offers.'),
  })
  .openapi('Agent', { description: 'A provider and what it offers.', example: examples.agent });

export const CountedAgentSchema = AgentSchema.omit({ listings: true })
  .extend({ listings: z.int().describe('How many listings it has; `GET /v1/agents/{jid}` gives them.') })
  .openapi('CountedAgent', {
    description: 'A provider, and how much it offers.',
    example: examples.countedAgent,
  });

export const AgentPageSchema = z
  .object({
    items: z.array(CountedAgentSchema).describe('Providers, by their JIDs.'),
    cursor: z.string().nullable().describe('Leads to the next page; null on the last.'),
    approximate: z.literal(false).describe('Nothing is cut.'),
  })
  .openapi('AgentPage', {
    description: 'A page of providers.',
    example: { items: [examples.countedAgent], cursor: null, approximate: false },
  });

export const ProblemSchema = z
  .object({
    type: z.url().describe('The address of a page that explains the problem.'),
    title: z.string().describe('What the problem is, the same for every problem of this code.'),
    status: z.int().min(400).max(599).describe('The HTTP status.'),
    detail: z.string().describe('What was wrong this time, and what was expected.'),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]).describe('Stable, for programs.'),
    requestId: z.string().max(64).describe('Finds the request in the log of the directory.'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('Which value: a JSON Pointer into the body, or `/` and a parameter.'),
          detail: z.string().describe('What it has to be.'),
        }),
      )
      .describe('Each value that was not accepted.'),
  })
  .openapi('Problem', { description: 'Why a request was refused (RFC 9457).' });
