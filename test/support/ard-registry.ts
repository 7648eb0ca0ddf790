import { beforeAll } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import { cardTypes, REGISTRY_TYPE } from '../../market/ard/media-types.ts';
import { parsePolicy } from '../../market/policy.ts';
import { afterwards } from './afterwards.ts';
import { expectArd } from './ard.ts';
import { freshDatabase } from './database.ts';
import { indexOf, listingOf } from './listings.ts';

export const origin = 'https://guildhall.example';
export const [cardType] = cardTypes;
export const referral = {
  identifier: 'urn:air:registry.example:registry:public',
  displayName: 'Another registry',
  type: REGISTRY_TYPE,
  url: 'https://registry.example/search',
};
/** What a stranger says in every place. */
export const hostile = `<script>alert(1)</script>"><img src=x onerror='alert(1)'> \u202e '); drop table listing;--`;
/** Listings that differ in nothing but a number. */
export const bulk = 25;

function card(node: string, name: string, link: string, linkType: string) {
  return { node, name, kind: 'published' as const, link, linkType, call: null };
}

export const fx = listingOf('fx@works.test', { node: 'fx' }).id;

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests are about
type Answer = { status: number; json: any; text: string };

export type Entry = { identifier: string; displayName: string; type: string };
export const names = (entries: Entry[]) => entries.map(({ displayName }) => displayName).sort();

/** A registry (ARD) of a test file's own with some listings, asked in this process; what is said either way is checked. */
export function ownRegistry() {
  let db: Database;
  let app: ReturnType<typeof createApp>;
  let referring: ReturnType<typeof createApp>;

  beforeAll(async () => {
    const { url } = await freshDatabase();
    const connection = connectWorker(url, () => undefined);
    db = connection.db;
    afterwards(connection.end);
    const options = {
      deps: { db, policy: parsePolicy('', null) },
      onError: (error: Error) => {
        throw error;
      },
    };
    app = createApp(options);
    referring = createApp({ ...options, referrals: [referral] });
    await writeIndex(
      db,
      [
        indexOf('fx@works.test', [
          {
            node: 'fx',
            name: 'Convert currency',
            description: 'Converts an amount by the daily rates.',
            tags: ['Finance', 'currency'],
            category: 'finance',
            lang: ['en', 'de'],
            features: ['urn:xmpp:ping'],
            queries: [
              'How many yen are ten euros?',
              'Convert 5 dollars',
              'Convert 5 dollars',
              'c',
              'd',
              'e',
              'f',
            ],
            price: { amount: '0.02', currency: 'EUR', unit: 'call' },
          },
        ]),
        indexOf('units@works.test', [
          { node: 'u', name: 'Convert units', tags: ['measure'], queries: ['only one sample request'] },
        ]),
        indexOf('rates@sub.works.test', [
          { node: 'r', name: 'Currency rates', tags: ['finance'], kind: 'tool' },
        ]),
        indexOf('carded@cards.test', [
          card('a', 'Carded planner', 'https://cards.test/a.json', cardType),
          card('b', 'Carded broker', 'https://cards.test/b.json', cardTypes[2]),
          card('c', 'Carded catalogue', 'https://cards.test/c.json', 'application/ai-catalog+json'),
          card('d', 'Carded letters', 'mailto:cards@cards.test', cardType),
        ]),
        indexOf('bücher@bücher.test', [{ node: 'Größe 値段', name: 'Bücher finden', lang: ['de'] }]),
        indexOf('evil@evil.test', [
          {
            node: hostile,
            name: hostile,
            description: hostile,
            tags: [hostile],
            features: [hostile],
            queries: [hostile, `${hostile}2`],
            category: hostile,
          },
        ]),
        ...Array.from({ length: bulk }, (_, at) =>
          indexOf(`n${at}@bulk.test`, [
            { node: 'n', name: `Bulk ${String(at).padStart(2, '0')}`, tags: ['bulk'] },
          ]),
        ),
      ],
      0,
    );
  });

  async function ask(path: string, body?: unknown, of = app): Promise<Answer> {
    const init =
      body === undefined
        ? {}
        : {
            method: 'POST',
            body: typeof body === 'string' ? body : JSON.stringify(body),
            headers: { 'content-type': 'application/json' },
          };
    const response = await of.request(`${origin}${path}`, init);
    const text = await response.text();
    return { status: response.status, text, json: JSON.parse(text) };
  }

  async function search(query: object, more: object = {}): Promise<Answer> {
    expectArd('SearchRequest', { query, ...more });
    const answer = await ask('/ard/search', { query, ...more });
    expectArd(answer.status === 200 ? 'SearchResponse' : 'Error', answer.json);
    return answer;
  }

  async function explore(facets: object[], query?: object): Promise<Answer> {
    const request = { ...(query && { query }), resultType: { facets } };
    expectArd('ExploreRequest', request);
    const answer = await ask('/ard/explore', request);
    expectArd(answer.status === 200 ? 'ExploreResponse' : 'Error', answer.json);
    return answer;
  }

  async function list(parameters: { [name: string]: string }): Promise<Answer> {
    const answer = await ask(`/ard/agents?${new URLSearchParams(parameters)}`);
    expectArd(answer.status === 200 ? 'ListResponse' : 'Error', answer.json);
    return answer;
  }

  function show(identifier: string): Promise<Answer> {
    return ask(`/ard/agents/${encodeURIComponent(identifier)}`);
  }

  return {
    ask,
    search,
    explore,
    list,
    show,
    get db() {
      return db;
    },
    get app() {
      return app;
    },
    /** The same, whose operator names another registry. */
    get referring() {
      return referring;
    },
  };
}
