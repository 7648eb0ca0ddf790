import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { serve } from '@hono/node-server';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import { parsePolicy } from '../../market/policy.ts';
import { currency } from '../../scripts/specialists/skills/currency.ts';
import { units } from '../../scripts/specialists/skills/units.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { indexOf } from '../support/listings.ts';

const run = promisify(execFile);
const page = readFileSync(new URL('../../docs/integrate.md', import.meta.url), 'utf8');
const pageOrigin = 'http://127.0.0.1:8420';

/** The page's commands, each with the part of its answer that stands below it. */
const examples = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n\n```json\n([\s\S]*?)^```$/gm)].map(
  ([, command = '', answer = '']) => ({ command, answer, title: command.split('\n')[0] }),
);

let origin: string;

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
      indexOf(jid, [{ node, name, description, tags: [...tags], queries: [...queries], price }]),
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
});

describe('docs/integrate.md', () => {
  test('has an answer below every command', () => {
    expect(examples.length).toBe(page.match(/^```sh$/gm)?.length);
    expect(examples.length).toBeGreaterThan(5);
  });

  test.each(examples)('$title', async ({ command, answer }) => {
    const here = (text: string) => text.replaceAll(pageOrigin, origin);
    const { stdout } = await run('sh', ['-c', here(command).replaceAll('curl ', 'curl -sS ')]);
    expect(JSON.parse(stdout)).toMatchObject(JSON.parse(here(answer)));
  });
});
