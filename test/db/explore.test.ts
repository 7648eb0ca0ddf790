import { describe, expect, test } from 'vitest';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { facets, stats, suggest } from '../../operations/explore.ts';
import { ownSearchIndex } from '../support/search-index.ts';

const { deps } = ownSearchIndex();

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
