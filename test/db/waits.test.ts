import { describe, expect, test } from 'vitest';
import { insertContract, moveContract } from '../../db/contracts.ts';
import type { Database } from '../../db/database.ts';
import { foldContract, foldEvent, moveEvent, openEvent } from '../../market/contract/move.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { sharedLook, Waits, waitLimits } from '../../operations/contracts/wait.ts';
import { everyData, opening } from '../support/contracts.ts';
import { ownDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';

const database = ownDatabase();
const ann = { jid: 'ann@agents.test', domain: 'agents.test' };
const bob = { jid: 'bob@agents.test', domain: 'agents.test' };

let made = 0;
async function begun() {
  const of = opening('call', { id: `w${made++}` });
  const event = openEvent(of, new Date());
  const contract = foldContract(of, [event]);
  await insertContract(database.db, { contract, event, thread: null, jobs: [], key: null }, 1_000);
  return contract;
}

async function end(contract: Awaited<ReturnType<typeof begun>>) {
  const event = moveEvent(contract, 'client', 'cancel', everyData, new Date());
  if (isProblem(event)) throw new Error(event.detail);
  await moveContract(database.db, { after: foldEvent(contract, event), event });
}

/** The database, and how often it was asked how contracts stand. */
function counted() {
  const asked = { times: 0 };
  const db = Object.create(database.db) as Database;
  db.execute = ((query: Parameters<Database['execute']>[0]) => {
    asked.times++;
    return database.db.execute(query);
  }) as never;
  return { asked, deps: { db, policy: parsePolicy('', null) } };
}

describe('those who wait in one process', () => {
  test('have the database asked once a second for all of them, and hear each of its own contract', async () => {
    const contracts = await Promise.all(Array.from({ length: 40 }, begun));
    const { asked, deps } = counted();
    const waits = new Waits(sharedLook());
    const started = performance.now();
    const answers = contracts.map(({ id }) => waits.forContract(deps, ann, id, 20, null));
    await new Promise((resolve) => setTimeout(resolve, waitLimits.pollMs * 2.5));
    const [first, second, ...others] = contracts;
    if (!first || !second) throw new Error('contracts expected');
    // Once a second of however long it took.
    const seconds = () => Math.ceil((performance.now() - started) / waitLimits.pollMs);
    expect(asked.times).toBeLessThanOrEqual(seconds());
    await end(first);
    expect(await answers[0]).toMatchObject({ contract: { id: first.id, state: 'cancelled' } });
    await Promise.all([second, ...others].map(end));
    const states = (await Promise.all(answers)).map((each) => !isProblem(each) && each.contract.state);
    expect(new Set(states)).toEqual(new Set(['cancelled']));
    expect(asked.times).toBeLessThanOrEqual(seconds());
  });

  test('hear how the contract is when the time is over, and of none that is not theirs', async () => {
    const { id } = await begun();
    const { deps } = counted();
    const waits = new Waits(sharedLook());
    const started = performance.now();
    expect(await waits.forContract(deps, ann, id, 1, null)).toMatchObject({
      contract: { state: 'accepted' },
    });
    expect(performance.now() - started).toBeGreaterThan(900);
    const none = await waits.forContract(deps, bob, id, 20, null);
    expect(none).toMatchObject({ problem: 'contract-not-found' });
    expect(performance.now() - started).toBeLessThan(19_000);
  });
});

describe('who waits', () => {
  test('is one of so many of one caller, and of so many in all; the place is free again afterwards', async () => {
    const waits = new Waits(sharedLook(), { perCallerMax: 2, inAllMax: 3 });
    const leave = Promise.withResolvers<string>();
    const hold = (who: typeof ann) => waits.within(who, 1, () => leave.promise);
    const held = [hold(ann), hold(ann)];
    const refused = { problem: 'too-many-requests', retryAfterSeconds: waitLimits.fullRetrySeconds };
    expect(await hold(ann)).toMatchObject(refused);
    held.push(hold(bob));
    expect(await hold(bob)).toMatchObject(refused);
    // Who does not wait takes no place.
    expect(await waits.within(ann, 0, async () => 'at once')).toBe('at once');
    leave.resolve('done');
    expect(await Promise.all(held)).toEqual(['done', 'done', 'done']);
    const fault = waits.within(ann, 1, () => Promise.reject(new Error('fault')));
    await expect(fault).rejects.toThrow('fault');
    await until('there is room', async () => !isProblem(await waits.within(ann, 1, async () => 1)));
    expect(await Promise.all([hold(ann), hold(ann)])).toEqual(['done', 'done']);
  });
});
