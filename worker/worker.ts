/** The bot: a session, a crawler and a roster over one database. */

import { connectWorker } from '../db/connect-worker.ts';
import { claimDatabase } from '../db/directory.ts';
import { beat } from '../db/heartbeat.ts';
import { shelves } from '../operations/browse.ts';
import { readCommandNotice } from '../protocol/command-notice.ts';
import { bareJid, formatJid, type Jid, tryJid } from '../protocol/jid.ts';
import { NS_AGENTCARD, NS_AGENTCARD_0, NS_LISTING, NS_ROSTER } from '../protocol/namespaces.ts';
import { ParseError } from '../protocol/parse-error.ts';
import { readPubsubEvent } from '../protocol/pubsub.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { Allowance } from './allowance.ts';
import { answer, type Services } from './answer.ts';
import { Asker } from './ask.ts';
import { KeptShelves } from './browse/kept-shelves.ts';
import { Tree } from './browse/tree.ts';
import { Chat } from './chat/chat.ts';
import { Conversation } from './chat/conversation.ts';
import { a2aCommands } from './commands/a2a-commands.ts';
import { CommandDesk } from './commands/desk.ts';
import { findingCommands } from './commands/finding-commands.ts';
import { providerCommands } from './commands/provider-commands.ts';
import type { Config } from './config.ts';
import { Crawler } from './crawl.ts';
import { Gate } from './gate.ts';
import { readPicture } from './identity/avatar.ts';
import { businessCard, identityOf } from './identity/identity.ts';
import { readOwnVersion } from './identity/own-version.ts';
import { publishIdentity } from './identity/publish.ts';
import { Indexer } from './indexer.ts';
import { errorText, type Log } from './log.ts';
import { Pace, questionsPerAddressMax, questionsPerDomainMax } from './pace.ts';
import { PresenceBook } from './presence-book.ts';
import { Pulse } from './pulse.ts';
import { Rooms } from './rooms.ts';
import { Roster } from './roster.ts';
import { Session } from './session.ts';
import { Sweeper } from './sweeper.ts';
import { Wanted } from './wanted.ts';

export const workerTimes = { heartbeatMs: 5_000, stopGraceMs: 2_000 } as const;

/** Nodes of which a change is a reason to visit. */
const WATCHED_NODES = [NS_AGENTCARD, NS_AGENTCARD_0, NS_LISTING];

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
  const own = bareJid({ local: config.xmpp.username, domain: config.xmpp.domain, resource: '' });
  const { limits, policy, probe } = config;

  const session = new Session({
    xmpp: { ...config.xmpp, resource: directoryResource },
    log,
    handlers: {
      onPresence: (stanza) => void (rooms.onPresence(stanza) || roster.onPresence(stanza)),
      onMessage: (stanza) => onMessage(stanza),
      onQuery: (stanza) => onQuery(stanza),
      onFreshSession: () => void onFreshSession(),
    },
  });
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
  const roster = new Roster({
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

  const deps = { db, policy };
  const conversation = new Conversation(deps);
  const forProviders = providerCommands(deps, {
    wake: () => crawler.wake(),
    // Its subscription ends as if it had ended it itself.
    endSubscription: (jid) => roster.onPresence(xml('presence', { from: jid, type: 'unsubscribe' })),
  });
  const { contacts } = config;
  const commands = [
    ...findingCommands(deps),
    ...forProviders,
    ...a2aCommands(conversation, businessCard(own, contacts)),
  ];
  const identity = identityOf({ own, contacts, version: readOwnVersion(), picture: readPicture(), commands });
  const gate = new Gate();
  const allowance = new Allowance(config.rates);
  const services: Services = {
    deps,
    desk: new CommandDesk(commands, {
      onError: (error, node) => log('error', 'command-failed', { node, error: errorText(error) }),
    }),
    identity,
    tree: new Tree(deps, new KeptShelves(() => shelves(deps))),
    gate,
    allowance,
    onError: (error) => log('error', 'answer-failed', { error: errorText(error) }),
  };
  const chat = new Chat({
    conversation,
    allowance,
    gate,
    own,
    rooms: config.rooms,
    send: (stanza) => session.send(stanza),
    onError: (error) => log('error', 'chat-failed', { error: errorText(error) }),
  });
  const sweeper = new Sweeper({ db, periodMs: limits.sweepPeriodMs, log });

  async function onFreshSession(): Promise<void> {
    const settled = pulse.hold();
    rooms.onFreshSession();
    const ofAccount = (type: 'get' | 'set', payload: Element) =>
      session.ask(null, type, payload, limits.iqTimeoutMs);
    // A component has no account: what it publishes, it answers itself.
    if (own.includes('@')) void publishIdentity(ofAccount, identity, log);
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

  function onMessage(stanza: Element): void {
    const from = tryJid(stanza.attrs.from);
    if (!from || stanza.attrs.type === 'error') return;
    onNotice(stanza, from);
    void chat.onMessage(stanza);
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

  const sign = () =>
    beat(db, name, session.ready && roster.announced).catch((error: unknown) => {
      log('error', 'heartbeat-failed', { error: errorText(error) });
    });
  try {
    const owner = await claimDatabase(db, own);
    if (owner !== own)
      throw new Error(`XMPP_JID: the database belongs to ${owner}; use that address, or another database`);
    await beat(db, name, false);
  } catch (error) {
    await end();
    throw error;
  }
  const heartbeat = setInterval(sign, workerTimes.heartbeatMs);
  session.start();
  crawler.start();
  pulse.start();
  sweeper.start();
  return {
    session,
    async stop() {
      clearInterval(heartbeat);
      await pulse.stop();
      await sweeper.stop();
      await crawler.stop(workerTimes.stopGraceMs);
      rooms.stop();
      await roster.stop();
      await wanted.settle();
      await session.stop();
      await sign();
      await end();
    },
  };
}
