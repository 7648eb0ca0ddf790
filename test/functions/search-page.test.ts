import { describe, expect, test } from 'vitest';
import { type FacetName, facetNames } from '../../db/facets.ts';
import { type FacetCounts, facetLimits, facetsView } from '../../functions/pages/facets-view.ts';
import { hitFormLimits } from '../../functions/pages/hit-form.ts';
import { matchesOf } from '../../functions/pages/matches.ts';
import { queryChips } from '../../functions/pages/query-chips.ts';
import { type Search, searchPage } from '../../functions/pages/search-page.ts';
import { sortLinks } from '../../functions/pages/sort-links.ts';
import type { Listing, ListingRecord } from '../../market/listing.ts';
import { isProblem } from '../../market/problem.ts';
import { type Query, queryLimits } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import { parseQuery } from '../../market/query/parse.ts';
import type { Sort } from '../../market/query/sort.ts';
import { scoreUnit, shareWeights } from '../../market/ranking.ts';
import { inputOf } from '../support/inputs.ts';
import { listingOf } from '../support/listings.ts';

function queryOf(text: string): Query {
  const query = parseQuery(text);
  if (isProblem(query)) throw new Error(query.detail);
  return query;
}

type Counts = { [name in FacetName]?: [string, number][] };

function counts(of: Counts, approximate = false): FacetCounts {
  const facets = Object.fromEntries(
    facetNames.map((name) => [name, (of[name] ?? []).map(([value, count]) => ({ value, count }))]),
  ) as FacetCounts['facets'];
  return { facets, approximate };
}

const unescaped = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

type Link = { text: string; q: string; sort: string | null; isChosen: boolean };

/** The links of some markup: what they say, and what they ask for, which must read. */
function linksOf(markup: unknown): Link[] {
  return [...String(markup).matchAll(/<a ([^>]*)href="([^"]*)"[^>]*>(.*?)<\/a>/gs)].map(
    ([, attributes = '', path = '', content = '']) => {
      const { searchParams } = new URL(unescaped(path), 'https://guildhall.test');
      const q = searchParams.get('q') ?? '';
      expect(formatQuery(queryOf(q))).toBe(q);
      const text = unescaped(content.replaceAll(/<[^>]*>/g, '').trim());
      return { text, q, sort: searchParams.get('sort'), isChosen: attributes.includes('chosen') };
    },
  );
}

const facetLinks = (q: string, of: Counts, sort: Sort = 'relevance') =>
  linksOf(facetsView(queryOf(q), sort, counts(of)));

describe('a facet', () => {
  test.each<[string, string, FacetName, string, string]>([
    ['a tag', '', 'tag', 'finance', 'tag:finance'],
    ['a tag of several words', 'convert', 'tag', 'working days', 'convert tag:"working days"'],
    ['a tag with quotation marks', '', 'tag', 'so "called"', 'tag:"so \\"called\\""'],
    ['a tag with a comma', '', 'tag', 'a,b', 'tag:"a,b"'],
    ['a tag with a backslash and a quotation mark', '', 'tag', '\\"', 'tag:"\\\\\\""'],
    ['a tag in capitals', '', 'tag', 'Finance', 'tag:finance'],
    ['a tag beside another, which must hold too', 'tag:a', 'tag', 'b', 'tag:a tag:b'],
    ['a tag that looks like a qualifier', '', 'tag', '-tag:x', 'tag:-tag:x'],
    ['a tag that is excluded, which it is no longer', '-tag:a,b', 'tag', 'a', 'tag:a -tag:b'],
    ['a domain', '"working days"', 'domain', 'works.test', '"working days" domain:works.test'],
    ['a domain in its own letters', '', 'domain', 'bücher.example', 'domain:bücher.example'],
    ['a kind', '-crypto', 'kind', 'tool', '-crypto kind:tool'],
    ['a language', '', 'lang', 'pt-BR', 'lang:pt-br'],
    ['a type', 'kind:tool', 'accepts', 'date', 'accepts:date kind:tool'],
  ])('adds %s', (_, q, name, value, expected) => {
    const link = facetLinks(q, { [name]: [[value, 3]] }).find(({ isChosen }) => !isChosen);
    expect(link?.q).toBe(expected);
  });

  test.each<[string, FacetName, string, string]>([
    ['tag:finance', 'tag', 'finance', ''],
    ['convert tag:"working days" kind:tool', 'tag', 'working days', 'convert kind:tool'],
    ['tag:a,b', 'tag', 'a', 'tag:b'],
    ['tag:a,b tag:a', 'tag', 'a', 'tag:b'],
    ['tag:finance', 'tag', 'FINANCE', ''],
    ['domain:works.test', 'domain', 'works.test', ''],
    ['kind:tool lang:pt-br', 'lang', 'pt-BR', 'kind:tool'],
  ])('of %s takes out what is chosen: %s %s', (q, name, value, expected) => {
    const [link] = facetLinks(q, { [name]: [[value, 3]] });
    expect(link).toMatchObject({ q: expected, isChosen: true });
    expect(link?.text).toMatch(/^Take out /);
  });

  test('that is chosen stands first, and stands there though nobody counted it', () => {
    const links = facetLinks('tag:rare tag:b', {
      tag: [
        ['a', 9],
        ['b', 8],
      ],
    });
    expect(links.map(({ text, isChosen }) => [text, isChosen])).toEqual([
      ['Take out b 8', true],
      ['Take out rare', true],
      ['a 9', false],
    ]);
  });

  test('that is excluded is not chosen', () => {
    expect(facetLinks('-tag:a', { tag: [['b', 1]] })).toMatchObject([{ text: 'b 1', q: 'tag:b -tag:a' }]);
  });

  test('says in words what a language, a kind and a type are', () => {
    const links = facetLinks('', { lang: [['de', 1]], kind: [['command', 2]], accepts: [['enum', 3]] });
    expect(links.map(({ text }) => text)).toEqual(['German 1', 'Ad-hoc command 2', 'choice 3']);
  });

  test('counts spellings that differ in case as one', () => {
    expect(
      facetLinks('', {
        tag: [
          ['Finance', 2],
          ['finance', 1],
        ],
      }),
    ).toMatchObject([{ text: 'Finance about 3', q: 'tag:finance' }]);
  });

  test('is marked where its count is an estimate', () => {
    const view = facetsView(queryOf(''), 'relevance', counts({ tag: [['a', 12_000]] }, true));
    expect(String(view)).toContain('about 12000');
  });

  test('keeps the order, unless the query then lacks what the order needs', () => {
    expect(facetLinks('near:1,2,3', { tag: [['a', 1]] }, 'distance')[0]?.sort).toBe('distance');
    const [chip] = linksOf(queryChips(queryOf('near:1,2,3'), 'distance'));
    expect(chip).toMatchObject({ q: '', sort: null });
  });

  test('that no query can ask for is no link', () => {
    const many = Array.from({ length: queryLimits.qualifiersMax }, (_, at) => `tag:t${at}`).join(' ');
    expect(facetLinks('', { lang: [['not a language', 1]], kind: [['spell', 1]] })).toEqual([]);
    expect(facetLinks(many, { kind: [['tool', 1]] }).filter(({ text }) => text.includes('Tool'))).toEqual([]);
    expect(facetLinks('', { tag: [['x'.repeat(queryLimits.valueCharsMax + 1), 1]] })).toEqual([]);
  });

  test('shows the first few of hundreds, folds up some more, and says how many are left', () => {
    const tags = Array.from({ length: 500 }, (_, at): [string, number] => [`tag ${at}`, 500 - at]);
    const markup = String(facetsView(queryOf(''), 'relevance', counts({ tag: tags })));
    const { shownMax, furtherMax } = facetLimits;
    expect(linksOf(markup)).toHaveLength(shownMax + furtherMax);
    expect(linksOf(markup.slice(0, markup.indexOf('<details><summary>')))).toHaveLength(shownMax);
    expect(markup).toContain(`and ${500 - shownMax - furtherMax} that are rarer`);
  });

  test('without any value is left out, and without any facet there is nothing', () => {
    expect(String(facetsView(queryOf(''), 'relevance', counts({ tag: [['a', 1]] })))).not.toContain(
      'Language',
    );
    expect(String(facetsView(queryOf(''), 'relevance', counts({})))).toBe('');
  });
});

describe('the qualifiers in force', () => {
  test.each([
    [
      'convert tag:a,b -tag:c kind:tool',
      ['tag a or b', 'not tag c', 'kind tool'],
      ['convert -tag:c kind:tool', 'convert tag:a,b kind:tool', 'convert tag:a,b -tag:c'],
    ],
    [
      'near:59.9,10.7,3000 online:true',
      ['online true', 'near 59.9,10.7,3000'],
      ['near:59.9,10.7,3000', 'online:true'],
    ],
    ['input:to=JPY rating:>=4', ['input to=JPY', 'rating >=4'], ['rating:>=4', 'input:to=JPY']],
    // Prices are compared in the currency, and go with it.
    ['price:<=1 currency:EUR', ['price <=1', 'currency EUR'], ['currency:EUR', '']],
  ])('%s each say what they are, and how the query reads without them', (q, texts, without) => {
    const links = linksOf(queryChips(queryOf(q), 'relevance')).filter(({ text }) => text !== 'Take all out');
    expect(links.map(({ text }) => text)).toEqual(texts.map((text) => `Take out ${text}`));
    expect(links.map(({ q }) => q)).toEqual(without);
  });

  test('can be taken out all at once, which leaves the words', () => {
    expect(linksOf(queryChips(queryOf('"a b" -c tag:x kind:tool'), 'name')).at(-1)).toMatchObject({
      text: 'Take all out',
      q: '"a b" -c',
      sort: 'name',
    });
  });
});

describe('the orders', () => {
  test.each([
    ['', ['Relevance', 'Rating', 'Recent', 'Name']],
    ['currency:EUR', ['Relevance', 'Rating', 'Recent', 'Price', 'Name']],
    ['currency:EUR,JPY', ['Relevance', 'Rating', 'Recent', 'Name']],
    ['near:1,2,3', ['Relevance', 'Rating', 'Recent', 'Distance', 'Name']],
  ])('of "%s" are those that it can be answered in', (q, names) => {
    expect(linksOf(sortLinks(queryOf(q), 'relevance')).map(({ text }) => text)).toEqual(names);
  });

  test('say which one it is', () => {
    expect(String(sortLinks(queryOf('x'), 'name'))).toMatch(/sort=name" rel="nofollow" aria-current="true"/);
  });
});

const converter: Partial<Listing> & { node: string } = {
  node: 'fx',
  name: 'Convert currencies',
  description: 'Turns an amount of one currency into another, at the rates of a working day.',
  tags: ['Finance', 'exchange rate'],
  category: 'finance',
  inputs: [
    inputOf('amount', { type: 'number' }),
    inputOf('to_ccy', { type: 'enum', options: [{ value: 'JPY', label: 'Yen' }] }),
    inputOf('day', { label: 'Working day', type: 'date' }),
  ],
};

function matches(q: string) {
  const { words, inputs, tags, otherwise } = matchesOf(listingOf('fx@works.test', converter), queryOf(q));
  const byPlace = Object.fromEntries(words.map(({ place, said }) => [place, said]));
  return { words: byPlace, inputs: [...inputs], tags: [...tags], otherwise };
}

describe('why a listing is there', () => {
  test('names the words by their places, in whatever form they stand there', () => {
    expect(matches('currency rating').words).toEqual({
      name: ['currency'],
      tags: ['rating'],
      description: ['currency', 'rating'],
    });
  });

  test('takes a phrase as a whole, and what is excluded not at all', () => {
    expect(matches('"working day"')).toMatchObject({ words: { inputs: ['working day'] }, inputs: [2] });
    expect(matches('"day working"').words).toEqual({});
    expect(matches('-crypto -tag:news -input:x')).toEqual({ words: {}, inputs: [], tags: [], otherwise: [] });
  });

  test('marks the inputs that were asked for by name, by another name, by option, by type and by word', () => {
    expect(matches('input:amount')).toMatchObject({ inputs: [0], otherwise: [] });
    expect(matches('input:target_currency=yen')).toMatchObject({
      inputs: [1],
      otherwise: [{ asked: 'target_currency', name: 'to_ccy' }],
    });
    expect(matches('input:to=EUR').inputs).toEqual([]);
    expect(matches('accepts:date').inputs).toEqual([2]);
    expect(matches('amount').inputs).toEqual([0]);
  });

  test('marks the tags that were asked for, whatever their case', () => {
    expect(matches('tag:finance').tags).toEqual(['Finance']);
    expect(matches('exchange').tags).toEqual(['exchange rate']);
  });

  test('finds words in scripts without spaces', () => {
    const listing = listingOf('fx@works.test', { node: 'x', name: '货币换算工具' });
    expect(matchesOf(listing, queryOf('货币')).words).toEqual([{ place: 'name', said: ['货币'] }]);
  });

  test('is found at once in a long text with many words', () => {
    const description = 'converting currencies '.repeat(5_000);
    const listing = listingOf('fx@works.test', { node: 'x', description, tags: Array(300).fill('a b c') });
    const many = queryOf(Array.from({ length: queryLimits.termsMax }, (_, at) => `word${at}`).join(' '));
    const before = performance.now();
    for (let at = 0; at < 20; at++) matchesOf(listing, many);
    expect(performance.now() - before).toBeLessThan(4_000);
  });
});

function recordOf(some: Partial<Listing> & { node: string }): ListingRecord {
  return {
    listing: listingOf('fx@works.test', some),
    status: {
      callJid: null,
      online: null,
      lastSeen: null,
      uptime: { d1: null, d7: null, d30: null },
      replyMs: null,
      sources: {},
      verified: new Date(0),
      stale: false,
    },
    firstSeen: new Date(0),
    updated: new Date(0),
    seq: 1,
  };
}

function pageOf(q: string, over: Partial<Search> & { listing?: typeof converter; of?: Counts } = {}): string {
  const { listing = converter, of = {}, ...search } = over;
  const why = {
    text: 700_000,
    words: 0,
    inputs: 0,
    variety: 0,
    quality: 60_000,
    rating: 30_000,
    uptime: 25_000,
    freshness: 50_000,
  };
  const items = [{ record: recordOf(listing), score: 0.865 * scoreUnit, why }];
  const sort = search.sort ?? 'relevance';
  const page = { items, cursor: 'next', approximate: false, mended: null, partial: false };
  const outcome = { query: queryOf(q), sort, page, facets: counts(of) };
  return String(searchPage({ text: q, sort, isLater: false, outcome, ...search }));
}

describe('the page of results', () => {
  test('keeps the order in the box and from page to page', () => {
    const markup = pageOf('convert', { sort: 'name', isLater: true });
    expect(markup).toContain('<input type="hidden" name="sort" value="name">');
    expect(markup).toContain('href="/?q=convert&amp;sort=name"');
    expect(markup).toContain('href="/?q=convert&amp;sort=name&amp;cursor=next"');
    expect(pageOf('convert')).not.toContain('name="sort"');
  });

  test('says what a score is made of, where the score is what orders', () => {
    const markup = pageOf('convert');
    expect(markup).toContain('<summary>Score 0.86</summary>');
    const most = shareWeights({ words: true, inputs: false }).text.toFixed(4);
    expect(markup).toContain(`<meter min="0" max="${most}" value="0.7000" aria-label="Words">`);
    expect(markup).not.toContain('aria-label="Inputs"');
    expect(pageOf('tag:finance')).not.toContain('aria-label="Words"');
    expect(pageOf('convert', { sort: 'name' })).not.toContain('<meter');
    expect(pageOf('')).not.toMatch(/<meter|Why it is here/);
  });

  test('shows the input that was asked for, however far behind it stands', () => {
    const inputs = Array.from({ length: 40 }, (_, at) => inputOf(`field${at}`));
    const markup = pageOf('input:field39', { listing: { node: 'x', inputs } });
    expect(markup).toMatch(/<li class="chip match"><mark><code><bdi>field39/);
    expect(markup).not.toContain('<mark><code><bdi>field1<');
  });

  test('has a form for each result, with ids of its own, that leads to the page of the listing', () => {
    const markup = pageOf('convert');
    const action = /<form class="inputs" method="get" action="([^"]*)"/.exec(markup)?.[1];
    expect(action).toMatch(/^\/listings\/[^"]*#call$/);
    const ids = [...markup.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('leaves a large form to the page of the listing', () => {
    const options = Array.from({ length: hitFormLimits.optionsMax + 1 }, (_, at) => ({
      value: `${at}`,
      label: null,
    }));
    const markup = pageOf('convert', {
      listing: { node: 'x', inputs: [inputOf('to', { type: 'enum', options })] },
    });
    expect(markup).not.toContain('<form class="inputs"');
    expect(markup).toMatch(/<a href="\/listings\/[^"]*#takes">/);
  });

  test('builds its links from the mended query, where that is what was answered', () => {
    const mended = queryOf('currency tag:a');
    const page = {
      items: [
        {
          record: recordOf(converter),
          score: 1,
          why: { text: 0, words: 0, inputs: 0, variety: 0, quality: 0, rating: 0, uptime: 0, freshness: 0 },
        },
      ],
      cursor: null,
      approximate: false,
      mended,
      partial: false,
    };
    const outcome = {
      query: queryOf('curency tag:a'),
      sort: 'relevance' as const,
      page,
      facets: counts({ tag: [['b', 1]] }),
    };
    const markup = pageOf('curency tag:a', { outcome });
    expect(linksOf(markup).map(({ q }) => q)).toContain('currency tag:a tag:b');
    expect(markup).toContain('<mark><bdi>currency</bdi></mark>');
  });

  test('shows no facets, chips or orders where the query is refused', () => {
    const outcome = { problem: 'invalid-query' as const, detail: 'no', errors: [] };
    expect(pageOf('x', { outcome })).not.toMatch(/class="(facets|in-force|sorts)"/);
  });

  test('offers to take qualifiers out where nothing matches', () => {
    const page = { items: [], cursor: null, approximate: false, mended: null, partial: false };
    const outcome = { query: queryOf('x tag:a'), sort: 'relevance' as const, page, facets: counts({}) };
    expect(linksOf(pageOf('x tag:a', { outcome })).map(({ q }) => q)).toContain('x');
  });
});

describe('text from strangers among the results', () => {
  const hostile = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</a></li></details><svg/onload=alert(1)>',
    '\u202egnirts\u2066 \u200f',
    'javascript:alert(1)',
    'x '.repeat(150).trim(),
    '&quot;&lt;b&gt;',
  ];
  const of = (said: string) => {
    const listing = {
      node: 'x',
      name: `match ${said}`,
      description: `match ${said}`,
      category: said,
      tags: [`match ${said}`],
      inputs: [inputOf(said, { label: `match ${said}`, options: [{ value: said, label: said }] })],
    };
    const values: [string, number][] = [[said, 2]];
    const counted = { tag: values, category: values };
    return pageOf('match', { listing, of: counted });
  };
  /** Each element with the names of its attributes. */
  const skeleton = (markup: string) =>
    [...markup.matchAll(/<[!/]?[a-zA-Z][^\s>]*(?:\s+[a-zA-Z-]+(?:="[^"]*")?)*\s*\/?>/g)].map(([tag]) =>
      tag.replaceAll(/="[^"]*"/g, ''),
    );

  test.each(hostile)('adds no element and no attribute: %.40s', (said) => {
    expect(skeleton(of(said))).toEqual(skeleton(of('plain')));
  });

  test.each(hostile)('as a qualifier or a word of the query adds none either: %.40s', (said) => {
    const asked = (text: string): Query => ({
      terms: [{ text, phrase: true, excluded: false }],
      qualifiers: [{ name: 'tag', excluded: true, values: [text] }],
    });
    const page = (text: string) => {
      const listing = { node: 'x', name: text, tags: [text] };
      const items = [
        {
          record: recordOf(listing),
          score: 1,
          why: { text: 1, words: 1, inputs: 1, variety: 0, quality: 1, rating: 1, uptime: 1, freshness: 1 },
        },
      ];
      const outcome = {
        query: asked(text),
        sort: 'name' as const,
        page: { items, cursor: null, approximate: false, mended: null, partial: false },
        facets: counts({}),
      };
      return String(searchPage({ text, sort: 'name', isLater: false, outcome }));
    };
    expect(skeleton(page(said))).toEqual(skeleton(page('plain')));
  });

  test('is cut where it is very long, and leads to the whole value', () => {
    const long = 'y'.repeat(400);
    const [link] = facetLinks('', { tag: [[long, 1]] });
    expect(link?.text.length).toBeLessThan(80);
    expect(link?.q).toBe(`tag:${long}`);
  });

  test('that reorders text is isolated', () => {
    expect(String(facetsView(queryOf(''), 'relevance', counts({ category: [['a\u202eb', 1]] })))).toContain(
      '<bdi>a\u202eb</bdi>',
    );
  });
});
