import { describe, expect, test } from 'vitest';
import { problems } from '../../market/problem.ts';
import { testApp } from '../support/app.ts';
import { pagesOf } from '../support/stranger-pages.ts';

const app = testApp();

async function get(path: string, accept = 'text/html,*/*;q=0.8') {
  const response = await app.request(path, { headers: { accept } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('every page', () => {
  const codes = Object.keys(problems);

  test('has one heading of the first level and a title of its own', async () => {
    const paths = [
      '/docs',
      '/problems',
      ...codes.map((code) => `/problems/${code}`),
      '/?q=%22open',
      '/listings/x',
    ];
    const served = await Promise.all(paths.map(async (path) => [path, (await get(path)).text] as const));
    for (const [name, markup] of [...served, ...Object.entries(pagesOf('plain'))]) {
      expect(markup.match(/<h1[ >]/g), name).toHaveLength(1);
      expect(markup, name).toMatch(/<title>[^<]*\S[^<]* · Guildhall<\/title>/);
      expect(markup, name).toMatch(/<html lang="en">[\s\S]*<main id="main"[\s\S]*<\/main>/);
    }
  });

  test('carries no style, script or handler that the content policy would refuse', () => {
    for (const markup of Object.values(pagesOf('plain'))) {
      expect(markup).not.toMatch(/<style|\sstyle="|\son[a-z]+="/);
      expect(markup.match(/<script/g)).toHaveLength(1);
    }
  });

  test('loads files that exist and may be kept for ever', async () => {
    const { text } = await get('/problems');
    const files = [...text.matchAll(/"(\/static\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files).toHaveLength(3);
    for (const file of files) {
      const { status, headers } = await get(file);
      expect([status, headers.get('cache-control')]).toEqual([200, expect.stringContaining('immutable')]);
    }
  });

  test.each(codes)('of the problem %s says its title, status and stanza condition', async (code) => {
    const { status, text } = await get(`/problems/${code}`);
    const { title, condition, status: stated } = problems[code as keyof typeof problems];
    expect(status).toBe(200);
    for (const part of [title, condition, String(stated)]) expect(text).toContain(part);
  });

  test('of the reference lists every route, parameter and schema of the document', async () => {
    const document = JSON.parse((await get('/openapi.json')).text);
    const { text } = await get('/docs');
    const shown = text.replaceAll('<wbr>', '');
    for (const [path, operations] of Object.entries<{
      [method: string]: { parameters?: { name: string }[] };
    }>(document.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        expect(shown).toContain(`<span class="method">${method.toUpperCase()}</span> <code>${path}</code>`);
        for (const { name } of operation.parameters ?? []) expect(shown).toContain(`<code>${name}</code>`);
      }
    }
    for (const name of Object.keys(document.components.schemas))
      expect(shown).toContain(`id="schema-${name}"`);
  });

  test('stays out of the OpenAPI document', async () => {
    const paths = Object.keys(JSON.parse((await get('/openapi.json')).text).paths);
    expect(paths.filter((path) => /^\/($|docs|problems|static|listings|agents)/.test(path))).toEqual([]);
  });
});

describe('a refusal', () => {
  test('of a query keeps the text in the box and says what is wrong beside it', async () => {
    const { status, text } = await get('/?q=%22open');
    expect(status).toBe(400);
    expect(text).toContain('value="&quot;open"');
    expect(text).toContain('never closed');
  });

  test('of an order is a page with the status 400, whose box asks for that order no more', async () => {
    const { status, text } = await get('/?q=x&sort=distance');
    expect(status).toBe(400);
    expect(text).toContain('expected near: in the query');
    expect(text).not.toContain('name="sort"');
  });

  test.each(['/listings/nothing', '/problems/nothing', '/static/nothing'])(
    'at %s is a page for people and a problem for programs',
    async (path) => {
      const page = await get(path);
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
      const problem = await get(path, '*/*');
      expect([problem.status, problem.headers.get('content-type')]).toEqual([
        404,
        'application/problem+json',
      ]);
    },
  );
});
