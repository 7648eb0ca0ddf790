import { afterAll, beforeAll } from 'vitest';
import { connectWorker, type WorkerDatabase } from '../../db/connect-worker.ts';
import { writeIndex } from '../../db/write-index.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import type { Sort } from '../../market/query/sort.ts';
import { search } from '../../operations/search.ts';
import { freshDatabase } from './database.ts';
import { inputOf } from './inputs.ts';
import { indexOf } from './listings.ts';
import { queryOf } from './queries.ts';

const choice = (...values: string[]) => ({
  type: 'enum' as const,
  options: values.map((value) => ({ value, label: null })),
});

/** An index of a test file's own with a few listings that differ in what can be asked for, and how it is searched. */
export function ownSearchIndex() {
  let database: WorkerDatabase;
  const deps = () => ({ db: database.db, policy: parsePolicy('', 'agents.test') });

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
    const query = queryOf(text);
    const page = await search(deps(), { query, sort, limit, cursor });
    if (isProblem(page)) throw new Error(page.detail);
    return { ...page, names: page.items.map(({ record }) => record.listing.name) };
  }

  return {
    deps,
    find,
    get db() {
      return database.db;
    },
  };
}
