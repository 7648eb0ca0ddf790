import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentPage } from '../../functions/pages/agent-page.ts';
import { executeStanza, submitStanza } from '../../functions/pages/call-stanzas.ts';
import { formValues } from '../../functions/pages/form-values.ts';
import { listingPage } from '../../functions/pages/listing-page.ts';
import { searchPage } from '../../functions/pages/search-page.ts';
import { type Input, inputTypes, type ListingRecord } from '../../market/listing.ts';
import { problems } from '../../market/problem.ts';
import { emptyQuery } from '../../market/query/ast.ts';
import { readCommandRequest } from '../../protocol/commands.ts';
import { testApp } from '../support/app.ts';
import { inputOf } from '../support/inputs.ts';

const none = new URLSearchParams();

const app = testApp();

async function get(path: string, accept = 'text/html,*/*;q=0.8') {
  const response = await app.request(path, { headers: { accept } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** An input whose every text is the given one. */
function inputSaying(said: string, over: Partial<Input>): Input {
  const texts = { label: said, description: said, default: said, min: said, max: said, pattern: said };
  return inputOf(said, { ...texts, required: true, options: [{ value: said, label: said }], ...over });
}

/** A listing that has something in every place, all of it what a stranger said. */
function record(said: string): ListingRecord {
  const inputs = inputTypes.flatMap((type) => [
    inputSaying(said, { type }),
    inputSaying(said, { type, multiple: true, default: [said] }),
    inputSaying(said, { type, options: [], required: false, label: null, secret: type === 'string' }),
  ]);
  return {
    listing: {
      id: 'urn:air:works.test:u.fx:command.convert-k3v5q2m7c4x6n2p3r2s4t6v5w3',
      kind: 'command',
      node: said,
      provider: { jid: said, name: said, domain: said, description: null, url: null, contacts: [] },
      name: said,
      description: said,
      lang: [said],
      category: said,
      // The query language cannot quote a quotation mark, so such a tag is no link.
      tags: [said.replaceAll('"', '')],
      inputs,
      inputSchema: { [said]: said },
      outputs: inputs,
      outputSchema: { title: said },
      price: { amount: said, currency: said, unit: said },
      location: { lat: 1, lon: 2 },
      call: { protocol: 'xmpp-command', node: said, url: said, relay: false },
      features: [said],
      queries: [said],
      terms: `(${said}`,
      link: said,
      linkType: said,
      icon: said,
      sources: ['command'],
      names: [],
      provenance: {},
      flags: [],
    },
    status: {
      callJid: said,
      online: true,
      lastSeen: new Date(0),
      uptime: { d1: 1, d7: 0.998, d30: 0.99 },
      replyMs: 12,
      sources: {},
      verified: new Date(0),
      stale: false,
    },
    firstSeen: new Date(0),
    updated: new Date(0),
    seq: 1,
  };
}

/** Every page on which strangers' words stand. */
function pagesOf(said: string): { [page: string]: string } {
  const of = record(said);
  const byHttp = structuredClone(of);
  byHttp.listing.call = { protocol: 'http-jsonrpc', node: said, url: said, relay: false };
  const agent = {
    jid: said,
    domain: said,
    name: said,
    firstSeen: new Date(0),
    lastSeen: new Date(0),
    online: true,
    uptime: { d1: 1, d7: null, d30: null },
    replyMs: null,
  };
  const why = { text: 0, words: 0, inputs: 0, variety: 0, quality: 0, rating: 0, uptime: 0, freshness: 0 };
  const counts = [{ value: said, count: 1 }];
  const outcome = {
    query: emptyQuery,
    sort: 'recent' as const,
    page: {
      items: [{ record: of, score: 1, why }],
      cursor: said,
      mended: null,
      partial: true,
      approximate: true,
    },
    facets: {
      // What no query can ask for is no link; see search-page.test.ts for the others.
      facets: { tag: [], category: [], lang: [], domain: [], kind: counts, accepts: counts },
      approximate: true,
    },
  };
  return {
    listing: String(listingPage(of, formValues(of.listing.inputs, none), 'https://guildhall.test')),
    'listing called over HTTP': String(listingPage(byHttp, [], 'https://guildhall.test')),
    agent: String(agentPage({ agent, listings: [of] })),
    search: String(searchPage({ text: `x${said}`, sort: 'recent', isLater: true, outcome })),
    'refused search': String(
      searchPage({
        text: `x${said}`,
        sort: 'relevance',
        isLater: false,
        outcome: { problem: 'invalid-query', detail: said, errors: [] },
      }),
    ),
  };
}

type Token = { tag: string; attributes: string[] } | { text: string };

/** Splits markup as a browser would where all attributes are quoted; whatever is no tag is text. */
function tokens(markup: string): Token[] {
  return markup.split(/(<[!/]?[a-zA-Z][^\s>]*(?:\s+[a-zA-Z-]+(?:="[^"]*")?)*\s*\/?>)/).map((part, at) => {
    if (at % 2 === 0) return { text: part };
    const tag = /^<([!/]?[a-zA-Z0-9]+)/.exec(part)?.[1] ?? '';
    return {
      tag,
      attributes: [...part.matchAll(/\s([a-zA-Z-]+)(?:="[^"]*")?/g)].map((match) => match[1] ?? ''),
    };
  });
}

/** The elements and the names of their attributes, without what strangers can choose. */
function skeleton(markup: string): string[] {
  return tokens(markup).flatMap((token) =>
    'tag' in token ? [`${token.tag} ${token.attributes.join(' ')}`] : [],
  );
}

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '" autofocus onfocus="alert(1)',
  '</textarea></title></option></select><!--<svg/onload=alert(1)>',
  '&lt;b&gt; &#60;b&#62; ]]>',
  '{{constructor}} $1 `x`',
  '\u202egnirts\u2066 \u200f\u0000',
  'javascript:alert(1)',
  'a'.repeat(10_000),
  '<'.repeat(10_000),
];

// Long texts in every place of every page take their time on a busy machine.
describe('text from strangers', { timeout: 30_000 }, () => {
  const plain = pagesOf('plain');

  test.each(hostile.map((said) => [said.slice(0, 40), said]))(
    'cannot add an element or an attribute to any page: %s',
    (_, said) => {
      for (const [page, markup] of Object.entries(pagesOf(said))) {
        expect(skeleton(markup), page).toEqual(skeleton(plain[page] ?? ''));
      }
    },
  );

  test('cannot do so whatever it is', () => {
    const line = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 40 })
      .map((text) => `x${text.replaceAll(/[\r\n]/g, '')}`);
    fc.assert(
      fc.property(line, (said) => {
        for (const [page, markup] of Object.entries(pagesOf(said))) {
          expect(skeleton(markup), page).toEqual(skeleton(plain[page] ?? ''));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('never leaves a bare angle bracket or quotation mark in text', () => {
    for (const said of hostile) {
      for (const markup of Object.values(pagesOf(said))) {
        const text = tokens(markup).flatMap((token) => ('text' in token ? [token.text] : []));
        expect(text.join('')).not.toMatch(/[<>"]/);
      }
    }
  });

  test('stands only where it cannot reorder what is around it', () => {
    const marker = '\u202eevil';
    for (const [page, markup] of Object.entries(pagesOf(marker))) {
      const open: { tag: string; isolates: boolean }[] = [];
      for (const token of tokens(markup)) {
        if ('text' in token) {
          const isSafe = open.some(({ tag, isolates }) => isolates || tag === 'title');
          if (token.text.includes(marker)) expect(isSafe, `${page}: in ${open.at(-1)?.tag}`).toBe(true);
        } else if (token.tag.startsWith('/')) {
          while (open.length > 0 && open.pop()?.tag !== token.tag.slice(1));
        } else if (!['input', 'meta', 'link', 'img', '!doctype', 'wbr'].includes(token.tag)) {
          open.push({ tag: token.tag, isolates: token.tag === 'bdi' || token.attributes.includes('dir') });
        }
      }
    }
  });

  test('becomes a link only with a scheme that is safe, and an image only as https or a bitmap', () => {
    const of = record('x');
    const linksOf = (terms: string, icon: string) => {
      const { listing } = of;
      return String(
        listingPage({ ...of, listing: { ...listing, terms, icon } }, [], 'https://guildhall.test'),
      );
    };
    const bad = linksOf('javascript:alert(1)', 'data:image/svg+xml,<svg/>');
    expect(bad).not.toMatch(/(href|src)="(javascript|data):/);
    const good = linksOf('https://works.test/terms', 'https://works.test/icon.png');
    expect(good).toContain('href="https://works.test/terms"');
    expect(good).toContain('src="https://works.test/icon.png"');
  });

  test('in a language that is known says so, and one in several languages does not guess', () => {
    const german = record('x');
    german.listing.lang = ['de'];
    expect(String(listingPage(german, [], ''))).toContain('<h1 lang="de">');
    german.listing.lang = ['de', 'en'];
    expect(String(listingPage(german, [], ''))).toContain('<h1>');
  });
});

describe('the form of a listing', () => {
  const inputs = [
    inputSaying('amount', { type: 'number', default: '10' }),
    inputSaying('to', { type: 'enum', default: null, options: [{ value: 'EUR', label: 'Euro' }] }),
    inputSaying('also', { type: 'enum', multiple: true, default: ['a', 'b'], required: false }),
    inputSaying('round', { type: 'boolean', default: 'true' }),
    inputSaying('text', { options: [], multiline: true, default: 'one\ntwo' }),
    inputSaying('who', { type: 'jid', multiple: true, default: null, required: false }),
    inputSaying('token', { secret: true, default: null }),
  ];
  const submit = (parameters: URLSearchParams) => {
    const element = submitStanza('fx@works.test/a', 'convert', { inputs }, formValues(inputs, parameters));
    const fields = readCommandRequest(element.getChildElements()[0] as never).form?.fields ?? [];
    return Object.fromEntries(fields.map((field) => [field.var, field.values]));
  };

  test('is submitted with every input, in the order of the form, holding its defaults', () => {
    expect(Object.entries(submit(none))).toEqual([
      ['amount', ['10']],
      ['to', ['…']],
      ['also', ['a', 'b']],
      ['round', ['1']],
      ['text', ['one', 'two']],
      ['who', []],
      ['token', ['…']],
    ]);
  });

  test('is submitted with what was filled in, when it comes back in the address', () => {
    const parameters = new URLSearchParams({
      filled: '1',
      'in.amount': '3',
      'in.text': 'a\r\nb',
      'in.who': 'x@y\nz@y',
    });
    expect(submit(parameters)).toMatchObject({
      amount: ['3'],
      also: [],
      round: ['0'],
      text: ['a', 'b'],
      who: ['x@y', 'z@y'],
    });
  });

  test('shows a required mark, a type and a label for every control', () => {
    const of = record('x');
    of.listing.inputs = inputs;
    const markup = String(listingPage(of, formValues(inputs, none), ''));
    expect(markup.match(/class="field/g)).toHaveLength(inputs.length);
    expect(markup.match(/<(label for="i|legend)/g)).toHaveLength(inputs.length);
    const form = markup.slice(markup.indexOf('<form class="inputs"'), markup.indexOf('</form>'));
    expect(form.match(/class="required"/g)).toHaveLength(inputs.filter(({ required }) => required).length);
  });

  test('never puts a secret into the address', () => {
    const of = record('x');
    of.listing.inputs = inputs;
    expect(String(listingPage(of, formValues(inputs, none), ''))).not.toContain('in.token');
  });

  test('is asked for with a stanza that names the node', () => {
    const element = executeStanza('fx@works.test/a', 'urn:x:"<convert>');
    expect(element.attrs).toMatchObject({ type: 'set', to: 'fx@works.test/a' });
    expect(readCommandRequest(element.getChildElements()[0] as never)).toMatchObject({
      node: 'urn:x:"<convert>',
      action: 'execute',
    });
  });

  test('has a pattern shown and never run by the browser', () => {
    const of = record('(a+)+$');
    expect(String(listingPage(of, [], ''))).not.toMatch(/<(input|textarea)[^>]* pattern=/);
  });
});

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
