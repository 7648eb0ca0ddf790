/** The routes against the statements behind them, on Node and in workerd. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { serve } from '@hono/node-server';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { prepareMarked } from '../../db/prepared.ts';
import * as schema from '../../db/schema.ts';
import { createApp } from '../../functions/app.ts';
import { parsePolicy } from '../../market/policy.ts';
import { bundle } from '../stack/bundle.ts';
import { startNeonEndpoint } from '../stack/neon-endpoint.ts';
import { freePort } from '../stack/ports.ts';
import { startFunctions } from '../stack/workerd.ts';
import { atLeast, type Ratios } from './ratio.ts';
import { kindsOf } from './search-kinds.ts';
import { client, throughputs } from './throughput.ts';

type Say = (line: string) => void;
const turns = { turns: 3, turnMs: 1_500 };

/** Over HTTP on Node, against the same statements prepared on the same pool. */
export async function onNode(url: string, say: Say): Promise<Ratios> {
  const pool = new Pool({ connectionString: url, max: 8 });
  prepareMarked(pool);
  let heard: { text: string; values: unknown[] }[] = [];
  const logger = { logQuery: (text: string, values: unknown[]) => void heard.push({ text, values }) };
  const deps = (db: ReturnType<typeof drizzle<typeof schema>>) => ({
    db,
    policy: parsePolicy('', 'bench.example'),
  });
  const kinds = await kindsOf(deps(drizzle(pool, { schema, logger })));
  const app = createApp({ deps: deps(drizzle(pool, { schema })), onError: (error) => say(error.message) });
  const port = await freePort();
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port });
  const ask = client(`http://127.0.0.1:${port}`);
  const ratios: Ratios = {};
  for (const [name, kind] of Object.entries(kinds)) {
    heard = [];
    await kind.ask();
    const statements = heard.map(({ text, values }) => ({
      name: nameOf(text),
      text,
      values,
      rowMode: 'array',
    }));
    const { route, bare } = await throughputs(
      {
        bare: async () => {
          for (const statement of statements) await pool.query(statement);
        },
        route: () => ask(kind.request.path, kind.request.body),
      },
      turns,
    );
    const goal = name.includes('common') ? 0.8 : 0.6;
    say(`${name}: ${route.toFixed(0)} requests/s, ${bare.toFixed(0)} times the bare statements`);
    ratios[`${name}: the route on Node against the bare statements, prepared`] = atLeast(route / bare, goal);
  }
  server.close();
  await pool.end();
  return ratios;
}

function nameOf(text: string): string {
  return `bare-${createHash('sha256').update(text).digest('base64url').slice(0, 24)}`;
}

/** In workerd, against a function that asks the database for `select 1` by the same driver. */
export async function inWorkerd(url: string, say: Say): Promise<Ratios> {
  const neon = await startNeonEndpoint({ port: await freePort() });
  const started = performance.now();
  const start = async (entry?: string) =>
    startFunctions({
      port: await freePort(),
      databaseUrl: url,
      neonEndpoint: neon.url,
      ...(entry && { entry }),
    });
  const functions = await start();
  const startMs = performance.now() - started;
  const selectOne = await start(fileURLToPath(new URL('select-one.ts', import.meta.url)));
  const pool = new Pool({ connectionString: url });
  const kinds = await kindsOf({ db: drizzle(pool, { schema }), policy: parsePolicy('', 'bench.example') });
  await pool.end();
  const ask = client(functions.url);
  const one = client(selectOne.url);
  const ratios: Ratios = {};
  for (const [name, { request }] of Object.entries(kinds)) {
    const cpuBefore = cpuMs(functions.pid);
    let asked = 0;
    const { route, least } = await throughputs(
      {
        least: () => one('/'),
        route: () => {
          asked++;
          return ask(request.path, request.body);
        },
      },
      turns,
    );
    const cpu = (cpuMs(functions.pid) - cpuBefore) / asked;
    say(
      `${name} in workerd: ${route.toFixed(0)} requests/s, select 1 ${least.toFixed(0)}; ${cpu.toFixed(2)} ms of CPU each`,
    );
    ratios[`${name}: the route in workerd against select 1 by the same driver`] = atLeast(route / least, 0.6);
  }
  await Promise.all([functions.stop(), selectOne.stop(), neon.stop()]);
  const entry = fileURLToPath(new URL('../../functions/index.ts', import.meta.url));
  const script = await bundle(entry, { minify: true });
  const kb = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  say(
    `the bundle: ${kb(script.length)}, gzipped ${kb(gzipSync(script).length)}; bundled and answering in ${Math.round(startMs)} ms`,
  );
  return ratios;
}

/** What the process and its children have used of the processor; 0 where the system does not say. */
function cpuMs(pid: number): number {
  const ticksPerSecond = 100;
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const own = (Number(fields[11]) + Number(fields[12])) * (1000 / ticksPerSecond);
    return children.reduce((sum, child) => sum + cpuMs(child), own);
  } catch {
    return 0;
  }
}
