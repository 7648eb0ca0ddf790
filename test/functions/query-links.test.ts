import { describe, expect, test } from 'vitest';
import type { FacetName } from '../../db/facets.ts';
import { facetLimits, facetsView } from '../../functions/pages/facets-view.ts';
import { queryChips } from '../../functions/pages/query-chips.ts';
import { sortLinks } from '../../functions/pages/sort-links.ts';
import { queryLimits } from '../../market/query/ast.ts';
import { queryOf } from '../support/queries.ts';
import { counts, facetLinks, linksOf } from '../support/search-links.ts';

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
