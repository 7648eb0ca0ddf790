import { describe, expect, test } from 'vitest';
import { facetsView } from '../../functions/pages/facets-view.ts';
import { hitFormLimits } from '../../functions/pages/hit-form.ts';
import { type Search, searchPage } from '../../functions/pages/search-page.ts';
import type { Listing, ListingRecord } from '../../market/listing.ts';
import type { Query } from '../../market/query/ast.ts';
import { scoreUnit, shareWeights } from '../../market/ranking.ts';
import { converter } from '../support/converter.ts';
import { inputOf } from '../support/inputs.ts';
import { listingOf } from '../support/listings.ts';
import { queryOf } from '../support/queries.ts';
import { type Counts, counts, facetLinks, linksOf } from '../support/search-links.ts';

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
    rating: null,
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
