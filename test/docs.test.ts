import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { html } from 'hono/html';
import { describe, expect, test } from 'vitest';
import { createApp, httpLimits } from '../functions/app.ts';
import { problemCodes } from '../functions/pages/problem-pages.ts';
import { parsePolicy } from '../market/policy.ts';
import { problems } from '../market/problem.ts';
import { readSettings } from '../scripts/stack/settings.ts';
import { readConfig } from '../worker/config.ts';

const readme = read('README.md');
const operating = read('docs/operating.md');
const decisions = readdirSync('docs/decisions').sort();
const documents = [
  'README.md',
  'CHANGELOG.md',
  'docs/operating.md',
  ...decisions.map((name) => join('docs/decisions', name)),
];
const { scripts, dependencies, devDependencies } = JSON.parse(read('package.json')) as {
  [part: string]: { [name: string]: string };
};

/** No page asked for here asks the database anything. */
const app = createApp({
  deps: { db: null as never, policy: parsePolicy('', null) },
  onError: (error) => {
    throw error;
  },
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The TypeScript files of a folder and those below it. */
function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

/** The text under a heading, up to the next of the same or a higher level. */
function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const [, after = ''] = text.split(`\n${heading}\n`);
  return after.split(new RegExp(`^#{1,${level}} `, 'm'))[0] ?? '';
}

/** The tables' rows whose first cell is code: what the cell names, and the other cells. */
function rows(text: string): Map<string, string[]> {
  const found = [...text.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)];
  return new Map(found.map(([, name = '', rest = '']) => [name, rest.split('|').map((cell) => cell.trim())]));
}

/** The names in a source file that the expression finds. */
function namesIn(path: string, expression: RegExp): string[] {
  return [...new Set([...read(path).matchAll(expression)].map((match) => match[1] ?? ''))].sort();
}

const sorted = (names: Iterable<string>) => [...names].sort();

describe('the settings in docs/operating.md', () => {
  const member = /^ {2}([A-Z][A-Z0-9_]+)\??:/gm;
  const settings = {
    worker: { table: rows(section(operating, '### The worker')), read: namesIn('worker/config.ts', member) },
    functions: {
      table: rows(section(operating, '### The functions')),
      read: namesIn('functions/index.ts', member),
    },
    node: {
      table: rows(section(operating, '### The functions on Node')),
      read: namesIn('functions/node-environment.ts', member),
    },
    stack: {
      table: rows(section(operating, '### The development stack')),
      read: namesIn('scripts/stack/settings.ts', member),
    },
  };

  test('name every variable that the worker reads, and no other', () => {
    expect(sorted(settings.worker.table.keys())).toEqual(sorted([...settings.worker.read, 'DATABASE_URL']));
  });

  test('name every binding of the functions, and no other', () => {
    expect(sorted(settings.functions.table.keys())).toEqual(settings.functions.read);
  });

  test('name every variable of the functions on Node, and no other', () => {
    expect(sorted(settings.node.table.keys())).toEqual(settings.node.read);
  });

  test('name every variable of the development stack, and no other', () => {
    expect(sorted(settings.stack.table.keys())).toEqual(settings.stack.read);
  });

  test('name every variable that the migrations read', () => {
    const read = namesIn('scripts/migrate.ts', /process\.env\.([A-Z_]+)/g);
    expect(read).toEqual(['DATABASE_URL', 'DATABASE_URL_DIRECT']);
    expect(read.filter((name) => !section(operating, '### Migrations').includes(`\`${name}\``))).toEqual([]);
  });

  test("state the worker's defaults as they are", () => {
    const { probe, logLevel, rates, limits } = readConfig({
      DATABASE_URL: 'postgresql://u:p@localhost/d',
      XMPP_SERVICE: 'xmpp://localhost',
      XMPP_JID: 'guildhall@example.org',
      XMPP_PASSWORD: 'x',
    });
    const defaults = {
      PROBE: probe,
      LOG_LEVEL: logLevel,
      QUESTIONS_PER_MINUTE: rates.perJid,
      DOMAIN_QUESTIONS_PER_MINUTE: rates.perSite,
      IQ_TIMEOUT_MS: limits.iqTimeoutMs,
      ABSENCE_MS: limits.absenceMs,
      PRESENCE_SETTLE_MS: limits.presenceSettleMs,
    };
    const stated = Object.keys(defaults).map((name) => [name, settings.worker.table.get(name)?.at(-1)]);
    expect(stated).toEqual(Object.entries(defaults).map(([name, value]) => [name, `\`${value}\``]));
  });

  test("state the development stack's ports as they are", () => {
    const ports = Object.entries(readSettings({})).filter(([name]) => name.endsWith('PORT'));
    expect(ports.map(([name]) => [name, settings.stack.table.get(name)?.at(-1)])).toEqual(
      ports.map(([name, port]) => [name, `\`${port}\``]),
    );
  });
});

describe('docs/operating.md', () => {
  /** Every number that the sources give a name, as a product of whole numbers, with its values. */
  const limits = new Map<string, number[]>();
  for (const file of ['market', 'db', 'operations', 'worker'].flatMap(sourcesIn)) {
    for (const [, name = '', product = ''] of read(file).matchAll(
      /(\w+)(?::| =) (\d[\d_]*(?: \* \d[\d_]*)*)[,; ]/g,
    )) {
      const value = product.split(' * ').reduce((sum, factor) => sum * Number(factor.replaceAll('_', '')), 1);
      limits.set(name, [...(limits.get(name) ?? []), value]);
    }
  }

  test.each(['## Policy of crawling', '## Rate limits over XMPP'])(
    'states every limit that it names as the code has it, in %s',
    (heading) => {
      const stated = rows(section(operating, heading));
      expect(stated.size).toBeGreaterThan(0);
      const wrong = [...stated].filter(([name, [value]]) => !limits.get(name)?.includes(Number(value)));
      expect(wrong.map(([name, [value]]) => ({ name, value, code: limits.get(name) }))).toEqual([]);
    },
  );

  test('states the bounds of a request as the code has them', () => {
    for (const bound of Object.values(httpLimits)) expect(operating).toContain(bound.toLocaleString('en'));
  });

  test('names every event that the worker logs, at its level, and no other', () => {
    const logged = sourcesIn('worker')
      .flatMap((file) => [...read(file).matchAll(/\blog\('([a-z]+)', '([a-z-]+)'/gi)])
      .map(([, level, event]) => `${event} ${level}`);
    const stated = [...rows(section(operating, '## What is logged'))].map(
      ([event, [level]]) => `${event} ${level}`,
    );
    expect(sorted(stated)).toEqual(sorted(new Set(logged)));
  });
});

describe('the routes', () => {
  const served = app.routes
    .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:([a-z]+)(\{[^}]*\})?/g, '{$1}')}`);

  /** Method and path of every operation in the OpenAPI document that the app serves. */
  async function operations(): Promise<string[]> {
    const { paths } = (await (await app.request('/openapi.json')).json()) as {
      paths: { [path: string]: { [method: string]: unknown } };
    };
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  test('stand in docs/operating.md, every one, and no other', () => {
    expect(sorted(rows(section(operating, '## HTTP')).keys())).toEqual(sorted(new Set(served)));
  });

  test('that programs use stand in the OpenAPI document', async () => {
    const forPrograms = served.filter((route) =>
      / \/(v1\/|healthz|readyz|ard\/|\.well-known\/|robots\.txt|llms\.txt|openapi\.json)/.test(route),
    );
    expect(sorted(await operations())).toEqual(sorted(new Set(forPrograms)));
  });

  test('of the OpenAPI document stand on the page /docs', async () => {
    const page = await (await app.request('/docs')).text();
    const text = page.replaceAll('<wbr>', '').replaceAll(/<[^>]+>/g, ' ');
    const shown = text.replaceAll(/\s+/g, ' ');
    const missing = (await operations()).filter((route) => !shown.includes(` ${route} `));
    expect(missing).toEqual([]);
  });
});

describe('the problems', () => {
  test('each have a title and a text', () => {
    const bare = problemCodes.filter((code) => !problems[code].title || !problems[code].about);
    expect(bare).toEqual([]);
  });

  test('each have the page that their type names, with the text on it', async () => {
    for (const code of problemCodes) {
      const response = await app.request(`/problems/${code}`);
      expect([code, response.status]).toEqual([code, 200]);
      const text = await response.text();
      expect(text).toContain(String(await html`${problems[code].about}`));
      expect(text).toContain(String(await html`${`"code": "${code}"`}`));
    }
  });
});

describe('the decisions', () => {
  test('are numbered from 1 without gaps', () => {
    expect(decisions.filter((name) => !/^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.md$/.test(name))).toEqual([]);
    expect(decisions.map((name) => Number(name.slice(0, 4)))).toEqual(decisions.map((_, at) => at + 1));
  });

  test.each(decisions)('%s has its number as heading, and its four sections', (name) => {
    const text = read(join('docs/decisions', name));
    expect(text).toMatch(new RegExp(`^# ${Number(name.slice(0, 4))}\\. \\S`));
    const headings = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(['Context', 'Decision', 'Why', 'Consequences']);
  });

  test('give a reason for every direct dependency, and for no other package', () => {
    const reasons = rows(read('docs/decisions/0002-dependencies.md'));
    expect(sorted(reasons.keys())).toEqual(sorted([...Object.keys({ ...dependencies, ...devDependencies })]));
    expect([...reasons].filter(([, [why]]) => !why)).toEqual([]);
  });

  test('name no version of a direct dependency that is not the one in package.json', () => {
    const text = read('docs/decisions/0002-dependencies.md');
    const versions = Object.values({ ...dependencies, ...devDependencies });
    const named = [...text.matchAll(/\d+\.\d+\.\d+/g)].map(([version]) => version);
    expect(named.filter((version) => !versions.includes(version))).toEqual([]);
  });
});

describe('the README', () => {
  test('names every npm script, and only those there are', () => {
    const named = [...readme.matchAll(/npm (?:run )?(start|test|(?<=run )[a-z]+)/g)].map((match) => match[1]);
    expect(sorted(new Set(named as string[]))).toEqual(sorted(Object.keys(scripts ?? {})));
  });

  test('names only files and folders that exist', () => {
    const named = [...readme.matchAll(/\b(protocol|market|db|operations|worker|functions)\/([a-z-]+)\b/g)];
    const missing = named.filter(([, folder = '', name = '']) => {
      const there = readdirSync(folder);
      return !there.includes(name) && !there.includes(`${name}.ts`);
    });
    expect(missing.map(([path]) => path)).toEqual([]);
  });
});

test.each(documents)('%s links only to files that exist', (path) => {
  const links = [...read(path).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
  const local = links.filter((link) => !/^[a-z]+:/.test(link));
  const missing = local.filter((link) => {
    const target = join(dirname(path), link);
    return !readdirSync(dirname(target)).includes(target.split('/').at(-1) ?? '');
  });
  expect(missing).toEqual([]);
});
