import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { liveTokens } from '../../db/tokens.ts';
import { confirmBody } from '../../market/challenge.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { hashToken } from '../../market/token.ts';
import { pickUp, startChallenge, takeAnswer } from '../../operations/challenges.ts';
import type { ConfirmAnswer } from '../../protocol/http-auth.ts';
import type { IqOutcome } from '../../worker/iq-caller.ts';
import { askToConfirm } from '../../worker/jobs/messages.ts';
import { ownDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
const deps = () => ({ db: database.db, policy: parsePolicy('!evil.test', null) });
const url = 'https://guildhall.example/v1/tokens/challenges';
const wish = {
  code: '482913',
  scopes: ['read' as const],
  days: 7,
  label: null,
  url,
  requester: '198.51.100.7',
};

let made = 0;
async function started(address = `user${made++}@agents.test`) {
  const [jid = ''] = address.toLowerCase().split('/');
  await grantConsent(database.db, jid);
  const challenge = await startChallenge(deps(), { ...wish, address });
  if (isProblem(challenge)) throw new Error(challenge.detail);
  const [row] = await rowsOf<{ thread: string; address: string }>(
    database.db,
    sql`select thread, address from challenge where id = ${challenge.id}`,
  );
  return { ...challenge, jid, thread: row?.thread ?? '', asked: row?.address };
}

const nothing: ConfirmAnswer = { granted: false, confirm: null, thread: null, words: null, condition: null };
const confirm = { id: '482913', method: 'POST', url };
const codeOf = (outcome: unknown) => (isProblem(outcome) ? outcome.problem : null);

describe('a token by confirmation', () => {
  test('is picked up once by whoever has the verifier, after the address confirmed', async () => {
    const { id, verifier, jid, thread } = await started();
    expect(await pickUp(deps(), id, verifier)).toMatchObject({ waiting: true });
    expect(codeOf(await pickUp(deps(), id, 'guess'))).toBe('challenge-not-found');
    expect(await takeAnswer(deps(), jid, { ...nothing, granted: true, confirm, thread })).toBe(true);
    expect(codeOf(await pickUp(deps(), id, 'guess'))).toBe('challenge-not-found');
    const [token, ...others] = (
      await Promise.all(Array.from({ length: 3 }, () => pickUp(deps(), id, verifier)))
    ).sort((a, b) => Number(isProblem(a)) - Number(isProblem(b)));
    if (!token || !('token' in token)) throw new Error('a token was issued');
    expect(others.map(codeOf)).toEqual(['challenge-ended', 'challenge-ended']);
    expect(await liveTokens(database.db, jid)).toMatchObject([{ id: token.id, scopes: ['read'] }]);
    expect(
      await rowsOf(database.db, sql`select 1 from token where hash = ${hashToken(token.token)}`),
    ).toHaveLength(1);
  });

  test.each<
    [what: string, answer: Partial<ConfirmAnswer> & { thread?: string }, counts: boolean, code: string | null]
  >([
    ['an element', { granted: true, confirm }, true, null],
    ['an IQ result without anything', { granted: true }, true, null],
    ['the code in words', { words: ' 482913 ' }, true, null],
    ['a denial', { confirm, condition: 'not-authorized' }, true, 'challenge-ended'],
    ['a bounce', { condition: 'service-unavailable' }, true, 'challenge-ended'],
    ['other words', { words: 'yes' }, false, null],
    ['the code among words', { words: 'not 482913!' }, false, null],
    ['another id', { granted: true, confirm: { ...confirm, id: '482914' } }, false, null],
    ['another thread', { granted: true, confirm, thread: 'other' }, false, null],
  ])('is answered by %s', async (_what, answer, counts, code) => {
    const { id, verifier, jid } = await started();
    expect(await takeAnswer(deps(), jid, { ...nothing, ...answer })).toBe(counts);
    const outcome = await pickUp(deps(), id, verifier);
    expect(codeOf(outcome)).toBe(code);
    expect(!isProblem(outcome) && 'token' in outcome).toBe(counts && code === null);
  });

  test('is not given by somebody else, whatever they answer', async () => {
    const { id, verifier, thread } = await started();
    expect(await takeAnswer(deps(), 'eve@agents.test', { ...nothing, granted: true, confirm, thread })).toBe(
      false,
    );
    expect(await pickUp(deps(), id, verifier)).toMatchObject({ waiting: true });
  });

  test('is for one address however it is written, and asked at the resource that was named', async () => {
    const { jid, asked } = await started('Mixed@Agents.TEST/Phone');
    expect([jid, asked]).toEqual(['mixed@agents.test', 'mixed@agents.test/Phone']);
    expect(codeOf(await startChallenge(deps(), { ...wish, address: 'mixed@agents.test' }))).toBe(
      'limit-reached',
    );
  });

  test.each<[string, Partial<typeof wish> & { address: string }, string]>([
    ['an unknown address', { address: 'nobody@agents.test' }, 'address-not-known'],
    ['an excluded domain', { address: 'a@evil.test' }, 'address-not-known'],
    ['a server', { address: 'agents.test' }, 'invalid-body'],
    ['no address', { address: '@' }, 'invalid-body'],
    ['a code that is too short', { address: 'a@agents.test', code: '1' }, 'invalid-body'],
    ['a code that is a word', { address: 'a@agents.test', code: 'help' }, 'invalid-body'],
    ['a code that looks like a link', { address: 'a@agents.test', code: '2026.example' }, 'invalid-body'],
    ['a code that hides something', { address: 'a@agents.test', code: '1234\u202e' }, 'invalid-body'],
  ])('is not asked of %s', async (_what, more, code) => {
    expect(codeOf(await startChallenge(deps(), { ...wish, ...more }))).toBe(code);
  });
});

test('a client that is asked holds nothing up while it is silent, and its late answer counts', async () => {
  const { id, verifier } = await started('slow@agents.test/phone');
  let answer = (_outcome: IqOutcome): void => {};
  const session = {
    ready: true,
    send: () => true,
    ask: () => new Promise<IqOutcome>((resolve) => (answer = resolve)),
  };
  const errors: unknown[] = [];
  await askToConfirm({ deps: deps(), session, onError: (error) => errors.push(error) }, id);
  expect(await pickUp(deps(), id, verifier)).toMatchObject({ waiting: true });
  answer({ kind: 'result', payload: null });
  await until('the token is there', async () => 'token' in (await pickUp(deps(), id, verifier)));
  expect(errors).toEqual([]);
});

test('an address of any length that an account can have is asked', async () => {
  const long = `${'a'.repeat(600)}@agents.test`;
  expect(await started(long)).toMatchObject({ jid: long });
});

describe('what is asked', () => {
  test('says who asks, for what, for how long, and how to answer', () => {
    const body = confirmBody({
      ...wish,
      thread: 't',
      scopes: ['read', 'trade'],
      days: 1,
      expires: new Date('2026-11-20T10:02:00Z'),
    });
    for (const part of ['198.51.100.7', 'read what', 'make contracts', '1 day.', '482913', '10:02 UTC'])
      expect(body).toContain(part);
  });
});
