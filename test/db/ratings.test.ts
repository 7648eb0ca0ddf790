import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { moveContract } from '../../db/contracts.ts';
import { contractRatings, ratingHistory } from '../../db/ratings.ts';
import { findScores } from '../../db/reputation.ts';
import { foldEvent, moveEvent } from '../../market/contract/move.ts';
import { contractStates, otherSide, type Side } from '../../market/contract/states.ts';
import { isProblem } from '../../market/problem.ts';
import { foldEntries } from '../../market/reputation/history.ts';
import { mayRate } from '../../market/reputation/rating.ts';
import { ratingLimits } from '../../market/reputation/rules.ts';
import { deregister } from '../../operations/deregister.ts';
import { changeRating, rate, replyToRating, withdrawRating } from '../../operations/ratings/rate.ts';
import { settleScores } from '../../operations/ratings/score.ts';
import { agentRatings, contractRatingsOf } from '../../operations/ratings/show.ts';
import { ways } from '../support/contracts.ts';
import { ownDatabase } from '../support/database.ts';
import { callerOf, codeOf, dealt, depsOf, done } from '../support/ratings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
const deps = () => depsOf(database.db);
const ann = callerOf('ann@agents.test');
const fx = callerOf('fx@works.test');
const parties = { client: ann, provider: fx };
const good = { score: 5, aspects: { correct: true, onTime: false }, text: 'Quick.' };

/** Everything happened that many days ago. */
async function age(contract: string, days: number): Promise<void> {
  await database.db.execute(sql`alter table rating_event disable trigger user`);
  await database.db.execute(
    sql`update rating_event set at = at - ${days} * interval '1 day' where contract = ${contract}`,
  );
  await database.db.execute(sql`alter table rating_event enable trigger user`);
  await database.db.execute(
    sql`update rating set at = at - ${days} * interval '1 day' where contract = ${contract}`,
  );
}

describe('a rating', () => {
  test.each(
    (['client', 'provider'] as Side[]).flatMap((side) =>
      (['call', 'witness'] as const).flatMap((kind) =>
        contractStates.filter((state) => ways[kind][state]).map((state) => ({ side, kind, state })),
      ),
    ),
  )(
    'by the $side of a $kind that is $state is taken where it may be given',
    async ({ side, kind, state }) => {
      const contract = await dealt(database.db, { kind, state });
      const may = mayRate(contract, side);
      expect(may).toBe(
        ['completed', 'resolved'].includes(state) || (state === 'failed' && side === 'client'),
      );
      const outcome = await rate(deps(), parties[side], contract.id, good, null);
      expect(codeOf(outcome)).toBe(may ? null : 'rating-not-open');
      if (may) expect(outcome).toMatchObject({ by: side, rater: contract[side], score: 5, version: 1 });
      const kept = (await contractRatings(database.db, contract.id))[side];
      expect(kept).toEqual(may ? expect.objectContaining(good) : null);
    },
  );

  test.each([
    ['the provider', 'client', 'provider', null],
    ['the client', 'provider', 'client', null],
    ['nobody', 'client', 'nobody', 'rating-not-open'],
    ['who rates', 'client', 'client', 'rating-not-open'],
  ] as const)('of a contract that failed by %s', async (_what, side, fault, code) => {
    const { id } = await dealt(database.db, { state: 'failed', fault });
    expect(codeOf(await rate(deps(), parties[side], id, good, null))).toBe(code);
  });

  test('is given once by each side, and by nobody else', async () => {
    const { id } = await dealt(database.db);
    expect(codeOf(await rate(deps(), ann, id, good, null))).toBeNull();
    expect(codeOf(await rate(deps(), ann, id, { score: 1 }, null))).toBe('rating-not-open');
    expect(codeOf(await rate(deps(), fx, id, { score: 2 }, null))).toBeNull();
    for (const stranger of [
      'eve@agents.test',
      'agents.test',
      'ann@works.test',
      'ann\u0430@agents.test',
      '',
    ]) {
      for (const outcome of [
        await rate(deps(), callerOf(stranger), id, good, null),
        await changeRating(deps(), callerOf(stranger), id, good),
        await withdrawRating(deps(), callerOf(stranger), id),
        await replyToRating(deps(), callerOf(stranger), id, 'No.', null),
        await contractRatingsOf(deps(), callerOf(stranger), id),
      ]) {
        expect(codeOf(outcome)).toBe('contract-not-found');
      }
    }
    expect(await contractRatings(database.db, id)).toMatchObject({ client: good, provider: { score: 2 } });
  });

  test('that is given many times at once is one', async () => {
    const { id } = await dealt(database.db);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, at) => rate(deps(), ann, id, { score: 1 + (at % 5) }, null)),
    );
    expect(outcomes.filter((outcome) => codeOf(outcome) === null)).toHaveLength(1);
    expect(await ratingHistory(database.db, id, 'client')).toHaveLength(1);
  });

  test('whose answer was lost is repeated with its key, and no other with the same', async () => {
    const { id } = await dealt(database.db);
    const first = done(await rate(deps(), ann, id, good, `once-${id}`));
    const again = done(await rate(deps(), ann, id, good, `once-${id}`));
    expect(again).toMatchObject({ version: 1, at: first.at, score: 5 });
    expect(codeOf(await rate(deps(), ann, id, { score: 1 }, `once-${id}`))).toBe('key-reused');
    expect(codeOf(await rate(deps(), ann, id, good, 'ü'))).toBe('invalid-parameter');
    expect(done(await replyToRating(deps(), fx, id, 'Thanks.', `reply-${id}`)).reply?.text).toBe('Thanks.');
    expect(done(await replyToRating(deps(), fx, id, 'Thanks.', `reply-${id}`)).version).toBe(2);
  });

  test('that comes too late is refused', async () => {
    const { id } = await dealt(database.db, { daysAgo: ratingLimits.rateDays + 1 });
    expect(codeOf(await rate(deps(), ann, id, good, null))).toBe('rating-not-open');
    const inTime = await dealt(database.db, { daysAgo: ratingLimits.rateDays - 1 });
    expect(codeOf(await rate(deps(), ann, inTime.id, good, null))).toBeNull();
  });

  test('is changed, answered once and withdrawn for good, and keeps when it was given', async () => {
    const { id } = await dealt(database.db);
    expect(codeOf(await changeRating(deps(), ann, id, good))).toBe('rating-not-found');
    expect(codeOf(await withdrawRating(deps(), ann, id))).toBe('rating-not-found');
    expect(codeOf(await replyToRating(deps(), fx, id, 'Why?', null))).toBe('rating-not-found');
    const first = done(await rate(deps(), ann, id, good, null));
    expect(done(await contractRatingsOf(deps(), ann, id)).open).toEqual(['change', 'withdraw']);
    expect(done(await contractRatingsOf(deps(), fx, id)).open).toEqual(['rate', 'reply']);
    const changed = done(await changeRating(deps(), ann, id, { score: 2 }));
    expect(changed).toMatchObject({ score: 2, aspects: {}, text: null, at: first.at, withdrawn: null });
    expect(changed.changed).not.toBeNull();
    const answered = done(await replyToRating(deps(), fx, id, 'It was late,\nand we said so.', null));
    expect(answered).toMatchObject({ score: 2, reply: { text: 'It was late,\nand we said so.' } });
    expect(codeOf(await replyToRating(deps(), fx, id, 'Once more.', null))).toBe('rating-not-open');
    expect(codeOf(await replyToRating(deps(), ann, id, 'My own.', null))).toBe('rating-not-found');
    const withdrawn = done(await withdrawRating(deps(), ann, id));
    expect(withdrawn).toMatchObject({
      score: null,
      text: null,
      version: 4,
      reply: { text: answered.reply?.text },
    });
    for (const outcome of [
      await rate(deps(), ann, id, good, null),
      await changeRating(deps(), ann, id, good),
      await withdrawRating(deps(), ann, id),
    ]) {
      expect(codeOf(outcome)).toBe('rating-not-open');
    }
    expect((await ratingHistory(database.db, id, 'client')).map(({ act }) => act)).toEqual([
      ...['rate', 'change', 'reply', 'withdraw'],
    ]);
    const page = done(await agentRatings(deps(), fx.jid, 'provider', { limit: 100, cursor: null }));
    expect(page.items.find(({ at }) => at.getTime() === first.at.getTime())).toMatchObject({
      score: null,
      text: null,
    });
  });

  test('can be changed and answered for so long, and withdrawn at any time', async () => {
    const { id } = await dealt(database.db);
    done(await rate(deps(), ann, id, good, null));
    await age(id, ratingLimits.changeDays + 1);
    expect(codeOf(await changeRating(deps(), ann, id, good))).toBe('rating-not-open');
    await age(id, ratingLimits.replyDays);
    expect(codeOf(await replyToRating(deps(), fx, id, 'Late.', null))).toBe('rating-not-open');
    expect(codeOf(await withdrawRating(deps(), ann, id))).toBeNull();
  });

  test('is in the database what its history adds up to', async () => {
    const { id, client, provider } = await dealt(database.db);
    done(await rate(deps(), ann, id, good, null));
    done(await replyToRating(deps(), fx, id, 'Ok.', null));
    done(await changeRating(deps(), ann, id, { score: 3, aspects: { asDescribed: true } }));
    const of = {
      contract: id,
      by: 'client' as const,
      rater: client,
      subject: provider,
      listing: null,
      isPaid: true,
    };
    const { isForgotten, ...kept } = (await contractRatings(database.db, id)).client ?? {};
    expect(kept).toEqual(foldEntries(of, await ratingHistory(database.db, id, 'client')));
    expect(isForgotten).toBe(false);
  });

  test('is given once where the contract moves at the same moment, and never to one that is disputed', async () => {
    for (let round = 0; round < 10; round++) {
      const contract = await dealt(database.db);
      const event = moveEvent(contract, 'client', 'dispute', { reason: 'No.' }, new Date());
      if (isProblem(event)) throw new Error(event.detail);
      const [outcome] = await Promise.all([
        rate(deps(), ann, contract.id, good, null),
        moveContract(database.db, { after: foldEvent(contract, event), event }),
      ]);
      const [row] = await rowsOf<{ before: boolean }>(
        database.db,
        sql`select version as before from contract where id = ${contract.id}`,
      );
      expect(row).toBeDefined();
      const kept = (await contractRatings(database.db, contract.id)).client;
      expect(kept === null).toBe(codeOf(outcome) !== null);
    }
  });

  test.each([
    ['a score of 0', { score: 0 }],
    ['a score of 6', { score: 6 }],
    ['half a star', { score: 4.5 }],
    ['no number', { score: Number.NaN }],
    ['too many words', { score: 5, text: 'x'.repeat(ratingLimits.textCharsMax + 1) }],
  ])('is refused with %s', async (_what, given) => {
    const { id } = await dealt(database.db);
    expect(codeOf(await rate(deps(), ann, id, given, null))).toBe('invalid-body');
  });

  test('has no hidden, reordering or forbidden characters, and is otherwise as it was written', async () => {
    const { id } = await dealt(database.db);
    const hostile = `\u202e<script>alert(1)</script>\u0000'; drop table rating;--\r\n\u200b{{x}} \ud800 é`;
    const said = done(await rate(deps(), ann, id, { score: 1, text: hostile }, null));
    expect(said.text).toBe(`<script>alert(1)</script>'; drop table rating;--\n{{x}}  é`);
    expect(done(await replyToRating(deps(), fx, id, hostile, null)).reply?.text).toBe(said.text);
    expect(codeOf(await replyToRating(deps(), fx, id, '\u200b \u0000', null))).toBe('invalid-body');
    expect(done(await rate(deps(), fx, id, { score: 5, text: '\u200b \n' }, null)).text).toBeNull();
  });

  test('stays in the history: nothing but words can be taken out', async () => {
    const { id } = await dealt(database.db);
    done(await rate(deps(), ann, id, good, null));
    for (const statement of [
      sql`update rating_event set score = 1 where contract = ${id}`,
      sql`update rating_event set text = 'other' where contract = ${id}`,
      sql`update rating_event set text = null, correct = null where contract = ${id}`,
      sql`delete from rating_event where contract = ${id}`,
      sql`truncate rating_event`,
    ]) {
      await expect(database.db.execute(statement)).rejects.toThrow();
    }
    await database.db.execute(sql`update rating_event set text = null where contract = ${id}`);
    expect(await ratingHistory(database.db, id, 'client')).toMatchObject([{ score: 5, text: null }]);
  });
});

describe('whoever leaves the directory', () => {
  const gone = callerOf('gone@agents.test');
  let about: string;
  let by: string;
  beforeAll(async () => {
    const said = await dealt(database.db, { client: gone.jid, provider: 'kept@works.test' });
    const heard = await dealt(database.db, { client: 'stays@agents.test', provider: gone.jid });
    [about, by] = [heard.id, said.id];
    done(await rate(deps(), gone, by, { score: 2, text: 'my words' }, null));
    done(await replyToRating(deps(), callerOf('kept@works.test'), by, 'their answer', null));
    done(await rate(deps(), callerOf('stays@agents.test'), about, { score: 4, text: 'their words' }, null));
    done(await replyToRating(deps(), gone, about, 'my answer', null));
    await settleScores(deps(), 100);
    await deregister(deps(), gone);
  });

  test('leaves no words of its own, and the others keep theirs and their scores', async () => {
    const { client: given } = await contractRatings(database.db, by);
    expect(given).toMatchObject({ score: 2, text: null, reply: { text: 'their answer' }, isForgotten: true });
    const { client: received } = await contractRatings(database.db, about);
    expect(received).toMatchObject({
      score: 4,
      text: 'their words',
      reply: { text: null },
      isForgotten: false,
    });
    const all = await rowsOf<{ text: string }>(
      database.db,
      sql`select text from rating_event where contract in (${about}, ${by}) and text is not null order by text`,
    );
    expect(all.map(({ text }) => text)).toEqual(['their answer', 'their words']);
    expect((await findScores(database.db, 'kept@works.test')).provider).toMatchObject({ count: 1 });
  });

  test('is not named where it rated, and is not spoken of', async () => {
    const page = done(await agentRatings(deps(), 'kept@works.test', 'provider', { limit: 5, cursor: null }));
    expect(page.items).toMatchObject([{ score: 2, text: null, domain: null }]);
    expect(JSON.stringify(page)).not.toContain('gone');
    expect(await agentRatings(deps(), gone.jid, 'provider', { limit: 5, cursor: null })).toEqual({
      ...{ score: null, items: [], cursor: null },
    });
  });
});

test('a page of ratings goes on after the last one, newest first', async () => {
  const provider = 'paged@works.test';
  for (let at = 0; at < 5; at++) {
    const { id, client } = await dealt(database.db, { provider, client: `p${at}@agents.test` });
    done(await rate(deps(), callerOf(client), id, { score: 1 + at }, null));
  }
  const scores: (number | null)[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof agentRatings>> = await agentRatings(deps(), provider, 'provider', {
      limit: 2,
      cursor,
    });
    const { items, cursor: next } = done(page);
    scores.push(...items.map(({ score }) => score));
    cursor = next;
  } while (cursor);
  expect(scores).toEqual([5, 4, 3, 2, 1]);
  const other = await agentRatings(deps(), provider, 'client', { limit: 2, cursor: 'x' });
  expect(codeOf(other)).toBe('invalid-cursor');
  expect(otherSide('client')).toBe('provider');
});
