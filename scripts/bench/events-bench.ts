/** A thousand streams of events on Node: what each takes of memory, and how soon all have a change. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WorkerDatabase } from '../../db/connect-worker.ts';
import { writeIndex } from '../../db/write-index.ts';
import { sharedLimits } from '../../functions/events/limits.ts';
import { atMost, type Bench, percentile, type Ratios } from './ratio.ts';
import { agentOf, randomOf } from './sample-listings.ts';
import { withScratchDatabase } from './scratch-database.ts';

const streams = 1_000;
/** Held besides, for a while, to see what each takes: the first use up what the start of the process left free. */
const further = 3_000;
const settleMs = 3_000;
const openAtOnce = 50;
/** Collects a process's garbage when it is told to, so that what is measured is what is held. */
const collects = ['--expose-gc', '--import', "data:text/javascript,process.on('SIGUSR2',()=>{gc();gc()})"];

type Server = { child: ChildProcess; url: URL };

export const bench: Bench = ({ full, say }) =>
  withScratchDatabase((database) => measure(database, full ? 20 : 8, say));

async function measure(
  database: WorkerDatabase & { url: string },
  rounds: number,
  say: (line: string) => void,
): Promise<Ratios> {
  const servers: Server[] = [];
  try {
    const environment = { DATABASE_URL: database.url, PORT: '0' };
    const ours = await start('../../functions/serve.ts', environment);
    const bare = await start('bare-events.ts', {});
    servers.push(ours, bare);

    const memory = { ours: 0, bare: 0 };
    const held: { [name in keyof typeof memory]: Socket[] } = { ours: [], bare: [] };
    for (const [name, server] of Object.entries({ bare, ours }) as [keyof typeof memory, Server][]) {
      const idle = await residentBytes(server);
      held[name] = await open(server, streams);
      const holding = await residentBytes(server);
      const more = await open(server, further);
      memory[name] = ((await residentBytes(server)) - holding) / further;
      closeAll(more);
      say(
        `${name}: ${(memory[name] / 1024).toFixed(1)} KiB of resident memory for each further stream; ${mebibytes(idle)} MiB idle, ${mebibytes(holding)} MiB with ${streams}`,
      );
    }

    const times = { bare: [] as number[], ours: [] as number[] };
    const write = writer(database);
    for (let round = -1; round < rounds; round++) {
      // Anywhere between two polls.
      await wait((sharedLimits.periodMs * (round + 1) * 0.37) % sharedLimits.periodMs);
      const bareMs = await deliveryMs(held.bare, async () => {
        const asked = performance.now();
        await fetch(bare.url, { method: 'POST' });
        return asked;
      });
      const oursMs = await deliveryMs(held.ours, write);
      if (round < 0) continue;
      times.bare.push(bareMs);
      times.ours.push(oursMs);
    }
    const slowest = Math.max(...times.ours);
    const floor = percentile(times.bare, 0.5);
    say(
      `one change at ${streams} readers: p50 ${percentile(times.ours, 0.5).toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms after it is committed; the bare server alone p50 ${floor.toFixed(0)} ms; polled every ${sharedLimits.periodMs} ms`,
    );
    for (const sockets of Object.values(held)) closeAll(sockets);
    return {
      'resident memory of each stream against a bare server': atMost(memory.ours / memory.bare, 2),
      'the slowest delivery to all against the poll period and a bare delivery': atMost(
        slowest / (sharedLimits.periodMs + floor),
        1.5,
      ),
    };
  } finally {
    for (const { child } of servers) child.kill('SIGKILL');
  }
}

async function start(entry: string, environment: { [name: string]: string }): Promise<Server> {
  const path = fileURLToPath(new URL(entry, import.meta.url));
  const child = spawn(process.execPath, [...collects, path], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, url: new URL((JSON.parse(line) as { url: string }).url) };
}

/** Opens streams as readers that keep nothing; each has had its first bytes. */
async function open({ url }: Server, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Math.min(openAtOnce, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => openOne(url)))));
  }
  return sockets;
}

async function openOne(url: URL): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname);
  socket.write(`GET /v1/events HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  if (!first.toString().startsWith('HTTP/1.1 200')) throw new Error(first.toString());
  socket.resume();
  return socket;
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(0);
}

function closeAll(sockets: Socket[]): void {
  for (const socket of sockets) socket.destroy();
}

async function residentBytes({ child }: Server): Promise<number> {
  await wait(settleMs);
  child.kill('SIGUSR2');
  await wait(settleMs);
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) * 1024;
}

/** @param send returns the moment from which the delivery counts */
async function deliveryMs(sockets: Socket[], send: () => Promise<number>): Promise<number> {
  const all = Promise.all(sockets.map((socket) => eventOn(socket)));
  const sentAt = await send();
  await all;
  return performance.now() - sentAt;
}

function eventOn(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new Error('a stream ended while it was measured'));
    const onData = (data: Buffer) => {
      if (!data.includes('event: change')) return;
      socket.off('data', onData).off('close', lost);
      resolve();
    };
    socket.on('data', onData).on('close', lost);
  });
}

/** Counts from the commit: what the index takes to write is another figure. */
function writer({ db }: WorkerDatabase): () => Promise<number> {
  const random = randomOf(1);
  let at = 0;
  return async () => {
    await writeIndex(db, [agentOf(at++, random)], 60_000);
    return performance.now();
  };
}
