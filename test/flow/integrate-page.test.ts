import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { serve } from '@hono/node-server';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import type { ListingJson } from '../../functions/serialize.ts';
import { parsePolicy } from '../../market/policy.ts';
import { currency } from '../../scripts/specialists/skills/currency.ts';
import { units } from '../../scripts/specialists/skills/units.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { until } from '../support/directory.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf } from '../support/listings.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(new URL('../../docs/integrate.md', import.meta.url), 'utf8');
const pageOrigin = 'http://127.0.0.1:8420';

/** The page's commands, each with the part of its answer that stands below it. */
const examples = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n\n```(json|text)\n([\s\S]*?)^```$/gm)].map(
  ([, command = '', kind, answer = '']) => ({ command, kind, answer, title: command.split('\n')[0] }),
);

/** The page's programs, by the names of their files. */
const programs = [...page.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(
  ([, name = '', text = '']) => ({
    name,
    text,
  }),
);

const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const redocly = `npx @redocly/cli@${devDependencies['@redocly/cli']}`;

let origin: string;
let folder: string;
let db: Database;

/** What the page names of the sample network. */
beforeAll(async () => {
  const { url } = await freshDatabase();
  const connection = connectWorker(url, () => undefined);
  afterwards(connection.end);
  db = connection.db;
  const price = { amount: '0.01', currency: 'EUR', unit: 'call' };
  await writeIndex(
    db,
    [
      [currency, 'currency@agents.test', price] as const,
      [units, 'units@works.test', { ...price, amount: '0' }] as const,
    ].map(([{ id: node, name, description, tags, queries }, jid, price]) =>
      indexOf(jid, [
        { node, name, description, tags: [...tags], queries: [...queries], price, inputs: amountFromTo },
      ]),
    ),
    0,
  );
  const app = createApp({
    deps: { db, policy: parsePolicy('', null) },
    onError: (error) => {
      throw error;
    },
  });
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise((listening) => server.once('listening', listening));
  afterwards(() => server.close());
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'guildhall-integrate-'));
  afterwards(() => rmSync(folder, { recursive: true }));
  for (const { name, text } of programs) writeFileSync(join(folder, name), here(text));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
});

const choice = {
  type: 'enum' as const,
  required: true,
  options: ['EUR', 'JPY'].map((value) => ({ value, label: null })),
};
const amountFromTo = [
  inputOf('amount', { type: 'number', required: true }),
  inputOf('from', choice),
  inputOf('to', choice),
];

/** What the page says, for the directory and the checkout of this test. */
function here(text: string): string {
  return text
    .replaceAll(pageOrigin, origin)
    .replaceAll("'./functions/", `'${relative(folder, root)}/functions/`);
}

/** The command, with the programs that are installed in place of those that npx would fetch. */
function localCommand(command: string): string {
  return here(command)
    .replaceAll('curl ', 'curl -sS ')
    .replaceAll(redocly, `node ${join(root, 'node_modules/@redocly/cli/bin/cli.js')}`);
}

describe('docs/integrate.md', () => {
  test('has an answer below every command', () => {
    expect(examples.length).toBe(page.match(/^```sh$/gm)?.length);
    expect(examples.length).toBeGreaterThan(5);
  });

  test.each(examples)('$title', async ({ command, kind, answer }) => {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { stdout } = await run('sh', ['-ec', localCommand(command)], { cwd: folder, env });
    if (kind === 'json') expect(JSON.parse(stdout)).toMatchObject(JSON.parse(here(answer)));
    else expect(withoutTimes(stdout)).toContain(withoutTimes(here(answer)));
  });

  test('has programs whose types are right', async () => {
    expect(programs.map(({ name }) => name)).toEqual(['find.ts', 'typed.ts']);
    // The generated client is for browsers too.
    const lib = ['es2024', 'esnext.iterator', 'esnext.collection', 'dom'];
    const compilerOptions = { lib, typeRoots: [join(root, 'node_modules/@types')] };
    const settings = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions,
      include: ['*.ts', join(root, 'protocol/*.d.ts')],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '--project', folder]).catch(
      (failed: { stdout: string }) => failed,
    );
    expect(stdout).toBe('');
  });
});

const withoutTimes = (text: string) => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');

describe('docs/mirror.mjs', () => {
  const script = fileURLToPath(new URL('../../docs/mirror.mjs', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-mirror-'));
  afterwards(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'mirror.json');
  const passing = { jid: 'passing@works.test', of: (name: string) => [{ node: 'n', name }] };
  const mirrored = () => {
    const { listings } = JSON.parse(readFileSync(file, 'utf8')) as {
      listings: { [id: string]: ListingJson };
    };
    return Object.values(listings)
      .map(({ name }) => name)
      .sort();
  };
  const names = async () => {
    const answer = await fetch(`${origin}/v1/listings?sort=name&limit=100`);
    return ((await answer.json()) as { items: ListingJson[] }).items.map(({ name }) => name).sort();
  };
  const isEqual = async () => existsSync(file) && isDeepStrictEqual(mirrored(), await names());

  test('has what the directory has, follows it, and goes on where it was', async () => {
    const child = spawn(process.execPath, [script, origin, file], { stdio: 'inherit' });
    afterwards(() => void child.kill('SIGKILL'));
    await until('the copy is whole', isEqual);
    for (const name of ['Passing', 'Changed']) {
      await writeIndex(db, [indexOf(passing.jid, passing.of(name))], 0);
      await until(`the copy has '${name}'`, async () => mirrored().includes(name));
    }
    child.kill();
    await once(child, 'exit');
    await writeIndex(db, [{ ...indexOf(passing.jid, []), isDenied: true }], 0);
    expect(await isEqual()).toBe(false);
    await run(process.execPath, [script, origin, file, '--once']);
    expect(await isEqual()).toBe(true);
    expect(mirrored()).toEqual(['Convert currency', 'Convert units']);
  });

  test('says so when the copy is of another directory', async () => {
    writeFileSync(file, JSON.stringify({ next: 1_000_000, listings: {} }));
    const failed = run(process.execPath, [script, origin, file]);
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("beyond the feed's last number"),
    });
  });
});
