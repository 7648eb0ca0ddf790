import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectWorker, type WorkerDatabase } from '../../db/connect-worker.ts';
import { grantConsent, notePresence } from '../../db/consent.ts';
import { findListing, listingsOfAgent } from '../../db/listings.ts';
import { withdrawSubscription, writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query.ts';
import { search } from '../../operations/search.ts';
import { freshDatabase } from '../support/database.ts';
import { indexOf, listingOf } from '../support/listings.ts';

let database: WorkerDatabase;
beforeAll(async () => {
  database = connectWorker((await freshDatabase()).url, () => undefined);
  await writeIndex(
    database.db,
    [
      indexOf('fx@works.test', [
        {
          node: 'fx',
          name: 'Convert currency',
          description: 'Converts amounts by a dated table',
          tags: ['finance'],
        },
      ]),
      indexOf('units@agents.test', [
        { node: 'units', name: 'Convert units', description: 'Lengths, weights and more', tags: ['measure'] },
      ]),
      indexOf('news@agents.test', [
        {
          node: 'news',
          name: 'Daily news',
          description: 'Sometimes about currency, and how to convert it',
          tags: ['finance', 'news'],
        },
      ]),
      ...Array.from({ length: 25 }, (_, at) =>
        indexOf(`bulk${at}@bulk.test`, [{ node: 'same', name: 'Same name' }]),
      ),
    ],
    60_000,
  );
});
afterAll(() => database.end());

async function find(text: string, limit = 20, cursor: string | null = null) {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  const page = await search(
    { db: database.db, policy: parsePolicy('', 'agents.test') },
    { query, limit, cursor },
  );
  if (isProblem(page)) throw new Error(page.detail);
  return { ...page, names: page.items.map(({ record }) => record.listing.name) };
}

describe('search', () => {
  test.each([
    ['convert currency', ['Convert currency', 'Daily news']],
    ['converting currencies', ['Convert currency', 'Daily news']],
    ['"convert currency"', ['Convert currency']],
    ['convert -currency', ['Convert units']],
    ['tag:finance', ['Convert currency', 'Daily news']],
    ['tag:measure tag:news', ['Convert units', 'Daily news']],
    ['domain:agents.test', ['Convert units', 'Daily news']],
    ['currency domain:works.test', ['Convert currency']],
    ['nothing-like-it', []],
    ["'; drop table listing; --", []],
    ['& | ! ( ) : * <->', []],
  ])('for %s finds what it asks for, the best first', async (text, names) => {
    const found = (await find(text)).names;
    expect(text.startsWith('tag:') || text.startsWith('domain:') ? found.sort() : found).toEqual(names);
  });

  test('pages through everything once, also where all scores are equal', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof find>> = await find('same', 7, cursor);
      expect(page.items.length).toBe(cursor === null || page.cursor ? 7 : 4);
      seen.push(...page.items.map(({ record }) => record.listing.id));
      cursor = page.cursor;
    } while (cursor);
    expect(seen).toHaveLength(25);
    expect(new Set(seen).size).toBe(25);
  });

  test('refuses the cursor of another query', async () => {
    const { cursor } = await find('same', 7);
    await expect(find('currency', 7, cursor)).rejects.toThrow('none of this query');
  });
});

describe('presence', () => {
  const id = listingOf('fx@works.test', { node: 'fx' }).id;
  const status = async () => (await findListing(database.db, id))?.status;

  test('is withheld without consent', async () => {
    await notePresence(database.db, [{ jid: 'fx@works.test', resource: 'agent', state: 'on' }]);
    expect(await status()).toMatchObject({ online: null, lastSeen: null, callJid: 'fx@works.test' });
  });

  test('shows the resource where the offer was seen, while it is online', async () => {
    await grantConsent(database.db, 'fx@works.test');
    await notePresence(database.db, [
      { jid: 'fx@works.test', resource: 'agent', state: 'on' },
      { jid: 'fx@works.test', resource: 'other', state: 'on' },
    ]);
    expect(await status()).toMatchObject({ online: true, callJid: 'fx@works.test/agent' });
    await notePresence(database.db, [{ jid: 'fx@works.test', resource: 'agent', state: 'off' }]);
    expect(await status()).toMatchObject({ online: false, callJid: 'fx@works.test' });
  });

  test('goes with the consent', async () => {
    await notePresence(database.db, [{ jid: 'fx@works.test', resource: 'agent', state: 'on' }]);
    await withdrawSubscription(database.db, 'fx@works.test');
    expect(await status()).toMatchObject({ online: null });
  });

  test('is withheld of an agent that denies it', async () => {
    await grantConsent(database.db, 'shy@works.test');
    await writeIndex(
      database.db,
      [{ ...indexOf('shy@works.test', [{ node: 'n' }]), presenceDenied: true }],
      0,
    );
    await notePresence(database.db, [{ jid: 'shy@works.test', resource: 'agent', state: 'on' }]);
    const [record] = await listingsOfAgent(database.db, 'shy@works.test', 10);
    expect(record?.status).toMatchObject({ online: null, lastSeen: null, callJid: 'shy@works.test' });
  });
});
