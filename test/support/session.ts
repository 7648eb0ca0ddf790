import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { NS_PING } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { registerAccount } from '../../scripts/register.ts';
import { AccountSession } from '../../worker/account-session.ts';
import type { SessionHandlers } from '../../worker/session.ts';
import { until } from './directory.ts';

/** What came to a session since the test began, and how often it was a fresh one. */
export type Heard = {
  fresh: number;
  presences: number;
  queries: Element[];
  messages: Element[];
  /** The events of which it warned. */
  warned: string[];
};

export type TestSession = { session: AccountSession; jid: string; heard: Heard };

type Server = { service: string; domain: string };

/** A session of the bot's kind that answers every question, with an account that is registered in band. */
export async function startSession(
  { service, domain }: Server,
  username: string,
  /** When it ends: with the test, unless something else is said. */
  atEnd: (step: () => Promise<void>) => void = onTestFinished,
): Promise<TestSession> {
  const heard: Heard = { fresh: 0, presences: 0, queries: [], messages: [], warned: [] };
  const handlers: SessionHandlers = {
    onPresence: () => {
      heard.presences++;
    },
    onMessage: (stanza) => heard.messages.push(stanza),
    onQuery: (stanza) => {
      heard.queries.push(stanza);
      session.send(xml('iq', { type: 'result', to: stanza.attrs.from, id: stanza.attrs.id }));
    },
    onFreshSession: () => {
      heard.fresh++;
      session.send(xml('presence'));
    },
  };
  const account = { service, domain, username, password: 'test' };
  await registerAccount(account);
  const xmpp = { ...account, resource: 'r' };
  const session = new AccountSession({
    xmpp,
    log: (level, event) => level === 'warn' && heard.warned.push(event),
    handlers,
  });
  atEnd(() => session.stop());
  session.start();
  return { session, jid: `${username}@${domain}/r`, heard };
}

export const ready = (session: AccountSession) => until('the session is ready', async () => session.ready);

export const down = (session: AccountSession) => until('the session is down', async () => !session.ready);

export const ping = () => xml('ping', { xmlns: NS_PING });

/** Cuts the TCP connection as a network would. */
export function cut(session: AccountSession): void {
  const { socket } = session.emitter as unknown as { socket: { socket?: { destroy(): void } } | null };
  socket?.socket?.destroy();
}

/** Of 500 questions each way each is answered and counted once, so that the server resumes the session after a cut. */
export async function expectAllCounted(
  { session, jid, heard }: TestSession,
  peer: TestSession,
): Promise<void> {
  await Promise.all([ready(session), ready(peer.session)]);
  // Their servers show them their own presence, which must not come among what is counted.
  await until('both hear themselves', async () => heard.presences > 0 && peer.heard.presences > 0);
  const rounds = 500;
  const before = session.received;
  const asked = await Promise.all(
    Array.from({ length: rounds }, () => [
      session.ask(peer.jid, 'get', ping(), 30_000),
      peer.session.ask(jid, 'get', ping(), 30_000),
    ]).flat(),
  );
  expect(asked.filter(({ kind }) => kind !== 'result')).toEqual([]);
  expect(session.received - before).toBe(2 * rounds);
  // The server compares h with what it sent: it resumes, and sends nothing twice.
  cut(session);
  await down(session);
  await ready(session);
  expect((await session.ask(peer.jid, 'get', ping(), 30_000)).kind).toBe('result');
  expect([heard.fresh, heard.queries.length]).toEqual([1, rounds]);
  // The two further ones are the answers to this question and to the session's own after it resumed.
  expect(session.received - before).toBe(2 * rounds + 2);
  expect(new Set(peer.heard.queries.map(({ attrs }) => attrs.id)).size).toBe(peer.heard.queries.length);
}

/** Each of 60 messages comes once, though the session is cut three times meanwhile, and resumed. */
export async function expectNoneLost({ session, jid, heard }: TestSession, peer: TestSession): Promise<void> {
  await Promise.all([ready(session), ready(peer.session)]);
  const bodies = Array.from({ length: 60 }, (_, at) => `message ${at}`);
  for (const [at, body] of bodies.entries()) {
    if (at % 20 === 10) cut(session);
    peer.session.send(xml('message', { to: jid, type: 'chat' }, xml('body', {}, body)));
    await wait(20);
  }
  await until('every message is there', async () => heard.messages.length >= bodies.length);
  expect(heard.messages.map((stanza) => stanza.getChildText('body')).sort()).toEqual([...bodies].sort());
  expect(heard.fresh).toBe(1);
}
