import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import { grantConsent, notePresence } from '../../db/consent.ts';
import type { Database } from '../../db/database.ts';
import { writeIndex } from '../../db/write-index.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf } from '../support/listings.ts';
import { platforms, type Served } from '../support/platforms.ts';

const jid = 'fx@works.test';
/** Something that every answer below says of the listing, so that each is another one when that changes. */
const write = (name: string) =>
  writeIndex(
    db,
    [indexOf(jid, [{ node: 'fx', name, tags: ['exchange', name.toLowerCase()], inputs: [amount] }])],
    0,
  );
const amount = inputOf('amount', { type: 'number', required: true });

let databaseUrl: string;
let db: Database;
let owner: pg.Client;
beforeAll(async () => {
  databaseUrl = (await freshDatabase()).url;
  const worker = connectWorker(databaseUrl, () => undefined);
  afterwards(worker.end);
  db = worker.db;
  owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  afterwards(() => owner.end());
  await write('Convert');
  await grantConsent(db, jid);
  const bulk = Array.from({ length: 30 }, (_, at) =>
    indexOf(`n${at}@bulk.test`, [{ node: 'n', name: 'Bulk' }]),
  );
  await writeIndex(db, bulk, 0);
});

/** While nobody can read listings, what is answered was found before. */
async function whileUnreadable<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
  await owner.query('begin; lock table listing in access exclusive mode');
  try {
    return await work();
  } finally {
    await owner.query('rollback');
  }
}

type Asked = { path: string; body?: string; headers?: { [name: string]: string }; method?: string };
const get = (path: string): Asked => ({ path });
const post = (path: string, body: object): Asked => ({ path, body: JSON.stringify(body) });

/** Every route whose answers are kept. */
const questions: Asked[] = [
  get('/v1/listings?q=domain:works.test'),
  get('/v1/listings?sort=recent&limit=100'),
  get('/v1/facets'),
  get('/v1/suggest?q=c'),
  get('/v1/agents'),
  get('/v1/stats'),
  get('/ard/agents?pageSize=100'),
  get('/?q=exchange'),
  post('/v1/listings/search', { q: 'exchange' }),
  post('/v1/listings/match', { inputs: { amount: 5 } }),
  post('/ard/search', { query: { text: 'exchange' } }),
  post('/ard/explore', { resultType: { facets: [{ field: 'tags' }] } }),
];
const named = ({ path, body }: Asked) => `${body ? 'POST' : 'GET'} ${path}`;

describe.each(platforms)('on $name', ({ name: platform, run }) => {
  let served: Served;
  beforeAll(async () => {
    served = await run({ databaseUrl });
  });

  async function ask(
    { path, body, headers = {}, method = body ? 'POST' : 'GET' }: Asked,
    timeoutMs = 30_000,
  ) {
    const type: { [name: string]: string } = body ? { 'content-type': 'application/json' } : {};
    const response = await fetch(`${served.url}${path}`, {
      method,
      headers: { 'accept-encoding': 'identity', ...type, ...headers },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  test.each(questions.map((asked) => ({ what: named(asked), asked })))(
    '$what is answered again from memory, the same',
    async ({ asked }) => {
      const first = await ask(asked);
      expect([first.status, first.text.length > 0]).toEqual([200, true]);
      const again = await whileUnreadable(() => ask(asked));
      expect([again.status, again.text]).toEqual([200, first.text]);
      const relevant = ({ headers }: typeof again) =>
        [...headers].filter(([header]) => !['date', 'x-request-id'].includes(header));
      expect(relevant(again)).toEqual(relevant(first));
      expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    },
  );

  test('an answer to GET is given again to HEAD, and to who names its tag as a 304', async () => {
    const asked = get('/v1/listings?q=exchange');
    const first = await ask(asked);
    const tag = first.headers.get('etag') ?? '';
    const [head, unchanged, other] = await whileUnreadable(() =>
      Promise.all([
        ask({ ...asked, method: 'HEAD' }),
        ask({ ...asked, headers: { 'if-none-match': tag } }),
        ask({ ...asked, headers: { 'if-none-match': '"other"' } }),
      ]),
    );
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', tag]);
    expect([unchanged.status, unchanged.headers.get('etag')]).toEqual([304, tag]);
    expect([other.status, other.text]).toEqual([200, first.text]);
    const late = get('/v1/listings?q=exchange&limit=7');
    const heading = await ask({ ...late, method: 'HEAD' });
    const whole = await whileUnreadable(() => ask(late));
    expect([whole.status, JSON.parse(whole.text).items.length]).toEqual([200, 1]);
    expect(whole.headers.get('content-length')).toBe(heading.headers.get('content-length'));
  });

  test('a change shows in every answer at once', async () => {
    const unseen: string[] = [];
    for (const [at, asked] of questions.entries()) {
      await write('Before');
      const before = await ask(asked);
      expect((await ask(asked)).text).toBe(before.text);
      await write(`Changed ${at}`);
      const after = await ask(asked);
      expect(after.status).toBe(200);
      if (after.text === before.text) unseen.push(named(asked));
    }
    expect(unseen).toEqual([]);
  });

  test('so does who comes and goes, however often one asks meanwhile', async () => {
    const asked = get('/v1/listings?q=exchange');
    const seen: boolean[] = [];
    for (let round = 0; round < 20; round++) {
      const state = round % 2 === 0 ? 'on' : 'off';
      const others = Array.from({ length: 4 }, () => ask(asked));
      await notePresence(db, [{ jid, resource: 'agent', state }]);
      const { text } = await ask(asked);
      seen.push(JSON.parse(text).items[0].availability.online === (state === 'on'));
      await Promise.all(others);
    }
    expect(seen).toEqual(seen.map(() => true));
  });

  test('what differs in the address, the body or its type is another question', async () => {
    const ofOne = await ask(post('/v1/listings/search', { q: 'exchange' }));
    const ofMany = await ask(post('/v1/listings/search', { q: 'bulk' }));
    expect(ofMany.text).not.toBe(ofOne.text);
    const fewer = await ask(get('/v1/listings?q=bulk&limit=5'));
    const more = await ask(get('/v1/listings?q=bulk&limit=6'));
    expect([fewer, more].map(({ text }) => JSON.parse(text).items.length)).toEqual([5, 6]);
    expect(more.headers.get('link')).toContain('limit=6');
    const body = JSON.stringify({ q: 'exchange' });
    const untyped = { path: '/v1/listings/search', body, headers: { 'content-type': 'text/plain' } };
    expect((await ask(untyped)).text).not.toBe(ofOne.text);
  });

  test('what was refused is asked anew, and so is what names a caller', async () => {
    const refused = { path: '/v1/listings?limit=0' };
    const [one, two] = [await ask(refused), await ask(refused)];
    expect([one.status, two.status]).toEqual([400, 400]);
    expect(JSON.parse(two.text).requestId).toBe(two.headers.get('x-request-id'));
    expect(JSON.parse(two.text).requestId).not.toBe(JSON.parse(one.text).requestId);
    const signed = { ...get('/v1/listings?q=exchange&signed'), headers: { authorization: 'Bearer x' } };
    expect((await ask(signed)).status).toBe(200);
    const whoever = get('/v1/listings?q=exchange&signed');
    const asked = await whileUnreadable(() =>
      Promise.allSettled([signed, whoever].map((question) => ask(question, 3_000))),
    );
    // Who waits for the database is left without an answer, or told that there is none.
    const ends = asked.map((end) => (end.status === 'rejected' ? 'none' : end.value.status));
    for (const end of ends) expect(['none', 503]).toContain(end);
  });

  test('each request is counted and logged, wherever its answer comes from', async () => {
    const limited = await run({ databaseUrl, readsPerMinute: 3 });
    const answers = [];
    for (let at = 0; at < 4; at++) {
      answers.push(
        await fetch(`${limited.url}/v1/listings?q=exchange`, {
          headers: { 'x-request-id': `kept-${at}`, origin: 'https://elsewhere.example' },
        }),
      );
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('x-request-id'))).toEqual(
      [0, 1, 2, 3].map((at) => `kept-${at}`),
    );
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe('*');
    if (platform === 'Node') {
      const left = answers.map(({ headers }) => /r=(\d)/.exec(headers.get('ratelimit') ?? '')?.[1]);
      expect(left).toEqual(['2', '1', '0', '0']);
    }
    await until('all are logged', async () =>
      [0, 1, 2, 3].every((at) => limited.said().includes(`"kept-${at}"`)),
    );
  });

  test('a kept answer is compressed for who takes that', async () => {
    const asked = get('/v1/listings?limit=100');
    const plain = await ask(asked);
    const packed = await ask({ ...asked, headers: { 'accept-encoding': 'gzip' } });
    expect(packed.text).toBe(plain.text);
    expect((await ask(asked)).headers.get('content-encoding')).toBe(null);
  });
});
