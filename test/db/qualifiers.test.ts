import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeIndex } from '../../db/write-index.ts';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { search } from '../../operations/search.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf } from '../support/listings.ts';
import { ownSearchIndex } from '../support/search-index.ts';

const database = ownSearchIndex();
const { deps, find } = database;

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
