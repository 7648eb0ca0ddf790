/** The bot: a session, a crawler and a roster over one database. */

import { connectWorker } from '../db/connect-worker.ts';
import { hasConsent } from '../db/consent.ts';
import { beat } from '../db/heartbeat.ts';
import { enqueue } from '../db/queue.ts';
import { bareJid, formatJid, type Jid, tryJid } from '../protocol/jid.ts';
import { NS_AGENTCARD, NS_LISTING } from '../protocol/namespaces.ts';
import { ParseError } from '../protocol/parse-error.ts';
import { readPubsubEvent } from '../protocol/pubsub.ts';
import type { Element } from '../protocol/xml.ts';
import { announcement, answer } from './answer.ts';
import { Asker } from './ask.ts';
import type { Config } from './config.ts';
import { Crawler } from './crawl.ts';
import { Indexer } from './indexer.ts';
import { errorText, type Log } from './log.ts';
import { Pace, questionsPerDomainMax } from './pace.ts';
import { Roster } from './roster.ts';
import { Session } from './session.ts';

export const workerTimes = { heartbeatMs: 5_000, stopGraceMs: 2_000 } as const;

/** The resource under which the directory's account is the directory. */
export const directoryResource = 'guildhall';

export type Worker = { session: Session; stop(): Promise<void> };

/** Starts the bot; it connects, and keeps connecting, on its own. @throws where the database cannot be reached. */
export async function startWorker(config: Config, log: Log): Promise<Worker> {
  const { db, end } = connectWorker(config.databaseUrl, (error) =>
    log('warn', 'database-error', { error: errorText(error) }),
  );
  const name = formatJid({
    local: config.xmpp.username,
    domain: config.xmpp.domain,
    resource: directoryResource,
  });
  const { limits, policy, probe } = config;

  const session = new Session({
    xmpp: { ...config.xmpp, resource: directoryResource },
    log,
    handlers: {
      onPresence: (stanza) => roster.onPresence(stanza),
      onMessage: (stanza) => onMessage(stanza),
      onQuery: (stanza) => void (tryJid(stanza.attrs.from) && session.send(answer(stanza))),
      onFreshSession: () => void onFreshSession(),
    },
  });
  const asker = new Asker(
    (to, type, payload) => session.ask(to, type, payload, limits.iqTimeoutMs),
    new Pace(questionsPerDomainMax),
  );
  const indexer = new Indexer(db, limits.absenceMs);
  const crawler = new Crawler({
    db,
    asker,
    indexer,
    probe,
    absenceMs: limits.absenceMs,
    worker: name,
    policy,
    log,
  });
  const roster = new Roster({
    db,
    session,
    policy,
    log,
    presenceSettleMs: limits.presenceSettleMs,
    wake: () => crawler.wake(),
  });
  let crawling = false;

  async function onFreshSession(): Promise<void> {
    try {
      // The crawl begins with the first session: before it nothing can be asked.
      if (!crawling) await crawler.start();
      crawling = true;
      await roster.onFreshSession(announcement());
    } catch (error) {
      log('error', 'session-not-begun', { error: errorText(error) });
    }
  }

  /** A published change is a reason to visit; what it says is read from its source, by the visit. */
  function onMessage(stanza: Element): void {
    const from = tryJid(stanza.attrs.from);
    if (!from || stanza.attrs.type === 'error') return;
    try {
      const event = readPubsubEvent(stanza);
      if (!event || from.resource || ![NS_AGENTCARD, NS_LISTING].includes(event.node)) return;
      if (from.local) void onPublished(from);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
    }
  }

  async function onPublished(from: Jid): Promise<void> {
    const jid = bareJid(from);
    try {
      if (!policy.allows(from.domain) && !(await hasConsent(db, jid))) return;
      await enqueue(db, [{ jid, domain: from.domain, depth: 0, dueMs: 0 }]);
      crawler.wake();
    } catch (error) {
      log('error', 'queue-failed', { error: errorText(error) });
    }
  }

  const sign = () =>
    beat(db, name, session.ready).catch((error: unknown) => {
      log('error', 'heartbeat-failed', { error: errorText(error) });
    });
  try {
    await beat(db, name, false);
  } catch (error) {
    await end();
    throw error;
  }
  const heartbeat = setInterval(sign, workerTimes.heartbeatMs);
  session.start();
  return {
    session,
    async stop() {
      clearInterval(heartbeat);
      await crawler.stop(workerTimes.stopGraceMs);
      await roster.stop();
      await session.stop();
      await sign();
      await end();
    },
  };
}
