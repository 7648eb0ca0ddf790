/** The bot: waits for the door, and is the directory while it holds it. */

import { connectWorker } from '../db/connect-worker.ts';
import { claimDatabase } from '../db/directory.ts';
import type { Config } from './config.ts';
import { type Directory, openDirectory } from './directory.ts';
import { Door } from './door.ts';
import { errorText, type Log } from './log.ts';

export type Worker = {
  /** Whether this worker is the directory on the network now. */
  session: { readonly ready: boolean };
  stop(): Promise<void>;
};

/** Starts the bot; whatever it lacks it tries for again. @throws where the database cannot be reached or is another's. */
export async function startWorker(config: Config, log: Log): Promise<Worker> {
  const { databaseUrl, jid } = config;
  const { db, end } = connectWorker(databaseUrl, (error) =>
    log('warn', 'database-error', { error: errorText(error) }),
  );
  try {
    const owner = await claimDatabase(db, jid);
    if (owner !== jid)
      throw new Error(`XMPP_JID: the database belongs to ${owner}; use that address, or another database`);
  } catch (error) {
    await end();
    throw error;
  }
  let directory: Directory | null = null;
  const door = new Door({
    databaseUrl,
    log,
    serve() {
      directory = openDirectory(config, db, log);
      return directory;
    },
  });
  door.start();
  return {
    session: {
      get ready() {
        return directory?.session.ready ?? false;
      },
    },
    async stop() {
      await door.stop();
      await end();
    },
  };
}
