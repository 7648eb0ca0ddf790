import { describe, expect, test } from 'vitest';
import { createApp } from '../../functions/app.ts';
import { parseReferrals, referralsMax } from '../../functions/referrals.ts';
import { REGISTRY_TYPE } from '../../market/ard/media-types.ts';
import { errorCodeOf } from '../../market/ard/refusal.ts';
import { parsePolicy } from '../../market/policy.ts';
import { problems } from '../../market/problem.ts';
import { expectArd, faultsOf } from '../support/ard.ts';

/** Nothing tested here asks the database anything. */
const app = createApp({
  deps: { db: null as never, policy: parsePolicy('', null) },
  onError: (error) => {
    throw error;
  },
});

const hosts = [
  'https://guildhall.example',
  'http://127.0.0.1:8420',
  'http://[::1]:8420',
  'https://bücher.example',
];

describe.each(hosts)('at %s', (origin) => {
  const get = async (path: string) => app.request(`${new URL(origin).origin}${path}`);

  test('the catalogue names the registry, and the registry has the same entry', async () => {
    const catalog = (await (await get('/.well-known/ai-catalog.json')).json()) as { entries: unknown[] };
    expectArd('Catalog', catalog);
    const entry = await (await get('/.well-known/ard.json')).json();
    expectArd('CatalogEntry', entry);
    expect(catalog.entries).toEqual([entry]);
    expect(entry).toMatchObject({ type: REGISTRY_TYPE, url: `${new URL(origin).origin}/ard/` });
  });

  test('robots.txt says where the catalogue is', async () => {
    const response = await get('/robots.txt');
    const [, address = ''] = /^Agentmap: (\S+)$/m.exec(await response.text()) ?? [];
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect((await app.request(address)).status).toBe(200);
  });
});

test('the machine itself is no publisher', async () => {
  const identifierAt = async (origin: string) =>
    ((await (await app.request(`${origin}/.well-known/ard.json`)).json()) as { identifier: string })
      .identifier;
  expect(await identifierAt('http://localhost:8420')).toBe('urn:air:agent.localhost:registry:guildhall');
  expect(await identifierAt('https://guildhall.example')).toBe(
    'urn:air:guildhall.example:registry:guildhall',
  );
});

test('every problem has a code of the standard', () => {
  expect(Object.values(problems).map(({ status }) => [status, errorCodeOf(status)])).toEqual(
    expect.arrayContaining([
      [400, 'INVALID_ARGUMENT'],
      [404, 'NOT_FOUND'],
      [429, 'RATE_LIMIT_EXCEEDED'],
      [500, 'INTERNAL_ERROR'],
    ]),
  );
});

describe('the OpenAPI document', () => {
  test('has examples that the specification takes', async () => {
    const { components, paths } = (await (await app.request('/openapi.json')).json()) as {
      components: { schemas: { [name: string]: { example?: unknown } } };
      paths: {
        [path: string]: {
          [method: string]: {
            responses: {
              [status: string]: {
                content: { [type: string]: { examples?: { [code: string]: { value: unknown } } } };
              };
            };
          };
        };
      };
    };
    const { CatalogEntry, SearchResult, RegistryReferral, ExploreResponse } = components.schemas;
    expectArd('CatalogEntry', CatalogEntry?.example);
    expectArd('ExploreResponse', ExploreResponse?.example);
    expectArd('SearchResponse', { results: [SearchResult?.example], referrals: [RegistryReferral?.example] });
    const refusals = Object.entries(paths)
      .filter(([path]) => path.startsWith('/ard/'))
      .flatMap(([, operations]) => Object.values(operations))
      .flatMap(({ responses }) => Object.entries(responses).filter(([status]) => Number(status) >= 400));
    expect(refusals.length).toBeGreaterThan(6);
    for (const [, { content }] of refusals) {
      const examples = Object.values(content['application/json']?.examples ?? {});
      expect(examples.length).toBeGreaterThan(0);
      for (const { value } of examples) expectArd('Error', value);
    }
  });
});

describe('the registries of ARD_REFERRALS', () => {
  const one = {
    identifier: 'urn:air:a.example:registry:x',
    displayName: 'A',
    url: 'https://a.example/search',
  };

  test('are read, and stand in an answer as the specification takes them', () => {
    const referrals = parseReferrals(JSON.stringify([one]));
    expect(referrals).toEqual([{ ...one, type: REGISTRY_TYPE }]);
    expectArd('SearchResponse', { results: [], referrals });
  });

  test.each([undefined, '', '  ', '[]'])('are none in %j', (text) => {
    expect(parseReferrals(text)).toEqual([]);
  });

  test.each([
    'https://a.example/search',
    '{}',
    '[1]',
    JSON.stringify([{ ...one, url: 'javascript:alert(1)' }]),
    JSON.stringify([{ ...one, identifier: 'urn:x:y' }]),
    JSON.stringify([{ ...one, displayName: ' ' }]),
    JSON.stringify([{ ...one, more: 1 }]),
    JSON.stringify(Array.from({ length: referralsMax + 1 }, () => one)),
  ])('are refused by name where they are %.60s', (text) => {
    expect(() => parseReferrals(text)).toThrow('ARD_REFERRALS: takes a JSON list');
  });
});

test('the schemas refuse what is not of their shape', () => {
  expect(faultsOf('CatalogEntry', { identifier: 'x' })).not.toEqual([]);
  expect(faultsOf('SearchResponse', { results: [{}] })).not.toEqual([]);
  expect(faultsOf('Error', { message: 'x' })).not.toEqual([]);
});
