import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { grantRegistration, withdrawRegistration } from '../../db/registrations.ts';
import { removeDomains, withdrawSubscription } from '../../db/removals.ts';
import { sweep } from '../../db/sweep.ts';
import { writeIndex } from '../../db/write-index.ts';
import type { ListingJson } from '../../functions/serialize.ts';
import { indexOf } from '../support/listings.ts';
import { contentOf, Mirror } from '../support/mirror.ts';
import { expectIncreasing, ownFeed } from '../support/own-feed.ts';
import { rowsOf } from '../support/rows.ts';

const feed = ownFeed();
const { get, replayed, startAnew } = feed;

/** What is indexed, by asking for every listing that there is. */
async function indexed(): Promise<{ [id: string]: unknown }> {
  const ids = await rowsOf<{ id: string }>(feed.db, sql`select id from listing order by id collate "C"`);
  const found = await Promise.all(
    ids.map(async ({ id }) => (await (await get(`/v1/listings/${id}`)).json()) as ListingJson),
  );
  return Object.fromEntries(found.map((listing) => [listing.id, contentOf(listing)]));
}

describe('a mirror of the feed', () => {
  const agents = ['m0@works.test', 'm1@works.test', 'm2@agents.test', 'm3@agents.test'];
  const agent = fc.constantFrom(...agents);
  const listing = fc.record({
    node: fc.constantFrom('a', 'b', 'c'),
    name: fc.constantFrom('One', 'Two', 'Three'),
    onConsent: fc.boolean(),
  });
  const look = fc.record({
    jid: agent,
    listings: fc.uniqueArray(listing, { selector: ({ node }) => node, maxLength: 3 }),
    isWhole: fc.boolean(),
    isDenied: fc.constantFrom(false, false, false, true),
  });
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('look' as const),
        looks: fc.uniqueArray(look, { selector: ({ jid }) => jid, minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('read' as const),
        limit: fc.integer({ min: 1, max: 6 }),
        include: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'subscribe' as const,
          'unsubscribe' as const,
          'register' as const,
          'deregister' as const,
        ),
        jid: agent,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.constantFrom(1, 24, 200, 800) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('sweep' as const, 'exclude' as const) }) },
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  /** As much time passes as makes what is overdue go. */
  async function letPass(hours: number): Promise<void> {
    const passed = sql`${hours} * interval '1 hour'`;
    await feed.db.execute(sql`update listing_status set
      verified = verified - ${passed}, missing_since = missing_since - ${passed}`);
    await feed.db.execute(sql`update registration set lease_until = lease_until - ${passed}
      where lease_until > 'epoch'::timestamptz`);
  }

  async function take(one: Step, mirror: Mirror): Promise<unknown> {
    switch (one.do) {
      case 'look':
        return writeIndex(
          feed.db,
          one.looks.map(({ jid, listings, isWhole, isDenied }) => ({
            ...indexOf(jid, isDenied ? [] : listings),
            isDenied,
            ...(!isWhole && { read: [] }),
          })),
          60_000,
        );
      case 'read':
        return mirror.readPage(`&limit=${one.limit}${one.include ? '&include=listing' : ''}`);
      case 'subscribe':
        return grantConsent(feed.db, one.jid);
      case 'unsubscribe':
        return withdrawSubscription(feed.db, one.jid);
      case 'register':
        return grantRegistration(
          feed.db,
          { jid: one.jid, domain: one.jid.split('@')[1] ?? '' },
          { leaseHours: 100, relay: null, presence: null, about: null },
        );
      case 'deregister':
        return withdrawRegistration(feed.db, one.jid);
      case 'wait':
        return letPass(one.hours);
      case 'sweep':
        return sweep(feed.db);
      case 'exclude':
        return removeDomains(feed.db, (domain) => domain === 'works.test');
    }
  }

  test('equals the index after whatever happens, read along or replayed from 0', async () => {
    const seen = { put: 0, delete: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        await startAnew();
        const mirror = new Mirror(get);
        for (const one of steps) await take(one, mirror);
        await mirror.catchUp('&limit=3');
        const index = await indexed();
        expect(mirror.content).toEqual(index);
        expectIncreasing(mirror.given.map(({ seq }) => seq));
        for (const { op } of mirror.given) seen[op]++;
        for (const query of ['&limit=2', '&include=listing']) {
          const replay = await replayed(query);
          expect(replay.content).toEqual(index);
          // Compacted: each listing once, and those that are gone as such.
          expect(new Set(replay.given.map(({ id }) => id)).size).toBe(replay.given.length);
          const kept = replay.given.filter(({ op }) => op === 'put').map(({ id }) => id);
          expect(kept.sort()).toEqual(Object.keys(index).sort());
        }
      }),
      { numRuns: 60 },
    );
    // The steps do make listings come and go.
    expect(Math.min(seen.put, seen.delete)).toBeGreaterThan(50);
  });
});
