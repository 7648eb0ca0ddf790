import { once } from 'node:events';
import { serve } from '@hono/node-server';
import { beforeAll } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import type { Database } from '../../db/database.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import { type SharedLimits, sharedLimits } from '../../functions/events/limits.ts';
import { type EventStreams, sharedStreams } from '../../functions/events/streams.ts';
import { parsePolicy } from '../../market/policy.ts';
import { afterwards } from './afterwards.ts';
import { freshDatabase } from './database.ts';
import { indexOf, listingOf } from './listings.ts';
import { shortTimes } from './short-times.ts';

/** Times and bounds that a test can wait for. */
export const limits: SharedLimits = {
  ...sharedLimits,
  ...shortTimes,
  streamsMax: 60,
  windowMax: 20,
  batchMax: 8,
  stallMs: 500,
};

export async function head(url: string): Promise<number> {
  const page = (await (await fetch(`${url}/v1/changes?limit=1`)).json()) as { head: number };
  return page.head;
}

/** A database of a test file's own, and servers on Node that give out its changes as events. */
export function ownStreams() {
  let db: Database;
  let databaseUrl: string;
  /** How many statements the streams of the Node server have asked. */
  let asked = 0;
  let written = 0;

  beforeAll(async () => {
    ({ url: databaseUrl } = await freshDatabase());
    const connection = connectWorker(databaseUrl, () => undefined);
    afterwards(connection.end);
    db = connection.db;
  });

  async function startNode(limits: SharedLimits): Promise<{ url: string; streams: EventStreams }> {
    const counted = new Proxy(db, {
      get(target, name) {
        if (name === 'execute') asked++;
        return Reflect.get(target, name);
      },
    });
    const deps = { db: counted, policy: parsePolicy('', null) };
    const onError = (error: Error) => {
      throw error;
    };
    const streams = sharedStreams(deps, onError, limits);
    const server = serve({
      fetch: createApp({ deps, streams, onError }).fetch,
      hostname: '127.0.0.1',
      port: 0,
    });
    await once(server, 'listening');
    afterwards(() => {
      streams.end();
      server.close();
    });
    const { port } = server.address() as { port: number };
    return { url: `http://127.0.0.1:${port}`, streams };
  }

  /** Writes new listings in one transaction each; returns their ids. */
  async function writeMany(what: string, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let at = 0; at < count; at++) {
      const jid = `${what}${written++}@works.test`;
      await writeIndex(db, [indexOf(jid, [{ node: 'n' }])], 0);
      ids.push(listingOf(jid, { node: 'n' }).id);
    }
    return ids;
  }

  return {
    startNode,
    writeMany,
    get db() {
      return db;
    },
    get databaseUrl() {
      return databaseUrl;
    },
    /** How many statements the streams of the Node server have asked. */
    get asked() {
      return asked;
    },
    set asked(count: number) {
      asked = count;
    },
  };
}
