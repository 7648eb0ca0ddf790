import { describe, expect, test } from 'vitest';
import { ID_PATTERN } from '../../market/listing-id.ts';
import { isProblem } from '../../market/problem.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { versionOf } from '../../market/version.ts';
import { judgedAgents, judgedListings, judgedQueries } from './set.ts';

const listings = judgedListings();
const queries = judgedQueries();

/** What people and agents ask differs in kind; each is judged. */
const kinds = [
  'one word',
  'several words',
  'need',
  'question',
  'phrase',
  'exclusion',
  'typing error',
  'qualifiers only',
  'words and qualifiers',
  'typed input',
  'option',
  'inflected form',
  'singular or plural',
  'identifier',
  'name of an agent',
  'hyphen',
  'accents missing',
  'synonym',
  'nothing fits',
  'German',
  'French',
  'Spanish and Portuguese',
  'Chinese',
  'Japanese',
  'Thai',
  'Russian',
  'Turkish',
  'Arabic',
];

describe('the judged listings', () => {
  test('are many, in many languages', () => {
    expect(listings.size).toBeGreaterThanOrEqual(150);
    const languages = new Set([...listings.values()].flatMap(({ lang }) => lang));
    expect(languages.size).toBeGreaterThanOrEqual(6);
  });

  test('have ids and contents of their own', () => {
    const all = [...listings.values()];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(all.map(versionOf)).size).toBe(all.length);
    for (const { id } of all) expect(id).toMatch(ID_PATTERN);
  });

  test('offer a choice only where an input is one, and name no input twice', () => {
    for (const { inputs } of listings.values()) {
      expect(new Set(inputs.map(({ name }) => name)).size).toBe(inputs.length);
      for (const { type, options } of inputs) expect(type === 'enum').toBe(options.length > 0);
    }
  });

  test('are given to the index once each, agent by agent', () => {
    const agents = judgedAgents(listings.values());
    expect(new Set(agents.map(({ jid }) => jid)).size).toBe(agents.length);
    expect(agents.flatMap((agent) => agent.listings.map(({ listing }) => listing.id)).toSorted()).toEqual(
      [...listings.values()].map(({ id }) => id).toSorted(),
    );
  });
});

describe('the judged queries', () => {
  test('are many, of every kind, none twice', () => {
    expect(queries.length).toBeGreaterThanOrEqual(80);
    expect(new Set(queries.map(({ query }) => query)).size).toBe(queries.length);
    expect(new Set(queries.map(({ kind }) => kind))).toEqual(new Set(kinds));
  });

  test.each(queries.map(({ query }) => query))('%s can be read', (query) => {
    expect(isProblem(parseQuery(query))).toBe(false);
  });

  test('are judged by listings that exist, with grades from 1 to 3', () => {
    const judged = queries.flatMap(({ judgements }) => Object.entries(judgements));
    expect(judged.map(([key]) => key).filter((key) => !listings.has(key))).toEqual([]);
    expect(new Set(judged.map(([, grade]) => grade))).toEqual(new Set([1, 2, 3]));
  });

  test('have no answer only where nothing fits', () => {
    const unanswered = queries.filter(({ judgements }) => Object.keys(judgements).length === 0);
    expect(unanswered).toEqual(queries.filter(({ kind }) => kind === 'nothing fits'));
  });
});
