import { request } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { answerOf, post } from '../support/answers.ts';
import { createDirectory, type TestDirectory } from '../support/directory.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { platforms, type Served } from '../support/platforms.ts';

let directory: TestDirectory;

beforeAll(async () => {
  directory = await createDirectory();
  await writeIndex(directory.db, [indexOf('fx@works.test', [{ node: 'fx' }])], 0);
});

const id = listingOf('fx@works.test', { node: 'fx' }).id;

describe.each(platforms)('on $name:', ({ run }) => {
  let functions: Served;
  beforeAll(async () => {
    functions = await run(directory);
  });

  const get = (path: string, init?: RequestInit) => answerOf(`${functions.url}${path}`, init);

  describe('a request that cannot be answered gets a problem that says what was expected:', () => {
    test.each<[string, RequestInit, number, string, string]>([
      ['/v1/listings?limit=0', {}, 400, 'invalid-parameter', 'limit: expected a whole number from 1 to 100'],
      [
        '/v1/listings?limit=1e9',
        {},
        400,
        'invalid-parameter',
        'limit: expected a whole number from 1 to 100',
      ],
      ['/v1/listings?limit=-1', {}, 400, 'invalid-parameter', 'limit: expected a whole number'],
      ['/v1/listings?limit=101', {}, 400, 'invalid-parameter', 'limit: expected a whole number'],
      ['/v1/listings?limit=NaN', {}, 400, 'invalid-parameter', 'limit: expected a whole number'],
      ['/v1/listings?cursor=forged', {}, 400, 'invalid-cursor', 'expected the cursor of its last page'],
      ['/v1/listings?cursor=WzEsMiwzXQ', {}, 400, 'invalid-cursor', 'expected the cursor of its last page'],
      ['/v1/listings?q=colour:red', {}, 400, 'invalid-query', "Character 1: 'colour:' is no qualifier"],
      ['/v1/listings?q=%22open', {}, 400, 'invalid-query', 'expected another'],
      [`/v1/listings?q=${'x'.repeat(10_000)}`, {}, 414, 'uri-too-long', 'expected fewer'],
      [`/v1/listings?q=${'x'.repeat(5_000)}`, {}, 400, 'invalid-query', 'at most 2000 are read'],
      ['/v1/listings/urn:air:nothing', {}, 404, 'listing-not-found', 'expected one as search gives it'],
      ['/v1/listings/%00', {}, 404, 'listing-not-found', 'expected one as search gives it'],
      ['/v1/agents/foo%40', {}, 400, 'invalid-parameter', 'expected one such as'],
      ['/v1/agents/nobody@works.test', {}, 404, 'agent-not-found', 'Nothing is listed'],
      ['/v2/anything', {}, 404, 'route-not-found', '/openapi.json lists what is'],
      ['/v1/listings', { method: 'DELETE' }, 405, 'method-not-allowed', 'expected GET or HEAD'],
      [
        `/v1/listings/${id}`,
        { method: 'PUT', body: '{}' },
        405,
        'method-not-allowed',
        'expected GET or HEAD',
      ],
      ['/v1/listings/search', post('not json'), 400, 'invalid-body', 'expected a JSON object'],
      ['/v1/listings/search', post('[]'), 400, 'invalid-body', 'expected object'],
      ['/v1/listings/search', post('{"q": 1}'), 400, 'invalid-query', 'expected a text'],
      [
        '/v1/listings/search',
        post('{"limit": 1e9}'),
        400,
        'invalid-body',
        'limit: expected a whole number from 1 to 100',
      ],
      ['/v1/listings/search', post('{"filters": {"colour": "red"}}'), 400, 'invalid-query', 'colour'],
      [
        '/v1/listings/search',
        post('{"sort": "luck"}'),
        400,
        'invalid-parameter',
        'expected one of relevance',
      ],
      [
        '/v1/listings/match',
        post('{"inputs": {}}'),
        400,
        'invalid-body',
        'expected an object of 1 to 12 named values',
      ],
      [
        '/v1/listings/match',
        post('{"inputs": {"a": {"deep": 1}}}'),
        400,
        'invalid-body',
        'inputs/a: expected a text',
      ],
      [
        '/v1/listings/match',
        post('{"inputs": [1]}'),
        400,
        'invalid-body',
        'expected an object of 1 to 12 named values',
      ],
      ['/v1/listings?explain=maybe', {}, 400, 'invalid-parameter', 'explain: expected true or false'],
      ['/v1/listings?q=near:91,0,5', {}, 400, 'invalid-query', 'Character 6'],
      ['/v1/listings?q=price:%3C=2', {}, 400, 'invalid-query', 'currency'],
      ['/v1/facets?q=colour:red', {}, 400, 'invalid-query', 'colour'],
      ['/v1/listings/search', post('{"surprise": true}'), 400, 'invalid-body', 'surprise'],
      [
        '/v1/listings/search',
        post(JSON.stringify({ q: 'x'.repeat(100_000) })),
        413,
        'body-too-large',
        'at most',
      ],
    ])('%.60s', async (path, init, status, code, detail) => {
      const answer = await get(path, init);
      expect(answer.json).toMatchObject({ status, code, detail: expect.stringContaining(detail) });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'));
      // The type is the address of a page that exists.
      expect((await fetch(answer.json.type)).status).toBe(200);
    });

    test('the methods that an address takes are named', async () => {
      expect((await get('/v1/listings', { method: 'PATCH' })).headers.get('allow')).toBe(
        'GET, HEAD, OPTIONS',
      );
      expect((await get('/v1/listings/search', { method: 'DELETE' })).headers.get('allow')).toContain('POST');
    });

    test('a body that is not announced as JSON is refused', async () => {
      const answer = await get('/v1/listings/search', {
        method: 'POST',
        body: 'q=x',
        headers: { 'content-type': 'text/plain' },
      });
      expect([answer.status, answer.json?.code]).toEqual([400, 'invalid-body']);
    });

    test('a body that hides its length is still bounded', async () => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const sent = request(`${functions.url}/v1/listings/search`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
        });
        sent.on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject);
        sent.end(JSON.stringify({ q: 'x'.repeat(200_000) }));
      });
      expect(status).toBe(413);
    });
  });

  test('our own fault answers with a fixed text and the request id; nothing of the inside leaks', async () => {
    const databaseUrl = directory.edgeUrl.replace(/\/[^/]*$/, '/no_such_database');
    const broken = await run({ databaseUrl });
    const response = await fetch(`${broken.url}/v1/listings?q=x`);
    const body = (await response.json()) as { requestId: string };
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect([response.status, body]).toEqual([
      500,
      expect.objectContaining({
        code: 'internal',
        detail: `The directory failed. The request id is ${body.requestId}.`,
      }),
    ]);
    expect(JSON.stringify(body)).not.toMatch(/no_such_database|select|postgres/i);
    expect((await fetch(`${broken.url}/readyz`)).status).toBe(503);
  });
});
