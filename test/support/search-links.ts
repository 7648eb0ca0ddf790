import { expect } from 'vitest';
import { type FacetName, facetNames } from '../../db/facets.ts';
import { type FacetCounts, facetsView } from '../../functions/pages/facets-view.ts';
import { formatQuery } from '../../market/query/format.ts';
import type { Sort } from '../../market/query/sort.ts';
import { queryOf } from './queries.ts';

export type Counts = { [name in FacetName]?: [string, number][] };

/** What the facets count; of those that are not named, nothing. */
export function counts(of: Counts, approximate = false): FacetCounts {
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
export function linksOf(markup: unknown): Link[] {
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

/** The links of the facets beside the results of a query. */
export const facetLinks = (q: string, of: Counts, sort: Sort = 'relevance') =>
  linksOf(facetsView(queryOf(q), sort, counts(of)));
