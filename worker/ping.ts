/** Asking whether an entity is there: XMPP Ping (XEP-0199), https://xmpp.org/extensions/xep-0199.html, version 2.0. */

import { NS_PING } from '../protocol/namespaces.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { Asker, answered } from './ask.ts';
import type { IqOutcome } from './iq-caller.ts';
import type { Pace } from './pace.ts';

/** Asks another entity, or with null one's own account. */
export type Ask = (to: string | null, type: 'get' | 'set', payload: Element) => Promise<IqOutcome>;

/**
 * `answered`: it is there; `certain` is false where the answer is the one that a server gives for a resource that is
 * gone, and an entity that knows no pings gives too.
 * `silent`: nothing came, or word that it cannot be reached.
 * `unknown`: our own session ended meanwhile.
 */
export type Reach = { kind: 'answered'; replyMs: number; certain: boolean } | { kind: 'silent' | 'unknown' };

/** Any answer tells that somebody is there, an error too (RFC 6120 §8.2.3: every question has an answer). */
export async function ping(ask: Ask, pace: Pace, address: string): Promise<Reach> {
  let replyMs = 0;
  let lost = false;
  // Timed here, since the wait for the domain's turn is not the entity's.
  const timed = new Asker(async (to, type, payload) => {
    const started = performance.now();
    const outcome = await ask(to, type, payload);
    replyMs = Math.round(performance.now() - started);
    lost ||= outcome.kind === 'offline';
    return outcome;
  }, pace);
  const pong = await timed.ask(address, 'get', pingQuery(), () => null);
  if (lost) return { kind: 'unknown' };
  if (pong.kind === 'silent') return { kind: 'silent' };
  const pongMs = replyMs;
  const isAmbiguous = pong.kind === 'refused' && pong.condition === 'service-unavailable';
  // No server describes a resource in its place, and whatever offers anything describes itself.
  const certain = !isAmbiguous || answered(await timed.info(address)) !== null;
  return lost ? { kind: 'unknown' } : { kind: 'answered', replyMs: pongMs, certain };
}

/** True where our own server answers: then the silence of others is theirs. */
export async function isConnected(ask: Ask): Promise<boolean> {
  const { kind } = await ask(null, 'get', pingQuery());
  return kind === 'result' || kind === 'error';
}

function pingQuery(): Element {
  return xml('ping', { xmlns: NS_PING });
}
