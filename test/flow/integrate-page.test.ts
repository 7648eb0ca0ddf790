import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serve } from '@hono/node-server';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import type { Input } from '../../market/listing.ts';
import { parsePolicy } from '../../market/policy.ts';
import { currency } from '../../scripts/specialists/skills/currency.ts';
import { units } from '../../scripts/specialists/skills/units.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { indexOf } from '../support/listings.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(new URL('../../docs/integrate.md', import.meta.url), 'utf8');
const pageOrigin = 'http://127.0.0.1:8420';

/** The page's commands, each with the part of its answer that stands below it. */
const examples = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n\n```json\n([\s\S]*?)^```$/gm)].map(
  ([, command = '', answer = '']) => ({ command, answer, title: command.split('\n')[0] }),
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

/** What the page names of the sample network. */
beforeAll(async () => {
  const { url } = await freshDatabase();
  const { db, end } = connectWorker(url, () => undefined);
  afterwards(end);
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

const amountFromTo: Input[] = (['amount', 'from', 'to'] as const).map((name) => ({
  name,
  label: null,
  description: null,
  type: name === 'amount' ? 'number' : 'enum',
  required: true,
  multiple: false,
  multiline: false,
  default: null,
  options: name === 'amount' ? [] : ['EUR', 'JPY'].map((value) => ({ value, label: null })),
  min: null,
  max: null,
  pattern: null,
  secret: false,
}));

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

  test.each(examples)('$title', async ({ command, answer }) => {
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { stdout } = await run('sh', ['-ec', localCommand(command)], { cwd: folder, env });
    expect(JSON.parse(stdout)).toMatchObject(JSON.parse(here(answer)));
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
  }, 120_000);
});
