/** A running sample specialist: keeps one session alive, publishes, consents, and answers. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Element, xml } from '@xmpp/xml';
import { registerAccount } from '../register.ts';
import { answerQuery, faultReply } from './answer.ts';
import { bidFor, bidMessage, deliver, type HeardCall, readHeard } from './bidding.ts';
import { personaOf, type Specialist, samplePassword } from './catalogue.ts';
import { type CommandDesk, commandDesk } from './commands.ts';
import { commissionFrom } from './commissioning.ts';
import { capsElement } from './disco.ts';
import { xmlSafe } from './forms.ts';
import { type AskDirectory, addressOf, keepRegistered, type Lease } from './lease.ts';
import { NS_COMMANDS } from './namespaces.ts';
import { type Budget, buyer, type Negotiator, readTold, replyTo, seller } from './negotiation.ts';
import type { Persona } from './persona.ts';
import { publish } from './publish.ts';
import { openRoom } from './room.ts';
import { type Roster, rosterFor } from './roster.ts';
import { openSession, type Session } from './session.ts';
import { FailureError } from './skill.ts';

const backoffFirstMs = 500;
const backoffMaxMs = 5_000;
/** A session that lasted this long counts as a success, so that two owners of one account do not race. */
const steadyAfterMs = 30_000;

export type StartOptions = {
  /** Such as `xmpp://127.0.0.2:5222`. */
  service: string;
  domain: string;
  /** The bare JID that the specialist subscribes to. */
  directory: string;
  password?: string;
  /** Make the account first; on by default, an existing account is fine. */
  register?: boolean;
  log?: (line: string) => void;
};

export type RunningSpecialist = {
  bareJid: string;
  /** The full JID of the present session, null while there is none. */
  fullJid(): string | null;
  stop(): Promise<void>;
};

/**
 * Starts one specialist and returns when it is online for the first time. It then reconnects by itself, with jittered
 * backoff, until it is stopped. Throws when the account cannot be made or the first session cannot be opened.
 */
export async function startSpecialist(
  specialist: Specialist,
  options: StartOptions,
): Promise<RunningSpecialist> {
  const { service, domain, password = samplePassword, register = true } = options;
  const bareJid = `${specialist.account}@${domain}`;
  if (register) await registerAccount({ service, domain, username: specialist.account, password });

  const persona = personaOf(specialist, bareJid, (seconds) => leave(agent, seconds));
  const budgets = new Map<string, Budget>();
  const desk = commandDesk(
    persona.commands.map(({ command }) =>
      specialist.negotiates === 'buys'
        ? { ...command, run: (answers) => commissionFrom(asking(agent), answers, budgets) }
        : command,
    ),
    persona.manner,
  );
  const agent: Agent = {
    options: { ...options, password },
    account: specialist.account,
    bareJid,
    persona,
    desk,
    specialist,
    calls: new Map(),
    negotiator: negotiatorOf(specialist, budgets),
    stopping: new AbortController(),
    live: null,
    backMs: 0,
    back: undefined,
  };
  const ended = await connect(agent);
  const finished = keepAlive(agent, ended);
  return {
    bareJid,
    fullJid: () => agent.live?.session.fullJid ?? null,
    async stop() {
      agent.stopping.abort();
      clearTimeout(agent.back);
      agent.live?.session.send(xml('presence', { type: 'unavailable' }));
      agent.live?.roster.stop();
      agent.live?.lease?.stop();
      await agent.live?.session.close();
      agent.live = null;
      await finished;
    },
  };
}

type Agent = {
  options: StartOptions & { password: string };
  account: string;
  bareJid: string;
  persona: Persona;
  desk: CommandDesk;
  specialist: Specialist;
  /** Those that it answered, by their ids. */
  calls: Map<string, HeardCall>;
  negotiator: Negotiator | null;
  stopping: AbortController;
  live: { session: Session; roster: Roster; lease: Lease | null } | null;
  /** Until when it stays away from the directory, by this machine's clock, and what brings it back. */
  backMs: number;
  back: NodeJS.Timeout | undefined;
};

function negotiatorOf(specialist: Specialist, budgets: ReadonlyMap<string, Budget>): Negotiator | null {
  if (specialist.negotiates === 'buys') return buyer(budgets);
  const price = specialist.dialect === 'guildhall' ? specialist.offer.price : undefined;
  return specialist.negotiates === 'sells' && price ? seller(specialist.skill, price) : null;
}

/** Asks the directory over the present session. */
function asking(agent: Agent): AskDirectory {
  return async (command) => {
    const { session } = agent.live ?? {};
    if (!session) throw new FailureError('The agent has no session with the directory.');
    const answer = await session.request('set', command, addressOf(agent.options.directory));
    return answer.getChild('command', NS_COMMANDS);
  };
}

/** Wrapped, because an async function would wait for a bare promise that it returns. */
type Ended = { reason: Promise<Error | null> };

async function keepAlive(agent: Agent, first: Ended): Promise<void> {
  const { signal } = agent.stopping;
  const stopped = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
  let ended: Ended | null = first;
  let sinceMs = Date.now();
  let backoffMs = backoffFirstMs;
  while (!signal.aborted) {
    if (ended) {
      const reason = await Promise.race([ended.reason, stopped]);
      if (signal.aborted) return;
      agent.options.log?.(`${agent.bareJid} lost its session${reason ? `: ${reason.message}` : ''}`);
      if (Date.now() - sinceMs > steadyAfterMs) backoffMs = backoffFirstMs;
    }
    await wait(backoffMs * (0.5 + Math.random()), null, { signal }).catch(() => {});
    if (signal.aborted) return;
    backoffMs = Math.min(backoffMs * 2, backoffMaxMs);
    ended = await connect(agent).catch(() => null);
    sinceMs = Date.now();
  }
}

/** Opens a session and does everything that a new one needs. */
async function connect(agent: Agent): Promise<Ended> {
  const { service, domain, directory, password, log } = agent.options;
  const { promise: reason, resolve } = Promise.withResolvers<Error | null>();
  const ended: Ended = { reason };
  const session = await openSession({
    service,
    domain,
    username: agent.account,
    password,
    resource: agent.persona.resource,
    onStanza: (stanza) => take(agent, stanza),
    onEnd(error) {
      agent.live?.roster.stop();
      agent.live?.lease?.stop();
      agent.live = null;
      resolve(error);
    },
  });
  if (agent.stopping.signal.aborted) {
    await session.close();
    return ended;
  }
  const roster = rosterFor(session, directory);
  agent.live = { session, roster, lease: null };
  try {
    await roster.load();
    for (const publication of agent.persona.publications) await publish(session, publication);
  } catch (error) {
    agent.live = null;
    await session.close();
    throw error;
  }
  session.send(xml('presence', {}, agent.persona.sendsCaps && capsElement(agent.persona.info)));
  roster.begin();
  if (agent.persona.consents && Date.now() >= agent.backMs) roster.join();
  if (agent.persona.registers && agent.live) {
    const to = addressOf(directory);
    agent.live.lease = keepRegistered(
      async (command) => (await session.request('set', command, to)).getChild('command', NS_COMMANDS),
      (line) => log?.(`${agent.bareJid} is ${line}`),
    );
  }
  if (agent.persona.room) {
    await openRoom(session, agent.persona.room, 'Specialists').catch((error: Error) =>
      log?.(`${agent.bareJid} cannot open ${agent.persona.room}: ${error.message}`),
    );
  }
  log?.(`${session.fullJid} is online`);
  return ended;
}

/** Withdraws the consent, and gives it again after a time. */
function leave(agent: Agent, seconds: number): void {
  clearTimeout(agent.back);
  agent.backMs = Date.now() + seconds * 1_000;
  agent.live?.roster.leave();
  agent.back = setTimeout(() => agent.live?.roster.join(), seconds * 1_000);
}

function take(agent: Agent, stanza: Element): void {
  if (!agent.live) return;
  const { session, roster } = agent.live;
  if (roster.take(stanza)) return;
  const { type } = stanza.attrs;
  if (stanza.getName() === 'message' && bid(agent, session, stanza)) return;
  if (stanza.getName() === 'message' && negotiate(agent, session, stanza)) return;
  if (stanza.getName() === 'message') converse(agent, session, stanza);
  if (stanza.getName() !== 'iq' || (type !== 'get' && type !== 'set')) return;
  answerQuery(agent.persona, agent.desk, session.fullJid, stanza).then(
    (answer) => session.send(answer),
    (error: Error) => {
      agent.options.log?.(`${agent.bareJid} failed to answer: ${error.stack ?? error.message}`);
      session.send(faultReply(stanza));
    },
  );
}

const callsMax = 100;

/** Answers a call for proposals, and does the work that it is given; true where the message is that. Nobody else's is believed. */
function bid(agent: Agent, session: Session, message: Element): boolean {
  const { options, specialist, calls } = agent;
  const { directory, log } = options;
  const { from = '', type } = message.attrs;
  if (!specialist.bids || type === 'error' || from.split('/', 1)[0] !== directory) return false;
  const heard = readHeard(message);
  if (!heard) return false;
  if (heard.event === 'cfp') {
    const [oldest] = calls.keys();
    if (oldest !== undefined && calls.size >= callsMax) calls.delete(oldest);
    calls.set(heard.call.id, heard.call);
    session.send(bidMessage(directory, heard.call, bidFor(heard.call, specialist.bids)));
    return true;
  }
  const call = calls.get(heard.id);
  if (!call) return true;
  // A message that comes again is work that is done.
  calls.delete(heard.id);
  const ask = async (command: Element) =>
    (await session.request('set', command, addressOf(directory))).getChild('command', NS_COMMANDS);
  deliver(ask, specialist.skill, heard.contract, call).catch((error: Error) =>
    log?.(`${agent.bareJid} failed to deliver: ${error.stack ?? error.message}`),
  );
  return true;
}

/** Answers what the directory tells of a contract; true where the message is that. Nobody else's is believed. */
function negotiate(agent: Agent, session: Session, message: Element): boolean {
  const { directory, log } = agent.options;
  const { from = '', type } = message.attrs;
  if (!agent.negotiator || type === 'error' || from.split('/', 1)[0] !== directory) return false;
  const told = readTold(message);
  if (!told) return false;
  Promise.resolve(agent.negotiator(told)).then(
    (move) => move && session.send(replyTo(directory, told, move)),
    (error: Error) => log?.(`${agent.bareJid} failed to negotiate: ${error.stack ?? error.message}`),
  );
  return true;
}

/** Answers what somebody writes; never a notification, nor itself. */
function converse(agent: Agent, session: Session, message: Element): void {
  const { type = 'normal', from } = message.attrs;
  const body = message.getChildText('body');
  const { chat } = agent.persona;
  if (!chat || !body || !from || (type !== 'chat' && type !== 'normal')) return;
  if (from.split('/', 1)[0] === agent.bareJid) return;
  chat(body).then(
    (reply) => session.send(xml('message', { type, to: from }, xml('body', {}, xmlSafe(reply)))),
    (error: Error) =>
      agent.options.log?.(`${agent.bareJid} failed to reply: ${error.stack ?? error.message}`),
  );
}
