import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { confirmConsent, grantConsent, notePresence } from '../../db/consent.ts';
import { beat } from '../../db/heartbeat.ts';
import { indexState } from '../../db/index-state.ts';
import { grantRegistration } from '../../db/registrations.ts';
import { removeDomains, withdrawSubscription } from '../../db/removals.ts';
import { foldVitality, observe } from '../../db/vitality.ts';
import { writeIndex } from '../../db/write-index.ts';
import { forgetAgents, ownDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
const jid = 'fx@works.test';
const one = (name = 'Convert') => writeIndex(database.db, [indexOf(jid, [{ node: 'fx', name }])], 60_000);
const state = () => indexState(database.db);

/** Whether the state is another one after this. */
async function moves(what: () => Promise<unknown>): Promise<boolean> {
  const before = await state();
  await what();
  return (await state()) !== before;
}

describe('the state of the index', () => {
  test('is another one after each write that readers see', async () => {
    const { db } = database;
    const writes: { [what: string]: () => Promise<unknown> } = {
      'a listing comes': () => one(),
      'it changes': () => one('Exchange'),
      'it is verified': () => one('Exchange'),
      'its agent consents': () => grantConsent(db, jid),
      'a resource comes online': () => notePresence(db, [{ jid, resource: 'a', state: 'on' }]),
      'it goes': () => notePresence(db, [{ jid, resource: 'a', state: 'off' }]),
      'uptime is known': async () => {
        await observe(db, [{ jid, signal: 'reachable', good: true, replyMs: 5 }]);
        await foldVitality(db, 300_000, 0);
      },
      'a lease begins': () =>
        grantRegistration(db, { jid, domain: 'works.test' }, {
          leaseHours: 1,
          relay: null,
          presence: null,
        } as never),
      'the agent unsubscribes': () => withdrawSubscription(db, jid),
      'its domain is excluded': () => removeDomains(db, () => true),
      'everything is forgotten': () => forgetAgents(db),
    };
    const unseen: string[] = [];
    for (const [what, write] of Object.entries(writes)) if (!(await moves(write))) unseen.push(what);
    expect(unseen).toEqual([]);
  });

  test('stays after what readers do not see', async () => {
    const { db } = database;
    await one();
    await grantConsent(db, jid);
    await observe(db, [{ jid, signal: 'reachable', good: true, replyMs: 5 }]);
    await foldVitality(db, 300_000, 0);
    const quiet = async () => {
      await beat(db, 'w', true);
      await observe(db, [{ jid, signal: 'reachable', good: true, replyMs: 5 }]);
      await foldVitality(db, 300_000, 0);
      await confirmConsent(db, [jid]);
      await db.execute(sql`update listing_status set missing_since = now()`);
    };
    expect(await moves(quiet)).toBe(false);
  });

  test('is the old one while a slow transaction writes, and another once what it wrote is there', async () => {
    const { db } = database;
    await one();
    const before = await state();
    await db.transaction(async (tx) => {
      await tx.execute(sql`update listing set tags = '{slow}'`);
      // Others come and go meanwhile: theirs must neither hide this one's change nor stand for it.
      await notePresence(db, [{ jid: 'other@works.test', resource: 'x', state: 'on' }]);
      await wait(50);
      expect(await state()).toBe(before);
    });
    expect(await state()).not.toBe(before);
  });

  test('is never the same over different content, whatever transactions run at once', async () => {
    const { db } = database;
    await forgetAgents(db);
    const agents = Array.from({ length: 5 }, (_, at) => `a${at}@works.test`);
    await Promise.all(agents.map((agent) => grantConsent(db, agent)));
    await writeIndex(
      db,
      agents.map((agent) => indexOf(agent, [{ node: 'n' }])),
      60_000,
    );
    let isDone = false;
    let writes = 0;
    const writer = async (agent: string, pauseMs: number) => {
      for (let round = 0; !isDone; round++, writes++) {
        await db.transaction(async (tx) => {
          const tags = sql`array[${`r${round}`}]::text[]`;
          await tx.execute(sql`update listing set tags = ${tags} where jid = ${agent}`);
          await wait(Math.random() * pauseMs);
          await notePresence(tx, [{ jid: agent, resource: 'r', state: round % 2 === 0 ? 'on' : 'off' }]);
        });
      }
    };
    const contentOf = new Map<string, string>();
    const torn: string[] = [];
    const reader = async () => {
      for (let round = 0; round < 300; round++) {
        await db.transaction(
          async (tx) => {
            const name = await indexState(tx);
            const [row] = await rowsOf<{ content: string }>(
              tx,
              sql`select md5(coalesce((select string_agg(id || tags::text, ' ' order by id) from listing), '') ||
                coalesce((select string_agg(jid || resource, ' ' order by jid) from presence), '')) as content`,
            );
            const content = row?.content ?? '';
            if ((contentOf.get(name) ?? content) !== content) torn.push(name);
            contentOf.set(name, content);
          },
          { isolationLevel: 'repeatable read' },
        );
      }
    };
    const writers = agents.map((agent, at) => writer(agent, at * 10));
    await Promise.all([reader(), reader()]);
    isDone = true;
    await Promise.all(writers);
    expect(torn).toEqual([]);
    expect(Math.min(contentOf.size, writes)).toBeGreaterThan(20);
  });

  test.each([
    [
      'a listing becomes stale',
      sql`update listing_status set verified = now() - interval '24 hours' + interval '1500 ms'`,
    ],
    [
      'a lease lapses',
      sql`insert into registration (jid, lease_until) values ('lapsing@works.test', now() + interval '1500 ms')`,
    ],
    [
      'uptime becomes too old to be shown',
      sql`
      insert into vitality (jid, folded) values ('old@works.test', now() - interval '24 hours' + interval '1500 ms')`,
    ],
  ])('is another one when %s by the passing of time alone', async (_, write) => {
    await one();
    await database.db.execute(write);
    const before = await state();
    expect(await state()).toBe(before);
    const after = await until('it is another', async () => {
      const now = await state();
      return now !== before && now;
    });
    expect(await state()).toBe(after);
  });
});
