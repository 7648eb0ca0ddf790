import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anchorOf,
  type OpenApiDocument,
  routesOf,
  sampleCommand,
  shellWord,
} from '../../functions/openapi-document.ts';
import { docsPage } from '../../functions/pages/docs-page.ts';
import { app, document } from '../support/openapi.ts';

const origin = 'https://guildhall.example';
const response = await app.request(`${origin}/docs`);
const page = await response.text();
const text = page
  .replaceAll('<wbr>', '')
  .replaceAll(/<[^>]+>/g, ' ')
  .replaceAll('&quot;', '"')
  .replaceAll('&#39;', "'")
  .replaceAll('&lt;', '<')
  .replaceAll('&gt;', '>')
  .replaceAll('&amp;', '&')
  .replaceAll(/\s+/g, ' ');
const routes = routesOf(document);
const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);

describe('the page /docs', () => {
  test('loads nothing but its own style, script and icon', () => {
    const loaded = [...page.matchAll(/<(?:link|script|img|iframe|object)[^>]* (?:href|src)="([^"]+)"/g)];
    const elsewhere = loaded
      .map(([, url = '']) => url)
      .filter((url) => !/^\/(static\/|openapi\.json$)/.test(url));
    expect(elsewhere).toEqual([]);
    expect(page).not.toMatch(/ style="|<style|<script>| on[a-z]+="/);
  });

  test('has a place for each operation, to which its heading and the contents lead', () => {
    const wrong = routes.map(anchorOf).filter((anchor) => page.split(`href="#${anchor}"`).length !== 3);
    expect(wrong).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('leads to no place that it does not have', () => {
    const places = [...page.matchAll(/href="#([^"]+)"/g)].map(([, place = '']) => place);
    expect(places.filter((place) => !ids.includes(place))).toEqual([]);
  });

  test('shows every parameter, answer and problem of every operation', () => {
    for (const { method, path, operation } of routes) {
      const section = text.slice(text.indexOf(`${method} ${path} ${operation.summary ?? ''}`));
      const expected = [
        ...(operation.parameters ?? []).map(({ name }) => name),
        ...Object.keys(operation.responses ?? {}),
      ];
      expect([path, expected.filter((word) => !section.includes(word))]).toEqual([path, []]);
    }
    const described = routes.flatMap(({ operation }) => [
      ...(operation.parameters ?? []).map(({ description = '' }) => description),
      ...Object.values(operation.responses ?? {}).map(({ description = '' }) => description),
    ]);
    const plain = (words: string) => words.replaceAll('`', ' ').replaceAll(/\s+/g, ' ').trim();
    const squeezed = text.replaceAll(' ', '');
    expect(described.filter((words) => !squeezed.includes(plain(words).replaceAll(' ', '')))).toEqual([]);
  });

  test('has a command for every operation', () => {
    const missing = routes
      .map((route) => sampleCommand(route, origin, document))
      .filter((command) => !text.includes(command));
    expect(missing).toEqual([]);
  });

  test('leads, where it says "Try it", to what takes such a request', async () => {
    const links = [...page.matchAll(/class="try" href="([^"]+)"/g)].map(([, url = '']) => url);
    expect(links).toContain('/v1/listings?q=convert%20currency');
    const served = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    expect(links.filter((url) => !served.has(`GET ${url.split('?')[0]}`))).toEqual([]);
  });

  test('leads to problems that have a page', async () => {
    const paths = new Set([...page.matchAll(/href="(\/problems\/[^"]+)"/g)].map(([, path = '']) => path));
    expect(paths.size).toBeGreaterThan(5);
    for (const path of paths) expect((await app.request(path)).status).toBe(200);
  });
});

/** A document in which everything that can be said is the given text. */
function documentSaying(said: string): OpenApiDocument {
  const schema = {
    type: 'object',
    description: said,
    properties: { [said]: { type: said, description: said, pattern: said, default: said, enum: [said] } },
    example: { [said]: said },
  };
  const media = { schema: { $ref: `#/components/schemas/${said}` }, examples: { [said]: { value: said } } };
  const operation = {
    operationId: said,
    tags: [said],
    summary: said,
    description: said,
    parameters: [{ name: said, in: 'query', description: said, schema: { type: said }, example: said }],
    requestBody: { content: { [said]: media } },
    responses: {
      [said]: { description: said, content: { [said]: media }, headers: { [said]: { description: said } } },
    },
  };
  return {
    info: { title: said, version: said, description: said },
    tags: [{ name: said, description: said }],
    paths: { [`/${said}`]: { get: operation, post: operation } },
    components: {
      schemas: { [said]: schema },
      headers: { [said]: { description: said, schema, example: said } },
    },
  };
}

test.each([
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '`</code><b>`',
  '</details></section><iframe>',
])('a document that says %s has it escaped everywhere', async (said) => {
  const written = String(await docsPage(documentSaying(said), 'https://guildhall.example'));
  const bare = String(await docsPage(documentSaying('x/`y`'), 'https://guildhall.example'));
  const tags = (markup: string) => new Set([...markup.matchAll(/<[a-z0-9]+/g)].map(([tag]) => tag));
  expect(tags(written)).toEqual(tags(bare));
  expect(written).not.toContain(said.replaceAll('`', ''));
  expect(written.split('<script').length).toBe(bare.split('<script').length);
});

test('whatever a sample holds is one word of the shell', () => {
  const texts = fc
    .sample(fc.string({ unit: 'binary', maxLength: 60 }), { numRuns: 200, seed: 1 })
    .map((raw) => raw.toWellFormed().replaceAll('\0', ''));
  const all = [...texts, "'; echo $(id) `id` \\", 'a\nb', '', '-n', '~', '*'];
  const command = `printf '%s\\0' ${all.map(shellWord).join(' ')}`;
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(all);
});
