import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { contractToCarryOn } from '../../db/read-contracts.ts';
import { grantRegistration } from '../../db/registrations.ts';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { hashToken, type TokenScope } from '../../market/token.ts';
import { takeAnswer } from '../../operations/challenges.ts';
import { type DirectoryMove, moveAsDirectory } from '../../operations/contracts/move.ts';
import { waitLimits } from '../../operations/contracts/wait.ts';
import { everyData } from '../support/contracts.ts';
import { createDirectory, type TestDirectory, until } from '../support/directory.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { platforms, type Served } from '../support/platforms.ts';
import { rowsOf } from '../support/rows.ts';

let directory: TestDirectory;
const fx = 'fx@works.test';
const { id: listing } = listingOf(fx, { node: 'fx' });
const deps = () => ({ db: directory.db, policy: parsePolicy('', 'agents.test') });

beforeAll(async () => {
  directory = await createDirectory();
  const inputs = [inputOf('amount', { type: 'number', required: true })];
  await writeIndex(directory.db, [indexOf(fx, [{ node: 'fx', inputs }])], 0);
  const wish = { leaseHours: 24, relay: null, presence: null, about: null };
  await grantRegistration(directory.db, { jid: fx, domain: 'works.test' }, wish);
});

async function tokenOf(jid: string, scopes: TokenScope[] = ['read', 'trade']): Promise<string> {
  const token = `guildhall_${randomBytes(16).toString('base64url')}`;
  const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
  await insertToken(directory.db, { ...given, scopes }, 100);
  return token;
}

/** What the worker would do with the contract. */
async function move(id: string, ...moves: DirectoryMove[]): Promise<void> {
  for (const next of moves) {
    const known = await contractToCarryOn(directory.db, id);
    const after = known && (await moveAsDirectory(deps(), known.contract, next));
    if (!after || isProblem(after)) throw new Error(`not moved: ${JSON.stringify(after)}`);
  }
}
const started: DirectoryMove = { move: 'start', data: {} };
const delivered: DirectoryMove = { move: 'deliver', data: { result: everyData.result as never } };
const asked: DirectoryMove = {
  move: 'ask',
  data: {
    ask: {
      title: 'Which day?',
      text: null,
      inputs: [inputOf('day', { type: 'date', required: true })],
      schema: { type: 'object', required: ['day'], properties: { day: { type: 'string' } } },
      missing: ['day'],
    },
  },
};

describe.each(platforms)('on $name:', ({ run }) => {
  let functions: Served;
  let token: string;
  const ann = `ann-${randomBytes(4).toString('hex')}@agents.test`;
  beforeAll(async () => {
    functions = await run({ databaseUrl: directory.edgeUrl });
    token = await tokenOf(ann);
  });

  async function ask(method: string, path: string, body?: object, more: { [name: string]: string } = {}) {
    const response = await fetch(`${functions.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more },
      ...(body && { body: JSON.stringify(body) }),
    });
    const json = (await response.json()) as Contract & { [name: string]: unknown; items: Contract[] };
    return { status: response.status, headers: response.headers, json };
  }
  const call = (more: object = {}, headers: { [name: string]: string } = {}, query = '') =>
    ask('POST', `/v1/contracts${query}`, { listing, input: { amount: 3 }, call: true, ...more }, headers);

  describe('who calls', () => {
    test.each<[what: string, authorization: string, status: number, code: string, challenge: string]>([
      ['without a token', '', 401, 'token-required', 'Bearer realm="guildhall"'],
      ['with another scheme', 'Basic YTpi', 401, 'token-required', 'Bearer realm="guildhall"'],
      ['with an unknown token', 'Bearer guildhall_x', 401, 'token-not-valid', 'invalid_token'],
      ['with a token of others', 'Bearer ghp_x', 401, 'token-not-valid', 'invalid_token'],
    ])('%s is refused', async (_what, authorization, status, code, challenge) => {
      const { headers, ...answer } = await ask('GET', '/v1/contracts', undefined, { authorization });
      expect(answer).toMatchObject({ status, json: { code } });
      expect(headers.get('www-authenticate')).toContain(challenge);
      expect(headers.get('cache-control')).toBe('no-store');
    });

    test('with a token in the address is nobody', async () => {
      const path = `/v1/contracts?access_token=${token}&token=${token}`;
      expect(await ask('GET', path, undefined, { authorization: '' })).toMatchObject({ status: 401 });
    });

    test('with a token that reads cannot trade', async () => {
      const reading = { authorization: `Bearer ${await tokenOf(ann, ['read'])}` };
      const refused = await call({}, reading);
      expect(refused).toMatchObject({ status: 403, json: { code: 'scope-not-granted' } });
      expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
      expect((await ask('GET', '/v1/contracts', undefined, reading)).status).toBe(200);
    });

    test('with a token that expired or was revoked is refused at once', async () => {
      const old = await tokenOf(ann);
      await directory.db.execute(sql`update token set expires = now() where hash = ${hashToken(old)}`);
      const authorization = `Bearer ${await tokenOf(ann)}`;
      expect((await ask('GET', '/v1/tokens', undefined, { authorization: `Bearer ${old}` })).status).toBe(
        401,
      );
      const list = await ask('GET', '/v1/tokens', undefined, { authorization });
      expect(list.json.items).toContainEqual(expect.objectContaining({ current: true }));
      expect(JSON.stringify(list.json)).not.toContain('hash');
      expect((await ask('DELETE', '/v1/tokens/current', undefined, { authorization })).status).toBe(200);
      expect((await ask('DELETE', '/v1/tokens/current', undefined, { authorization })).status).toBe(401);
      expect((await ask('DELETE', '/v1/tokens/nothing')).json).toMatchObject({ code: 'token-not-found' });
    });
  });

  describe('a call', () => {
    test('is contracted, waited for and answered in one request', async () => {
      const answer = call({}, { 'idempotency-key': 'one-request' }, '?wait=20');
      const made = await until('the contract is there', async () => {
        const [row] = await rowsOf<{ id: string }>(
          directory.db,
          sql`select id from contract where client = ${ann} and state = 'accepted'`,
        );
        return row;
      });
      await move(made.id, started, delivered);
      const { status, headers, json } = await answer;
      expect({ status, json }).toMatchObject({
        status: 201,
        json: { id: made.id, state: 'completed', result: { values: { sum: 3 } }, moves: ['dispute'] },
      });
      expect(headers.get('location')).toBe(`/v1/contracts/${made.id}`);
      // The edge repeats a request whose answer was lost.
      expect((await call({}, { 'idempotency-key': 'one-request' })).json.id).toBe(made.id);
      expect((await call({ input: { amount: 4 } }, { 'idempotency-key': 'one-request' })).json).toMatchObject(
        {
          code: 'key-reused',
        },
      );
    });

    test('that asks for more is waited for until then, and goes on when it is given', async () => {
      const { json } = await call();
      const path = `/v1/contracts/${json.id}`;
      const waiting = ask('GET', `${path}?wait=20`);
      await move(json.id, started, asked);
      expect((await waiting).json).toMatchObject({
        state: 'input-required',
        ask: { missing: ['day'] },
        moves: ['input', 'cancel'],
      });
      expect(await ask('POST', `${path}/input`, { input: { day: 'soon' } })).toMatchObject({
        status: 422,
        json: { code: 'input-refused', errors: [{ pointer: '/input/day' }] },
      });
      expect(await ask('POST', `${path}/input`, { input: { day: '2026-11-20' } })).toMatchObject({
        status: 200,
        json: { state: 'working', ask: null },
      });
      await move(json.id, delivered);
      expect((await ask('GET', path)).json).toMatchObject({
        history: ['call', 'start', 'ask', 'input', 'deliver'].map((name, at) => ({
          seq: at + 1,
          move: name,
        })),
      });
    });

    test('is given as it is when the waiting is over', async () => {
      const begun = performance.now();
      const { json } = await call({}, {}, '?wait=1');
      expect(json.state).toBe('accepted');
      expect(performance.now() - begun).toBeGreaterThanOrEqual(1_000);
      expect((await ask('POST', `/v1/contracts/${json.id}/cancel`, {})).json).toMatchObject({
        state: 'cancelled',
        moves: [],
      });
      expect((await ask('POST', `/v1/contracts/${json.id}/cancel`, {})).json).toMatchObject({
        code: 'move-not-open',
      });
    });

    test.each<[what: string, more: object, status: number, code: string]>([
      ['neither a call nor terms', { call: false }, 400, 'invalid-body'],
      ['a call and terms', { terms: {} }, 400, 'invalid-body'],
      ['another input', { input: { amount: 'x' } }, 422, 'input-refused'],
      ['an input that is none', { input: [1] }, 400, 'invalid-body'],
      ['a NUL', { input: { amount: 3, note: '\u0000' } }, 422, 'input-refused'],
      ['more than is taken', { provider: fx }, 400, 'invalid-body'],
      ['no such listing', { listing: 'urn:air:works.test:c:command.x' }, 404, 'listing-not-found'],
      ['a listing that changed', { seq: 0 }, 409, 'listing-changed'],
    ])('with %s is refused', async (_what, more, status, code) => {
      expect(await call(more)).toMatchObject({ status, json: { code } });
    });

    test('with an input that is deep is refused, and harms nobody', async () => {
      const body = `{"listing":"${listing}","call":true,"input":{"amount":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
      const response = await fetch(`${functions.url}/v1/contracts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
      });
      expect([400, 422]).toContain(response.status);
      expect((await ask('GET', '/v1/contracts')).status).toBe(200);
    });

    test('is shown to its two parties and to nobody else', async () => {
      const { json } = await call();
      const provider = { authorization: `Bearer ${await tokenOf(fx)}` };
      const eve = { authorization: `Bearer ${await tokenOf('eve@agents.test')}` };
      const path = `/v1/contracts/${json.id}`;
      expect((await ask('GET', path, undefined, provider)).json).toMatchObject({
        side: 'provider',
        moves: [],
      });
      expect((await ask('GET', path, undefined, eve)).json).toMatchObject({ code: 'contract-not-found' });
      expect((await ask('POST', `${path}/cancel`, {}, eve)).json).toMatchObject({
        code: 'contract-not-found',
      });
      expect((await ask('GET', '/v1/contracts', undefined, eve)).json.items).toEqual([]);
      const mine = await ask('GET', '/v1/contracts?side=client&state=accepted&limit=1');
      expect(mine.json.items).toMatchObject([{ id: json.id }]);
      const next = mine.headers.get('link');
      if (mine.json.cursor) expect(next).toContain('rel="next"');
    });
  });

  test('a caller waits in a bounded number of requests, and one too many calls nobody', async () => {
    const own = {
      authorization: `Bearer ${await tokenOf(`many-${randomBytes(4).toString('hex')}@agents.test`)}`,
    };
    const { json } = await call({}, own);
    const { perCallerMax, fullRetrySeconds } = waitLimits;
    const hold = () => ask('GET', `/v1/contracts/${json.id}?wait=20`, undefined, own);
    const waiting = Array.from({ length: perCallerMax }, hold);
    const get = () => fetch(`${functions.url}/v1/contracts/${json.id}?wait=1`, { headers: own });
    const refused = await until('all places are taken', async () => {
      const answer = await get();
      if (answer.status === 429) return answer;
      // This very question had the last place, or one of those that wait came too late for it.
      waiting.push(hold());
      return null;
    });
    expect(refused.headers.get('retry-after')).toBe(String(fullRetrySeconds));
    expect(await refused.json()).toMatchObject({ code: 'too-many-requests' });
    const before = await ask('GET', '/v1/contracts', undefined, own);
    expect((await call({}, own, '?wait=5')).status).toBe(429);
    expect((await ask('GET', '/v1/contracts', undefined, own)).json.items).toHaveLength(
      before.json.items.length,
    );
    await ask('POST', `/v1/contracts/${json.id}/cancel`, {}, own);
    const answers = await Promise.all(waiting);
    const held = answers.filter(({ status }) => status === 200);
    expect(new Set(held.map(({ json: shown }) => shown.state))).toEqual(new Set(['cancelled']));
    expect(held.length).toBeGreaterThan(perCallerMax - 5);
    expect(held.length).toBeLessThanOrEqual(perCallerMax);
    expect((await get()).status).toBe(200);
  });

  describe('a token by confirmation', () => {
    const none = { confirm: null, thread: null, words: null, condition: null };
    test('is asked for, confirmed over XMPP, and picked up once', async () => {
      const jid = `bob-${randomBytes(4).toString('hex')}@agents.test`;
      const wish = { jid, code: '482913', scopes: ['read', 'trade'] };
      expect((await ask('POST', '/v1/tokens/challenges', wish)).json).toMatchObject({
        code: 'address-not-known',
      });
      await grantConsent(directory.db, jid);
      const asked = await ask('POST', '/v1/tokens/challenges', wish);
      expect(asked.status).toBe(202);
      expect((await ask('POST', '/v1/tokens/challenges', wish)).json).toMatchObject({
        code: 'limit-reached',
      });
      const { id, verifier } = asked.json as unknown as { id: string; verifier: string };
      const pick = (secret: string) =>
        ask('GET', `/v1/tokens/challenges/${id}`, undefined, { verifier: secret });
      expect((await pick(verifier)).status).toBe(202);
      expect((await pick('guess')).json).toMatchObject({ code: 'challenge-not-found' });
      await takeAnswer(deps(), jid, { ...none, granted: true });
      const head = await fetch(`${functions.url}/v1/tokens/challenges/${id}`, {
        method: 'HEAD',
        headers: { verifier },
      });
      expect(head.status).toBe(202);
      const picked = await pick(verifier);
      expect(picked).toMatchObject({ status: 200, json: { token: expect.stringMatching(/^guildhall_/) } });
      expect((await pick(verifier)).json).toMatchObject({ code: 'challenge-ended' });
      const mine = { authorization: `Bearer ${picked.json.token}` };
      expect((await ask('GET', '/v1/tokens', undefined, mine)).json.items).toMatchObject([
        { scopes: ['read', 'trade'], current: true },
      ]);
    });
  });
});
