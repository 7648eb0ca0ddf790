import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { contractToCarryOn } from '../../db/read-contracts.ts';
import { grantRegistration } from '../../db/registrations.ts';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { hashToken, type TokenScope } from '../../market/token.ts';
import { takeAnswer } from '../../operations/challenges.ts';
import { moveAsDirectory } from '../../operations/contracts/move.ts';
import { everyData } from '../support/contracts.ts';
import { createDirectory, type TestDirectory } from '../support/directory.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { platforms, type Served } from '../support/platforms.ts';
import { rowsOf } from '../support/rows.ts';

let directory: TestDirectory;
const fx = 'fx@works.test';
const { id: listing } = listingOf(fx, { node: 'fx' });
const deps = () => ({ db: directory.db, policy: parsePolicy('', 'agents.test') });
const granted = { granted: true, confirm: null, thread: null, words: null, condition: null };
const somebody = (name: string) => `${name}-${randomBytes(4).toString('hex')}@agents.test`;

beforeAll(async () => {
  directory = await createDirectory();
  const inputs = [inputOf('secret', { type: 'string', required: true })];
  await writeIndex(directory.db, [indexOf(fx, [{ node: 'fx', inputs }])], 0);
  const wish = { leaseHours: 24, relay: null, presence: null, about: null };
  await grantRegistration(directory.db, { jid: fx, domain: 'works.test' }, wish);
});

async function tokenOf(jid: string, scopes: TokenScope[] = ['read', 'trade']): Promise<string> {
  const token = `guildhall_${randomBytes(32).toString('base64url')}`;
  const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
  await insertToken(directory.db, { ...given, scopes }, 100);
  return token;
}

type Headers = { [name: string]: string };
type Answer = { status: number; headers: globalThis.Headers; json: { [name: string]: unknown } };

async function send(url: string, method: string, headers: Headers, body?: object): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, json: (await response.json()) as never };
}

/** A refusal but for what is of the one request. */
const alike = ({ status, headers, json: { requestId: _, ...json } }: Answer) => ({
  status,
  json,
  challenge: headers.get('www-authenticate'),
});

describe.each(platforms)('on $name:', ({ run }) => {
  let functions: Served;
  beforeAll(async () => {
    functions = await run({ databaseUrl: directory.edgeUrl });
  });
  const ask = (method: string, path: string, headers: Headers = {}, body?: object) =>
    send(`${functions.url}${path}`, method, headers, body);
  const by = (token: string): Headers => ({ authorization: `Bearer ${token}` });

  async function challenge(jid: string) {
    await grantConsent(directory.db, jid.toLowerCase());
    const body = { jid, code: '482913', scopes: ['read'] };
    const { json } = await ask('POST', '/v1/tokens/challenges', {}, body);
    const { id, verifier } = json as { id: string; verifier: string };
    const pick = (secret = verifier) => ask('GET', `/v1/tokens/challenges/${id}`, { verifier: secret });
    return { id, verifier, pick };
  }

  describe('who guesses', () => {
    test('a verifier hears the same whether or not there is such a challenge, and spoils nothing', async () => {
      const jid = somebody('bob');
      const { id, verifier, pick } = await challenge(jid);
      const none = await ask('GET', '/v1/tokens/challenges/AAAAAAAAAAAAAAAAAAAAAA', { verifier });
      expect(none).toMatchObject({ status: 404, json: { code: 'challenge-not-found' } });
      const guesses = [id, `${verifier}x`, verifier.slice(0, -1), verifier.toUpperCase(), '%', "' or '1'='1"];
      for (const guess of [
        ...guesses,
        ...Array.from({ length: 30 }, () => randomBytes(32).toString('hex')),
      ]) {
        expect(alike(await pick(guess))).toEqual(alike(none));
      }
      await takeAnswer(deps(), jid, granted);
      expect(alike(await pick(`${verifier}x`))).toEqual(alike(none));
      expect((await pick()).json).toMatchObject({ token: expect.any(String) });
    });

    test('a token hears the same, whether it never was, has expired or was revoked', async () => {
      const [expired, revoked] = [await tokenOf(somebody('ann')), await tokenOf(somebody('ann'))];
      await directory.db.execute(sql`update token set expires = now() where hash = ${hashToken(expired)}`);
      await directory.db.execute(sql`update token set revoked = now() where hash = ${hashToken(revoked)}`);
      const unknown = alike(await ask('GET', '/v1/contracts', by(`guildhall_${'A'.repeat(43)}`)));
      expect(unknown).toMatchObject({ status: 401, json: { code: 'token-not-valid' } });
      const live = await tokenOf(somebody('ann'));
      const others = [expired, revoked, live.slice(0, -1), `${live}A`, live.toUpperCase(), hashToken(live)];
      for (const guess of [...others, 'guildhall_', `guildhall_${'A'.repeat(5_000)}`]) {
        expect(alike(await ask('GET', '/v1/contracts', by(guess)))).toEqual(unknown);
      }
    });
  });

  describe('a challenge', () => {
    test('is picked up by one of many who try at once, and by nobody after', async () => {
      const jid = somebody('bob');
      const { pick } = await challenge(jid);
      await takeAnswer(deps(), jid, granted);
      const answers = await Promise.all(Array.from({ length: 8 }, () => pick()));
      expect(answers.filter(({ json }) => 'token' in json)).toHaveLength(1);
      for (const { status } of answers) expect([200, 410]).toContain(status);
      expect(await pick()).toMatchObject({ status: 410, json: { code: 'challenge-ended' } });
      // Neither does its confirmation count a second time.
      expect(await takeAnswer(deps(), jid, granted)).toBe(false);
      const tokens = await rowsOf(directory.db, sql`select from token where jid = ${jid}`);
      expect(tokens).toHaveLength(1);
    });

    test('is of one address, however it is written', async () => {
      const jid = somebody('bob');
      const { pick } = await challenge(jid.toUpperCase());
      expect(await takeAnswer(deps(), jid, granted)).toBe(true);
      const { token } = (await pick()).json as { token: string };
      const rows = await rowsOf<{ jid: string }>(
        directory.db,
        sql`select jid from token where hash = ${hashToken(token)}`,
      );
      expect(rows).toEqual([{ jid }]);
    });
  });

  describe('a token', () => {
    test('in the address is not taken, and stands in no log and no answer', async () => {
      const token = await tokenOf(somebody('ann'));
      const secret = token.slice('guildhall_'.length);
      for (const name of ['access_token', 'token', 'authorization', 'bearer']) {
        const refused = await ask('GET', `/v1/contracts?${name}=${token}`);
        expect(refused).toMatchObject({ status: 401, json: { code: 'token-required' } });
        expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="guildhall"');
        expect(JSON.stringify(refused.json)).not.toContain(secret);
      }
      await ask('GET', '/v1/contracts', by(token));
      expect(functions.said()).not.toContain(secret);
    });

    test.each([
      ['', 'token-required'],
      ['Bearer', 'token-required'],
      ['Bearer guildhall_a guildhall_b', 'token-required'],
      ['Basic Z3VpbGRoYWxsOmE=', 'token-required'],
      ['Bearer guildhall_a', 'token-not-valid'],
      ['bearer guildhall_a', 'token-not-valid'],
    ])('given as "%s" is refused as RFC 6750 says', async (authorization, code) => {
      const { headers, ...answer } = await ask('GET', '/v1/contracts', { authorization });
      expect(answer).toMatchObject({ status: 401, json: { code } });
      const error = code === 'token-not-valid' ? ', error="invalid_token"' : '';
      expect(headers.get('www-authenticate')).toBe(`Bearer realm="guildhall"${error}`);
      expect(headers.get('cache-control')).toBe('no-store');
    });

    test('for reading ends itself, and no other of its owner’s', async () => {
      const jid = somebody('ann');
      const [reading, trading] = [await tokenOf(jid, ['read']), await tokenOf(jid, ['read', 'trade'])];
      const other = by(await tokenOf(jid, ['trade']));
      const { json } = await ask('GET', '/v1/tokens', by(trading));
      const items = json.items as { id: string; current: boolean; scopes: string[] }[];
      const current = items.find((item) => item.current)?.id;
      for (const id of [current, '0a1b2c3d4e5f60718293']) {
        const refused = await ask('DELETE', `/v1/tokens/${id}`, by(reading));
        expect(refused).toMatchObject({ status: 403, json: { code: 'scope-not-granted' } });
      }
      // By its own id, as by `current`.
      const own = items.find(({ scopes }) => scopes.join() === 'read')?.id;
      expect(await ask('DELETE', `/v1/tokens/${own}`, by(reading))).toMatchObject({ json: { id: own } });
      expect((await ask('GET', '/v1/tokens', by(reading))).status).toBe(401);
      expect((await ask('DELETE', `/v1/tokens/${current}`, other)).status).toBe(200);
      expect((await ask('GET', '/v1/tokens', by(trading))).status).toBe(401);
      expect((await ask('DELETE', '/v1/tokens/current', other)).status).toBe(200);
      const strangers = by(await tokenOf(somebody('eve')));
      const left = await tokenOf(jid);
      const { json: listed } = await ask('GET', '/v1/tokens', by(left));
      const [{ id }] = listed.items as [{ id: string }];
      expect((await ask('DELETE', `/v1/tokens/${id}`, strangers)).status).toBe(404);
    });

    test('for another scope is refused as RFC 6750 says', async () => {
      const reading = by(await tokenOf(somebody('ann'), ['read']));
      const trading = by(await tokenOf(somebody('ann'), ['trade']));
      const body = { listing, input: { secret: 'x' }, call: true };
      for (const refused of [
        await ask('POST', '/v1/contracts', reading, body),
        await ask('POST', '/v1/contracts/c1/cancel', reading, {}),
        await ask('GET', '/v1/contracts', trading),
        await ask('GET', '/v1/tokens', trading),
      ]) {
        expect(refused).toMatchObject({ status: 403, json: { code: 'scope-not-granted' } });
        expect(refused.headers.get('www-authenticate')).toBe(
          'Bearer realm="guildhall", error="insufficient_scope"',
        );
      }
    });
  });

  describe('an idempotency key', () => {
    const wish = (secret: string) => ({ listing, input: { secret }, call: true });
    test('is its caller’s own, names one request, and is kept with no secret of it', async () => {
      const [ann, eve] = [by(await tokenOf(somebody('ann'))), by(await tokenOf(somebody('eve')))];
      const key = { 'idempotency-key': 'one' };
      const first = await ask('POST', '/v1/contracts', { ...ann, ...key }, wish('only-between-us'));
      const again = await ask('POST', '/v1/contracts', { ...ann, ...key }, wish('only-between-us'));
      expect([first.status, again.status, again.json.id]).toEqual([201, 201, first.json.id]);
      const other = await ask('POST', '/v1/contracts', { ...ann, ...key }, wish('another'));
      expect(other).toMatchObject({ status: 422, json: { code: 'key-reused' } });
      const path = `/v1/contracts/${first.json.id}`;
      const moved = await ask('POST', `${path}/cancel`, { ...ann, ...key }, {});
      expect(moved.json).toMatchObject({ code: 'key-reused' });
      // Of somebody else the same key says nothing, and shows nothing.
      const hers = await ask('POST', '/v1/contracts', { ...eve, ...key }, wish('only-between-us'));
      expect(hers.status).toBe(201);
      expect(hers.json.id).not.toBe(first.json.id);
      const kept = await rowsOf(directory.db, sql`select to_jsonb(k) as row from idempotency_key as k`);
      expect(JSON.stringify(kept)).not.toMatch(/only-between-us|guildhall_/);
    });

    test('of a move names that move: the same once more gives the contract, another is refused', async () => {
      const ann = by(await tokenOf(somebody('ann')));
      const made = await ask('POST', '/v1/contracts', ann, wish('x'));
      const path = `/v1/contracts/${made.json.id}/cancel`;
      const key = { 'idempotency-key': 'end' };
      const cancel = (reason: string) => ask('POST', path, { ...ann, ...key }, { reason });
      expect((await cancel('Enough.')).json).toMatchObject({ state: 'cancelled' });
      expect(await cancel('Enough.')).toMatchObject({ status: 200, json: { reason: 'Enough.' } });
      expect((await cancel('No, wait.')).json).toMatchObject({ code: 'key-reused' });
    });
  });

  test('inputs and results are shown to the two parties, and to nobody by any other way', async () => {
    const jid = somebody('ann');
    const [ann, provider] = [by(await tokenOf(jid)), by(await tokenOf(fx))];
    const eve = by(await tokenOf(somebody('eve')));
    const input = { secret: `in-${randomBytes(6).toString('hex')}` };
    const made = await ask('POST', '/v1/contracts', ann, { listing, input, call: true });
    const id = String(made.json.id);
    const said = `out-${randomBytes(6).toString('hex')}`;
    const result = { ...everyData.result, values: { said } } as never;
    for (const move of [
      { move: 'start' as const, data: {} },
      { move: 'deliver' as const, data: { result } },
    ]) {
      const known = await contractToCarryOn(directory.db, id);
      if (known) await moveAsDirectory(deps(), known.contract, move);
    }
    for (const party of [ann, provider]) {
      const { json, headers } = await ask('GET', `/v1/contracts/${id}`, party);
      expect(json).toMatchObject({ state: 'completed', input, result: { values: { said } } });
      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('etag')).toBeNull();
    }
    const none = alike(await ask('GET', '/v1/contracts/cAAAAAAAAAAAAAAAAAAAAAA', eve));
    expect(none).toMatchObject({ status: 404, json: { code: 'contract-not-found' } });
    const begun = performance.now();
    expect(alike(await ask('GET', `/v1/contracts/${id}?wait=20`, eve))).toEqual(none);
    expect(performance.now() - begun).toBeLessThan(20_000);
    for (const move of ['cancel', 'input', 'dispute', 'complete', 'deliver', 'resolve']) {
      const body = {
        reason: 'Mine.',
        ...(move === 'input' && { input: {} }),
        ...(move === 'deliver' && { text: 'x' }),
      };
      expect(alike(await ask('POST', `/v1/contracts/${id}/${move}`, eve, body))).toEqual(none);
    }
    for (const path of [
      `/v1/listings/${listing}`,
      '/v1/changes?since=0&include=listing',
      `/v1/agents/${fx}`,
      `/v1/listings?q=${said}`,
      `/listings/${listing}`,
    ]) {
      const text = await (await fetch(`${functions.url}${path}`)).text();
      for (const word of [input.secret, `"${said}"`, jid]) expect(text, path).not.toContain(word);
    }
    expect(functions.said()).not.toMatch(new RegExp(`${input.secret}|${said}|${jid}`));
  });
});

test('who guesses is bounded: so many requests of one client, whatever they ask', async () => {
  const [, onNode] = platforms;
  const limited = await onNode?.run({ databaseUrl: directory.edgeUrl, readsPerMinute: 10 });
  const guess = (at: number) =>
    send(`${limited?.url}/v1/${at % 2 ? 'contracts' : 'tokens/challenges/x'}`, 'GET', {
      authorization: `Bearer guildhall_${at}`,
      verifier: String(at),
    });
  const statuses: number[] = [];
  for (let at = 0; at < 14; at++) statuses.push((await guess(at)).status);
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, at) => (at % 2 ? 401 : 404)));
  expect(statuses.slice(11)).toEqual([429, 429, 429]);
});
