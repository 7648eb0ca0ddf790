import { type ChildProcess, execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { NS_NEWS, NS_PING, NS_PUBSUB, NS_SUBSCRIPTION } from '../../protocol/namespaces.ts';
import { readPubsubEvent } from '../../protocol/pubsub.ts';
import { xml } from '../../protocol/xml.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { createDirectory, spawnWorker, type TestDirectory, until } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';
import { subscribeTo } from '../support/told.ts';

const exited = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

async function answering(agent: TestAgent, address: string): Promise<void> {
  // A question that comes while the session is made may be left without an answer.
  const ping = () =>
    agent.ask('get', xml('ping', { xmlns: NS_PING }), address).then(
      () => true,
      () => false,
    );
  await until('the directory answers', () => Promise.race([ping(), wait(1_000, false)]));
}

/** How often each message came, by its id, and which listing it was about. */
type Count = Map<string, { times: number; listing: string }>;

function countOf(agent: TestAgent): { matches: Count; news: Map<string, number> } {
  const matches: Count = new Map();
  const news = new Map<string, number>();
  agent.onMessage = (stanza) => {
    const listing = stanza.getChild('notice', NS_SUBSCRIPTION)?.attrs.listing;
    const id = stanza.attrs.id ?? '';
    if (listing) matches.set(id, { times: (matches.get(id)?.times ?? 0) + 1, listing });
    for (const item of readPubsubEvent(stanza)?.items ?? []) {
      if (item.id) news.set(item.id, (news.get(item.id) ?? 0) + 1);
    }
  };
  return { matches, news };
}

async function waiting(directory: TestDirectory): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    directory.db,
    sql`select (select count(*)::int from alert) + (
      select count(*)::int from follower, change_head where follower.seq < change_head.seq) as count`,
  );
  return row?.count ?? 0;
}

describe('a worker killed with -9 while it tells what matches', () => {
  test('tells all of it after all, what it tells again with the same id', async () => {
    const directory = await createDirectory();
    const address = `${directory.jid}/guildhall`;
    let child = spawnWorker(directory);
    const agent = await startAgent({ directory: directory.jid, subscribe: false });
    await answering(agent, address);
    const told = countOf(agent);
    const subscriptions = 10;
    const each = 90;
    for (let at = 0; at < subscriptions; at++) await subscribeTo(agent, address, `tag:k${at}`);
    const subscribe = xml('subscribe', { node: NS_NEWS, jid: agent.jid });
    await agent.ask('set', xml('pubsub', { xmlns: NS_PUBSUB }, subscribe), address);
    const nodes = Array.from({ length: subscriptions * each }, (_, at) => ({
      node: `n${at}`,
      tags: [`k${at % subscriptions}`],
    }));
    const agents = Array.from({ length: 3 }, (_, of) =>
      indexOf(
        `many${of}@works.test`,
        nodes.filter((_, at) => at % 3 === of),
      ),
    );
    await writeIndex(directory.db, agents, 0);
    for (let kill = 0; kill < 3; kill++) {
      const enough = Math.min(told.matches.size + 50, nodes.length);
      await until('some are told', async () => told.matches.size >= enough);
      child.kill('SIGKILL');
      await exited(child);
      child = spawnWorker(directory);
    }
    await until('all are told', async () => (await waiting(directory)) === 0);
    await until('all matches are there', async () => told.matches.size === nodes.length);
    await until('all news are there', async () => told.news.size === nodes.length);
    expect(new Set([...told.matches.values()].map(({ listing }) => listing)).size).toBe(nodes.length);
    // What was on its way when the worker died, once for each time that it did.
    const again = [...told.matches.values()].filter(({ times }) => times > 1);
    expect(again.length).toBeLessThanOrEqual(3 * 25);
    expect(Math.max(...[...told.matches.values()].map(({ times }) => times))).toBeLessThanOrEqual(4);
    child.kill('SIGTERM');
    await exited(child);
  });
});

describe('10,000 subscribed queries, and a burst of 1,000 changes', () => {
  test('have each match told once, in bounded memory', async () => {
    const directory = await createDirectory();
    const address = `${directory.jid}/guildhall`;
    const child = spawnWorker(directory);
    const agent = await startAgent({ directory: directory.jid, subscribe: false });
    await answering(agent, address);
    const told = countOf(agent);
    const queries = 10_000;
    const changes = 1_000;
    await directory.db.execute(sql`
      insert into asked_query (hash, text, document, is_measured, is_anchored)
      select 'h' || at, 'tag:q' || at, quote_literal('t:q' || at)::tsquery, false, true
      from generate_series(0, ${queries - 1}) as at`);
    await directory.db.execute(sql`
      insert into query_anchor (lexeme, query) select 't:q' || at, 'h' || at from generate_series(0, ${queries - 1}) as at`);
    await directory.db.execute(sql`
      insert into subscription (id, jid, site, query, since, until)
      select lpad(to_hex(at), 16, '0'), ${agent.jid}, 'agents.test', 'h' || at, 0, now() + interval '1 day'
      from generate_series(0, ${queries - 1}) as at`);
    const rssMb = () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)])) / 1024;
    const before = rssMb();
    const expected = new Set<string>();
    const tag = (at: number) => `q${(at * 7_919) % queries}`;
    const agents = Array.from({ length: 10 }, (_, of) =>
      indexOf(
        `burst${of}@works.test`,
        Array.from({ length: changes / 10 }, (_, at) => {
          const place = of * (changes / 10) + at;
          return {
            node: `n${place}`,
            tags: [tag(2 * place), tag(2 * place + 1)],
            description: 'x '.repeat(1_500),
          };
        }),
      ),
    );
    for (const { listings } of agents) {
      for (const { listing } of listings) for (const of of listing.tags) expected.add(`${of} ${listing.id}`);
    }
    expect(expected.size).toBe(2 * changes);
    await writeIndex(directory.db, agents, 0);
    let most = before;
    await until('all are told', async () => {
      most = Math.max(most, rssMb());
      return told.matches.size === expected.size;
    });
    const got = [...told.matches].map(([id, { listing }]) => {
      const at = Number.parseInt(/^sub-([0-9a-f]{16})-/.exec(id)?.[1] ?? '', 16);
      return `q${at} ${listing}`;
    });
    expect(new Set(got)).toEqual(expected);
    expect([...told.matches.values()].filter(({ times }) => times !== 1)).toEqual([]);
    console.log(`resident: ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most`);
    expect(most - before).toBeLessThan(120);
    child.kill('SIGTERM');
    await exited(child);
  });
});
