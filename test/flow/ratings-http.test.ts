import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { grantRegistration } from '../../db/registrations.ts';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import { ratingLimits } from '../../market/reputation/rules.ts';
import { hashToken, type TokenScope } from '../../market/token.ts';
import { settleScores } from '../../operations/ratings/score.ts';
import { createDirectory, type TestDirectory } from '../support/directory.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { platforms, type Served } from '../support/platforms.ts';
import { dealt, dealtBefore, depsOf } from '../support/ratings.ts';

let directory: TestDirectory;
const fx = 'fx@works.test';
const listed = listingOf(fx, { node: 'fx' });
const listing = { id: listed.id, version: 'v', name: 'FX' };

beforeAll(async () => {
  directory = await createDirectory();
  await writeIndex(directory.db, [indexOf(fx, [{ node: 'fx' }])], 0);
  const wish = { leaseHours: 24, relay: null, presence: null, about: null };
  await grantRegistration(directory.db, { jid: fx, domain: 'works.test' }, wish);
});

async function tokenOf(jid: string, scopes: TokenScope[] = ['read', 'trade']): Promise<string> {
  const token = `guildhall_${randomBytes(16).toString('base64url')}`;
  const given = { id: randomBytes(8).toString('hex'), jid, hash: hashToken(token), label: null, days: 1 };
  await insertToken(directory.db, { ...given, scopes }, 100);
  return token;
}

type Json = { [name: string]: unknown } & { given: { text: string | null }; code: string; items: object[] };

describe.each(platforms)('on $name:', ({ run }) => {
  let functions: Served;
  let ann: string;
  let tokens: { [jid: string]: string };
  beforeAll(async () => {
    functions = await run({ databaseUrl: directory.edgeUrl });
    ann = `ann-${randomBytes(4).toString('hex')}@agents.test`;
    tokens = { [ann]: await tokenOf(ann), [fx]: await tokenOf(fx) };
  });

  async function ask(
    jid: string | null,
    method: string,
    path: string,
    body?: unknown,
    more: { [name: string]: string } = {},
  ) {
    const response = await fetch(`${functions.url}${path}`, {
      method,
      headers: {
        ...(jid && { authorization: `Bearer ${tokens[jid]}` }),
        'content-type': 'application/json',
        ...more,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: JSON.parse(text) as Json };
  }
  const made = async () => (await dealt(directory.db, { client: ann, provider: fx, listing })).id;

  test('a contract is rated, answered, changed and withdrawn, and everybody sees what is said', async () => {
    await dealtBefore(directory.db, ann);
    const path = `/v1/contracts/${await made()}/rating`;
    expect((await ask(ann, 'GET', path)).json).toMatchObject({ given: null, received: null, open: ['rate'] });
    const given = { score: 5, text: 'Quick.', aspects: { correct: true, onTime: false } };
    expect(await ask(ann, 'POST', path, given)).toMatchObject({
      status: 200,
      json: {
        given: { score: 5, correct: true, onTime: false, asDescribed: null, text: 'Quick.', reply: null },
        open: ['change', 'withdraw'],
      },
    });
    expect(await ask(ann, 'POST', path, given)).toMatchObject({
      ...{ status: 409, json: { code: 'rating-not-open' } },
    });
    expect((await ask(fx, 'GET', path)).json).toMatchObject({
      received: { score: 5 },
      open: ['rate', 'reply'],
    });
    expect((await ask(fx, 'POST', `${path}/reply`, { text: 'Thanks.' })).json).toMatchObject({
      received: { reply: { text: 'Thanks.' } },
      open: ['rate'],
    });
    expect((await ask(fx, 'POST', `${path}/reply`, { text: 'Again.' })).json.code).toBe('rating-not-open');
    expect((await ask(fx, 'POST', path, { score: 4 })).json).toMatchObject({ given: { score: 4 } });
    await settleScores(depsOf(directory.db), 100);

    const shown = await ask(null, 'GET', `/v1/listings/${encodeURIComponent(listed.id)}`);
    expect(shown.json).toMatchObject({ rating: { score: expect.any(Number), correct: expect.any(Number) } });
    const ratings = await ask(null, 'GET', `/v1/listings/${encodeURIComponent(listed.id)}/ratings?limit=1`);
    expect(ratings.json).toMatchObject({
      rating: shown.json.rating,
      items: [{ score: 5, text: 'Quick.', reply: { text: 'Thanks.' }, domain: 'agents.test', isPaid: true }],
    });
    expect(ratings.text).not.toContain(ann);
    const client = await ask(null, 'GET', `/v1/agents/${ann}`);
    expect(client.json).toMatchObject({
      record: { provider: null, client: { count: 1 } },
      listings: [],
      domain: 'agents.test',
    });
    expect((await ask(null, 'GET', `/v1/agents/${fx}`)).json).toMatchObject({
      record: { provider: { low: expect.any(Number) }, client: null },
    });
    expect((await ask(null, 'GET', `/v1/agents/${ann}/ratings?side=client`)).json.items).toMatchObject([
      { score: 4, domain: 'works.test' },
    ]);

    expect((await ask(ann, 'PUT', path, { score: 2, text: 'On second thought.' })).json).toMatchObject({
      given: { score: 2, correct: null, text: 'On second thought.', changed: expect.any(String) },
    });
    expect((await ask(ann, 'DELETE', path)).json).toMatchObject({
      given: { score: null, text: null, withdrawn: expect.any(String) },
      // What was said of oneself can still be answered.
      open: ['reply'],
    });
    expect((await ask(ann, 'POST', path, given)).json.code).toBe('rating-not-open');
    const after = await ask(null, 'GET', `/v1/listings/${encodeURIComponent(listed.id)}/ratings`);
    expect(after.json.items[0]).toMatchObject({ score: null, text: null, withdrawn: expect.any(String) });
  });

  test('the same request with the same key is made once', async () => {
    const path = `/v1/contracts/${await made()}/rating`;
    const key = { 'idempotency-key': randomBytes(8).toString('hex') };
    const all = await Promise.all([1, 2, 3].map(() => ask(ann, 'POST', path, { score: 3 }, key)));
    expect(all.map(({ status }) => status)).toContain(200);
    expect((await ask(ann, 'POST', path, { score: 3 }, key)).status).toBe(200);
    expect((await ask(ann, 'POST', path, { score: 4 }, key)).json.code).toBe('key-reused');
  });

  test('who has no token, one that only reads, or another’s contract, rates nothing', async () => {
    const path = `/v1/contracts/${await made()}/rating`;
    expect((await ask(null, 'POST', path, { score: 5 })).json.code).toBe('token-required');
    const reading = { authorization: `Bearer ${await tokenOf(ann, ['read'])}` };
    expect((await ask(null, 'POST', path, { score: 5 }, reading)).json.code).toBe('scope-not-granted');
    expect((await ask(null, 'GET', path, undefined, reading)).status).toBe(200);
    tokens['eve@agents.test'] = await tokenOf('eve@agents.test');
    for (const [method, at, body] of [
      ['GET', path, undefined],
      ['POST', path, { score: 1 }],
      ['PUT', path, { score: 1 }],
      ['DELETE', path, undefined],
      ['POST', `${path}/reply`, { text: 'x' }],
    ] as const) {
      expect(await ask('eve@agents.test', method, at, body)).toMatchObject({
        ...{ status: 404, json: { code: 'contract-not-found' } },
      });
    }
    expect((await ask(ann, 'PUT', path, { score: 1 })).json.code).toBe('rating-not-found');
    expect((await ask(ann, 'DELETE', path)).json.code).toBe('rating-not-found');
  });

  test.each<[what: string, body: unknown]>([
    ['no body', ''],
    ['no JSON', '{'],
    ['no score', {}],
    ['a score of words', { score: '5' }],
    ['half a star', { score: 4.5 }],
    ['a score beyond the scale', { score: 6 }],
    ['more than is taken', { score: 5, by: fx }],
    ['an aspect that there is not', { score: 5, aspects: { nice: true } }],
    ['an aspect of words', { score: 5, aspects: { correct: 'yes' } }],
    ['too many words', { score: 5, text: 'x'.repeat(ratingLimits.textCharsMax + 1) }],
  ])('a rating with %s is refused', async (_what, body) => {
    const path = `/v1/contracts/${await made()}/rating`;
    expect(await ask(ann, 'POST', path, body)).toMatchObject({ status: 400, json: { code: 'invalid-body' } });
  });

  test('hostile words stand on the pages as words', async () => {
    const path = `/v1/contracts/${await made()}/rating`;
    const hostile = `"><script>alert('x')</script>\u202e\u0000<img src=x onerror=alert(1)>`;
    expect((await ask(ann, 'POST', path, { score: 1, text: hostile })).json.given.text).toBe(
      `"><script>alert('x')</script><img src=x onerror=alert(1)>`,
    );
    await ask(fx, 'POST', `${path}/reply`, { text: hostile });
    await ask(fx, 'POST', path, { score: 1, text: hostile });
    await settleScores(depsOf(directory.db), 100);
    for (const page of [`/listings/${encodeURIComponent(listed.id)}`, `/agents/${fx}`, `/agents/${ann}`]) {
      const response = await fetch(`${functions.url}${page}`);
      const text = await response.text();
      expect([page, response.status]).toEqual([page, 200]);
      expect(text).toContain('&lt;script&gt;');
      expect(text).not.toMatch(/<script>alert|<img src=x|\u202e/);
    }
  });

  test('a search tells the rating of what it finds, and its answer is another once the rating is', async () => {
    const search = () => fetch(`${functions.url}/v1/listings?q=agent:${fx}`);
    const before = await search();
    const path = `/v1/contracts/${await made()}/rating`;
    await ask(ann, 'POST', path, { score: 5, text: randomBytes(4).toString('hex') });
    await settleScores(depsOf(directory.db), 100);
    const after = await search();
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    const { items } = (await after.json()) as { items: { rating: object }[] };
    expect(items[0]?.rating).toMatchObject({ score: expect.any(Number), low: expect.any(Number) });
  });
});
