/** The entry on Node, for those without an edge platform: the same app over a pool of connections. */

import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { z } from 'zod';
import { connectWorker } from '../db/connect-worker.ts';
import { questionTimeoutMs } from '../db/database.ts';
import { parsePolicy } from '../market/policy.ts';
import type { Deps } from '../operations/deps.ts';
import { createApp } from './app.ts';
import { sharedStreams } from './events/streams.ts';
import { ReferralsSetting } from './referrals.ts';

const stopGraceMs = 10_000;
const idleCheckMs = 50;

const Environment = z.object({
  DATABASE_URL: z.string('takes the address of a Postgres database, postgres://…').min(1),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('takes a port number').int().min(0).max(65_535).default(8420),
  CRAWL_DOMAINS: z.string().default(''),
  DIRECTORY_DOMAIN: z.string().optional(),
  ARD_REFERRALS: ReferralsSetting,
});

const log = (details: { [key: string]: unknown }) =>
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), ...details })}\n`);

const read = Environment.safeParse(process.env);
if (read.success) start(read.data);
else {
  const faults = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  process.stderr.write(`The functions cannot start. ${faults.join('; ')}\n`);
  process.exit(1);
}

function start(environment: z.infer<typeof Environment>): void {
  const { HOST: hostname, PORT: port, DATABASE_URL: url, CRAWL_DOMAINS, DIRECTORY_DOMAIN } = environment;
  const database = connectWorker(
    url,
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
    referrals: environment.ARD_REFERRALS,
    onError: (error, requestId) =>
      log({ level: 'error', event: 'request-failed', requestId, error: error.message, stack: error.stack }),
  });
  const server = serve({ fetch: app.fetch, hostname, port }, ({ port: bound }) =>
    log({ level: 'info', event: 'serving', url: `http://${hostname}:${bound}` }),
  );
  server.on('error', (error: Error) => {
    process.stderr.write(`The functions cannot serve on ${hostname}:${port}. ${error.message}\n`);
    process.exit(1);
  });

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    // Requests under way are answered; what is not by then is cut.
    setTimeout(() => process.exit(0), stopGraceMs).unref();
    streams.end();
    // A connection whose stream has ended is idle only from then on.
    setInterval(() => (server as Server).closeIdleConnections(), idleCheckMs).unref();
    server.close(() => void database.end().then(() => process.exit(0)));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
