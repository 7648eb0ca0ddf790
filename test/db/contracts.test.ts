import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { insertContract, moveContract } from '../../db/contracts.ts';
import { forgetKeys, keptKey } from '../../db/idempotency.ts';
import {
  contractHistory,
  contractToCarryOn,
  findContract,
  listContracts,
  overdueContracts,
} from '../../db/read-contracts.ts';
import type { Contract, Opening } from '../../market/contract/contract.ts';
import { foldContract, foldEvent, moveEvent, openEvent, openMoves } from '../../market/contract/move.ts';
import { contractKinds, type Party, parties } from '../../market/contract/states.ts';
import { isProblem } from '../../market/problem.ts';
import { everyData, opening } from '../support/contracts.ts';
import { ownDatabase } from '../support/database.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();

let made = 0;
type More = Partial<Opening> & { key?: string; asked?: string; thread?: { [name: string]: unknown } };

async function open({ key, asked = 'h', thread, ...more }: More = {}, openMax = 1_000) {
  const id = more.id ?? `c${made++}`;
  const opened = opening(more.kind ?? 'call', { ...more, id });
  const event = openEvent(opened, new Date());
  const contract = foldContract(opened, [event]);
  const outcome = await insertContract(
    database.db,
    {
      contract,
      event,
      thread: thread ?? null,
      jobs: contract.kind === 'call' ? [{ task: 'call', payload: { contract: id } }] : [],
      key: key === undefined ? null : { caller: contract.client, key, asked },
    },
    openMax,
  );
  return { id, contract, outcome };
}

function step(contract: Contract, by: Party, move: Parameters<typeof moveEvent>[2], at = new Date()) {
  const event = moveEvent(contract, by, move, everyData, at);
  if (isProblem(event)) throw new Error(event.detail);
  return { event, after: foldEvent(contract, event) };
}

const jobs = () =>
  rowsOf<{ task: string; payload: { [name: string]: string } }>(
    database.db,
    sql`select task, payload from job order by id`,
  );

describe('a contract', () => {
  test('is written whole with its first event and its job, and shown to its parties only', async () => {
    const price = { amount: '0.02', currency: 'EUR', unit: 'call' };
    const listing = { id: 'urn:air:x', version: 'v', name: "O'Neil" };
    const { id, contract, outcome } = await open({
      input: { a: [1, "it's"], b: null },
      price,
      listing,
      answerBy: new Date(1e12),
      thread: { node: 'n' },
    });
    expect(outcome).toBe('made');
    expect(await findContract(database.db, id, 'ann@agents.test')).toEqual(contract);
    expect(await findContract(database.db, id, 'fx@works.test')).toEqual(contract);
    expect(await findContract(database.db, id, 'eve@agents.test')).toBeNull();
    expect(await contractToCarryOn(database.db, id)).toEqual({ contract, thread: { node: 'n' } });
    expect(await contractHistory(database.db, id, 10)).toEqual([
      {
        seq: 1,
        at: contract.created,
        by: 'client',
        move: 'call',
        state: 'accepted',
        data: { input: { a: [1, "it's"], b: null } },
      },
    ]);
    expect(await jobs()).toContainEqual({ task: 'call', payload: { contract: id } });
  });

  test('is moved by one of two who move it at once', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, contract } = await open();
      const started = step(contract, 'directory', 'start');
      const cancelled = step(contract, 'client', 'cancel');
      const outcomes = await Promise.all(
        [started, cancelled, started].map((move) =>
          moveContract(database.db, {
            ...move,
            jobs: [{ task: 'tell', payload: { contract: id } }],
          }),
        ),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      const now = await findContract(database.db, id, contract.client);
      expect(now?.version).toBe(2);
      const history = await contractHistory(database.db, id, 10);
      expect(history.map(({ seq }) => seq)).toEqual([1, 2]);
      expect(history[1]?.state).toBe(now?.state);
    }
  });

  test('that is moved from an older version stays as it is, and nothing is to be done', async () => {
    const { id, contract } = await open();
    const started = step(contract, 'directory', 'start');
    expect(await moveContract(database.db, { ...started, thread: { session: 's' } })).toBe(true);
    const late = step(contract, 'client', 'cancel');
    const job = { task: 'tell' as const, payload: { contract: `late-${id}` } };
    expect(await moveContract(database.db, { ...late, jobs: [job] })).toBe(false);
    expect(await jobs()).not.toContainEqual(job);
    expect(await contractToCarryOn(database.db, id)).toMatchObject({
      contract: { state: 'working' },
      thread: { session: 's' },
    });
    expect(await moveContract(database.db, step(started.after, 'directory', 'progress'))).toBe(true);
    expect((await contractToCarryOn(database.db, id))?.thread).toEqual({ session: 's' });
  });

  test('is in the database what its history adds up to, whatever is done with it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...contractKinds),
        fc.array(fc.nat(), { maxLength: 12 }),
        async (kind, choices) => {
          const { id, contract: first } = await open({ kind });
          let contract = first;
          for (const choice of choices) {
            const at = new Date();
            const all = parties.flatMap((by) =>
              openMoves(contract, by, at).map((move) => [by, move] as const),
            );
            const [by, move] = all[choice % Math.max(1, all.length)] ?? [];
            if (!by || !move) break;
            const next = step(contract, by, move, at);
            expect(await moveContract(database.db, next)).toBe(true);
            contract = next.after;
          }
          const kept = await findContract(database.db, id, first.client);
          expect(kept).toEqual(contract);
          const history = await contractHistory(database.db, id, 100);
          expect(foldContract(opening(kind, { id }), history)).toEqual(kept);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('has a history that is only added to', async () => {
    const { id } = await open();
    for (const statement of [
      sql`update contract_event set by = 'provider' where contract = ${id}`,
      sql`delete from contract_event where contract = ${id}`,
      sql`truncate contract_event`,
    ])
      await expect(database.db.execute(statement)).rejects.toMatchObject({
        cause: { message: 'the history of a contract is only added to' },
      });
    const { contract } = await open();
    const { event, after } = step(contract, 'directory', 'start');
    await moveContract(database.db, { event, after });
    // The same event again, as from a statement that was repeated.
    expect(await moveContract(database.db, { event, after })).toBe(false);
  });

  test('that is overdue is found, the longest overdue first', async () => {
    const past = (seconds: number) => new Date(Date.now() - seconds * 1_000);
    const { id: late } = await open({ kind: 'direct', answerBy: past(10) });
    const { id: later } = await open({ kind: 'direct', answerBy: past(60) });
    await open({ kind: 'direct', answerBy: past(-60) });
    const found = await overdueContracts(database.db, 100);
    expect(found).toEqual([later, late]);
    const contract = await findContract(database.db, late, 'ann@agents.test');
    if (!contract) throw new Error('it is there');
    await moveContract(database.db, step(contract, 'directory', 'expire'));
    expect(await overdueContracts(database.db, 100)).toEqual([later]);
  });
});

describe('the contracts of an address', () => {
  test('are its own on either side, page by page, none lost and none twice', async () => {
    const client = 'pager@agents.test';
    const ids: string[] = [];
    for (let at = 0; at < 7; at++) ids.push((await open({ client })).id);
    ids.push((await open({ client: 'x@agents.test', provider: client })).id);
    // All of one moment, so that the id alone tells them apart.
    await database.db.execute(
      sql`update contract set created = date_trunc('second', now()) where client = ${client}`,
    );
    const seen: string[] = [];
    let after: { created: Date; id: string } | null = null;
    do {
      const page: Contract[] = await listContracts(
        database.db,
        { party: client, side: null, states: [] },
        { after, limit: 3 },
      );
      seen.push(...page.map(({ id }) => id));
      after = page.at(-1) ?? null;
    } while (after);
    expect(seen.sort()).toEqual(ids.sort());
  });

  test('are narrowed by side and state', async () => {
    const client = 'narrow@agents.test';
    const { contract } = await open({ client });
    await moveContract(database.db, step(contract, 'client', 'cancel'));
    await open({ client });
    await open({ client: 'x@agents.test', provider: client });
    const count = async (side: 'client' | 'provider' | null, states: Contract['state'][]) =>
      (await listContracts(database.db, { party: client, side, states }, { after: null, limit: 10 })).length;
    expect([
      await count(null, []),
      await count('client', []),
      await count('provider', []),
      await count('client', ['cancelled']),
      await count(null, ['accepted', 'working']),
    ]).toEqual([3, 2, 1, 1, 2]);
  });

  test('that are open are bounded, and what is refused takes no key', async () => {
    const client = 'busy@agents.test';
    const first = await open({ client }, 2);
    expect([first.outcome, (await open({ client }, 2)).outcome]).toEqual(['made', 'made']);
    expect((await open({ client, key: 'k' }, 2)).outcome).toBe('too-many');
    expect(await keptKey(database.db, client, 'k')).toBeNull();
    const begun = step(first.contract, 'directory', 'start');
    const asking = step(begun.after, 'directory', 'ask');
    for (const move of [begun, asking]) expect(await moveContract(database.db, move)).toBe(true);
    expect((await open({ client, key: 'k' }, 2)).outcome).toBe('too-many');
    await moveContract(database.db, step(asking.after, 'client', 'cancel'));
    expect((await open({ client, key: 'k' }, 2)).outcome).toBe('made');
  });
});

describe('an idempotency key', () => {
  test('makes one contract, however often and however close together it comes', async () => {
    const client = 'again@agents.test';
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => open({ client, key: 'once', asked: 'hash' })),
    );
    const [first, ...others] = outcomes.filter(({ outcome }) => outcome === 'made');
    expect(others).toEqual([]);
    expect(outcomes.filter(({ outcome }) => outcome === 'repeated')).toHaveLength(7);
    expect(await keptKey(database.db, client, 'once')).toEqual({ asked: 'hash', outcome: first?.id });
    expect(
      await listContracts(database.db, { party: client, side: null, states: [] }, { after: null, limit: 10 }),
    ).toHaveLength(1);
  });

  test("is its caller's own, and can be used anew when it is forgotten", async () => {
    await open({ client: 'one@agents.test', key: 'same' });
    expect((await open({ client: 'two@agents.test', key: 'same' })).outcome).toBe('made');
    const age = sql`update idempotency_key set at = now() - interval '25 hours' where caller = 'one@agents.test'`;
    await database.db.execute(age);
    expect(await keptKey(database.db, 'one@agents.test', 'same')).toBeNull();
    expect((await open({ client: 'one@agents.test', key: 'same' })).outcome).toBe('made');
    await database.db.execute(age);
    expect(await forgetKeys(database.db)).toBe(1);
  });
});
