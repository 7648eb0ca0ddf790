import { type SQL, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { findAgent } from '../../db/agents.ts';
import { grantConsent, notePresence } from '../../db/consent.ts';
import { listingsOfAgent } from '../../db/listings.ts';
import { doubtPresence, takeDue } from '../../db/pings.ts';
import { withdrawSubscription } from '../../db/removals.ts';
import { searchListings } from '../../db/search.ts';
import {
  deleteOldObservations,
  foldVitality,
  forgetUnwatched,
  forgetVitality,
  type Observation,
  observe,
  observeVisit,
  vitalityLimits,
} from '../../db/vitality.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { forgetAgents, ownDatabase } from '../support/database.ts';
import { writeAgents } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
beforeEach(() => forgetAgents(database.db));

const periodMs = 300_000;
const unknown = { uptime: { d1: null, d7: null, d30: null }, replyMs: null };

const rows = <Row>(statement: SQL) => rowsOf<Row>(database.db, statement);

const listed = (jids: string[], more?: Parameters<typeof writeAgents>[2]) =>
  writeAgents(database.db, jids, more);

const reached = (jid: string, replyMs: number | null = 10): Observation => ({
  jid,
  signal: 'reachable',
  good: replyMs !== null,
  replyMs,
});
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const counts = () =>
  rows<{ jid: string; signal: string; good: number; bad: number }>(
    sql`select jid, signal, good, bad from observation order by jid, signal, hour`,
  );
const fold = (foldMs = 0) => foldVitality(database.db, periodMs, foldMs);

/** What every reader shows of the agent. */
async function shown(jid: string) {
  const query = parseQuery('');
  if ('problem' in query) throw new Error('the query is refused');
  const agent = await findAgent(database.db, jid);
  const [listing] = await listingsOfAgent(database.db, jid, 1);
  const { hits } = await searchListings(database.db, {
    query,
    sort: 'relevance',
    after: null,
    limit: 100,
  });
  const hit = hits.find(({ record }) => record.listing.provider.jid === jid);
  const seen = [agent, listing?.status, hit?.record.status].map(
    (of) => of && { uptime: of.uptime, replyMs: of.replyMs },
  );
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[2]).toEqual(seen[0]);
  return seen[0];
}

describe('observations', () => {
  test('are counted by agent, signal and hour, many in one statement', async () => {
    await listed(['a@x.test', 'b@x.test']);
    await observe(database.db, [reached('a@x.test'), reached('a@x.test', null), reached('b@x.test')]);
    await observe(database.db, [reached('a@x.test')]);
    expect(await counts()).toEqual([
      { jid: 'a@x.test', signal: 'reachable', good: 2, bad: 1 },
      { jid: 'b@x.test', signal: 'reachable', good: 1, bad: 0 },
    ]);
    const [hour] = await rows<{ whole: boolean }>(
      sql`select hour = date_trunc('hour', now(), 'UTC') as whole from observation`,
    );
    expect(hour?.whole).toBe(true);
  });

  test('are kept only of agents that consent and do not deny their presence', async () => {
    await listed(['no@x.test'], { consented: false });
    await listed(['denies@x.test'], { presenceDenied: true });
    await observe(database.db, [reached('no@x.test'), reached('denies@x.test'), reached('nobody@x.test')]);
    expect(await counts()).toEqual([]);
    expect(await rows(sql`select from vitality`)).toEqual([]);
  });

  test('of one agent by several writers at once are all counted', async () => {
    const jids = Array.from({ length: 20 }, (_, at) => `a${at}@x.test`);
    await listed(jids);
    const all = jids.map((jid) => reached(jid));
    await Promise.all([
      ...times(4, null).map(() => observe(database.db, all)),
      ...times(4, null).map(() => observe(database.db, [...all].reverse())),
      ...jids.map((jid) => observeVisit(database.db, { jid, describes: true, answers: true, replyMs: 5 })),
    ]);
    const seen = await counts();
    expect(seen.filter(({ signal }) => signal === 'reachable').map(({ good }) => good)).toEqual(times(20, 8));
    expect(seen).toHaveLength(60);
  });

  test('keep the last reply times', async () => {
    await listed(['a@x.test']);
    for (let at = 0; at < 4; at++) {
      await observe(
        database.db,
        Array.from({ length: 10 }, (_, more) => reached('a@x.test', at * 10 + more)),
      );
    }
    await observe(database.db, [reached('a@x.test', null)]);
    const [kept] = await rows<{ reply_ms: number[] }>(sql`select reply_ms from vitality`);
    expect(kept?.reply_ms).toHaveLength(vitalityLimits.replyTimesMax);
    expect(new Set(kept?.reply_ms)).toEqual(
      new Set(Array.from({ length: vitalityLimits.replyTimesMax }, (_, at) => 15 + at)),
    );
  });

  test('of a visit count what was asked, and no silence of an agent that is offline', async () => {
    await listed(['a@x.test', 'c.test']);
    const visit = { jid: 'a@x.test', describes: true, answers: false, replyMs: 20 };
    await observeVisit(database.db, visit);
    expect(await counts()).toEqual([{ jid: 'a@x.test', signal: 'describes', good: 1, bad: 0 }]);
    await notePresence(database.db, [{ jid: 'a@x.test', resource: 'r', state: 'on' }]);
    await observeVisit(database.db, visit);
    await observeVisit(database.db, { ...visit, describes: null });
    await observeVisit(database.db, { ...visit, describes: null, answers: null });
    // What is no account has no presence by which to tell.
    await observeVisit(database.db, { ...visit, jid: 'c.test' });
    expect(await counts()).toEqual([
      { jid: 'a@x.test', signal: 'answers', good: 0, bad: 2 },
      { jid: 'a@x.test', signal: 'describes', good: 2, bad: 0 },
      { jid: 'c.test', signal: 'answers', good: 0, bad: 1 },
      { jid: 'c.test', signal: 'describes', good: 1, bad: 0 },
    ]);
  });

  test('are deleted when older than every window', async () => {
    await listed(['a@x.test']);
    await observe(database.db, [reached('a@x.test')]);
    await rows(sql`insert into observation (jid, signal, hour, good) values
      ('a@x.test', 'reachable', now() - interval '40 days', 7), ('a@x.test', 'reachable', now() - interval '29 days', 8)`);
    await deleteOldObservations(database.db);
    expect((await counts()).map(({ good }) => good)).toEqual([8, 1]);
  });
});

describe('uptime and reply time', () => {
  test('are shown alike by every reader once they are folded', async () => {
    await listed(['a@x.test']);
    await observe(database.db, [reached('a@x.test', 10), reached('a@x.test', 30), reached('a@x.test', 20)]);
    await observe(database.db, [reached('a@x.test', null)]);
    expect(await shown('a@x.test')).toEqual(unknown);
    expect(await fold()).toBe(1);
    expect(await shown('a@x.test')).toEqual({ uptime: { d1: 0.75, d7: 0.75, d30: 0.75 }, replyMs: 20 });
  });

  test('are folded over the hours of each window', async () => {
    await listed(['a@x.test']);
    await observe(database.db, times(3, reached('a@x.test')));
    await rows(sql`insert into observation (jid, signal, hour, good, bad)
      select 'a@x.test', 'reachable', date_trunc('hour', now(), 'UTC') - ago * interval '1 hour', good, 3 - good
      from (values (30, 0), (200, 0), (201, 0)) as past(ago, good)`);
    await fold();
    expect((await shown('a@x.test'))?.uptime).toEqual({ d1: 1, d7: 0.5, d30: 0.25 });
  });

  test('are folded again only after a while', async () => {
    await listed(['a@x.test']);
    await observe(database.db, times(3, reached('a@x.test')));
    expect(await fold(60_000)).toBe(1);
    expect(await fold(60_000)).toBe(0);
    expect(await fold()).toBe(1);
  });

  test('are unknown where nothing was folded for a day', async () => {
    await listed(['a@x.test']);
    await observe(database.db, times(3, reached('a@x.test')));
    await fold();
    expect(await shown('a@x.test')).not.toEqual(unknown);
    await rows(sql`update vitality set folded = now() - interval '25 hours'`);
    expect(await shown('a@x.test')).toEqual(unknown);
  });

  test('are withheld at once when consent is withdrawn or presence denied, and deleted', async () => {
    await listed(['leaves@x.test', 'denies@x.test', 'stays@x.test']);
    await observe(
      database.db,
      ['leaves@x.test', 'denies@x.test', 'stays@x.test'].flatMap((jid) => times(3, reached(jid))),
    );
    await fold();
    await withdrawSubscription(database.db, 'leaves@x.test');
    await listed(['denies@x.test'], { presenceDenied: true });
    expect(await shown('leaves@x.test')).toEqual(unknown);
    expect(await shown('denies@x.test')).toEqual(unknown);
    expect(await shown('stays@x.test')).toMatchObject({ uptime: { d1: 1 } });
    await forgetUnwatched(database.db);
    expect((await counts()).map(({ jid }) => jid)).toEqual(['stays@x.test']);
    expect(await rows(sql`select jid from vitality`)).toEqual([{ jid: 'stays@x.test' }]);
    await forgetVitality(database.db, 'stays@x.test');
    expect(await counts()).toEqual([]);
    expect(await shown('stays@x.test')).toEqual(unknown);
  });
});

test('an agent is online by its own presence, not by that of others', async () => {
  await listed(['a@x.test', 'b@x.test']);
  await notePresence(database.db, [{ jid: 'a@x.test', resource: 'r', state: 'on' }]);
  expect((await findAgent(database.db, 'a@x.test'))?.online).toBe(true);
  expect((await findAgent(database.db, 'b@x.test'))?.online).toBe(false);
});

describe('the schedule of pings', () => {
  const take = (more: Partial<Parameters<typeof takeDue>[1]> = {}) =>
    takeDue(database.db, { limit: 100, perDomainMax: 100, periodMs, held: new Map(), ...more });

  test('takes each consenting agent once in a period, with the resources that are online', async () => {
    await listed(['on@x.test', 'off@x.test']);
    await listed(['no@x.test'], { consented: false });
    await listed(['denies@x.test'], { presenceDenied: true });
    await grantConsent(database.db, 'unlisted@x.test');
    await notePresence(database.db, [
      { jid: 'on@x.test', resource: 'a', state: 'on' },
      { jid: 'on@x.test', resource: 'b', state: 'on' },
    ]);
    expect((await take()).sort((one, other) => one.jid.localeCompare(other.jid))).toEqual([
      { jid: 'off@x.test', domain: 'x.test', resources: [] },
      { jid: 'on@x.test', domain: 'x.test', resources: ['a', 'b'] },
    ]);
    expect(await take()).toEqual([]);
    const due = await rows<{ ms: number }>(
      sql`select extract(epoch from ping_due - now())::float8 * 1000 as ms from vitality`,
    );
    for (const { ms } of due) {
      expect(ms).toBeGreaterThan(0.75 * periodMs);
      expect(ms).toBeLessThan(1.2 * periodMs);
    }
  });

  test('gives each agent to one of several takers', async () => {
    await listed(Array.from({ length: 40 }, (_, at) => `a${at}@x.test`));
    const taken = (await Promise.all(times(6, null).map(() => take()))).flat();
    expect(new Set(taken.map(({ jid }) => jid)).size).toBe(40);
    expect(taken).toHaveLength(40);
  });

  test('lets no domain have more than its share, what is under way included', async () => {
    await listed([...Array.from({ length: 9 }, (_, at) => `a${at}@big.test`), 'b@small.test']);
    const taken = await take({ perDomainMax: 5, held: new Map([['big.test', 2]]) });
    expect(taken.filter(({ domain }) => domain === 'big.test')).toHaveLength(3);
    expect(taken.filter(({ domain }) => domain === 'small.test')).toHaveLength(1);
    expect(await take({ limit: 4 })).toHaveLength(4);
  });

  test('loses a resource that is doubted, and leaves alone when the agent was last seen', async () => {
    await listed(['a@x.test']);
    await notePresence(database.db, [
      { jid: 'a@x.test', resource: 'dead', state: 'on' },
      { jid: 'a@x.test', resource: 'alive', state: 'on' },
    ]);
    await rows(sql`update agent set last_seen = '2026-01-01T00:00:00Z'`);
    await doubtPresence(database.db, [{ jid: 'a@x.test', resource: 'dead' }]);
    expect(await take()).toMatchObject([{ resources: ['alive'] }]);
    expect((await findAgent(database.db, 'a@x.test'))?.lastSeen?.toISOString()).toBe(
      '2026-01-01T00:00:00.000Z',
    );
  });
});
