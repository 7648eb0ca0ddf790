import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createApp, httpLimits } from '../../../functions/app.ts';
import { parsePolicy } from '../../../market/policy.ts';
import { expectArd } from '../../support/ard.ts';
import { ownRegistry } from '../../support/ard-registry.ts';

const { ask, list, search } = ownRegistry();

describe('a refusal has the shape of the standard:', () => {
  const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
  test.each<[string, unknown, number, string, string]>([
    ['/ard/search', {}, 400, 'INVALID_ARGUMENT', 'query'],
    ['/ard/search', { query: {} }, 400, 'INVALID_ARGUMENT', 'query/text: expected what is needed'],
    ['/ard/search', { query: { text: 7 } }, 400, 'INVALID_ARGUMENT', 'expected what is needed'],
    ['/ard/search', { query: 'x' }, 400, 'INVALID_ARGUMENT', 'expected object'],
    ['/ard/search', { query: { text: 'x', sort: 'y' } }, 400, 'INVALID_ARGUMENT', 'sort'],
    ['/ard/search', { query: { text: 'x' }, limit: 5 }, 400, 'INVALID_ARGUMENT', 'limit'],
    [
      '/ard/search',
      { query: { text: 'x', filter: { colour: 'x' } } },
      400,
      'INVALID_ARGUMENT',
      'no path of a filter',
    ],
    [
      '/ard/search',
      { query: { text: 'x' }, federation: 'all' },
      400,
      'INVALID_ARGUMENT',
      'expected one of auto',
    ],
    ['/ard/search', { query: { text: 'x' }, pageSize: 0 }, 400, 'INVALID_ARGUMENT', 'from 1 to 100'],
    ['/ard/search', { query: { text: 'x' }, pageSize: 101 }, 400, 'INVALID_ARGUMENT', 'from 1 to 100'],
    ['/ard/search', { query: { text: 'x' }, pageSize: '5' }, 400, 'INVALID_ARGUMENT', 'from 1 to 100'],
    ['/ard/search', { query: { text: 'x' }, pageToken: 'forged' }, 400, 'INVALID_ARGUMENT', 'cursor'],
    ['/ard/search', { query: { text: 'x' }, pageToken: '~~1' }, 400, 'INVALID_ARGUMENT', 'cursor'],
    [
      '/ard/search',
      { query: { text: 'x', filter: { type: 'y' } }, pageToken: 'x' },
      400,
      'INVALID_ARGUMENT',
      'token',
    ],
    ['/ard/search', 'not json', 400, 'INVALID_ARGUMENT', 'not JSON'],
    ['/ard/search', '[]', 400, 'INVALID_ARGUMENT', 'object'],
    ['/ard/search', deep, 400, 'INVALID_ARGUMENT', 'object'],
    ['/ard/search', `{"query":{"text":"x","filter":${deep}}}`, 400, 'INVALID_ARGUMENT', 'expected an object'],
    [
      '/ard/search',
      `{"query":{"text":"x","filter":{"tags":${deep}}}}`,
      400,
      'INVALID_ARGUMENT',
      'expected a text',
    ],
    ['/ard/search', { query: { text: 'x'.repeat(3000) } }, 400, 'INVALID_ARGUMENT', 'at most 2000'],
    ['/ard/search', { query: { text: 'x'.repeat(70_000) } }, 413, 'INVALID_ARGUMENT', 'at most that many'],
    ['/ard/explore', {}, 400, 'INVALID_ARGUMENT', 'resultType'],
    ['/ard/explore', { resultType: { counts: [] } }, 400, 'INVALID_ARGUMENT', 'counts'],
    [
      '/ard/explore',
      { resultType: { facets: [{ field: 'colour' }] } },
      400,
      'INVALID_ARGUMENT',
      'is not counted',
    ],
    [
      '/ard/explore',
      { resultType: { facets: [{ field: '__proto__' }] } },
      400,
      'INVALID_ARGUMENT',
      'is not counted',
    ],
    ['/ard/explore', { resultType: { facets: [] } }, 400, 'INVALID_ARGUMENT', 'facets'],
    [
      '/ard/explore',
      { resultType: { facets: [{ field: 'type', limit: 0 }] } },
      400,
      'INVALID_ARGUMENT',
      'limit',
    ],
    [
      `/ard/agents?filter=${encodeURIComponent("type != 'x'")}`,
      undefined,
      400,
      'INVALID_ARGUMENT',
      'Character 5',
    ],
    ['/ard/agents?orderBy=luck', undefined, 400, 'INVALID_ARGUMENT', 'expected displayName'],
    ['/ard/agents?pageSize=many', undefined, 400, 'INVALID_ARGUMENT', 'from 1 to 100'],
    ['/ard/agents?pageToken=forged', undefined, 400, 'INVALID_ARGUMENT', 'cursor'],
    [
      `/ard/agents?filter=${'x'.repeat(httpLimits.urlCharsMax)}`,
      undefined,
      414,
      'INVALID_ARGUMENT',
      'characters',
    ],
    ['/ard/agents/nothing', undefined, 404, 'NOT_FOUND', 'No listing'],
    ['/ard/nothing', undefined, 404, 'NOT_FOUND', 'Nothing is served here'],
    ['/ard', undefined, 404, 'NOT_FOUND', 'Nothing is served here'],
    ['/ard/search', undefined, 405, 'INVALID_ARGUMENT', 'expected POST'],
  ])('%# %.60s', async (path, body, status, errorCode, message) => {
    const { json, ...answer } = await ask(path, body);
    expectArd('Error', json);
    expect([answer.status, json]).toEqual([status, { errorCode, message: expect.stringContaining(message) }]);
  });

  test('the token of another query, or of another order', async () => {
    const { json } = await search({ text: 'bulk' });
    const { pageToken } = json;
    for (const [text, size] of [
      ['currency', 10],
      ['bulk x', 10],
    ] as const)
      expect((await search({ text }, { pageToken, pageSize: size })).status).toBe(400);
    expect((await search({ text: 'bulk', filter: { tags: 'bulk' } }, { pageToken })).status).toBe(400);
    expect((await list({ pageToken })).status).toBe(400);
    expect((await ask(`/v1/listings?q=bulk&cursor=${pageToken}`)).status).toBe(200);
  });

  test('whatever the body is, it is answered or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom('/ard/search', '/ard/explore'), async (body, path) => {
        const { status, json } = await ask(path, JSON.stringify(body));
        expect(status).toBe(400);
        expectArd('Error', json);
      }),
      { numRuns: 100 },
    );
  });
});

test('our own fault is said in the same shape, with nothing of the inside', async () => {
  const heard: string[] = [];
  const broken = createApp({
    deps: { db: null as never, policy: parsePolicy('', null) },
    onError: (_, requestId) => heard.push(requestId),
  });
  const { status, json } = await ask('/ard/search', { query: { text: 'x' } }, broken);
  expectArd('Error', json);
  expect([status, json]).toEqual([
    500,
    { errorCode: 'INTERNAL_ERROR', message: `The directory failed. The request id is ${heard[0]}.` },
  ]);
});
