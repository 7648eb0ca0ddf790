import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexState } from '../../db/index-state.ts';
import { contractToCarryOn } from '../../db/read-contracts.ts';
import {
  dueScores,
  evidenceLimits,
  findScores,
  noteComponent,
  readDealings,
  readEvidence,
  scoredSubjects,
  writeScore,
} from '../../db/reputation.ts';
import { lowOfUnknown, shareOf, shareOfUnknown } from '../../market/reputation/scored.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { changeRating, rate, withdrawRating } from '../../operations/ratings/rate.ts';
import { computeScore, settleScores } from '../../operations/ratings/score.ts';
import { ownDatabase } from '../support/database.ts';
import {
  callerOf,
  dealt,
  dealtBefore,
  depsOf,
  done,
  insertCompleted,
  priced,
  ratedBy,
} from '../support/ratings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
const deps = () => depsOf(database.db);

let names = 0;
/** An agent on a domain of its own. */
const somebody = () => `agent@n${names++}.example`;

const scoresOf = (subject: string) => findScores(database.db, subject);
const settle = () => settleScores(deps(), 1_000);

/** Several rate the provider, who dealt with others before. */
async function ratedByMany(provider: string, scores: number[], more: object = {}): Promise<string[]> {
  const clients = scores.map(somebody);
  for (const [at, client] of clients.entries()) {
    await dealtBefore(database.db, client);
    await ratedBy(database.db, scores[at] ?? 3, { client, provider, ...more });
  }
  await settle();
  return clients;
}

describe('a score', () => {
  test('is of the provider, of the listing, and of the client, each by itself', async () => {
    const provider = somebody();
    const [ann, ben] = [somebody(), somebody()];
    const listing = { id: `urn:air:x:command.a-${names}`, version: 'v', name: 'A' };
    await ratedBy(database.db, 5, { client: ann, provider, listing });
    await ratedBy(database.db, 1, { client: ben, provider });
    await ratedBy(database.db, 2, { client: ann, provider, by: 'provider' });
    expect(await scoresOf(provider)).toEqual({ listing: null, provider: null, client: null });
    expect(await settle()).toBe(3);
    const { provider: whole, client } = await scoresOf(provider);
    expect([whole?.count, client]).toEqual([2, null]);
    expect((await scoresOf(listing.id)).listing).toMatchObject({ count: 1 });
    expect((await scoresOf(listing.id)).listing?.score).toBeGreaterThan(whole?.score ?? 5);
    expect(await scoresOf(ann)).toMatchObject({ provider: null, client: { count: 1 } });
  });

  test('is the same whenever it is computed of the same, for all that there are', async () => {
    const provider = somebody();
    await ratedByMany(provider, [5, 4, 4, 2, 5]);
    const all = await scoredSubjects(database.db, null, 10_000);
    expect(all.length).toBeGreaterThan(3);
    for (const { kind, subject, computed } of all) {
      const again = await computeScore(database.db, { kind, subject }, computed ?? new Date());
      const kept = (await scoresOf(subject))[kind];
      const { weight: _, ...shown } = again ?? {};
      expect({ kind, subject, shown: again && shown }).toEqual({ kind, subject, shown: kept });
    }
  });

  test('is made of what is said now: a change and a withdrawal move it, and nothing is left of nothing', async () => {
    const provider = somebody();
    const { id, client } = await ratedBy(database.db, 1, { client: somebody(), provider });
    await settle();
    const before = (await scoresOf(provider)).provider;
    done(await changeRating(deps(), callerOf(client), id, { score: 5, aspects: { correct: true } }));
    await settle();
    const after = (await scoresOf(provider)).provider;
    expect(after?.score).toBeGreaterThan(before?.score ?? 5);
    expect([before?.aspects.correct, after?.aspects.correct]).toEqual([null, expect.any(Number)]);
    done(await withdrawRating(deps(), callerOf(client), id));
    await settle();
    expect(await scoresOf(provider)).toEqual({ listing: null, provider: null, client: null });
    expect(await dueScores(database.db, 10)).toEqual([]);
  });

  test('rises as known raters say that it is good, and unknown ones are heard little', async () => {
    const [liked, praised] = [somebody(), somebody()];
    await ratedByMany(liked, [5, 5, 5, 5, 5, 5]);
    for (let at = 0; at < 30; at++)
      await ratedBy(database.db, 5, { provider: praised, client: `fresh${at}@flood.example`, price: null });
    await settle();
    const [{ provider: high }, { provider: low }] = [await scoresOf(liked), await scoresOf(praised)];
    expect(high).toMatchObject({ count: 6 });
    expect(low).toMatchObject({ count: 30 });
    expect(high?.low).toBeGreaterThan(2.5);
    expect(low?.low).toBeLessThan(lowOfUnknown + 0.3);
  });

  test.each<[what: string, client: string, provider: string]>([
    ['a component and its address', 'gate.example', 'tool@gate.example'],
    ['two addresses of one component', 'one@parts.example', 'two@parts.example'],
  ])('is none between %s', async (_what, client, provider) => {
    await noteComponent(database.db, 'parts.example', true);
    await ratedBy(database.db, 5, { client, provider });
    await settle();
    expect(await scoresOf(provider)).toEqual({ listing: null, provider: null, client: null });
  });

  test('counts accounts of one server, since nobody says that it is a component', async () => {
    await noteComponent(database.db, 'server.example', true);
    await noteComponent(database.db, 'server.example', false);
    await ratedBy(database.db, 5, { client: 'one@server.example', provider: 'two@server.example' });
    await settle();
    expect((await scoresOf('two@server.example')).provider).toMatchObject({ count: 1 });
  });

  test('does not move with the number of accounts on one domain, nor of names below it', async () => {
    const provider = somebody();
    await ratedByMany(provider, [5, 4, 5, 4, 5, 5]);
    const before = (await scoresOf(provider)).provider;
    for (let at = 0; at < 60; at++)
      await ratedBy(database.db, 1, { provider, client: `x${at}@${at % 2 ? `s${at}.` : ''}evil.example` });
    await settle();
    const after = (await scoresOf(provider)).provider;
    expect(after?.count).toBe(66);
    expect(Math.abs((after?.score ?? 0) - (before?.score ?? 0))).toBeLessThan(0.15);
  });

  test('is worth more in an order the higher its lower end is, and half where nothing is known', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 5, noNaN: true }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        (a, b) => {
          const [one, other] = [shareOf({ low: a }), shareOf({ low: b })];
          expect(one).toBeGreaterThanOrEqual(0);
          expect(one).toBeLessThanOrEqual(1);
          if (a < b) expect(one).toBeLessThanOrEqual(other);
        },
      ),
    );
    expect(shareOf({ low: lowOfUnknown })).toBeCloseTo(shareOfUnknown);
  });
});

describe('computing', () => {
  test('is left to whoever comes next by one that dies in between, and done once for all that came', async () => {
    const provider = somebody();
    await ratedBy(database.db, 4, { provider, client: somebody() });
    // What a worker reads before it is killed changes nothing.
    const due = (await dueScores(database.db, 100)).find(({ subject }) => subject === provider);
    expect(due).toMatchObject({ kind: 'provider', events: 1 });
    expect(await settle()).toBeGreaterThan(0);
    expect((await scoresOf(provider)).provider).toMatchObject({ count: 1 });
    expect(await settle()).toBe(0);
  });

  test('by two workers at once gives what one gives', async () => {
    const providers = Array.from({ length: 5 }, somebody);
    for (const provider of providers) await ratedBy(database.db, 5, { provider, client: somebody() });
    await Promise.all([settle(), settle(), settle()]);
    for (const provider of providers) expect((await scoresOf(provider)).provider).toMatchObject({ count: 1 });
    expect(await dueScores(database.db, 10)).toEqual([]);
  });

  test('that began before something more was said writes nothing, and the score stays due', async () => {
    const provider = somebody();
    await ratedBy(database.db, 5, { provider, client: somebody() });
    const [due] = await dueScores(database.db, 1);
    if (!due) throw new Error('a score is due');
    const now = new Date();
    const score = await computeScore(database.db, due, now);
    await ratedBy(database.db, 1, { provider, client: somebody() });
    expect(await writeScore(database.db, due, score, now)).toBe(false);
    expect((await dueScores(database.db, 5)).map(({ subject }) => subject)).toContain(provider);
    await settle();
    expect((await scoresOf(provider)).provider).toMatchObject({ count: 2 });
  });

  test('is done again after a while, when the raters have become known meanwhile', async () => {
    const provider = somebody();
    const client = somebody();
    await ratedBy(database.db, 5, { provider, client });
    await settle();
    const before = (await scoresOf(provider)).provider;
    await dealtBefore(database.db, client);
    expect(await settle()).toBe(0);
    await database.db.execute(sql`update reputation set due = now() where subject = ${provider}`);
    expect(await settle()).toBe(1);
    expect((await scoresOf(provider)).provider?.score).toBeGreaterThan(before?.score ?? 5);
  });

  test('comes the less often, the more ratings there are', async () => {
    const provider = somebody();
    await ratedBy(database.db, 5, { provider, client: somebody() });
    await settle();
    await database.db.execute(sql`update reputation set count = 100000 where subject = ${provider}`);
    await ratedBy(database.db, 5, { provider, client: somebody() });
    const [row] = await rowsOf<{ seconds: number }>(
      database.db,
      sql`select extract(epoch from due - now())::float8 as seconds from reputation where subject = ${provider}`,
    );
    expect(row?.seconds).toBeGreaterThan(400);
    expect(row?.seconds).toBeLessThan(501);
  });

  test('shows readers something new, and only where something is', async () => {
    const provider = somebody();
    await ratedBy(database.db, 5, { provider, client: somebody() });
    const before = await indexState(database.db);
    await settle();
    const after = await indexState(database.db);
    expect(after).not.toBe(before);
    await database.db.execute(sql`update reputation set due = now() where subject = ${provider}`);
    await settle();
    expect(await indexState(database.db)).toBe(after);
  });

  test('reads of one domain those of whom most is known, and never more than so many', async () => {
    const provider = somebody();
    const { ratingsPerHostMax } = evidenceLimits;
    const honest = 'honest@crowd.example';
    await dealtBefore(database.db, honest);
    await ratedBy(database.db, 5, { provider, client: honest });
    for (let at = 0; at < ratingsPerHostMax + 5; at++)
      await ratedBy(database.db, 1, { provider, client: `z${at}@crowd.example` });
    const read = await readEvidence(database.db, { kind: 'provider', subject: provider });
    expect(read).toHaveLength(ratingsPerHostMax);
    expect(read.map(({ rater }) => rater)).toContain(honest);
    await settle();
    expect((await scoresOf(provider)).provider).toMatchObject({ count: ratingsPerHostMax + 6 });
  });

  test('reads the first of whom somebody dealt with: later ones take nobody’s place', async () => {
    const [popular, first] = [somebody(), somebody()];
    await insertCompleted(database.db, [[first, popular]], priced.amount);
    const crowd = Array.from({ length: 100 }, (_, at): [string, string] => [`c${at}@late.example`, popular]);
    await insertCompleted(database.db, crowd, priced.amount);
    const read = await readDealings(database.db, [popular]);
    expect(read).toHaveLength(evidenceLimits.dealingsPerPartyMax);
    expect(read).toContainEqual({ party: popular, other: first, isPaid: true });
  });
});

describe('who dealt with whom', () => {
  const counted = () =>
    rowsOf<{ party: string }>(
      database.db,
      sql`select party, other, contracts, paid from dealing order by party, other`,
    );
  const fromContracts = () =>
    rowsOf<{ party: string }>(
      database.db,
      sql`select party, other, count(*)::int as contracts,
          (count(*) filter (where (price->>'amount')::numeric > 0))::int as paid
        from (select client as party, provider as other, price from contract where state in ('completed', 'resolved')
          union all select provider, client, price from contract where state in ('completed', 'resolved')) as dealt
        group by party, other order by party, other`,
    );

  test('is what the contracts say, whatever became of them', async () => {
    const [a, b] = ['a@one.example', 'b@two.example'];
    await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        dealt(database.db, {
          ...(at % 2 ? { client: a, provider: b } : { client: b, provider: a }),
          price: [null, priced, { ...priced, amount: '0.00' }, { ...priced, amount: '0.01' }][at % 4] ?? null,
          state:
            (['completed', 'disputed', 'resolved', 'failed', 'completed'] as const)[at % 5] ?? 'completed',
        }),
      ),
    );
    expect(await counted()).toEqual(await fromContracts());
  });

  test('is taken back where what was done is disputed, and never to be had by a contract with oneself', async () => {
    const { id, client, provider } = await dealt(database.db, { client: somebody(), provider: somebody() });
    expect(await readDealings(database.db, [client])).toEqual([
      { party: client, other: provider, isPaid: true },
    ]);
    done(await moveOwn(deps(), callerOf(client), id, { move: 'dispute', data: { reason: 'No.' } }, null));
    expect(await readDealings(database.db, [client, provider])).toEqual([]);
    expect((await contractToCarryOn(database.db, id))?.contract.state).toBe('disputed');
    await dealt(database.db, { client, provider: client });
    expect(await readDealings(database.db, [client])).toEqual([]);
    expect(await counted()).toEqual((await fromContracts()).filter(({ party }) => party !== client));
  });
});

describe('beside an alias', () => {
  test('one rates as who one is: addresses are prepared before anybody rates', async () => {
    const { id } = await dealt(database.db, {
      client: 'ann@b\u00fccher.example',
      provider: 'desk@works.example',
    });
    for (const alias of [
      'ANN@b\u00fccher.example',
      'ann@xn--bcher-kva.example',
      'ann@b\u00fccher.example/phone',
    ])
      expect(await rate(deps(), callerOf(alias), id, { score: 5 }, null)).toMatchObject({
        problem: 'contract-not-found',
      });
  });
});
