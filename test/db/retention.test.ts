import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { insertContract, moveContract } from '../../db/contracts.ts';
import type { Database } from '../../db/database.ts';
import { endedTasks } from '../../db/ended-tasks.ts';
import { eraseContractWords } from '../../db/erase-words.ts';
import { contractHistory, contractToCarryOn } from '../../db/read-contracts.ts';
import { emptyContracts } from '../../db/retention.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { foldContract, foldEvent, moveEvent, openEvent } from '../../market/contract/move.ts';
import type { MoveName } from '../../market/contract/rules.ts';
import type { Party } from '../../market/contract/states.ts';
import { isProblem } from '../../market/problem.ts';
import { everyData, opening } from '../support/contracts.ts';
import { ownDatabase } from '../support/database.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
const dayMs = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * dayMs);

type Step = [by: Party, move: MoveName];

let made = 0;
/** A call that ended so long ago, with words of its parties in every place that has room for them. */
async function ended(days: number, steps: Step[], thread: object | null = null): Promise<string> {
  const at = ago(days);
  const listing = { id: 'urn:air:x', version: 'v1', name: 'Convert' };
  const of = opening('call', { id: `kept${made++}`, input: { secret: 'theirs' }, listing });
  const event = openEvent(of, at);
  let contract: Contract = foldContract(of, [event]);
  const rest = { jobs: [], key: null, thread: { step: 'closed', secret: 'theirs', ...thread } };
  await insertContract(database.db, { contract, event, ...rest }, 1_000_000);
  for (const [by, move] of steps) {
    const next = moveEvent(contract, by, move, { ...everyData, reason: 'theirs' }, at);
    if (isProblem(next)) throw new Error(next.detail);
    contract = foldEvent(contract, next);
    await moveContract(database.db, { after: contract, event: next });
  }
  return contract.id;
}

const done: Step[] = [
  ['directory', 'start'],
  ['directory', 'deliver'],
];
const failed: Step[] = [
  ['directory', 'start'],
  ['directory', 'fail'],
];
const { keptDays } = contractLimits;
const isEmptied = async (id: string) =>
  (await rowsOf(database.db, sql`select from contract where id = ${id} and emptied is not null`)).length > 0;

describe('a contract that ended long ago', () => {
  test('keeps who dealt with whom and how it ended, and nothing that was said', async () => {
    const ids = [await ended(keptDays + 1, done), await ended(keptDays + 1, failed)];
    expect(await emptyContracts(database.db, 100)).toBe(2);
    for (const id of ids) {
      const known = await contractToCarryOn(database.db, id);
      const history = await contractHistory(database.db, id, 100);
      expect(JSON.stringify([known, history])).not.toContain('theirs');
      expect(known?.contract).toMatchObject({
        ...{ client: 'ann@agents.test', provider: 'fx@works.test', version: 3 },
        ...{ listing: { id: 'urn:air:x', version: 'v1' }, input: {}, result: null, reason: null },
      });
      expect(history.map(({ by }) => by)).toEqual(['client', 'directory', 'directory']);
      // The history still adds up to the contract.
      if (known) expect(foldContract({ ...known.contract }, history)).toEqual(known.contract);
    }
    const [first, second] = await Promise.all(ids.map((id) => contractToCarryOn(database.db, id)));
    expect([first?.contract.state, second?.contract.state]).toEqual(['completed', 'failed']);
    expect(second?.contract.fault).toBe('provider');
    expect(await emptyContracts(database.db, 100)).toBe(0);
  });

  test('that was negotiated loses its words, its offers and its payments, and keeps price, dates and sides', async () => {
    const words = 'theirs';
    const opened = opening('direct', { id: 'negotiated', words, price: everyData.terms?.price ?? null });
    const at = ago(keptDays + 1);
    const event = openEvent(opened, at);
    let contract: Contract = foldContract(opened, [event]);
    await insertContract(database.db, { contract, event, thread: null, jobs: [], key: null }, 1_000_000);
    const terms = { price: opened.price, answerBy: null, deliverBy: ago(keptDays).toISOString(), words };
    const settlement = { amount: null, reference: 'theirs', link: null, invoice: null };
    const steps: Step[] = [
      ['provider', 'propose'],
      ['client', 'accept'],
      ['provider', 'start'],
      ['provider', 'deliver'],
      ['client', 'complete'],
      ['client', 'settle'],
    ];
    for (const [by, move] of steps) {
      const next = moveEvent(contract, by, move, { ...everyData, reason: 'theirs', terms, settlement }, at);
      if (isProblem(next)) throw new Error(next.detail);
      contract = foldEvent(contract, next);
      await moveContract(database.db, { after: contract, event: next });
    }
    expect(await emptyContracts(database.db, 100)).toBe(1);
    const known = await contractToCarryOn(database.db, contract.id);
    const history = await contractHistory(database.db, contract.id, 100);
    expect(JSON.stringify([known, history])).not.toContain('theirs');
    const { state, price, deliverBy, created, since, client, provider, offeredBy } = contract;
    expect(known?.contract).toMatchObject({
      ...{ state, price, deliverBy, created, since, client, provider, offeredBy, words: null },
    });
    expect(state).toBe('completed');
    expect(history.map(({ data }) => data)).toEqual(history.map(() => ({})));
    if (known) expect(foldContract({ ...known.contract }, history)).toEqual(known.contract);
  });

  test('is emptied no sooner, and never while the directory may still move it', async () => {
    const kept = [
      await ended(keptDays - 1, done),
      await ended(keptDays + 1, [...done, ['client', 'dispute']]),
      await ended(keptDays + 1, [['directory', 'start']]),
    ];
    expect(await emptyContracts(database.db, 100)).toBe(0);
    for (const id of kept) expect(await isEmptied(id)).toBe(false);
    const unknown = await ended(keptDays + 1, [
      ['directory', 'start'],
      ['directory', 'lose'],
    ]);
    expect(await emptyContracts(database.db, 100)).toBe(1);
    expect(await isEmptied(unknown)).toBe(true);
  });

  test('waits its turn: so many at a time, those that ended first', async () => {
    const [young, old, middle] = [
      await ended(keptDays + 1, done),
      await ended(keptDays + 9, done),
      await ended(keptDays + 5, failed),
    ];
    const order: string[] = [];
    for (let times = 0; times < 3; times++) {
      expect(await emptyContracts(database.db, 1)).toBe(1);
      for (const id of [young, old, middle]) if (!order.includes(id) && (await isEmptied(id))) order.push(id);
    }
    expect(order).toEqual([old, middle, young]);
  });

  test('lets nothing else of its history be changed, before or after', async () => {
    const id = await ended(keptDays + 1, failed);
    const change = (set: string, where = `contract = '${id}'`) =>
      database.db.execute(sql.raw(`update contract_event set ${set} where ${where}`));
    const refused = { cause: { message: 'the history of a contract is only added to' } };
    await expect(change("data = '{}'", `contract = '${id}' and seq = 1`)).rejects.toMatchObject(refused);
    expect(await emptyContracts(database.db, 100)).toBe(1);
    for (const set of ['data = \'{"reason":"mine"}\'', "by = 'client'", 'at = now()', "state = 'completed'"])
      await expect(change(set)).rejects.toMatchObject(refused);
    await expect(change("data = '{}'", `contract = '${id}' and seq = 3`)).rejects.toMatchObject(refused);
    await expect(
      database.db.execute(sql`delete from contract_event where contract = ${id}`),
    ).rejects.toMatchObject(refused);
  });
});

describe('an agent that leaves', () => {
  const client = 'leaver@agents.test';

  test('takes its words along from contracts that are over, and nothing that happened', async () => {
    const offered = opening('direct', { id: 'left', client, words: 'By noon, please.' });
    const event = openEvent(offered, ago(1));
    const contract = foldContract(offered, [event]);
    await insertContract(database.db, { contract, event, jobs: [], key: null, thread: null }, 1_000_000);
    const next = moveEvent(contract, 'client', 'cancel', { reason: 'Too dear.' }, ago(1));
    if (isProblem(next)) throw new Error(next.detail);
    await moveContract(database.db, { after: foldEvent(contract, next), event: next });
    await eraseContractWords(database.db, offered.provider);
    expect((await contractToCarryOn(database.db, 'left'))?.contract).toMatchObject({
      words: 'By noon, please.',
      reason: 'Too dear.',
    });
    await eraseContractWords(database.db, client);
    const known = await contractToCarryOn(database.db, 'left');
    expect(known?.contract).toMatchObject({
      state: 'cancelled',
      client,
      words: null,
      reason: null,
      version: 2,
    });
    const history = await contractHistory(database.db, 'left', 10);
    expect(history.map(({ by, move }) => [by, move])).toEqual([
      ['client', 'offer'],
      ['client', 'cancel'],
    ]);
    expect(JSON.stringify(history)).not.toMatch(/Too dear|By noon/);
    expect(foldContract({ ...offered, words: null }, history)).toEqual(known?.contract);
  });

  test('leaves what is under way as it is, and what the other side said', async () => {
    const id = await ended(1, [
      ['directory', 'start'],
      ['directory', 'fail'],
    ]);
    const known = await contractToCarryOn(database.db, id);
    await eraseContractWords(database.db, known?.contract.client ?? '');
    expect((await contractToCarryOn(database.db, id))?.contract).toEqual(known?.contract);
    const open = opening('direct', { id: 'still', client, words: 'By noon.' });
    const event = openEvent(open, new Date());
    const contract = foldContract(open, [event]);
    await insertContract(database.db, { contract, event, jobs: [], key: null, thread: null }, 1_000_000);
    await eraseContractWords(database.db, client);
    expect((await contractToCarryOn(database.db, 'still'))?.contract.words).toBe('By noon.');
  });
});

describe('among many contracts', () => {
  /** The plan of the statement that the function runs. */
  async function planOf(run: (db: Database) => Promise<unknown>): Promise<string> {
    let plan = '';
    const explained = Object.create(database.db) as Database;
    explained.execute = (async (query: ReturnType<typeof sql>) => {
      const rows = await rowsOf<{ 'QUERY PLAN': string }>(database.db, sql`explain ${query}`);
      plan += rows.map((row) => row['QUERY PLAN']).join('\n');
      return { rows: [] };
    }) as never;
    await run(explained);
    return plan;
  }

  test('those that one side has open are counted by an index, and so are ended tasks found', async () => {
    await database.db.execute(sql`
      insert into contract (id, kind, opening, opened_by, client, provider, protocol, input, state, version, created, since, thread, offered_by)
      select 'many' || n, 'call', 'call', 'client', 'busy@agents.test', 'fx@works.test', 'agent-task', '{}', 'completed', 3,
        now(), now(), '{"step":"closed"}', 'client'
      from generate_series(1, 20000) as n`);
    await database.db.execute(sql`analyze contract`);
    // Either leaves out those that have ended; which one is taken depends on how many there are.
    const index = /contract_(client|provider)_open/;
    for (const openedBy of ['client', 'provider'] as const) {
      const of = opening(openedBy === 'client' ? 'call' : 'witness', {
        ...{ id: 'one', client: 'busy@agents.test', openedBy },
      });
      const event = openEvent(of, new Date());
      const contract = foldContract(of, [event]);
      const plan = await planOf((db) =>
        insertContract(db, { contract, event, thread: null, jobs: [], key: null }, 250),
      );
      expect(plan).toMatch(index);
      expect(plan).not.toContain('Seq Scan on contract');
    }
    expect(await planOf((db) => endedTasks(db, 100))).toContain('contract_ended_task');
    // What is done at the end of a time does not read them all either.
    const plan = await rowsOf<{ 'QUERY PLAN': string }>(
      database.db,
      sql`explain select id from contract where emptied is null and due is null and state = any('{completed,failed}')
        and since < now() - interval '90 days' order by since limit 100`,
    );
    expect(JSON.stringify(plan)).toContain('contract_kept');
  });
});
