/** The bot: waits for the door, and is the directory while it holds it. */

import { connectWorker } from '../db/connect-worker.ts';
import { claimDatabase } from '../db/directory.ts';
import type { Config } from './config.ts';
import { type Directory, openDirectory } from './directory.ts';
import { Door } from './door.ts';
import { errorText, type Log } from './log.ts';
import type { Session } from './session.ts';

export type Worker = {
  /** What this worker says as the directory; ready once it is online, and never while it stands by. */
  session: Pick<Session, 'ready' | 'send' | 'emitter'>;
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
        return directory?.isOnline() ?? false;
      },
      get emitter() {
        if (!directory) throw new Error('this worker is not the directory');
        return directory.session.emitter;
      },
      send: (stanza) => directory?.session.send(stanza) ?? false,
    },
    async stop() {
      await door.stop();
      await end();
    },
  };
}
