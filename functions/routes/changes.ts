import type { HttpBindings } from '@hono/node-server';
import { createRoute, z } from '@hono/zod-openapi';
import { isProblem, problem } from '../../market/problem.ts';
import { changes, feedLimits, feedStart } from '../../operations/changes.ts';
import { addressOf } from '../address.ts';
import { createRouter } from '../context.ts';
import type { AppContext } from '../env.ts';
import type { EventStreams } from '../events/streams.ts';
import { examples } from '../examples.ts';
import { headed, pages, refusals } from '../openapi.ts';
import { limitParameter } from '../parameters.ts';
import { problemResponse } from '../problem-response.ts';
import { IdSchema, ListingSchema } from '../schemas.ts';
import { listingJson } from '../serialize.ts';

const { pageSizeDefault, pageSizeMax } = feedLimits;
const sinceMessage = 'expected a whole number from 0 to the last number of the feed';

/** What fifteen digits hold. */
const seqMax = 999_999_999_999_999;

const SinceSchema = z
  .string()
  .regex(/^\d{1,15}$/, sinceMessage)
  .transform(Number)
  .optional();

const change = {
  seq: 4711,
  id: examples.listing.id,
  op: 'put',
  at: '2026-11-19T08:00:00.000Z',
};

const ChangeSchema = z
  .object({
    seq: z.int().openapi({ description: 'Larger than that of every earlier change.', example: 4711 }),
    id: IdSchema,
    op: z.enum(['put', 'delete']).openapi({
      description: 'put: the listing is new, or says something else. delete: it is gone.',
    }),
    at: z.iso.datetime().openapi({ description: 'When it was written; not in the order of seq.' }),
  })
  .openapi('Change', { description: 'That a listing came, changed or went.', example: change });

const ChangesPageSchema = z
  .object({
    items: z
      .array(
        ChangeSchema.extend({
          listing: z.union([ListingSchema, z.null()]).optional().openapi({
            description:
              'With include=listing: the listing as it is now, which may be newer than the change; null where it is gone, by this change or by a later one.',
          }),
        }).openapi('FeedItem', { description: 'A change, with the listing where it is asked for.' }),
      )
      .describe('In the order of seq.'),
    cursor: z.string().nullable().openapi({
      description: 'Leads to the next page, as `cursor` or `since`; null where this is the last.',
    }),
    next: z.int().openapi({
      description: 'What to ask for as `since` the next time, now or later; also on the last page.',
    }),
    head: z.int().openapi({ description: 'The last number given out, when the page was read.' }),
    approximate: z.literal(false).describe('A feed leaves nothing out.'),
  })
  .openapi('ChangesPage', {
    description: 'A page of the feed.',
    example: { items: [change], cursor: null, next: 4711, head: 4711, approximate: false },
  });

const changesRoute = createRoute({
  method: 'get',
  path: '/v1/changes',
  operationId: 'readChanges',
  tags: ['Changes'],
  summary: 'What changed in the directory, in order',
  description: [
    'Each change has a number, larger than all before it; none appears late. The feed keeps the latest change of each listing there ever was: a listing that changed twice is there once, with the later number, and one that was removed stays as a `delete`. Read from 0 it is everything; read on from `next`, it is what a mirror lacks.',
    'A mirror asks with `since=0`, puts or deletes what each item says, keeps `next`, and asks again with it: at once while `cursor` is not null, then whenever it likes, or when an event of /v1/events tells it to. To apply a change again does no harm.',
    'What a listing says has its changes here. What is observed does not: availability, rating, the times of verification, and whether it is stale.',
  ].join('\n\n'),
  request: {
    query: z.object({
      since: SinceSchema.openapi({
        type: 'integer',
        minimum: 0,
        maximum: seqMax,
        default: 0,
        example: 0,
        description:
          'The number after which to read: `next` of an earlier page. One beyond the head is refused, since it is none of this feed.',
      }),
      cursor: SinceSchema.openapi({
        type: 'string',
        maxLength: 15,
        example: '4711',
        description: 'The cursor of the last page; it stands in for `since`.',
      }),
      limit: limitParameter('changes', {
        max: pageSizeMax,
        usual: pageSizeDefault,
        example: pageSizeDefault,
      }),
      include: z
        .enum(['listing'], 'expected listing')
        .optional()
        .openapi({
          example: 'listing',
          description: `Each item comes with its listing. A page then ends before its listings take ${feedLimits.listingsBytesMax.toLocaleString('en')} bytes.`,
        }),
    }),
  },
  responses: pages(ChangesPageSchema, 'A page of changes, in the order of seq.', 'invalid-parameter'),
});

const eventsRoute = createRoute({
  method: 'get',
  path: '/v1/events',
  operationId: 'streamEvents',
  tags: ['Changes'],
  summary: 'The change feed as server-sent events',
  description: [
    'Each change is an event `change` whose id is its `seq` and whose data is the change, as in /v1/changes without the listing. A stream starts after `Last-Event-ID`, else after `since`, else with what changes from now on; it begins with an id and no data, so that a reader that is cut before the first event resumes as well.',
    'A comment comes where nothing else did for 15 seconds. Every stream ends after a while, at most 45 seconds on the edge, and a reader that takes nothing is cut; an EventSource connects again and resumes by itself.',
  ].join('\n\n'),
  request: {
    query: z.object({
      since: SinceSchema.openapi({
        type: 'integer',
        minimum: 0,
        maximum: seqMax,
        example: 0,
        description: 'The number after which to start, as in /v1/changes.',
      }),
    }),
    headers: z.object({
      'last-event-id': z
        .string()
        .regex(/^\d{0,15}$/, sinceMessage)
        .transform((id) => (id === '' ? undefined : Number(id)))
        .optional()
        .openapi({
          type: 'integer',
          minimum: 0,
          maximum: seqMax,
          example: 4711,
          description: 'The id of the last event that was received.',
        }),
    }),
  },
  responses: {
    ...refusals('invalid-parameter', 'too-many-streams'),
    200: {
      description: 'The stream.',
      headers: headed(),
      content: {
        'text/event-stream': {
          schema: z.string().openapi({
            example: `retry: 1000\nid: 4710\n\nid: 4711\nevent: change\ndata: {"seq":4711,"id":"urn:air:works.test:u.fx:command.convert-k3v5q2m7c4x6n2p3r2s4t6v5w3","op":"put","at":"2026-11-19T08:00:00.000Z"}\n\n`,
          }),
        },
      },
    },
  },
});

export function createChanges({ streams }: { streams: EventStreams }) {
  return createRouter()
    .openapi(changesRoute, async (context) => {
      const { since, cursor, limit = pageSizeDefault, include } = context.req.valid('query');
      const page = await changes(context.var.deps, {
        since: cursor ?? since ?? 0,
        limit,
        withListings: include === 'listing',
      });
      if (isProblem(page)) return problemResponse(context, page) as never;
      const { next, head, more } = page;
      if (more) linkNext(context, next);
      const items = page.items.map(({ listing, ...change }) => ({
        ...change,
        ...(listing !== undefined && { listing: listing && listingJson(listing) }),
      }));
      return context.json(
        { items, cursor: more ? String(next) : null, next, head, approximate: false as const },
        200,
      );
    })
    .openapi(eventsRoute, async (context) => {
      const resumed =
        context.req.valid('header')['last-event-id'] ?? context.req.valid('query').since ?? null;
      const start = await feedStart(context.var.deps, resumed);
      if (isProblem(start)) return problemResponse(context, start) as never;
      const headers = {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Proxies that gather an answer before they pass it on are told not to.
        'x-accel-buffering': 'no',
      };
      if (context.req.method === 'HEAD') return context.body(null, 200, headers) as never;
      // The request itself is not held: a stream outlasts its use by far.
      const connection = connectionOf(context);
      const body = streams.open(start, () => connection?.destroy());
      if (body) return context.body(body, 200, headers) as never;
      const full = problem(
        'too-many-streams',
        'As many event streams are open as are held; expected a later try, or GET /v1/changes.',
      );
      return problemResponse(context, { ...full, retryAfterSeconds: streams.fullRetrySeconds }) as never;
    });
}

function linkNext(context: AppContext, next: number): void {
  const address = addressOf(context);
  address.searchParams.delete('cursor');
  address.searchParams.set('since', String(next));
  context.header('link', `<${address.href}>; rel="next"`);
}

/** On Node, the answer on its connection; elsewhere there is none to be had. */
function connectionOf(context: AppContext): HttpBindings['outgoing'] | undefined {
  return (context.env as Partial<HttpBindings> | undefined)?.outgoing;
}
