import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { weights } from '../../market/ranking.ts';
import { expectedListings } from '../../scripts/specialists/catalogue.ts';
import type { Functions } from '../../scripts/stack/workerd.ts';
import { afterwards } from '../support/afterwards.ts';
import { createDirectory, runFunctions, runWorker, until } from '../support/directory.ts';

const page = readFileSync(new URL('../../docs/search.md', import.meta.url), 'utf8');

let functions: Functions;

type Hit = {
  name: string;
  kind: string;
  lang: string[];
  tags: string[];
  provider: { jid: string; domain: string };
  inputs: { name: string; type: string; options: { value: string }[] }[];
  price: { amount: string; currency: string } | null;
  availability: { online: boolean } | null;
};

async function find(q: string): Promise<{ status: number; items: Hit[]; detail?: string }> {
  const response = await fetch(`${functions.url}/v1/listings?limit=100&q=${encodeURIComponent(q)}`);
  return { status: response.status, ...((await response.json()) as { items: Hit[]; detail?: string }) };
}

/** The sample network, as `npm start` runs it. */
beforeAll(async () => {
  const directory = await createDirectory();
  [functions] = await Promise.all([runFunctions(directory), runWorker(directory)]);
  const { xmpp } = inject('stack');
  const stackFile = join(mkdtempSync(join(tmpdir(), 'guildhall-sample-')), 'dev.json');
  const servers = xmpp.map(({ domain, service, ca }) => ({ domain, service, ca, registration: true }));
  const stack = {
    http: functions.url,
    database: '',
    directory: directory.jid,
    xmpp: servers,
    components: [],
  };
  writeFileSync(stackFile, JSON.stringify(stack));
  const main = fileURLToPath(new URL('../../scripts/specialists/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--stack', stackFile], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  afterwards(() => child.kill('SIGTERM'));
  // Those that are found through a room, a service or a component have tests of their own.
  const wanted = expectedListings(xmpp.map(({ domain }) => domain)).filter(({ name }) => SAMPLES.has(name));
  await until('the sample network is indexed', async () => {
    const names = new Set((await find('')).items.map(({ name }) => name));
    return wanted.length >= SAMPLES.size && wanted.every(({ name }) => names.has(name));
  });
});

const SAMPLES = new Set([
  'Convert currency',
  'Convert units',
  'Convert time zones',
  'Detect a language',
  'Geocode a city',
  'Calculate a loan',
]);

/** What must be true of every hit, and who must be among them; each example of the page has a row here. */
const examples: { [query: string]: { among?: string; every?: (hit: Hit) => boolean } } = {
  'convert currency': { among: 'Convert currency' },
  '"working days"': { among: 'Count working days' },
  'convert -currency': { among: 'Convert units', every: ({ name }) => name !== 'Convert currency' },
  curency: { among: 'Convert currency' },
  'convert a currency to yen': { among: 'Convert currency' },
  'time-zone': { among: 'Convert time zones' },
  'input:amount': { among: 'Convert currency' },
  'input:to=JPY': { among: 'Convert currency' },
  'input:amount accepts:date': {
    among: 'Convert currency',
    every: ({ inputs }) => inputs.some(({ type }) => type === 'date'),
  },
  'tag:finance': { among: 'Convert currency', every: ({ tags }) => tags.includes('finance') },
  'tag:finance,language': { among: 'Detect a language' },
  'tag:finance -input:date': { every: ({ name }) => name !== 'Convert currency' },
  'kind:tool': { every: ({ kind }) => kind === 'tool' },
  'domain:works.test': {
    among: 'Convert units',
    every: ({ provider }) => provider.domain.endsWith('works.test'),
  },
  'agent:units@works.test': {
    among: 'Convert units',
    every: ({ provider }) => provider.jid === 'units@works.test',
  },
  'lang:zh': { every: ({ lang }) => lang.some((tag) => tag.startsWith('zh')) },
  'price:<=1 currency:EUR': {
    among: 'Convert currency',
    every: ({ price }) => Number(price?.amount) <= 1 && price?.currency === 'EUR',
  },
  'near:59.9,10.7,3000': {},
  'online:true': { among: 'Convert currency', every: ({ availability }) => availability?.online === true },
  'updated:>=2026-01-01': { among: 'Convert currency' },
};

const rows = [...page.matchAll(/^\| `([^`]+)` \| ([^|]+) \|$/gm)].map(([, query = '', says = '']) => ({
  query,
  says: says.trim(),
}));
const refused = rows.filter(({ says }) => /^\d+$/.test(says));

describe('docs/search.md', () => {
  test('has an example for each query that is checked here, and none besides', () => {
    const shown = rows.filter((row) => !refused.includes(row)).map(({ query }) => query);
    expect(shown.sort()).toEqual(Object.keys(examples).sort());
  });

  test.each(Object.entries(examples))('%s finds what the page says', async (query, { among, every }) => {
    const { status, items } = await find(query);
    expect(status).toBe(200);
    if (among) expect(items.map(({ name }) => name)).toContain(among);
    expect(items.filter((hit) => every && !every(hit))).toEqual([]);
  });

  test.each(refused)('$query is refused at character $says', async ({ query, says }) => {
    const { status, detail } = await find(query);
    expect([status, detail]).toEqual([400, expect.stringMatching(new RegExp(`^Character ${says}: `))]);
  });

  test('matches what fits the values it gives', async () => {
    const body = /-d '(\{.+\})'/.exec(page)?.[1];
    const response = await fetch(`${functions.url}/v1/listings/match`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body ?? '',
    });
    const { items } = (await response.json()) as { items: (Hit & { missing: string[]; mapping: object })[] };
    expect(items[0]).toMatchObject({
      name: 'Convert currency',
      missing: [],
      mapping: { sum: 'amount', source_currency: 'from', target: 'to' },
    });
  });
});

describe('the other doors to the same search', () => {
  test('a JSON query answers as the text does', async () => {
    const post = async (body: object) => {
      const response = await fetch(`${functions.url}/v1/listings/search`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return {
        status: response.status,
        json: (await response.json()) as { items: Hit[]; errors?: { pointer: string }[] },
      };
    };
    const names = (items: Hit[]) => items.map(({ name }) => name);
    const byText = await find('convert tag:finance,measure input:amount');
    const byJson = await post({
      q: 'convert',
      filters: { tag: ['finance', 'measure'], input: 'amount' },
      limit: 100,
    });
    expect(names(byJson.json.items)).toEqual(names(byText.items));
    const wrong = await post({ filters: { kind: ['command', 'spell'] } });
    expect([wrong.status, wrong.json.errors?.[0]?.pointer]).toEqual([400, '/filters/kind/1']);
  });

  test('an order that lacks what it needs is refused', async () => {
    for (const sort of ['distance', 'price', 'luck']) {
      const response = await fetch(`${functions.url}/v1/listings?sort=${sort}`);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        400,
        'invalid-parameter',
      ]);
    }
  });

  test('explain names the shares of a score', async () => {
    const response = await fetch(`${functions.url}/v1/listings?q=currency&explain=true`);
    const { items } = (await response.json()) as {
      items: { score: number; why: { [share: string]: number } }[];
    };
    const [hit] = items;
    expect(Object.keys(hit?.why ?? {})).toEqual(Object.keys(weights));
    expect(Object.values(hit?.why ?? {}).reduce((sum, share) => sum + share, 0)).toBeCloseTo(
      hit?.score ?? 0,
      6,
    );
  });

  test('facets, completions and figures are served', async () => {
    const json = async (path: string) => (await (await fetch(`${functions.url}${path}`)).json()) as never;
    const { facets } = (await json('/v1/facets?q=tag:finance')) as {
      facets: { tag: { value: string; count: number }[] };
    };
    expect(facets.tag[0]?.value).toBe('finance');
    const { items } = (await json('/v1/suggest?q=conv')) as { items: { text: string }[] };
    expect(items.map(({ text }) => text)).toContain('convert currency');
    expect(((await json('/v1/stats')) as { listings: number }).listings).toBeGreaterThanOrEqual(SAMPLES.size);
    expect((await fetch(`${functions.url}/v1/suggest?q=`)).status).toBe(400);
  });
});
