/** The one who looks: a session of an ordinary account, which hears presence and asks. */

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { bareJid } from '../../protocol/jid.ts';
import { NS_PUBSUB } from '../../protocol/namespaces.ts';
import { readPresence } from '../../protocol/presence.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { AccountSession } from '../../worker/account-session.ts';
import type { AskIq } from '../../worker/ask.ts';
import { announced } from '../../worker/caps-cache.ts';
import type { Log } from '../../worker/log.ts';
import type { Resource } from '../../worker/sources/source.ts';
import { registerAccount } from '../register.ts';
import { StackError } from '../stack/errors.ts';
import type { Account } from './options.ts';

export const visitorLimits = {
  openMs: 30_000,
  answerMs: 10_000,
  /** How long presence is waited for: of a contact of the account, and of one who has to agree first. */
  contactPresenceMs: 1_500,
  askedPresenceMs: 5_000,
  /** After the first presence, how long those of further resources are. */
  furtherPresenceMs: 300,
  resourcesMax: 20,
} as const;

export type Visitor = {
  /** The account's bare JID. */
  jid: string;
  ask: AskIq;
  /** Where the account is online, as far as its presence is shown to this one. */
  resourcesOf(jid: string, subscribe: boolean): Promise<Resource[]>;
  /** Takes back what was asked for, and ends the session. */
  close(): Promise<void>;
};

/** @throws {StackError} where no session can be opened. */
export async function openVisitor(account: Account): Promise<Visitor> {
  const { service, domain, username, password, temporary } = account;
  if (temporary) await registerAccount({ service, domain, username, password }).catch(asSentence);
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  const log: Log = (level, _event, { error } = {}) => {
    if (level === 'warn' && error) reject(new Error(String(error)));
  };
  const presence = new Presences();
  const session = new AccountSession({
    xmpp: { service, domain, username, password, resource: `look-${randomBytes(3).toString('hex')}` },
    log,
    handlers: {
      onPresence: (stanza) => presence.note(stanza, (answer) => session.send(answer)),
      onMessage: () => undefined,
      onQuery: (stanza) => session.send(refusal(stanza)),
      onFreshSession: () => resolve(),
    },
  });
  const timer = setTimeout(() => reject(new Error('no answer in time')), visitorLimits.openMs);
  session.start();
  try {
    await opened;
  } catch (error) {
    await session.stop();
    throw new StackError(
      `Cannot open a session as ${username}@${domain} at ${service}: ${(error as Error).message}.`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
  // Of negative priority, so that no message for the account is taken from its other sessions.
  session.send(xml('presence', {}, xml('priority', {}, '-1')));
  const ask = (to: string | null, type: 'get' | 'set', payload: Element) =>
    session.ask(to, type, payload, visitorLimits.answerMs);
  return {
    jid: `${username}@${domain}`,
    // A look changes nothing: the directory would subscribe to nodes of listings, this one does not.
    ask: async (to, type, payload) =>
      isSubscription(payload) ? { kind: 'result', payload: null } : ask(to, type, payload),
    async resourcesOf(jid, subscribe) {
      if (subscribe) presence.want(jid, (stanza) => session.send(stanza));
      const { contactPresenceMs, askedPresenceMs } = visitorLimits;
      const ms = subscribe ? askedPresenceMs : temporary ? 0 : contactPresenceMs;
      return presence.of(jid, ms);
    },
    async close() {
      presence.endWanted((stanza) => session.send(stanza));
      if (temporary) {
        // XEP-0077 §3.2; the server ends the session with the account.
        await ask(null, 'set', xml('query', { xmlns: 'jabber:iq:register' }, xml('remove')));
      }
      await session.stop();
    },
  };
}

type Send = (stanza: Element) => unknown;

/** Presence as it comes, by bare JID. */
class Presences {
  #online = new Map<string, Map<string, Resource>>();
  #wanted = new Set<string>();

  note(stanza: Element, send: Send): void {
    const presence = readPresence(stanza);
    if (!presence) return;
    const { type, from, caps, caps2 } = presence;
    const jid = bareJid(from);
    const resources = this.#online.get(jid) ?? new Map<string, Resource>();
    if (type === 'available' && resources.size < visitorLimits.resourcesMax) {
      resources.set(from.resource, { resource: from.resource, caps: announced(caps, caps2) });
      this.#online.set(jid, resources);
    } else if (type === 'unavailable') resources.delete(from.resource);
    // Some agents show themselves only to those whom they may see.
    else if (type === 'subscribe' && this.#wanted.has(jid))
      send(xml('presence', { to: jid, type: 'subscribed' }));
  }

  want(jid: string, send: Send): void {
    if (this.#online.has(jid)) return;
    this.#wanted.add(jid);
    send(xml('presence', { to: jid, type: 'subscribe' }));
  }

  /** Waits at most `ms` for the first, and a little longer for others. */
  async of(jid: string, ms: number): Promise<Resource[]> {
    const until = Date.now() + ms;
    while (!this.#online.has(jid) && Date.now() < until) await wait(50);
    if (ms > 0 && this.#online.has(jid)) await wait(visitorLimits.furtherPresenceMs);
    return [...(this.#online.get(jid)?.values() ?? [])];
  }

  endWanted(send: Send): void {
    for (const to of this.#wanted) {
      send(xml('presence', { to, type: 'unsubscribe' }));
      send(xml('presence', { to, type: 'unsubscribed' }));
    }
  }
}

function isSubscription(payload: Element): boolean {
  return payload.getChild('subscribe', NS_PUBSUB) !== undefined;
}

function refusal({ attrs }: Element): Element {
  const error = { type: 'cancel', condition: 'service-unavailable', text: null } as const;
  return xml('iq', { type: 'error', to: attrs.from, id: attrs.id }, writeStanzaError(error));
}

function asSentence(error: Error): never {
  throw new StackError(error.message, { cause: error });
}
