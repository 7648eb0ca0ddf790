import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { grantConsent, hasConsent } from '../../db/consent.ts';
import { saidOf, saveCorrection } from '../../db/corrections.ts';
import { listingsOfAgent } from '../../db/listings.ts';
import { findRegistration, grantRegistration, withdrawRegistration } from '../../db/registrations.ts';
import { withdrawSubscription } from '../../db/removals.ts';
import { seedEntity } from '../../db/seeds.ts';
import { sweep } from '../../db/sweep.ts';
import { insertToken, liveTokens, revokeTokens } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import { ownDatabase } from '../support/database.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();

const wish = { leaseHours: 24, relay: null, presence: null, about: null };
const domain = 'works.test';
const absenceMs = 60_000;

const register = (jid: string, more: Partial<typeof wish> = {}) =>
  grantRegistration(database.db, { jid, domain }, { ...wish, ...more });
const list = (jid: string, nodes: string[], onConsent = true) =>
  writeIndex(
    database.db,
    [
      indexOf(
        jid,
        nodes.map((node) => ({ node, onConsent })),
      ),
    ],
    absenceMs,
  );
const listed = async (jid: string) => {
  const records = await listingsOfAgent(database.db, jid, 100);
  return records.map(({ listing }) => listing.node);
};
const lapse = (jid: string, days: number) =>
  database.db.execute(
    sql`update registration set lease_until = now() - ${days} * interval '1 day' where jid = ${jid}`,
  );

async function operationsOf(jid: string): Promise<string[]> {
  const ids = sql`id like ${`urn:air:works.test:u.${jid.split('@')[0]}:%`}`;
  const changes = await rowsOf<{ op: string }>(
    database.db,
    sql`select op from change where ${ids} order by seq`,
  );
  return changes.map(({ op }) => op);
}

describe('a registration', () => {
  test('is consent while its lease runs, and makes a visit due', async () => {
    const jid = 'r1@works.test';
    const until = await register(jid);
    expect(until.getTime() - Date.now()).toBeGreaterThan(23.9 * 3_600_000);
    expect(await findRegistration(database.db, jid)).toMatchObject({ state: 'live', leaseUntil: until });
    expect(await hasConsent(database.db, jid)).toBe(true);
    const due = sql`select from entity where jid = ${jid} and due <= now()`;
    expect(await rowsOf(database.db, due)).toHaveLength(1);
    await lapse(jid, 0);
    expect(await findRegistration(database.db, jid)).toMatchObject({ state: 'lapsed' });
    expect(await hasConsent(database.db, jid)).toBe(false);
  });

  test('keeps its listings when the subscription ends, and the subscription keeps them when the lease ends', async () => {
    const jid = 'r2@works.test';
    await grantConsent(database.db, jid);
    await register(jid);
    await list(jid, ['a']);
    expect(await withdrawSubscription(database.db, jid)).toBe(0);
    expect(await listed(jid)).toEqual(['a']);
    await grantConsent(database.db, jid);
    await lapse(jid, 8);
    await sweep(database.db);
    expect([await listed(jid), await findRegistration(database.db, jid)]).toEqual([['a'], null]);
  });

  test('that lapsed makes listings stale at once, and takes them with it after its time', async () => {
    const jid = 'r3@works.test';
    await register(jid);
    await list(jid, ['a']);
    await list('other@works.test', ['b'], false);
    const stale = async () => (await listingsOfAgent(database.db, jid, 1))[0]?.status.stale;
    expect(await stale()).toBe(false);
    await lapse(jid, 1);
    expect(await stale()).toBe(true);
    await sweep(database.db);
    expect(await listed(jid)).toEqual(['a']);
    await lapse(jid, 8);
    expect(await sweep(database.db)).toMatchObject({ registrations: 1, listings: 1 });
    expect([await listed(jid), await listed('other@works.test')]).toEqual([[], ['b']]);
    expect(await operationsOf(jid)).toEqual(['delete']);
  });

  test('that is renewed keeps its corrections, and makes its listings fresh', async () => {
    const jid = 'r4@works.test';
    await register(jid, { about: { category: 'finance' } as never });
    await saveCorrection(database.db, { jid, domain }, 'a', { name: 'Better' }, 10);
    await lapse(jid, 2);
    await register(jid);
    expect(await findRegistration(database.db, jid)).toMatchObject({
      state: 'live',
      corrections: { '': { category: 'finance' }, a: { name: 'Better' } },
    });
  });
});

describe('an agent that deregisters', () => {
  test('loses everything at once, and is left out until it registers or subscribes again', async () => {
    const jid = 'd1@works.test';
    await grantConsent(database.db, jid);
    await register(jid, { about: { category: 'finance' } as never });
    await list(jid, ['a']);
    await list(jid, ['a', 'public'], false);
    expect(await withdrawRegistration(database.db, jid)).toEqual({
      known: true,
      subscribed: true,
      removed: 2,
    });
    expect([await listed(jid), await hasConsent(database.db, jid)]).toEqual([[], false]);
    expect(await operationsOf(jid)).toEqual(['delete', 'delete']);
    // A visit that was under way writes what it found.
    expect(await list(jid, ['public'], false)).toMatchObject({ changed: 0 });
    expect(await listed(jid)).toEqual([]);
    await register(jid);
    expect(await findRegistration(database.db, jid)).toMatchObject({ state: 'live', corrections: {} });
    await list(jid, ['public'], false);
    expect(await listed(jid)).toEqual(['public']);
  });

  test('comes back by subscribing', async () => {
    const jid = 'd2@works.test';
    await list(jid, ['public'], false);
    expect(await withdrawRegistration(database.db, jid)).toEqual({
      known: true,
      subscribed: false,
      removed: 1,
    });
    await sweep(database.db);
    expect(await findRegistration(database.db, jid)).toMatchObject({ state: 'withdrawn' });
    await grantConsent(database.db, jid);
    expect([await findRegistration(database.db, jid), await hasConsent(database.db, jid)]).toEqual([
      null,
      true,
    ]);
  });

  test('and was never known leaves nothing behind', async () => {
    expect(await withdrawRegistration(database.db, 'd3@works.test')).toMatchObject({ known: false });
    expect(await findRegistration(database.db, 'd3@works.test')).toBeNull();
  });

  test('never stays listed, however a visit and the deregistration fall together', async () => {
    for (let round = 0; round < 20; round++) {
      const jid = `race${round}@works.test`;
      await register(jid);
      if (round % 2) await list(jid, ['a']);
      await Promise.all([
        list(jid, ['a', 'b']),
        withdrawRegistration(database.db, jid),
        list(jid, ['a'], false),
      ]);
      expect(await listed(jid)).toEqual([]);
    }
  });
});

describe('a correction', () => {
  test('needs a lease that runs, and is bounded in number', async () => {
    const agent = { jid: 'c1@works.test', domain };
    const save = (node: string, name: string) => saveCorrection(database.db, agent, node, { name }, 2);
    expect(await save('a', 'A')).toBe('not-registered');
    await register(agent.jid);
    expect([await save('a', 'A'), await save('__proto__', 'B'), await save('c', 'C')]).toEqual([
      'saved',
      'saved',
      'too-many',
    ]);
    expect(await save('a', 'A2')).toBe('saved');
    expect(await saveCorrection(database.db, agent, '__proto__', null, 2)).toBe('saved');
    expect((await findRegistration(database.db, agent.jid))?.corrections).toEqual({ a: { name: 'A2' } });
    await lapse(agent.jid, 0);
    expect(await save('a', 'A3')).toBe('not-registered');
  });

  test('that hides a listing removes it at once', async () => {
    const agent = { jid: 'c2@works.test', domain };
    await register(agent.jid);
    await list(agent.jid, ['a', 'b'], false);
    expect(
      (await saidOf(database.db, agent.jid)).map(({ listing, sources }) => [listing.node, sources.length]),
    ).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    await saveCorrection(database.db, agent, 'a', { hidden: true }, 10);
    expect(await listed(agent.jid)).toEqual(['b']);
  });
});

describe('sweeping', () => {
  test('removes what was not verified for a month, in any number', async () => {
    const jid = 's1@works.test';
    const nodes = Array.from({ length: 450 }, (_, at) => `n${at}`);
    await list(jid, nodes, false);
    await list('s2@works.test', nodes, false);
    await list('s3@works.test', ['fresh'], false);
    await database.db.execute(sql`
      update listing_status set verified = now() - interval '31 days'
      where id in (select id from listing where jid in (${jid}, 's2@works.test'))`);
    expect(await sweep(database.db)).toMatchObject({ listings: 900 });
    expect([await listed(jid), await listed('s3@works.test')]).toEqual([[], ['fresh']]);
  });
});

describe('tokens', () => {
  const token = (id: string, jid = 't@works.test') => ({
    id,
    jid,
    hash: `h-${id}`,
    scopes: ['read' as const],
    label: null,
    days: 1,
  });

  test('are bounded in number, listed, and revoked by nobody else', async () => {
    const insert = (id: string) => insertToken(database.db, token(id), 2);
    expect(await insert('one')).toBeInstanceOf(Date);
    expect(await insert('two')).toBeInstanceOf(Date);
    expect(await insert('three')).toBeNull();
    expect(await revokeTokens(database.db, 'thief@works.test', ['one', 'two'])).toEqual([]);
    expect(await revokeTokens(database.db, 't@works.test', ['one', 'nothing'])).toEqual(['one']);
    expect(await revokeTokens(database.db, 't@works.test', ['one'])).toEqual([]);
    expect((await liveTokens(database.db, 't@works.test')).map(({ id, scopes }) => [id, scopes])).toEqual([
      ['two', ['read']],
    ]);
    expect(await insert('four')).toBeInstanceOf(Date);
  });

  test('that ended long ago are forgotten', async () => {
    const jid = 'old@works.test';
    await insertToken(database.db, token('old', jid), 2);
    await insertToken(database.db, token('revoked', jid), 2);
    await database.db.execute(sql`update token set expires = now() - interval '40 days' where id = 'old'`);
    await revokeTokens(database.db, jid, ['revoked']);
    expect(await sweep(database.db)).toMatchObject({ tokens: 1 });
  });
});

describe('seeds', () => {
  const seed = (jid: string, perHourMax = 2) =>
    seedEntity(database.db, { jid, domain: 'seeds.test' }, { perHourMax, againMinutes: 5 });

  test('are bounded by the hour, and the same one again counts once', async () => {
    expect(await seed('seeds.test')).toMatchObject({ taken: true });
    for (let again = 0; again < 5; again++) expect(await seed('seeds.test')).toMatchObject({ taken: true });
    expect(await seed('a@seeds.test')).toMatchObject({ taken: true });
    const refused = await seed('b@seeds.test');
    expect(refused.taken).toBe(false);
    expect(refused.retryAfterSeconds).toBeGreaterThan(3_500);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(3_600);
    await database.db.execute(
      sql`update entity set asked = now() - interval '61 minutes' where jid = 'seeds.test'`,
    );
    expect(await seed('b@seeds.test')).toMatchObject({ taken: true });
  });
});
