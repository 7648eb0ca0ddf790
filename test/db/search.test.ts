import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectWorker, type WorkerDatabase } from '../../db/connect-worker.ts';
import { grantConsent, notePresence } from '../../db/consent.ts';
import { findListing, listingsOfAgent } from '../../db/listings.ts';
import { withdrawSubscription } from '../../db/removals.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query/parse.ts';
import type { Sort } from '../../market/query/sort.ts';
import { facets, stats, suggest } from '../../operations/explore.ts';
import { match } from '../../operations/match.ts';
import { search } from '../../operations/search.ts';
import { freshDatabase } from '../support/database.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf, listingOf } from '../support/listings.ts';

let database: WorkerDatabase;
const deps = () => ({ db: database.db, policy: parsePolicy('', 'agents.test') });

const choice = (...values: string[]) => ({
  type: 'enum' as const,
  options: values.map((value) => ({ value, label: null })),
});

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
          tags: ['finance', 'say "hi"'],
          category: 'money',
          lang: ['en'],
          price: { amount: '0.02', currency: 'EUR', unit: 'call' },
          location: { lat: 59.91, lon: 10.75 },
          inputs: [
            inputOf('amount', { type: 'number', required: true }),
            inputOf('fromCurrency', { required: true, ...choice('EUR', 'USD') }),
            inputOf('to', { required: true, ...choice('EUR', 'JPY') }),
          ],
          outputs: [inputOf('total', { type: 'number' })],
        },
      ]),
      indexOf('units@agents.test', [
        {
          node: 'units',
          name: 'Convert units',
          description: 'Lengths, weights and more',
          tags: ['measure'],
          lang: ['en', 'pt-br'],
          price: { amount: '3', currency: 'EUR', unit: 'call' },
          location: { lat: -17.8, lon: 179.9 },
          inputs: [
            inputOf('amount', { type: 'number', required: true }),
            inputOf('unit', { required: true }),
          ],
        },
      ]),
      indexOf('news@agents.test', [
        {
          node: 'news',
          name: 'Daily news',
          description: 'Sometimes about currency, and how to convert it',
          tags: ['finance', 'news'],
          features: ['urn:x:news'],
          inputs: [inputOf('day', { type: 'date' })],
        },
      ]),
      indexOf('wetter@agents.test', [
        {
          node: 'w',
          name: 'Wetterbericht',
          description: 'Berichte über Häuser im Regen',
          lang: ['de'],
          kind: 'skill',
        },
      ]),
      indexOf('kanji@agents.test', [{ node: 'k', name: '天気予報を調べる', lang: ['ja'] }]),
      ...Array.from({ length: 25 }, (_, at) =>
        indexOf(`bulk${at}@bulk.test`, [{ node: 'same', name: 'Same name' }]),
      ),
    ],
    60_000,
  );
});
afterAll(() => database.end());

async function find(text: string, limit = 20, cursor: string | null = null, sort: Sort = 'relevance') {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  const page = await search(deps(), { query, sort, limit, cursor });
  if (isProblem(page)) throw new Error(page.detail);
  return { ...page, names: page.items.map(({ record }) => record.listing.name) };
}

describe('words', () => {
  test.each([
    // Two have both words; one has one of them, and comes last.
    ['convert currency', ['Convert currency', 'Daily news', 'Convert units']],
    ['converting currencies', ['Convert currency', 'Daily news', 'Convert units']],
    ['"convert currency"', ['Convert currency']],
    ['convert -currency', ['Convert units']],
    ['currency domain:works.test', ['Convert currency']],
    ['Haus lang:de', ['Wetterbericht']],
    ['天気', ['天気予報を調べる']],
    ['fromCurrency', ['Convert currency', 'Daily news']],
    ['nothing-like-it-at-all', []],
    // Its description speaks of a table.
    ["'; drop table listing; --", ['Convert currency']],
    ['& | ! ( ) : * <->', []],
  ])('%s find what they ask for, the best first', async (text, names) => {
    expect((await find(text)).names).toEqual(names);
  });

  test('may be lacking in part where few listings have them all, and the answer says so', async () => {
    expect((await find('convert currency')).partial).toBe(true);
    expect((await find('currency')).partial).toBe(false);
    expect(await find('weather currency')).toMatchObject({ mended: null, partial: true });
    // What else the query asks must hold all the same.
    expect((await find('convert currency domain:works.test')).names).toEqual(['Convert currency']);
    expect((await find('convert currency -dated', 20, null, 'name')).names).toEqual(['Daily news']);
  });

  test('come first where they are all there, however often others say some of them', async () => {
    const both = indexOf('zoo@agents.test', [
      { node: 'z', name: 'Zoo', description: 'Has a quokka and a wombat' },
    ]);
    const some = Array.from({ length: 30 }, (_, at) =>
      indexOf(`s${at}@some${at}.test`, [{ node: 'n', name: at % 2 ? 'Quokka quokka' : 'Wombat wombat' }]),
    );
    await writeIndex(database.db, [both, ...some], 60_000);
    const { names, partial } = await find('quokka wombat');
    expect([names[0], names.length, partial]).toEqual(['Zoo', 20, true]);
    await writeIndex(
      database.db,
      [both, ...some].map((agent) => ({ ...agent, listings: [], isDenied: true })),
      0,
    );
  });

  test('that nobody says any more are not offered', async () => {
    const falcon = indexOf('f@agents.test', [
      { node: 'f', name: 'Secretproject', inputs: [inputOf('falconPin')] },
    ]);
    const offered = async (prefix: string) =>
      (await suggest(deps(), prefix, 5)).map(({ text, count }) => [text, count]);
    await writeIndex(database.db, [falcon], 0);
    expect(await offered('secretp')).toEqual([['secretproject', 1]]);
    expect(await offered('falconP')).toEqual([['falconpin', 1]]);
    for (const description of ['one', 'two']) {
      const again = indexOf('f@agents.test', [{ node: 'f', name: 'Secretproject', description }]);
      await writeIndex(database.db, [again], 0);
    }
    expect([await offered('secretp'), await offered('falcon')]).toEqual([[['secretproject', 1]], []]);
    await writeIndex(database.db, [{ ...falcon, listings: [], isDenied: true }], 0);
    expect(await offered('secretp')).toEqual([]);
  });

  test('that merely join others need not be there, and find nothing by themselves', async () => {
    expect((await find('convert to a currency')).names[0]).toBe('Convert currency');
    expect((await find('the')).items).toEqual([]);
  });

  test('are found without their accents, written together or apart', async () => {
    expect((await find('Hauser')).names).toEqual(['Wetterbericht']);
    expect((await find('day-ly')).names).toEqual([]);
  });

  test('mistyped are mended where nothing matches as it is written, and the answer says so', async () => {
    const { names, mended } = await find('curency');
    expect(names).toEqual(['Convert currency', 'Daily news']);
    expect(mended?.terms).toEqual([{ text: 'currency', phrase: false, excluded: false }]);
    expect((await find('currency')).mended).toBeNull();
  });

  test('mistyped are mended on every page', async () => {
    const first = await find('curency', 1);
    expect(first.names).toEqual(['Convert currency']);
    const second = await find('curency', 1, first.cursor);
    expect(second).toMatchObject({ names: ['Daily news'], mended: first.mended, cursor: null });
  });

  test('have shares of the score that add up to it', async () => {
    const [hit] = (await find('convert currency')).items;
    expect(Object.values(hit?.why ?? {}).reduce((sum, share) => sum + share, 0)).toBe(hit?.score);
    expect(hit?.why.text).toBeGreaterThan(0);
  });
});

describe('an input with a choice of many', () => {
  test('leaves room for all that the listing takes besides', async () => {
    const countries = Array.from({ length: 249 }, (_, at) => ({
      value: `c${at}`,
      label: `Country number ${at} of many`,
    }));
    const parcel = indexOf('post@agents.test', [
      {
        node: 'p',
        name: 'Parcel rates',
        inputs: [
          inputOf('destination', { type: 'enum', label: 'Destination country', options: countries }),
          inputOf('grams', { type: 'number' }),
        ],
        outputs: [inputOf('postage', { type: 'number' })],
      },
    ]);
    await writeIndex(database.db, [parcel], 0);
    for (const text of ['input:grams', 'input:destination=c3', 'returns:postage', 'accepts:number parcel']) {
      expect((await find(text)).names).toContain('Parcel rates');
    }
    await writeIndex(database.db, [{ ...parcel, listings: [], isDenied: true }], 0);
  });
});

describe('a qualifier', () => {
  test.each([
    ['tag:finance', ['Convert currency', 'Daily news']],
    ['tag:measure,news', ['Convert units', 'Daily news']],
    ['tag:finance tag:news', ['Daily news']],
    ['tag:finance -tag:news', ['Convert currency']],
    ['tag:"say \\"hi\\""', ['Convert currency']],
    ['category:money', ['Convert currency']],
    ['lang:pt', ['Convert units']],
    ['kind:skill', ['Wetterbericht']],
    ['agent:FX@works.test', ['Convert currency']],
    ['feature:urn:x:news', ['Daily news']],
    ['input:amount', ['Convert currency', 'Convert units']],
    ['input:from_currency', ['Convert currency']],
    ['input:to=jpy', ['Convert currency']],
    ['input:to=GBP', []],
    ['input:amount input:unit', ['Convert units']],
    ['accepts:date', ['Daily news']],
    ['returns:total', ['Convert currency']],
    ['price:<=2 currency:EUR', ['Convert currency']],
    ['price:>2 currency:EUR', ['Convert units']],
    ['currency:USD', []],
    ['near:59.9,10.7,50', ['Convert currency']],
    ['near:-17.8,-179.9,50', ['Convert units']],
    ['near:90,0,4000', ['Convert currency']],
    ['updated:>=2020-01-01 tag:measure', ['Convert units']],
    ['updated:<2020-01-01', []],
    ['rating:>=4', []],
    ['uptime:>=0.5', []],
    ['online:true', []],
  ])('%s holds for what it names', async (text, names) => {
    expect((await find(text)).names.sort()).toEqual(names);
  });

  test('answers for whatever text is a query', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc
            .constantFrom('tag:', 'input:', 'agent:', 'feature:')
            .chain((name) => fc.string({ maxLength: 40 }).map((text) => `${name}"${text}"`)),
        ),
        async (text) => {
          const query = parseQuery(text);
          if (!isProblem(query))
            expect(
              isProblem(await search(deps(), { query, sort: 'relevance', limit: 1, cursor: null })),
            ).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('an order', () => {
  test.each<[Sort, string, string[]]>([
    ['name', 'tag:finance,measure', ['Convert currency', 'Convert units', 'Daily news']],
    ['price', 'currency:EUR', ['Convert currency', 'Convert units']],
    ['distance', 'near:-17.8,179,20000', ['Convert units', 'Convert currency']],
  ])('by %s puts %s in it', async (sort, text, names) => {
    expect((await find(text, 20, null, sort)).names).toEqual(names);
  });

  test.each<Sort>(['relevance', 'recent', 'name', 'rating'])(
    'by %s pages through everything once, ties and all',
    async (sort) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof find>> = await find('same', 7, cursor, sort);
        seen.push(...page.items.map(({ record }) => record.listing.id));
        cursor = page.cursor;
      } while (cursor);
      expect(seen).toHaveLength(25);
      expect(new Set(seen).size).toBe(25);
    },
  );

  test('refuses the cursor of another query or order', async () => {
    const { cursor } = await find('same', 7);
    await expect(find('currency', 7, cursor)).rejects.toThrow('none of this query');
    await expect(find('same', 7, cursor, 'name')).rejects.toThrow('none of this query');
  });
});

describe('a match', () => {
  const names = async (given: Parameters<typeof match>[1]) =>
    (await match(deps(), given, 20)).items.map(({ record, mapping, missing }) => [
      record.listing.name,
      mapping,
      missing,
    ]);

  test('maps what is given to inputs, those that can be called first, then those that lack one', async () => {
    expect(await names({ sum: 5, from_currency: 'EUR', target: 'JPY' })).toEqual([
      ['Convert currency', { sum: 'amount', from_currency: 'fromCurrency', target: 'to' }, []],
      ['Convert units', { sum: 'amount' }, ['unit']],
    ]);
  });

  test('leaves out what would not take the value', async () => {
    expect(await names({ amount: 'five', unit: 'm' })).toEqual([
      ['Convert units', { unit: 'unit' }, ['amount']],
    ]);
    expect(await names({ amount: 5, fromCurrency: 'GBP', to: 'JPY' })).toEqual([
      ['Convert currency', { amount: 'amount', to: 'to' }, ['fromCurrency']],
      ['Convert units', { amount: 'amount' }, ['unit']],
    ]);
    expect(await names({ unheardOf: 1 })).toEqual([]);
  });
});

describe('finding the way', () => {
  test('by counts over what a query matches', async () => {
    const query = parseQuery('tag:finance');
    if (isProblem(query)) throw new Error('refused');
    const { facets: found, counted, approximate } = await facets(deps(), query);
    expect([counted, approximate]).toEqual([2, false]);
    expect(found.tag).toEqual([
      { value: 'finance', count: 2 },
      { value: 'news', count: 1 },
      { value: 'say "hi"', count: 1 },
    ]);
    expect(found.accepts.map(({ value }) => value).sort()).toEqual(['date', 'enum', 'number']);
    expect(found.domain).toEqual([
      { value: 'agents.test', count: 1 },
      { value: 'works.test', count: 1 },
    ]);
  });

  test('by completions', async () => {
    expect((await suggest(deps(), 'Conv', 10)).map(({ kind, text }) => [kind, text])).toEqual([
      ['name', 'convert currency'],
      ['name', 'convert units'],
    ]);
    expect(await suggest(deps(), '%', 10)).toEqual([]);
  });

  test('by figures', async () => {
    expect(await stats(deps())).toMatchObject({
      listings: 30,
      agents: 30,
      domains: 3,
      byKind: { command: 29, skill: 1 },
    });
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
    expect((await find('online:true')).names).toEqual(['Convert currency']);
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
    expect((await find('online:true')).names).toEqual([]);
  });
});
