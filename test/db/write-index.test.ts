import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { claimDatabase } from '../../db/directory.ts';
import { findListing, listingsOfAgent } from '../../db/listings.ts';
import { removeDomains, withdrawSubscription } from '../../db/removals.ts';
import { writeIndex } from '../../db/write-index.ts';
import { ownDatabase } from '../support/database.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();

const absenceMs = 60_000;

async function changes() {
  const rows = await rowsOf<{ id: string; seq: string; op: string }>(
    database.db,
    sql`select id, seq, op from change order by seq`,
  );
  return rows.map(({ id, seq, op }) => ({ id, seq: Number(seq), op }));
}

async function head(): Promise<number> {
  const [row] = await rowsOf<{ seq: string }>(database.db, sql`select seq from change_head`);
  return Number(row?.seq);
}

/** Makes it so long ago that everything missing has been missing long enough. */
const age = () =>
  database.db.execute(sql`update listing_status set missing_since = missing_since - interval '2 minutes'`);

describe('writing the index', () => {
  test('takes one sequence number for each change, and none for a listing that says the same', async () => {
    const agent = indexOf('a1@works.test', [{ node: 'one' }, { node: 'two' }]);
    expect(await writeIndex(database.db, [agent], absenceMs)).toEqual({ changed: 2, removed: 0, missing: 0 });
    const before = await head();
    expect(await writeIndex(database.db, [agent], absenceMs)).toEqual({ changed: 0, removed: 0, missing: 0 });
    expect(await head()).toBe(before);
    const [one] = agent.listings;
    const renamed = indexOf('a1@works.test', [{ node: 'one', name: 'Renamed' }, { node: 'two' }]);
    expect(await writeIndex(database.db, [renamed], absenceMs)).toMatchObject({ changed: 1 });
    expect((await changes()).at(-1)).toEqual({ id: one?.listing.id, seq: before + 1, op: 'put' });
    expect((await findListing(database.db, one?.listing.id ?? ''))?.seq).toBe(before + 1);
  });

  test('does not take a single absence for a removal', async () => {
    const both = indexOf('a2@works.test', [{ node: 'stays' }, { node: 'goes' }]);
    const one = indexOf('a2@works.test', [{ node: 'stays' }]);
    await writeIndex(database.db, [both], absenceMs);
    expect(await writeIndex(database.db, [one], absenceMs)).toMatchObject({ removed: 0, missing: 1 });
    // Seen again, its absence is forgotten.
    await writeIndex(database.db, [both], absenceMs);
    await age();
    expect(await writeIndex(database.db, [one], absenceMs)).toMatchObject({ removed: 0, missing: 1 });
    await age();
    expect(await writeIndex(database.db, [one], absenceMs)).toMatchObject({ removed: 1, missing: 0 });
    expect((await changes()).at(-1)).toMatchObject({ id: both.listings[1]?.listing.id, op: 'delete' });
  });

  test('concludes nothing from a look that could not see everything', async () => {
    const both = indexOf('a3@works.test', [{ node: 'seen' }, { node: 'unseen' }]);
    await writeIndex(database.db, [both], absenceMs);
    const partial = { ...indexOf('a3@works.test', [{ node: 'seen' }]), read: [] };
    expect(await writeIndex(database.db, [partial], absenceMs)).toEqual({
      changed: 0,
      removed: 0,
      missing: 0,
    });
    await age();
    expect(await writeIndex(database.db, [partial], absenceMs)).toMatchObject({ removed: 0 });
  });

  test('removes at once what the agent does not want indexed', async () => {
    const agent = indexOf('a4@works.test', [{ node: 'one' }, { node: 'two' }]);
    await writeIndex(database.db, [agent], absenceMs);
    const none = { ...agent, listings: [], isDenied: true };
    expect(await writeIndex(database.db, [none], absenceMs)).toMatchObject({ removed: 2 });
  });

  test('lets a returning listing keep its id and when it was first seen', async () => {
    const agent = indexOf('a5@works.test', [{ node: 'back' }]);
    await writeIndex(database.db, [agent], absenceMs);
    const id = agent.listings[0]?.listing.id ?? '';
    const first = await findListing(database.db, id);
    await writeIndex(database.db, [{ ...agent, listings: [], isDenied: true }], absenceMs);
    expect(await findListing(database.db, id)).toBeNull();
    await writeIndex(database.db, [agent], absenceMs);
    const again = await findListing(database.db, id);
    expect(again?.firstSeen).toEqual(first?.firstSeen);
    expect(again?.seq).toBeGreaterThan(first?.seq ?? 0);
    expect((await changes()).filter((change) => change.id === id)).toEqual([
      { id, seq: again?.seq, op: 'put' },
    ]);
  });

  test('removes with the consent what rested on it alone', async () => {
    const agent = indexOf('a6@works.test', [{ node: 'consented', onConsent: true }, { node: 'stated' }]);
    await grantConsent(database.db, 'a6@works.test');
    await writeIndex(database.db, [agent], absenceMs);
    expect(await withdrawSubscription(database.db, 'a6@works.test')).toBe(1);
    expect(await findListing(database.db, agent.listings[0]?.listing.id ?? '')).toBeNull();
    expect(await findListing(database.db, agent.listings[1]?.listing.id ?? '')).not.toBeNull();
  });

  test('takes nothing that rests on a consent that has gone meanwhile', async () => {
    const agent = indexOf('a8@works.test', [{ node: 'consented', onConsent: true }, { node: 'stated' }]);
    await writeIndex(database.db, [agent], absenceMs);
    expect(await findListing(database.db, agent.listings[0]?.listing.id ?? '')).toBeNull();
    expect(await findListing(database.db, agent.listings[1]?.listing.id ?? '')).not.toBeNull();
  });

  test('comes wholly before or after a withdrawal that happens at once', async () => {
    const jids = Array.from({ length: 20 }, (_, at) => `r${at}@works.test`);
    await Promise.all(jids.map((jid) => grantConsent(database.db, jid)));
    const write = () =>
      writeIndex(
        database.db,
        jids.map((jid) => indexOf(jid, [{ node: 'n', onConsent: true }])),
        absenceMs,
      );
    await write();
    await Promise.all([write(), ...jids.map((jid) => withdrawSubscription(database.db, jid)), write()]);
    const left = await Promise.all(jids.map((jid) => listingsOfAgent(database.db, jid, 10)));
    expect(left.flat()).toEqual([]);
  });

  test('gives gapless numbers to writers that run at once', async () => {
    const before = await head();
    const count = 24;
    await Promise.all(
      Array.from({ length: count }, (_, at) =>
        writeIndex(database.db, [indexOf(`w${at}@works.test`, [{ node: 'x' }, { node: 'y' }])], absenceMs),
      ),
    );
    const numbers = (await changes()).map((change) => change.seq).filter((seq) => seq > before);
    expect(numbers).toEqual(Array.from({ length: 2 * count }, (_, at) => before + 1 + at));
  });

  test('removes everything of domains that the operator excludes', async () => {
    await writeIndex(
      database.db,
      [indexOf('x@excluded.test', [{ node: 'n' }]), indexOf('y@kept.test', [{ node: 'n' }])],
      absenceMs,
    );
    expect(await removeDomains(database.db, (domain) => domain === 'excluded.test')).toBe(1);
    expect(await listingsOfAgent(database.db, 'x@excluded.test', 10)).toEqual([]);
    expect(await listingsOfAgent(database.db, 'y@kept.test', 10)).toHaveLength(1);
  });

  test('belongs to one directory', async () => {
    expect(await claimDatabase(database.db, 'guildhall@agents.test')).toBe('guildhall@agents.test');
    expect(await claimDatabase(database.db, 'other@agents.test')).toBe('guildhall@agents.test');
  });

  test('keeps hostile text as text', async () => {
    const name = `'; drop table listing; -- <script> \\ "quoted" $1 \u{1f600}`;
    const agent = indexOf('a7@works.test', [{ node: name, name, tags: [name] }]);
    await writeIndex(database.db, [agent], absenceMs);
    const record = await findListing(database.db, agent.listings[0]?.listing.id ?? '');
    expect([record?.listing.name, record?.listing.tags]).toEqual([name, [name]]);
  });
});
