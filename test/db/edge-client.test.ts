import { type SQL, sql } from 'drizzle-orm';
import pg from 'pg';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { connectEdge } from '../../db/connect-edge.ts';
import { connectWorker } from '../../db/connect-worker.ts';
import { type Database, rowsOf } from '../../db/database.ts';
import { readIndex } from '../../db/index-reading.ts';
import { indexState } from '../../db/index-state.ts';
import { plannedOnce } from '../../db/prepared.ts';
import { writeIndex } from '../../db/write-index.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';
import { indexOf } from '../support/listings.ts';

const jid = 'fx@works.test';
let owner: Database;
let edge: Database;
/** One session as the role of the functions. */
let session: pg.Client;
beforeAll(async () => {
  const { url, edgeUrl } = await freshDatabase();
  const worker = connectWorker(url, () => undefined);
  afterwards(worker.end);
  owner = worker.db;
  edge = connectEdge(edgeUrl, inject('stack').neonEndpoint);
  session = new pg.Client({ connectionString: edgeUrl });
  await session.connect();
  afterwards(() => session.end());
  await turn(0);
});

/** Another state of the index, which tells its number. */
const turn = (round: number) => writeIndex(owner, [indexOf(jid, [{ node: 'fx', tags: [`r${round}`] }])], 0);
const readRound = (before: SQL = sql``) =>
  sql`${plannedOnce} select substr(tags[1], 2)::int as round ${before} from listing where jid = ${jid}`;

async function roundIn(db: Database, statement = readRound()): Promise<number> {
  const [row] = rowsOf<{ round: number }>(await db.execute(statement));
  return row?.round ?? -1;
}

async function run(statement: string, parameters: unknown[]): Promise<unknown> {
  const { rows } = await session.query('select run_planned($1, $2) as lines', [statement, parameters]);
  return rows[0].lines;
}

const plans = async () =>
  (await session.query(`select name from pg_prepared_statements where name like 'planned_%'`)).rows.length;

describe('a statement that is planned once', () => {
  test('finds through the edge what it finds without a plan', async () => {
    const values = ['', `'; drop table listing; --`, '{"a":[1]}', '\\ " \' $1 ✓ 漢\n', 'NULL', null];
    for (const value of values) {
      const columns = sql`${value}::text as text, ${7}::int + 1 as number, ${true} and true as truth,
        '{"b": [1, null]}'::jsonb as json, null as nothing`;
      const [plain] = rowsOf(await edge.execute(sql`select ${columns}`));
      const [planned] = rowsOf(await edge.execute(sql`${plannedOnce} select ${columns}`));
      expect(planned).toEqual(plain);
      expect(plain).toMatchObject({ text: value, number: 8, truth: true });
    }
    expect(rowsOf(await edge.execute(sql`${plannedOnce} select 1 as n where false`))).toEqual([]);
  });

  test('has one plan in a session, whatever its parameters are', async () => {
    const before = await plans();
    for (const limit of ['1', '2', '3'])
      expect(await run('select n from generate_series(1, 9) as n limit $1', [limit])).toHaveLength(
        Number(limit),
      );
    expect((await plans()) - before).toBe(1);
  });

  test('makes room where a session has too many plans, the oldest first', async () => {
    for (let at = 0; at < 120; at++) expect(await run(`select ${at} as at`, [])).toEqual([{ at }]);
    expect(await plans()).toBe(100);
    expect(await run('select 0 as at', [])).toEqual([{ at: 0 }]);
    expect(await plans()).toBe(100);
  });

  test('is planned anew where its table has changed', async () => {
    const statement = 'select * from agent where jid = $1';
    const [before] = (await run(statement, [jid])) as object[];
    await owner.execute(sql`alter table agent add column newer int default 5`);
    expect(await run(statement, [jid])).toEqual([{ ...before, newer: 5 }]);
    await owner.execute(sql`alter table agent drop column newer`);
    expect(await run(statement, [jid])).toEqual([before]);
  });

  test('fails as it would without a plan, and may do what its caller may', async () => {
    await expect(run('select $1::int', ['x'])).rejects.toMatchObject({ code: '22P02' });
    await expect(run('select jid from subscription', [])).rejects.toMatchObject({ code: '42501' });
    await expect(run('delete from listing returning id', [])).rejects.toMatchObject({ code: '42601' });
    await expect(run('select pg_sleep(10)', [])).rejects.toMatchObject({ code: '57014' });
    expect(await run('select 1 as fine', [])).toEqual([{ fine: 1 }]);
  });
});

describe('a look at the index over HTTP', () => {
  test('hears the state with its first statement, or by asking for it', async () => {
    const state = await indexState(owner);
    const first = readIndex(edge);
    expect(first.isBrought).toBe(true);
    await roundIn(first.db);
    expect(await first.state()).toBe(state);
    const asked = readIndex(edge);
    expect(await asked.state()).toBe(state);
    expect(await roundIn(asked.db)).toBe(await roundIn(owner));
    const unplanned = readIndex(edge);
    await unplanned.db.execute(sql`select 1`);
    expect(await unplanned.state()).toBe(state);
  });

  test('never reads what is older than the state that it names, whatever is written meanwhile', async () => {
    const roundOf = new Map<string, number>();
    let isDone = false;
    const seen: { state: string; round: number }[] = [];
    const reader = async () => {
      while (!isDone) {
        const { db, state } = readIndex(edge);
        const round = await roundIn(db);
        seen.push({ state: await state(), round });
      }
    };
    const readers = [reader(), reader(), reader()];
    for (let round = 1; round <= 60; round++) {
      await turn(round);
      roundOf.set(await indexState(owner), round);
    }
    isDone = true;
    await Promise.all(readers);
    const known = seen.filter(({ state }) => roundOf.has(state));
    expect(known.length).toBeGreaterThan(20);
    expect(known.filter(({ state, round }) => round < (roundOf.get(state) ?? 0))).toEqual([]);
  });

  test('of which two statements at once saw different states names none that there is', async () => {
    await turn(100);
    const before = await indexState(owner);
    const { db, state } = readIndex(edge);
    const slow = roundIn(db, readRound(sql`, pg_sleep(0.5)`));
    await until('the slow one runs', async () => {
      const sleeping = sql`select pid from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`;
      return rowsOf(await owner.execute(sleeping)).length > 0;
    });
    await turn(101);
    const after = await indexState(owner);
    expect([await roundIn(db), await slow]).toEqual([101, 100]);
    expect([before, after]).not.toContain(await state());
  });

  test('fails where its first statement fails', async () => {
    const { db, state } = readIndex(edge);
    await expect(db.execute(sql`${plannedOnce} select ${'x'}::int as n`)).rejects.toMatchObject({
      cause: { code: '22P02' },
    });
    await expect(state()).rejects.toThrow();
  });
});
