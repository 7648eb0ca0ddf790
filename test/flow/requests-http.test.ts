import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { findRequest } from '../../db/read-requests.ts';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { requestLimits } from '../../market/request/limits.ts';
import { hashToken, type TokenScope } from '../../market/token.ts';
import { waitLimits } from '../../operations/contracts/wait.ts';
import { moveOverdueRequests } from '../../operations/requests/move.ts';
import { createDirectory, type TestDirectory, until } from '../support/directory.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { platforms, type Served } from '../support/platforms.ts';
import { rowsOf } from '../support/rows.ts';

let directory: TestDirectory;
const deps = () => ({ db: directory.db, policy: parsePolicy('', 'agents.test') });
const [fx, gy] = ['fx@works.test', 'gy@works.test'];

beforeAll(async () => {
  directory = await createDirectory();
  for (const jid of [fx, gy]) {
    await writeIndex(
      directory.db,
      [indexOf(jid, [{ node: 'menu', name: 'Translate menus', tags: ['menu'] }])],
      0,
    );
    await grantConsent(directory.db, jid);
  }
});

async function tokenOf(jid: string, scopes: TokenScope[] = ['read', 'trade']): Promise<string> {
  const token = `guildhall_${randomBytes(16).toString('base64url')}`;
  const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
  await insertToken(directory.db, { ...given, scopes }, 100);
  return token;
}

type Answer = {
  id: string;
  code: string;
  state: string;
  detail: string;
  moves: string[];
  asked: { provider: string; standing: string; proposal: { id: string; price: { amount: string } } | null }[];
  awarded: { contract: string } | null;
  errors: { pointer: string }[];
  items: Answer[];
  history: { move: string; seq: number }[];
  cursor: string | null;
};

describe.each(platforms)('on $name:', ({ run }) => {
  let functions: Served;
  let [ann, atFx, atGy] = ['', '', ''];
  const client = `ann-${randomBytes(4).toString('hex')}@${randomBytes(4).toString('hex')}.test`;
  beforeAll(async () => {
    functions = await run({ databaseUrl: directory.edgeUrl });
    [ann, atFx, atGy] = [await tokenOf(client), await tokenOf(fx), await tokenOf(gy)];
  });

  async function ask(token: string, method: string, path: string, body?: object, key?: string) {
    const response = await fetch(`${functions.url}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
        ...(key && { 'idempotency-key': key }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, json: (await response.json()) as Answer };
  }
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const wish = () => ({ query: 'tag:menu', need: 'A menu.', deadline: inMinutes(60) });
  const call = (more: object = {}, key?: string) =>
    ask(ann, 'POST', '/v1/requests', { ...wish(), ...more }, key);
  const propose = (token: string, id: string, amount: string, more: object = {}, key?: string) =>
    ask(token, 'POST', `/v1/requests/${id}/proposals`, { price: { amount, currency: 'EUR' }, ...more }, key);
  const proposalIn = ({ json }: { json: Answer }, provider: string) =>
    json.asked.find((one) => one.provider === provider)?.proposal?.id ?? '';
  /** So that no bound of what one client may have asked is met. */
  const forget = () =>
    directory.db.execute(sql`update request set client = client || '.past', site = 'past'`);

  test('a caller waits in a bounded number of requests', async () => {
    await forget();
    const path = `/v1/requests/${(await call()).json.id}`;
    const { perCallerMax, fullRetrySeconds } = waitLimits;
    const hold = () => ask(ann, 'GET', `${path}?wait=20`);
    const waiting = Array.from({ length: perCallerMax }, hold);
    const refused = await until('all places are taken', async () => {
      const answer = await ask(ann, 'GET', `${path}?wait=1`);
      if (answer.status === 429) return answer;
      // This very question had the last place, or one of those that wait came too late for it.
      waiting.push(hold());
      return null;
    });
    expect(refused.json.code).toBe('too-many-requests');
    expect(refused.headers.get('retry-after')).toBe(String(fullRetrySeconds));
    await ask(ann, 'POST', `${path}/cancel`, {});
    const held = (await Promise.all(waiting)).filter(({ status }) => status === 200);
    expect(new Set(held.map(({ json }) => json.state))).toEqual(new Set(['cancelled']));
    expect(held.length).toBeLessThanOrEqual(perCallerMax);
    expect((await ask(ann, 'GET', `${path}?wait=1`)).status).toBe(200);
  });

  test('a call is made, answered, waited for and awarded, and makes a contract', async () => {
    const made = await call({ input: { words: 300 }, budget: { amount: '50', currency: 'EUR' } }, 'k1');
    expect(made).toMatchObject({ status: 201, json: { state: 'open', moves: ['cancel'], side: 'client' } });
    expect(made.json.asked.map((one) => one.provider).sort()).toEqual([fx, gy]);
    const path = `/v1/requests/${made.json.id}`;
    expect(made.headers.get('location')).toBe(path);
    expect(made.headers.get('cache-control')).toBe('no-store');
    const waiting = ask(ann, 'GET', `${path}?wait=20`);
    const own = await propose(
      atFx,
      made.json.id,
      '24',
      { words: 'By hand.', deliverBy: inMinutes(600) },
      `p-${client}`,
    );
    expect(own).toMatchObject({ status: 200, json: { side: 'provider', moves: ['propose', 'refuse'] } });
    expect(
      (
        await propose(
          atFx,
          made.json.id,
          '24',
          { words: 'By hand.', deliverBy: inMinutes(600) },
          `p-${client}`,
        )
      ).json,
    ).toMatchObject({ code: 'key-reused' });
    await propose(atGy, made.json.id, '19');
    const all = await waiting;
    expect(all.json.asked.map((one) => one.standing)).toEqual(['proposed', 'proposed']);
    // Nobody sees what is another's.
    const seen = JSON.stringify((await ask(atGy, 'GET', path)).json);
    for (const secret of [fx, '"24"', 'By hand']) expect(seen).not.toContain(secret);
    const taken = await ask(ann, 'POST', `${path}/award`, { proposal: proposalIn(all, fx) }, 'a1');
    expect(taken).toMatchObject({ status: 200, json: { state: 'awarded', moves: [] } });
    const contract = taken.json.awarded?.contract ?? '';
    expect(
      (await ask(ann, 'POST', `${path}/award`, { proposal: proposalIn(all, fx) }, 'a1')).json.awarded
        ?.contract,
    ).toBe(contract);
    expect(await ask(ann, 'POST', `${path}/award`, { proposal: proposalIn(all, fx) })).toMatchObject({
      ...{ status: 409, json: { code: 'request-not-open' } },
    });
    expect(await ask(atFx, 'GET', `/v1/contracts/${contract}`)).toMatchObject({
      json: {
        kind: 'direct',
        state: 'accepted',
        side: 'provider',
        price: { amount: '24', currency: 'EUR', unit: 'contract' },
      },
    });
    expect((await ask(atFx, 'GET', path)).json.awarded?.contract).toBe(contract);
    expect((await ask(atGy, 'GET', path)).json).toMatchObject({ state: 'awarded', awarded: null });
    // The edge repeats a request whose answer was lost.
    const again = await call({ input: { words: 300 } }, 'k2');
    expect((await call({ input: { words: 300 }, deadline: 'x' }, 'k2')).json.code).toBe('invalid-body');
    expect(
      (await ask(ann, 'POST', `/v1/requests/${again.json.id}/cancel`, { words: 'Found.' })).json,
    ).toMatchObject({ state: 'cancelled', reason: 'Found.' });
    await forget();
  });

  test('of many awards at the same time one makes a contract', async () => {
    const made = await call();
    await propose(atFx, made.json.id, '5');
    const path = `/v1/requests/${made.json.id}`;
    const proposal = proposalIn(await ask(ann, 'GET', path), fx);
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        ask(ann, 'POST', `${path}/award`, { proposal }, at < 3 ? 'same' : undefined),
      ),
    );
    expect(outcomes.every(({ status }) => status === 200 || status === 409)).toBe(true);
    const contracts = outcomes
      .filter(({ status }) => status === 200)
      .map(({ json }) => json.awarded?.contract);
    expect(new Set(contracts).size).toBe(1);
    expect(
      await rowsOf(directory.db, sql`select from contract where input->>'request' = ${made.json.id}`),
    ).toHaveLength(1);
    await forget();
  });

  test('who has no part in it, or the other part, is refused', async () => {
    const made = await call();
    const path = `/v1/requests/${made.json.id}`;
    const eve = await tokenOf('eve@agents.test');
    for (const [method, at, body] of [
      ['GET', path, undefined],
      ['POST', `${path}/proposals`, { refuse: true }],
      ['POST', `${path}/award`, { proposal: 'p' }],
      ['POST', `${path}/cancel`, {}],
    ] as const) {
      expect(await ask(eve, method, at, body)).toMatchObject({
        status: 404,
        json: { code: 'request-not-found' },
      });
      expect(await ask('', method, at, body)).toMatchObject({ status: 401 });
    }
    const reading = await tokenOf(client, ['read']);
    expect(await ask(reading, 'POST', `${path}/cancel`, {})).toMatchObject({
      json: { code: 'scope-not-granted' },
    });
    expect(await ask(reading, 'GET', path)).toMatchObject({ status: 200 });
    expect((await propose(ann, made.json.id, '1')).json.code).toBe('request-not-open');
    expect((await ask(atFx, 'POST', `${path}/cancel`, {})).json.code).toBe('request-not-open');
    expect((await ask(atFx, 'POST', `${path}/award`, { proposal: 'p' })).json.code).toBe('request-not-open');
    expect((await ask(eve, 'GET', '/v1/requests')).json.items).toEqual([]);
    expect(
      (await ask(atFx, 'GET', '/v1/requests?side=provider&state=open')).json.items.map(({ id }) => id),
    ).toContain(made.json.id);
    await forget();
  });

  test('what comes after the deadline, or is valid no more, is refused; and silence ends it', async () => {
    const made = await call();
    const path = `/v1/requests/${made.json.id}`;
    const soon = new Date(Date.now() + 900).toISOString();
    await propose(atFx, made.json.id, '5', { answerBy: soon });
    const proposal = proposalIn(await ask(ann, 'GET', path), fx);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await ask(ann, 'POST', `${path}/award`, { proposal })).toMatchObject({
      ...{ status: 409, json: { code: 'proposal-not-standing' } },
    });
    const waiting = ask(ann, 'GET', `${path}?wait=20`);
    await directory.db.execute(sql`
      update request set deadline = now(), due = now() where id = ${made.json.id}`);
    expect(await propose(atGy, made.json.id, '5')).toMatchObject({
      status: 409,
      json: { code: 'request-not-open' },
    });
    expect((await propose(atGy, made.json.id, '5')).json.detail).toContain('The deadline was');
    await moveOverdueRequests(deps(), 10);
    expect((await waiting).json.state).toBe('closed');
    await forget();
  });

  test.each<[what: string, more: object, status: number, code: string]>([
    ['neither query nor listings', { query: undefined }, 400, 'invalid-body'],
    ['both', { listings: [listingOf(fx, { node: 'menu' }).id] }, 400, 'invalid-body'],
    ['a query that cannot be read', { query: 'colour:red' }, 400, 'invalid-query'],
    ['a query that nobody matches', { query: 'tag:nothing' }, 422, 'nobody-to-ask'],
    ['listings that there are not', { query: undefined, listings: ['urn:air:x'] }, 422, 'nobody-to-ask'],
    ['a deadline that is none', { deadline: 'tomorrow' }, 400, 'invalid-body'],
    ['a deadline that is over', { deadline: '2020-01-01T00:00:00Z' }, 400, 'invalid-body'],
    ['no need', { need: '' }, 400, 'invalid-body'],
    ['a budget that is none', { budget: { amount: 'much', currency: 'EUR' } }, 400, 'invalid-body'],
    ['too many', { max: requestLimits.askedMax + 1 }, 400, 'invalid-body'],
    ['more than is taken', { price: 1 }, 400, 'invalid-body'],
    ['a NUL', { input: { a: '\u0000' } }, 422, 'input-refused'],
    ['an input that is too long', { input: { a: 'x'.repeat(5_000) } }, 400, 'invalid-body'],
  ])('a call with %s is refused', async (_what, more, status, code) => {
    expect(await call(more)).toMatchObject({ status, json: { code } });
  });

  test('hostile words are kept as words, and bounded', async () => {
    const evil = '<script>alert(1)</script>\u202e"\'; drop table request; --';
    const made = await call({ need: evil, input: { [evil.slice(0, 50).replace('\u202e', '')]: evil } });
    expect(made.status).toBe(201);
    expect((await findRequest(directory.db, made.json.id))?.need).toBe(evil.replace('\u202e', ''));
    expect((await propose(atFx, made.json.id, '1', { words: evil })).status).toBe(200);
    expect((await propose(atFx, made.json.id, '1', { words: 'x'.repeat(5_000) })).json.code).toBe(
      'invalid-body',
    );
    expect((await propose(atFx, made.json.id, '1e9')).json.errors).toMatchObject([
      { pointer: '/price/amount' },
    ]);
    expect((await ask(atFx, 'POST', `/v1/requests/${made.json.id}/proposals`, {})).json.errors).toMatchObject(
      [{ pointer: '/price' }],
    );
    const refused = await ask(atFx, 'POST', `/v1/requests/${made.json.id}/proposals`, {
      refuse: true,
      words: evil,
    });
    expect(refused.json.asked).toMatchObject([{ standing: 'refused', proposal: null }]);
    await forget();
  });
});
