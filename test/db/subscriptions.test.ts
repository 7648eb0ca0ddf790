import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { dropAlerts, nextAlerts, nextNotices, settleNotices } from '../../db/alerts.ts';
import { allOf, conditionsOf } from '../../db/conditions.ts';
import { matchNextChanges } from '../../db/match-changes.ts';
import { countBounces } from '../../db/subscriptions.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { subscriptionLimits } from '../../market/subscription.ts';
import {
  cancel,
  ownSubscriptions,
  renew,
  type Subscribed,
  subscribe,
} from '../../operations/subscriptions.ts';
import { agentOf, randomOf, wordOf } from '../../scripts/bench/sample-listings.ts';
import { forgetAgents, ownDatabase } from '../support/database.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const own = ownDatabase();

const ann = { jid: 'ann@works.test', domain: 'works.test' };
const deps = () => ({ db: own.db, policy: parsePolicy('', null) });
const parsed = (text: string): Query => {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  return query;
};

async function subscribed(text: string, caller = ann, days = 7): Promise<Subscribed> {
  const done = await subscribe(deps(), caller, parsed(text), days);
  if (isProblem(done)) throw new Error(done.detail);
  return done;
}

async function matchAll(): Promise<number> {
  let matches = 0;
  for (;;) {
    const done = await matchNextChanges(own.db);
    matches += done.matches;
    if (!done.isMore) return matches;
  }
}

const waiting = async () =>
  (await nextAlerts(own.db, 1_000_000)).map(({ query, listing, seq }) => ({ query, listing, seq }));

beforeEach(async () => {
  await forgetAgents(own.db);
  await own.db.execute(sql`truncate subscription, asked_query, follower cascade`);
  // The follower begins where the feed ends.
  await matchNextChanges(own.db);
});

describe('what changes match', () => {
  test('is for every query what search itself finds among them', async () => {
    const random = randomOf(7);
    const word = () => wordOf(Math.floor(random() * 60));
    const texts = [
      ...Array.from(
        { length: 60 },
        (_, at) => [word(), `${word()} ${word()}`, `"${word()} ${word()}"`, `${word()} -${word()}`][at % 4],
      ),
      ...Array.from({ length: 20 }, () => `tag:${word()},${word()} -lang:de`),
      'kind:command price:<5 currency:EUR',
      `${word()} currency:USD`,
      'near:50,10,3000',
      'updated:>=2020-01-01 lang:en',
      'online:false',
      'rating:>=1',
      '-kind:command',
      `-${word()}`,
      'domain:crowd.example',
      'feature:"it\'s \\\\ odd"',
      'the',
      'translation',
    ].filter((text) => text !== undefined);
    const queries = [...new Set(texts)].map(parsed);
    for (const [at, query] of queries.entries()) {
      const caller = { jid: `a${at % 10}@d${at}.test`, domain: `d${at}.test` };
      expect(isProblem(await subscribe(deps(), caller, query, 7))).toBe(false);
    }
    await writeIndex(
      own.db,
      Array.from({ length: 120 }, (_, at) => agentOf(at, random)),
      0,
    );
    await matchAll();
    const told = Map.groupBy(await waiting(), ({ query }) => query);
    let matches = 0;
    for (const query of queries) {
      const conditions = conditionsOf(query);
      const found = await rowsOf<{ id: string }>(
        own.db,
        sql`with ${conditions.isDocument ? conditions.asked : sql`asked as (select 1)`}
          select id from listing where ${allOf(conditions)}`,
      );
      const text = formatQuery(query);
      const expected = found.map(({ id }) => id).sort();
      const got = (told.get(text) ?? []).map(({ listing }) => listing ?? '').sort();
      matches += expected.length;
      if (expected.length <= subscriptionLimits.waitingMax) expect([text, got]).toEqual([text, expected]);
      else expect(got.length).toBe(subscriptionLimits.waitingMax);
    }
    expect(matches).toBeGreaterThan(300);
  });

  test('is told of changes after the subscription alone, and of each once', async () => {
    await writeIndex(own.db, [indexOf('fx@works.test', [{ node: 'before', tags: ['money'] }])], 0);
    await subscribed('tag:money');
    await writeIndex(own.db, [indexOf('fx@works.test', [{ node: 'after', tags: ['money'] }])], 60_000);
    expect(await matchAll()).toBe(1);
    expect(await matchAll()).toBe(0);
    expect((await waiting()).map(({ listing }) => listing)).toEqual([
      expect.stringContaining('command.after'),
    ]);
  });

  test('is told of what changed before anybody first looked', async () => {
    await writeIndex(own.db, [indexOf('fx@works.test', [{ node: 'before', tags: ['money'] }])], 0);
    await own.db.execute(sql`delete from follower`);
    await subscribed('tag:money');
    await writeIndex(own.db, [indexOf('fx@works.test', [{ node: 'after', tags: ['money'] }])], 60_000);
    expect(await matchAll()).toBe(1);
    expect((await waiting()).map(({ listing }) => listing)).toEqual([
      expect.stringContaining('command.after'),
    ]);
  });

  test('is nothing where a listing changes and does not match, or matches no more', async () => {
    await subscribed('tag:money');
    const write = (tags: string[], name: string) =>
      writeIndex(own.db, [indexOf('fx@works.test', [{ node: 'n', tags, name }])], 0);
    await write(['toys'], 'One');
    expect(await matchAll()).toBe(0);
    await write(['money'], 'Two');
    await matchAll();
    await write(['toys'], 'Three');
    expect(await matchAll()).toBe(0);
    // What waited is of a listing that has changed since: nothing is told of it.
    expect((await nextAlerts(own.db, 10)).map(({ listing }) => listing)).toEqual([null]);
  });

  test('is nothing where the listing is removed', async () => {
    await subscribed('tag:money');
    await writeIndex(own.db, [indexOf('fx@works.test', [{ node: 'n', tags: ['money'] }])], 0);
    await writeIndex(own.db, [{ ...indexOf('fx@works.test', []), isDenied: true }], 0);
    expect(await matchAll()).toBe(0);
  });

  test('is written once, however many match at once', async () => {
    for (let at = 0; at < 5; at++)
      await subscribed('tag:money', { jid: `a${at}@works.test`, domain: 'works.test' });
    const nodes = Array.from({ length: 120 }, (_, at) => ({ node: `n${at}`, tags: ['money'] }));
    await writeIndex(own.db, [indexOf('fx@works.test', nodes.slice(0, 90))], 0);
    const done = await Promise.all(Array.from({ length: 4 }, () => matchAll()));
    expect(done.reduce((sum, one) => sum + one, 0)).toBe(450);
    expect(await waiting()).toHaveLength(450);
    expect(await rowsOf(own.db, sql`select from asked_query`)).toHaveLength(1);
  });

  test('waits up to a bound; from the first beyond it on, it is told once that there were more', async () => {
    const { id } = await subscribed('tag:money');
    const nodes = Array.from({ length: subscriptionLimits.waitingMax + 30 }, (_, at) => ({
      node: `n${at}`,
      tags: ['money'],
    }));
    await writeIndex(own.db, [indexOf('fx@works.test', nodes)], 0);
    await matchAll();
    const alerts = await nextAlerts(own.db, 1_000);
    expect(alerts).toHaveLength(subscriptionLimits.waitingMax);
    expect(await nextNotices(own.db, 10)).toEqual([]);
    await dropAlerts(own.db, alerts);
    const notices = await nextNotices(own.db, 10);
    expect(notices).toEqual([
      expect.objectContaining({
        kind: 'missed',
        subscription: id,
        missedFrom: (alerts.at(-1)?.seq ?? 0) + 1,
      }),
    ]);
    await settleNotices(own.db, notices);
    expect(await nextNotices(own.db, 10)).toEqual([]);
    await writeIndex(own.db, [indexOf('gx@works.test', [{ node: 'n', tags: ['money'] }])], 0);
    expect(await matchAll()).toBe(1);
  });

  test('is known by queries that a migration has made anew', async () => {
    await subscribed('tag:money');
    await own.db.execute(sql`update asked_query set is_made = false, document = null, is_anchored = false`);
    await own.db.execute(sql`delete from query_anchor`);
    await writeIndex(own.db, [indexOf('fx@works.test', [{ node: 'n', tags: ['money'] }, { node: 'm' }])], 0);
    expect(await matchAll()).toBe(1);
    expect(await rowsOf(own.db, sql`select lexeme from query_anchor`)).toEqual([{ lexeme: 't:money' }]);
  });
});

describe('a subscription', () => {
  test('to the same query is one, renewed', async () => {
    const first = await subscribed('tag:money  lang:de', ann, 1);
    const second = await subscribed('lang:de tag:MONEY', ann, 9);
    expect(second).toMatchObject({ id: first.id, isNew: false, query: first.query });
    expect(second.until.getTime() - first.until.getTime()).toBeGreaterThan(7.9 * 86_400_000);
  });

  test('is renewed and cancelled by nobody but its owner', async () => {
    const { id } = await subscribed('tag:money');
    const eve = { jid: 'eve@works.test', domain: 'works.test' };
    expect(await renew(deps(), eve, [id], 30)).toEqual([]);
    expect(await cancel(deps(), eve, [id])).toEqual([]);
    expect(await renew(deps(), ann, [id, 'other', "'; drop table listing"], 1000)).toEqual([id]);
    const [mine] = await ownSubscriptions(deps(), ann);
    expect(mine?.until.getTime()).toBeLessThan(Date.now() + (subscriptionLimits.daysMax + 0.1) * 86_400_000);
    expect(await cancel(deps(), ann, [id])).toEqual([id]);
    expect(await ownSubscriptions(deps(), ann)).toEqual([]);
  });

  test.each(['', '"  "', '!!! ???'])(
    'to "%s", which finds nothing or everything, is refused',
    async (text) => {
      expect(await subscribe(deps(), ann, parsed(text), 7)).toMatchObject({ problem: 'invalid-query' });
    },
  );

  test('beyond what one address may have is refused, two at once too', async () => {
    const { perJidMax } = subscriptionLimits;
    const all = await Promise.all(
      Array.from({ length: perJidMax + 5 }, (_, at) => subscribe(deps(), ann, parsed(`tag:t${at}`), 7)),
    );
    expect(all.filter(isProblem)).toHaveLength(5);
    expect(all.filter(isProblem)[0]).toMatchObject({ problem: 'limit-reached' });
    expect(await ownSubscriptions(deps(), ann)).toHaveLength(perJidMax);
  });

  test('beyond what the addresses of a registrable domain may have together is refused', async () => {
    const { perSiteMax } = subscriptionLimits;
    await subscribed('tag:money', { jid: 'a@x.co.uk', domain: 'x.co.uk' });
    await own.db.execute(sql`
      insert into subscription (id, jid, site, query, since, until)
      select 'x' || at, 'u' || at || '@x.co.uk', 'x.co.uk', (select hash from asked_query), 0, now() + interval '1 day'
      from generate_series(2, ${perSiteMax}) as at`);
    const below = { jid: 'b@chat.x.co.uk', domain: 'chat.x.co.uk' };
    expect(await subscribe(deps(), below, parsed('tag:money'), 7)).toMatchObject({
      problem: 'limit-reached',
    });
    const other = { jid: 'b@y.co.uk', domain: 'y.co.uk' };
    expect(isProblem(await subscribe(deps(), other, parsed('tag:money'), 7))).toBe(false);
  });

  test('to a query that has nothing to be found by is bounded for everybody together', async () => {
    const { unanchoredMax } = subscriptionLimits;
    await own.db.execute(sql`
      insert into asked_query (hash, text, is_measured, is_anchored)
      select 'h' || at, '-w' || at, false, false from generate_series(1, ${unanchoredMax}) as at`);
    expect(await subscribe(deps(), ann, parsed('-lang:de'), 7)).toMatchObject({ problem: 'limit-reached' });
    expect(isProblem(await subscribe(deps(), ann, parsed('money -lang:de'), 7))).toBe(false);
  });

  test('tells once that its end is near, then that it is over, and is gone', async () => {
    const { id } = await subscribed('tag:money');
    expect(await nextNotices(own.db, 10)).toEqual([]);
    await own.db.execute(sql`update subscription set warn_at = now() - interval '1 s'`);
    const [lapsing] = await nextNotices(own.db, 10);
    expect(lapsing).toMatchObject({ kind: 'lapsing', subscription: id });
    if (lapsing) await settleNotices(own.db, [lapsing]);
    expect(await nextNotices(own.db, 10)).toEqual([]);
    await own.db.execute(sql`update subscription set until = now() - interval '1 s'`);
    await writeIndex(own.db, [indexOf('fx@works.test', [{ node: 'n', tags: ['money'] }])], 0);
    expect(await matchAll()).toBe(0);
    const [ended] = await nextNotices(own.db, 10);
    expect(ended).toMatchObject({ kind: 'ended', subscription: id });
    if (ended) await settleNotices(own.db, [ended]);
    expect(await rowsOf(own.db, sql`select from subscription`)).toEqual([]);
  });

  test('that was renewed after its end was told of stays', async () => {
    const { id } = await subscribed('tag:money');
    await own.db.execute(sql`update subscription set until = now() - interval '1 s'`);
    const notices = await nextNotices(own.db, 10);
    await own.db.execute(sql`update subscription set until = now() + interval '1 day'`);
    await settleNotices(own.db, notices);
    expect((await ownSubscriptions(deps(), ann)).map((one) => one.id)).toEqual([id]);
  });

  test('ends by so many messages that came back, and not by those that others send', async () => {
    const { id } = await subscribed('tag:money');
    const count = subscriptionLimits.bouncesMax;
    expect(await countBounces(own.db, [{ jid: 'eve@works.test', id, count }])).toEqual([]);
    expect(await countBounces(own.db, [{ jid: ann.jid, id, count: count - 1 }])).toEqual([]);
    expect(await countBounces(own.db, [{ jid: ann.jid, id, count: 1 }])).toEqual([id]);
    expect(await ownSubscriptions(deps(), ann)).toEqual([]);
  });
});
