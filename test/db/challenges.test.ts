import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import {
  answerChallenge,
  challengeState,
  forgetChallenges,
  insertChallenge,
  outstandingChallenge,
  takeChallenge,
} from '../../db/challenges.ts';
import { grantConsent } from '../../db/consent.ts';
import { insertToken, liveTokens } from '../../db/tokens.ts';
import { ownDatabase } from '../support/database.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();

let made = 0;
const challenge = (jid: string, id = `id-${made++}`) => ({
  id,
  jid,
  address: jid,
  code: '482913',
  thread: `t-${id}`,
  verifierHash: `v-${id}`,
  scopes: ['read' as const],
  days: 7,
  label: 'laptop',
  url: 'https://guildhall.example/v1/tokens/challenges',
  requester: '198.51.100.7',
});
const ask = (jid: string, id?: string, perHourMax = 10) =>
  insertChallenge(database.db, challenge(jid, id), { minutes: 2, perHourMax });
const take = (id: string, verifierHash = `v-${id}`) =>
  takeChallenge(database.db, { id, verifierHash, tokenId: `tok-${id}`, tokenHash: `hash-${id}` }, 20);
const jids = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}@agents.test`);
const known = async (jid: string) => grantConsent(database.db, jid);

describe('a challenge', () => {
  test('is one of a few that one requester may have outstanding, whomever they name', async () => {
    const limits = { minutes: 2, perHourMax: 10, perRequesterMax: 2 };
    const from = async (requester: string, jid: string) => {
      await known(jid);
      return (await insertChallenge(database.db, { ...challenge(jid), requester }, limits)).outcome;
    };
    const names = ['one@many.test', 'two@many.test', 'three@many.test'];
    const outcomes = [];
    for (const jid of names) outcomes.push(await from('192.0.2.1', jid));
    expect(outcomes).toEqual(['asked', 'asked', 'too-many']);
    expect(await from('192.0.2.2', names[2] ?? '')).toBe('asked');
  });

  test('is for addresses that have to do with the directory, and has the address asked', async () => {
    const [jid = ''] = jids;
    expect(await ask(jid)).toEqual({ outcome: 'unknown' });
    await known(jid);
    const { outcome, expires } = (await ask(jid, 'first')) as { outcome: string; expires: Date };
    expect(outcome).toBe('asked');
    expect(expires.getTime() - Date.now()).toBeGreaterThan(110_000);
    expect(
      await rowsOf(database.db, sql`select task from job where payload = '{"challenge": "first"}'`),
    ).toEqual([{ task: 'confirm' }]);
    expect(await outstandingChallenge(database.db, { id: 'first' })).toMatchObject({ jid, code: '482913' });
    expect(await outstandingChallenge(database.db, { jid })).toMatchObject({ id: 'first' });
    await insertToken(
      database.db,
      { id: 't', jid: 'token@agents.test', hash: 'h', scopes: ['read'], label: null, days: 1 },
      9,
    );
    expect(await ask('token@agents.test')).toMatchObject({ outcome: 'asked' });
  });

  test('waits for the one before it, however close together they come', async () => {
    const [, jid = ''] = jids;
    await known(jid);
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => ask(jid)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['asked', ...Array(5).fill('pending')]);
    const waiting = await outstandingChallenge(database.db, { jid });
    await answerChallenge(database.db, waiting?.id ?? '', 'granted');
    expect(await ask(jid)).toEqual({ outcome: 'pending' });
    await database.db.execute(sql`update challenge set expires = now() where jid = ${jid}`);
    expect(await ask(jid)).toMatchObject({ outcome: 'asked' });
  });

  test('is asked of an address so often in an hour and no more', async () => {
    const [, , jid = ''] = jids;
    await known(jid);
    const outcomes: string[] = [];
    for (let at = 0; at < 5; at++) {
      const { outcome } = await ask(jid, `n${at}`, 3);
      outcomes.push(outcome);
      await answerChallenge(database.db, `n${at}`, 'denied');
    }
    expect(outcomes).toEqual(['asked', 'asked', 'asked', 'too-many', 'too-many']);
    await database.db.execute(
      sql`update challenge set asked_since = now() - interval '61 minutes' where jid = ${jid}`,
    );
    expect(await ask(jid, 'later', 3)).toMatchObject({ outcome: 'asked' });
  });

  test('becomes a token once, for whoever has its verifier, when it was granted', async () => {
    const [, , , jid = ''] = jids;
    await known(jid);
    await ask(jid, 'mine');
    expect(await challengeState(database.db, 'mine', 'v-mine')).toMatchObject({ state: 'waiting' });
    expect(await challengeState(database.db, 'mine', 'another')).toBeNull();
    expect(await take('mine')).toBeNull();
    expect(await answerChallenge(database.db, 'mine', 'granted')).toBe(true);
    expect(await answerChallenge(database.db, 'mine', 'denied')).toBe(false);
    expect(await take('mine', 'another')).toBeNull();
    const taken = await Promise.all(Array.from({ length: 5 }, () => take('mine').catch(() => null)));
    const [token, ...more] = taken.filter((one) => one !== null);
    expect(token).toMatchObject({ jid, scopes: ['read'], label: 'laptop' });
    expect(more).toEqual([]);
    expect((await liveTokens(database.db, jid)).map(({ id }) => id)).toEqual(['tok-mine']);
    expect(await challengeState(database.db, 'mine', 'v-mine')).toMatchObject({ state: 'taken' });
  });

  test('that was denied, or came to its end, becomes nothing', async () => {
    const [, , , , jid = ''] = jids;
    await known(jid);
    await ask(jid, 'denied');
    await answerChallenge(database.db, 'denied', 'denied');
    expect(await take('denied')).toBeNull();
    await ask(jid, 'late');
    await answerChallenge(database.db, 'late', 'granted');
    await database.db.execute(sql`update challenge set expires = now() where jid = ${jid}`);
    expect(await take('late')).toBeNull();
    expect(await challengeState(database.db, 'late', 'v-late')).toMatchObject({ state: 'expired' });
    expect(await answerChallenge(database.db, 'late', 'granted')).toBe(false);
    expect(await outstandingChallenge(database.db, { jid })).toBeNull();
  });

  test('is kept no token of, and forgotten when it no longer counts', async () => {
    const columns = await rowsOf<{ name: string }>(
      database.db,
      sql`select table_name || '.' || column_name as name from information_schema.columns
        where table_name in ('challenge', 'idempotency_key') and column_name ~ 'token|secret'`,
    );
    expect(columns).toEqual([]);
    await database.db.execute(
      sql`update challenge set expires = now(), asked_since = now() - interval '2 hours'`,
    );
    expect(await forgetChallenges(database.db)).toBeGreaterThan(0);
    expect(await rowsOf(database.db, sql`select from challenge`)).toEqual([]);
  });
});
