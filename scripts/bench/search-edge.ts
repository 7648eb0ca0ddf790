/**
 * The routes in workerd, against a function there that asks the database for `select 1` by the same driver. Both are asked
 * in turn, over the same endpoint, on the same processors, and neither logs its requests.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { prepareMarked } from '../../db/prepared.ts';
import * as schema from '../../db/schema.ts';
import { parsePolicy } from '../../market/policy.ts';
import { bundle } from '../stack/bundle.ts';
import { startNeonEndpoint } from '../stack/neon-endpoint.ts';
import { freePort } from '../stack/ports.ts';
import { startFunctions } from '../stack/workerd.ts';
import { atLeast, inTurn, percentile, type Ratios } from './ratio.ts';
import { type Kind, kindsOf } from './search-kinds.ts';
import { client, throughputs } from './throughput.ts';

type Say = (line: string) => void;
const turns = { turns: 3, turnMs: 1_000 };
const rounds = 40;
const warmUps = 300;
const goal = 0.6;

/** @param size how many listings there are, to say so */
export async function inWorkerd(url: string, size: number, say: Say): Promise<Ratios> {
  const neon = await startNeonEndpoint({ port: await freePort() });
  const start = async (entry?: string) =>
    startFunctions({
      port: await freePort(),
      databaseUrl: url,
      neonEndpoint: neon.url,
      bindings: { ACCESS_LOG: 'off' },
      ...(entry && { entry }),
    });
  const started = performance.now();
  const functions = await start();
  say(`bundled and answering in ${Math.round(performance.now() - started)} ms; ${await bundleSize()}`);
  const selectOne = await start(fileURLToPath(new URL('select-one.ts', import.meta.url)));
  const pool = new Pool({ connectionString: url, max: 1 });
  prepareMarked(pool);
  const kinds = await kindsOf({ db: drizzle(pool, { schema }), policy: parsePolicy('', 'bench.example') });
  const ask = client(functions.url);
  const one = client(selectOne.url);
  // Code gets faster as it is run: neither side is to be measured cold.
  for (let at = 0; at < warmUps; at++)
    await Promise.all([one('/'), ask('/v1/listings'), ask(`/v1/listings?again=${at}`)]);
  const ratios: Ratios = {};
  for (const [name, { ask: askDatabase, request }] of Object.entries(kinds)) {
    const least = () => one('/');
    const before = () => ask(request.path, request.body);
    const never = anew(request, ask);
    const perSecond = await throughputs({ least, before, never }, turns);
    say(
      `${name} in workerd at ${size}, a second: select 1 ${perSecond.least.toFixed(0)}, asked before ${perSecond.before.toFixed(0)}, never asked before ${perSecond.never.toFixed(0)}`,
    );
    const cpu = await cpuOf(functions.pid, never);
    const alone = await inTurn(
      { least, never, statements: askDatabase, bare: () => pool.query('select 1') },
      rounds,
    );
    const ms = (what: keyof typeof alone) => percentile(alone[what], 0.5);
    say(
      `  one at a time: select 1 ${ms('least').toFixed(1)} ms, never asked before ${ms('never').toFixed(1)} ms, of which ${cpu.toFixed(1)} ms of CPU in workerd; on a connection, prepared: select 1 ${ms('bare').toFixed(2)} ms, the statements ${ms('statements').toFixed(1)} ms`,
    );
    const against = `in workerd at ${size}, against select 1 by the same driver`;
    ratios[`${name}, asked before in this state: throughput ${against}`] = atLeast(
      perSecond.before / perSecond.least,
      goal,
    );
    ratios[`${name}, never asked before: throughput ${against}`] = atLeast(
      perSecond.never / perSecond.least,
      goal,
    );
    ratios[`${name}, never asked before, one at a time: speed ${against}`] = atLeast(
      ms('least') / ms('never'),
      goal,
    );
  }
  await pool.end();
  await Promise.all([functions.stop(), selectOne.stop(), neon.stop()]);
  return ratios;
}

/** The same question each time in another writing, so that it was never asked before. */
function anew({ path, body }: Kind['request'], ask: ReturnType<typeof client>): () => Promise<number> {
  let count = 0;
  return () => {
    count++;
    if (body === undefined) return ask(`${path}&again=${count}`);
    return ask(
      path,
      `${JSON.stringify(body)}${count.toString(2).replaceAll('0', ' ').replaceAll('1', '\t')}`,
    );
  };
}

async function bundleSize(): Promise<string> {
  const entry = fileURLToPath(new URL('../../functions/index.ts', import.meta.url));
  const script = await bundle(entry, { minify: true });
  const kb = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
  return `the bundle: ${kb(script.length)}, gzipped ${kb(gzipSync(script).length)}`;
}

/** What one request uses of the processor in that process and its children. */
async function cpuOf(pid: number, ask: () => Promise<unknown>): Promise<number> {
  const before = cpuMs(pid);
  for (let at = 0; at < rounds; at++) await ask();
  return (cpuMs(pid) - before) / rounds;
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
