/** Sessions of commands: bounded in number and time, each its caller's alone. */

import { randomUUID } from 'node:crypto';
import type { Command, Stage } from './step.ts';
import type { Values } from './values.ts';

export type SessionLimits = {
  /** Sessions of all callers; one more drops the one that is idle the longest. */
  sessionsMax: number;
  /** Sessions of one bare JID; one more drops its one that is idle the longest. */
  perJidMax: number;
  /** A session that is idle for this long is over. */
  idleMs: number;
  /** Stages back to which `prev` leads. */
  stagesMax: number;
};

export const sessionLimits: SessionLimits = {
  sessionsMax: 1_000,
  perJidMax: 5,
  idleMs: 600_000,
  stagesMax: 20,
};

/** A stage that was shown, and what was filled in when it was left. */
export type Frame = { stage: Stage; given: Values | null };

export type Session = {
  id: string;
  command: Command;
  /** The full JID to which it belongs. */
  owner: string;
  /** The bare JID for which it counts. */
  jid: string;
  /** The stages on the way here; the last is the one that is shown. */
  frames: Frame[];
  /** A submit is being acted upon. */
  busy: boolean;
  usedMs: number;
};

export class Sessions {
  /** In the order of their last use. */
  #byId = new Map<string, Session>();
  #byJid = new Map<string, Set<Session>>();
  #limits: SessionLimits;
  #now: () => number;

  constructor(limits: SessionLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  get size(): number {
    return this.#byId.size;
  }

  open(command: Command, owner: string, jid: string, stage: Stage): Session {
    this.#dropIdle();
    const { sessionsMax, perJidMax } = this.#limits;
    const own = this.#byJid.get(jid);
    if (own && own.size >= perJidMax) this.end(oldest(own));
    if (this.#byId.size >= sessionsMax) this.end(oldest(this.#byId.values()));
    const frames = [{ stage, given: null }];
    const session = { id: randomUUID(), command, owner, jid, frames, busy: false, usedMs: this.#now() };
    this.#keep(session);
    return session;
  }

  /** The caller's session, now used; `expired` where it was left for too long. */
  find(id: string, node: string, owner: string): Session | 'expired' | null {
    const session = this.#byId.get(id);
    if (session?.owner !== owner || session.command.node !== node) return null;
    this.end(session);
    if (this.#isIdle(session)) return 'expired';
    session.usedMs = this.#now();
    this.#keep(session);
    return session;
  }

  /** Adds a stage; the way back is bounded. */
  advance(session: Session, stage: Stage): void {
    session.frames.push({ stage, given: null });
    if (session.frames.length > this.#limits.stagesMax) session.frames.shift();
  }

  end(session: Session): void {
    this.#byId.delete(session.id);
    const own = this.#byJid.get(session.jid);
    own?.delete(session);
    if (own?.size === 0) this.#byJid.delete(session.jid);
  }

  #keep(session: Session): void {
    this.#byId.set(session.id, session);
    const own = this.#byJid.get(session.jid) ?? new Set();
    own.add(session);
    this.#byJid.set(session.jid, own);
  }

  #isIdle({ usedMs }: Session): boolean {
    return this.#now() - usedMs > this.#limits.idleMs;
  }

  #dropIdle(): void {
    for (const session of this.#byId.values()) {
      if (!this.#isIdle(session)) return;
      this.end(session);
    }
  }
}

/** Maps and sets keep the order of insertion, which is that of last use. */
function oldest(sessions: Iterable<Session>): Session {
  const [first] = sessions;
  if (!first) throw new Error('there is no session');
  return first;
}
