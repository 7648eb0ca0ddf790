/** The directory, as the worker that holds the door runs it: a session, a crawler and a roster over one database. */

import type { Database } from '../db/database.ts';
import { beat } from '../db/heartbeat.ts';
import { takeAnswer } from '../operations/challenges.ts';
import { readCommandNotice } from '../protocol/command-notice.ts';
import type { ConfirmAnswer } from '../protocol/http-auth.ts';
import { bareJid, type Jid, tryJid } from '../protocol/jid.ts';
import { NS_AGENTCARD, NS_AGENTCARD_0, NS_LISTING, NS_ROSTER } from '../protocol/namespaces.ts';
import { ParseError } from '../protocol/parse-error.ts';
import { readPubsubEvent } from '../protocol/pubsub.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { AccountRoster } from './account-roster.ts';
import { AccountSession } from './account-session.ts';
import { answer } from './answer.ts';
import { Asker } from './ask.ts';
import { ComponentRoster } from './component-roster.ts';
import { ComponentSession } from './component-session.ts';
import { type Config, isAccount } from './config.ts';
import { Replies } from './contracts/replies.ts';
import { Crawler } from './crawl.ts';
import { openFront } from './front.ts';
import { publishIdentity } from './identity/publish.ts';
import { Indexer } from './indexer.ts';
import { Jobs } from './jobs/jobs.ts';
import { confirmationIn } from './jobs/messages.ts';
import { errorText, type Log } from './log.ts';
import { Pace, questionsPerAddressMax, questionsPerDomainMax } from './pace.ts';
import { PresenceBook } from './presence-book.ts';
import { Pulse } from './pulse.ts';
import { Rooms } from './rooms.ts';
import type { Session, SessionHandlers } from './session.ts';
import { Sweeper } from './sweeper.ts';
import { Wanted } from './wanted.ts';

export const workerTimes = { heartbeatMs: 5_000, stopGraceMs: 2_000 } as const;

/** Nodes of which a change is a reason to visit. */
const WATCHED_NODES = [NS_AGENTCARD, NS_AGENTCARD_0, NS_LISTING];

/** The resource under which the directory's account is the directory. */
export const directoryResource = 'guildhall';

export type Directory = {
  session: Session;
  /** It stands on the network, and has said so. */
  isOnline(): boolean;
  /** Another worker may be the directory already: ends the session at once. */
  leave(): Promise<void>;
  stop(): Promise<void>;
};

/** Runs the directory: it connects, and keeps connecting, on its own. */
export function openDirectory(config: Config, db: Database, log: Log): Directory {
  const { jid: own, xmpp } = config;
  const name = isAccount(xmpp) ? `${own}/${directoryResource}` : own;
  const { limits, policy, probe } = config;

  const handlers: SessionHandlers = {
    onPresence: (stanza) => void (rooms.onPresence(stanza) || roster.onPresence(stanza)),
    onMessage: (stanza) => void onMessage(stanza),
    onQuery: (stanza) => onQuery(stanza),
    onFreshSession: () => void onFreshSession(),
  };
  const session = isAccount(xmpp)
    ? new AccountSession({ xmpp: { ...xmpp, resource: directoryResource }, log, handlers })
    : new ComponentSession({ xmpp, log, handlers });
  const pace = new Pace(questionsPerDomainMax, questionsPerAddressMax);
  const asker = new Asker((to, type, payload) => session.ask(to, type, payload, limits.iqTimeoutMs), pace);
  const indexer = new Indexer(db, limits.absenceMs);
  const crawler = new Crawler({
    db,
    asker,
    indexer,
    probe,
    absenceMs: limits.absenceMs,
    own,
    userDirectories: config.userDirectories,
    met: (jid) => rooms.met(jid),
    isOnline: () => session.ready,
    worker: name,
    policy,
    log,
  });
  const wanted = new Wanted({ db, log, wake: () => crawler.wake() });
  const rooms = new Rooms({
    rooms: config.rooms,
    nick: directoryResource,
    send: (stanza) => session.send(stanza),
    onMet: (jid) => policy.allows(jid.domain) && wanted.add(bareJid(jid), jid.domain),
    log,
  });
  const roster = new (isAccount(xmpp) ? AccountRoster : ComponentRoster)({
    db,
    session,
    policy,
    log,
    wanted,
    presence: new PresenceBook({ db, log, wanted }),
    presenceSettleMs: limits.presenceSettleMs,
  });
  const pulse = new Pulse({
    db,
    ask: (to, type, payload) => session.ask(to, type, payload, limits.iqTimeoutMs),
    pace,
    send: (stanza) => session.send(stanza),
    isOnline: () => session.ready,
    periodMs: limits.pingPeriodMs,
    log,
  });

  const askOwn = (type: 'get' | 'set', payload: Element) =>
    session.ask(null, type, payload, limits.iqTimeoutMs);
  const { services, identity, chat, alerts, answers } = openFront({
    config,
    db,
    log,
    askOwn,
    send: (stanza) => session.send(stanza),
    isUp: () => session.ready,
    isSubscriber: (jid) => roster.isSubscriber(jid),
    wake: () => crawler.wake(),
    // Its subscription ends as if it had ended it itself.
    endSubscription: (jid) => roster.onPresence(xml('presence', { from: jid, type: 'unsubscribe' })),
  });
  const jobs = new Jobs({
    deps: services.deps,
    databaseUrl: config.databaseUrl,
    session,
    callTimeoutMs: limits.callTimeoutMs,
    log,
  });
  const replies = new Replies({
    ...services,
    send: (stanza) => session.send(stanza),
    onError: (error) => log('error', 'reply-failed', { error: errorText(error) }),
  });
  const sweeper = new Sweeper({ db, periodMs: limits.sweepPeriodMs, log });

  let isStopping = false;
  let leaving: Promise<void> | null = null;
  function leave(): Promise<void> {
    leaving ??= session.stop();
    return leaving;
  }

  async function onFreshSession(): Promise<void> {
    if (isStopping) return;
    const settled = pulse.hold();
    rooms.onFreshSession();
    // A component has no account: what it publishes, it answers itself.
    if (isAccount(xmpp)) void publishIdentity(askOwn, identity, log);
    await roster.onFreshSession(identity.announcement());
    settled();
  }

  function onQuery(stanza: Element): void {
    const push = stanza.getChild('query', NS_ROSTER);
    // RFC 6121 §2.1.6: a push comes from one's own account, or names nobody.
    if (push && stanza.attrs.type === 'set' && (!stanza.attrs.from || stanza.attrs.from === own)) {
      roster.onPush(push);
      session.send(xml('iq', { type: 'result', id: stanza.attrs.id }));
    } else void answerTo(stanza);
  }

  async function answerTo(stanza: Element): Promise<void> {
    const answered = await answer(stanza, services);
    if (answered) session.send(answered);
  }

  /** What may confirm a request and does not is a message like any other: a code looks like a word. */
  async function onMessage(stanza: Element): Promise<void> {
    if (jobs.onMessage(stanza)) return;
    const from = tryJid(stanza.attrs.from);
    if (isStopping) return;
    const confirmation = from && confirmationIn(stanza);
    if (confirmation && (await isTaken(bareJid(from), confirmation))) return;
    if (stanza.attrs.type === 'error') alerts.onBounce(stanza);
    else if (from && !answers.onMessage(stanza) && !replies.onMessage(stanza, from)) {
      onNotice(stanza, from);
      void chat.onMessage(stanza);
    }
  }

  async function isTaken(jid: string, confirmation: ConfirmAnswer): Promise<boolean> {
    try {
      return await takeAnswer(services.deps, jid, confirmation);
    } catch (error) {
      log('error', 'confirmation-failed', { error: errorText(error) });
      return false;
    }
  }

  /** A published change is a reason to visit; what it says is read from its source, by the visit. */
  function onNotice(stanza: Element, from: Jid): void {
    try {
      const event = readPubsubEvent(stanza);
      // A service tells of no nodes but those to which the directory subscribed, whatever they are called.
      const isWatched = event !== null && (from.local === '' || WATCHED_NODES.includes(event.node));
      const isPublished = isWatched && !from.resource;
      if (!isPublished && !readCommandNotice(stanza)) return;
      const jid = bareJid(from);
      if (policy.allows(from.domain) || roster.isSubscriber(jid)) wanted.add(jid, from.domain);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
    }
  }

  const isOnline = () => session.ready && roster.announced;
  const sign = () =>
    beat(db, name, isOnline()).catch((error: unknown) => {
      log('error', 'heartbeat-failed', { error: errorText(error) });
    });
  void sign();
  const heartbeat = setInterval(sign, workerTimes.heartbeatMs);
  session.start();
  crawler.start();
  pulse.start();
  sweeper.start();
  alerts.start();
  jobs.start();
  return {
    session,
    isOnline,
    leave,
    async stop() {
      isStopping = true;
      clearInterval(heartbeat);
      const idle = jobs.stop();
      await pulse.stop();
      await sweeper.stop();
      await alerts.stop();
      await crawler.stop(workerTimes.stopGraceMs);
      rooms.stop();
      await roster.stop();
      await wanted.settle();
      const isLost = leaving !== null;
      await leave();
      await idle;
      if (!isLost) await sign();
    },
  };
}
