import { describe, expect, test } from 'vitest';
import { routesOf } from '../../functions/openapi-document.ts';
import { qualifierNames } from '../../market/query/ast.ts';
import { app, document } from '../support/openapi.ts';

const origin = 'https://guildhall.example';
const response = await app.request(`${origin}/llms.txt`);
const text = await response.text();
const links = [...text.matchAll(/^- \[([^\]]+)\]\(([^)]+)\): (.+)$/gm)].map(([, name = '', url = '']) => ({
  name,
  url,
}));

describe('/llms.txt', () => {
  test('is Markdown as llmstxt.org has it: a title, a summary, text, then lists of links under headings', () => {
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const [title = '', summary = ''] = text.split('\n\n');
    expect(title).toBe('# Guildhall');
    expect(summary).toMatch(/^> \S/);
    const [, ...sections] = text.split(/^## /m);
    const headings = sections.map((section) => section.split('\n')[0] ?? '');
    expect(new Set(headings).size).toBe(headings.length);
    const odd = sections.flatMap((section) => {
      const lines = section.split('\n').slice(1).filter(Boolean);
      return lines.filter((line) => !/^- \[[^\]]+\]\([^)]+\): \S/.test(line));
    });
    expect(odd).toEqual([]);
  });

  test('leads only to what is there, down to the place on the page', async () => {
    expect(links.length).toBeGreaterThan(routesOf(document).length);
    for (const { url } of links) {
      const found = await app.request(url);
      expect([url, found.status]).toEqual([url, 200]);
      const { hash } = new URL(url);
      if (hash) expect(await found.text()).toContain(` id="${hash.slice(1)}"`);
    }
  });

  test('names every operation and every qualifier', () => {
    const named = links.map(({ name }) => name);
    expect(routesOf(document).filter(({ method, path }) => !named.includes(`${method} ${path}`))).toEqual([]);
    expect(qualifierNames.filter((name) => !text.includes(`\`${name}:`))).toEqual([]);
  });

  test('says how to search, match, look, call, have called and get a token', () => {
    const ways = [...text.matchAll(/^- (\w+):/gm)].map(([, way]) => way);
    expect(ways).toEqual([
      'Search',
      'Match',
      'Look',
      'Call',
      'Relay',
      'Negotiate',
      'Rate',
      'Proposals',
      'Mirror',
      'Token',
      'Errors',
    ]);
    expect(text).toContain(`curl '${origin}/v1/listings?q=convert%20currency'`);
    expect(text).toContain(`curl ${origin}/v1/listings/match`);
  });
});
