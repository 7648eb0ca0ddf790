/** The entry on Node, for those without an edge platform: the same app over a pool of connections. */

import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type HttpBindings, serve } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import { connectWorker } from '../db/connect-worker.ts';
import { questionTimeoutMs } from '../db/database.ts';
import { parsePolicy } from '../market/policy.ts';
import { sharedLook, Waits } from '../operations/contracts/wait.ts';
import type { Deps } from '../operations/deps.ts';
import { isConnectionsOwn } from './address.ts';
import { answersKept } from './answer-cache.ts';
import { createApp } from './app.ts';
import { clientNetwork, forwardedAddress } from './client-address.ts';
import { clientBuckets } from './client-buckets.ts';
import { codeVersion } from './code-version.ts';
import { sharedStreams } from './events/streams.ts';
import { NodeEnvironment } from './node-environment.ts';
import type { ReadLimit } from './rate-limit.ts';

export const serverLimits = {
  /** Requests under way when the process is told to end are answered within this time, or cut. */
  stopGraceMs: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  /** How often these two are looked after. */
  checkMs: 1_000,
  keepAliveTimeoutMs: 30_000,
  headerBytesMax: 32_768,
} as const;

/** How often connections that have become idle are closed while the process ends. */
const idleSweepMs = 50;

/** How long a new connection may then take to ask something. */
const unaskedGraceMs = 500;

const log = (details: { [key: string]: unknown }) =>
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...details })}\n`);

const read = NodeEnvironment.safeParse(process.env);
if (read.success) start(read.data);
else {
  const faults = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  process.stderr.write(`The functions cannot start. ${faults.join('; ')}\n`);
  process.exit(1);
}

function start(environment: NodeEnvironment): void {
  const { HOST: hostname, PORT: port, CRAWL_DOMAINS, DIRECTORY_DOMAIN } = environment;
  const database = connectWorker(
    environment.DATABASE_URL,
    (error) => log({ level: 'warn', event: 'database-error', error: error.message }),
    questionTimeoutMs,
  );
  const deps: Deps = { db: database.db, policy: parsePolicy(CRAWL_DOMAINS, DIRECTORY_DOMAIN ?? null) };
  const streams = sharedStreams(deps, (error) =>
    log({ level: 'error', event: 'events-failed', error: error.message, stack: error.stack }),
  );
  const app = createApp({
    deps,
    streams,
    waits: new Waits(sharedLook()),
    publicUrl: environment.PUBLIC_URL,
    isOwnHost,
    referrals: environment.ARD_REFERRALS,
    version: codeVersion(),
    reads: readsOf(environment),
    answers: answersKept(environment.ANSWERS_KEPT_MB),
    compress: promisify(gzip),
    onAnswer:
      environment.ACCESS_LOG === 'on' ? (entry) => log({ level: 'info', event: 'answered', ...entry }) : null,
    onError: (error, requestId) =>
      log({ level: 'error', event: 'request-failed', requestId, error: error.message, stack: error.stack }),
  });
  const serverOptions = {
    headersTimeout: serverLimits.headersTimeoutMs,
    requestTimeout: serverLimits.requestTimeoutMs,
    connectionsCheckingInterval: serverLimits.checkMs,
    keepAliveTimeout: serverLimits.keepAliveTimeoutMs,
    maxHeaderSize: serverLimits.headerBytesMax,
  };
  const server = serve({ fetch: app.fetch, hostname, port, serverOptions }, ({ port: bound }) =>
    log({ level: 'info', event: 'serving', url: `http://${hostname}:${bound}` }),
  ) as Server;
  server.maxConnections = environment.CONNECTIONS_MAX;
  server.on('error', (error: Error) => {
    process.stderr.write(`The functions cannot serve on ${hostname}:${port}. ${error.message}\n`);
    process.exit(1);
  });
  endOnSignal(server, () => streams.end(), database.end);
}

function isOwnHost(context: Context): boolean {
  const { socket } = (context.env as unknown as HttpBindings).incoming;
  return isConnectionsOwn(new URL(context.req.url).host, socket.localAddress, socket.localPort ?? 0);
}

function readsOf({ READS_PER_MINUTE, TRUST_PROXY }: NodeEnvironment): ReadLimit | null {
  if (READS_PER_MINUTE === 0) return null;
  return {
    perMinute: READS_PER_MINUTE,
    take: clientBuckets(READS_PER_MINUTE),
    clientOf: (context) => {
      const { address } = getConnInfo(context).remote;
      const forwarded = context.req.header('x-forwarded-for');
      return clientNetwork(forwardedAddress(address, forwarded, TRUST_PROXY)) ?? clientNetwork(address);
    },
  };
}

/** Takes no further connections, answers the requests under way, closes what is idle, and ends. */
function endOnSignal(server: Server, endStreams: () => void, endDatabase: () => Promise<void>): void {
  // Node takes a connection on which nothing was asked yet for busy.
  const unasked = new Set<Socket>();
  server.on('connection', (socket) => {
    unasked.add(socket);
    socket.once('close', () => unasked.delete(socket));
  });
  server.on('request', ({ socket }) => unasked.delete(socket));
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), serverLimits.stopGraceMs).unref();
    setTimeout(() => unasked.forEach((socket) => void socket.destroy()), unaskedGraceMs).unref();
    endStreams();
    // A connection whose stream has ended is idle only from then on.
    setInterval(() => server.closeIdleConnections(), idleSweepMs).unref();
    server.close(() => void endDatabase().then(() => process.exit(0)));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
