import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import { type Client, createClient } from '../../functions/client.ts';
import { parsePolicy } from '../../market/policy.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { indexOf, listingOf } from '../support/listings.ts';

const jid = 'fx@works.test';
const { id } = listingOf(jid, { node: 'fx' });

let client: Client;

beforeAll(async () => {
  const { db, end } = connectWorker((await freshDatabase()).url, () => undefined);
  afterwards(end);
  await writeIndex(db, [indexOf(jid, [{ node: 'fx', name: 'Convert currency', tags: ['finance'] }])], 0);
  const app = createApp({
    deps: { db, policy: parsePolicy('', null) },
    onError: (error) => {
      throw error;
    },
  });
  const inProcess: typeof fetch = async (input, init) => app.request(input as string, init);
  client = createClient('https://guildhall.example', { fetch: inProcess });
});

describe('the typed client', () => {
  test('searches, and knows what a hit is', async () => {
    const answer = await client.v1.listings.$get({ query: { q: 'convert currency', limit: '5' } });
    if (answer.status !== 200) throw new Error(`refused with ${answer.status}`);
    const { items, mended } = await answer.json();
    expectTypeOf(mended).toEqualTypeOf<string | null>();
    expectTypeOf(items[0]?.inputs[0]?.required).toEqualTypeOf<boolean | undefined>();
    expect(items).toMatchObject([{ id, name: 'Convert currency', provider: { jid } }]);
  });

  test('searches with a JSON query', async () => {
    const answer = await client.v1.listings.search.$post({ json: { filters: { tag: 'finance' } } });
    if (answer.status !== 200) throw new Error(`refused with ${answer.status}`);
    expect((await answer.json()).items).toMatchObject([{ id }]);
  });

  test('matches values, shows a listing and its agent, and asks as ARD does', async () => {
    const match = await client.v1.listings.match.$post({
      json: { inputs: { amount: 5, to: ['EUR', 'JPY'] } },
    });
    if (match.status !== 200) throw new Error(`refused with ${match.status}`);
    expect((await match.json()).approximate).toBe(false);
    const listing = await client.v1.listings[':id'].$get({ param: { id } });
    if (listing.status !== 200) throw new Error(`refused with ${listing.status}`);
    expect((await listing.json()).provider.jid).toBe(jid);
    const agent = await client.v1.agents[':jid'].$get({ param: { jid } });
    if (agent.status !== 200) throw new Error(`refused with ${agent.status}`);
    expect((await agent.json()).listings).toHaveLength(1);
    const found = await client.ard.search.$post({ json: { query: { text: 'convert currency' } } });
    if (found.status !== 200) throw new Error(`refused with ${found.status}`);
    expect((await found.json()).results).toMatchObject([{ identifier: id }]);
  });

  test('knows a problem by the status of the answer', async () => {
    const refused = await client.v1.listings[':id'].$get({ param: { id: 'urn:air:nothing' } });
    if (refused.status !== 404) throw new Error(`answered with ${refused.status}`);
    const { code, errors } = await refused.json();
    expectTypeOf(errors).toEqualTypeOf<{ pointer: string; detail: string }[]>();
    expect(code).toBe('listing-not-found');
  });

  test('takes no route and no parameter that there is not', () => {
    // @ts-expect-error: there is no such route.
    const nowhere = () => client.v1.nothing.$get();
    // @ts-expect-error: what to match is missing.
    const bare = () => client.v1.listings.match.$post({ json: {} });
    // @ts-expect-error: true or false, as text.
    const odd = () => client.v1.listings.$get({ query: { explain: 'maybe' } });
    expect([nowhere, bare, odd]).toHaveLength(3);
  });
});
