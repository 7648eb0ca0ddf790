/** Who is online: what presence says of agents that consented, gathered and written in order. */

import { setTimeout as wait } from 'node:timers/promises';
import { keepPresenceOf, notePresence, type PresenceNote } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { bareJid, parseJid } from '../protocol/jid.ts';
import type { Presence } from '../protocol/presence.ts';
import { announced } from './caps-cache.ts';
import { errorText, type Log } from './log.ts';
import type { Wanted } from './wanted.ts';

export const presenceLimits = {
  /** Presence is gathered this long and written at once: an agent that flaps costs one row. */
  gatherMs: 50,
  retryMs: 1_000,
  /** Longer addresses do not fit the index, and are not followed. */
  addressBytesMax: 2_000,
  /** Resources of one agent that are followed. */
  resourcesMax: 20,
} as const;

export type PresenceBookDeps = { db: Database; log: Log; wanted: Wanted };

export class PresenceBook {
  #deps: PresenceBookDeps;
  /** Notes not yet written, by full JID: the latest of each. */
  #notes = new Map<string, PresenceNote>();
  /** Who is online as far as this session heard: resources by bare JID. */
  #online = new Map<string, Set<string>>();
  #writing: Promise<void> | null = null;
  #stopped = false;

  constructor(deps: PresenceBookDeps) {
    this.#deps = deps;
  }

  /** Takes in the presence of an agent that consented. An empty resource that is off means all of the agent's. */
  note({ from, caps, caps2 }: Presence, state: 'on' | 'off'): void {
    if (this.#stopped) return;
    const jid = bareJid(from);
    const { resource } = from;
    const key = `${jid}/${resource}`;
    if (Buffer.byteLength(key) > presenceLimits.addressBytesMax) return;
    if (!this.#follow(jid, resource, state)) return;
    const isBack = state === 'on' && this.#notes.get(key)?.state === 'off';
    this.#notes.set(key, { jid, resource, state: isBack ? 'back' : state, caps: announced(caps, caps2) });
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  /** Starts afresh: nothing has been heard in this session. */
  clear(): void {
    this.#online.clear();
  }

  /** Takes everybody for offline of whom nothing was heard since `clear`. */
  async settle(): Promise<void> {
    await this.#writing;
    const online = [...this.#online].flatMap(([jid, resources]) =>
      [...resources].map((resource) => ({ jid, resource })),
    );
    await keepPresenceOf(this.#deps.db, online);
  }

  /** Takes in nothing further; what cannot be written now is told again in the next session. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  /** False where the agent has more resources than are followed. */
  #follow(jid: string, resource: string, state: 'on' | 'off'): boolean {
    const resources = this.#online.get(jid) ?? new Set();
    if (state === 'off') {
      if (resource === '') resources.clear();
      else resources.delete(resource);
    } else if (resources.size >= presenceLimits.resourcesMax && !resources.has(resource)) {
      return false;
    } else resources.add(resource);
    if (resources.size > 0) this.#online.set(jid, resources);
    else this.#online.delete(jid);
    return true;
  }

  /** One writer at a time, so that an older word never comes after a newer one. */
  async #write(): Promise<void> {
    const { db, log } = this.#deps;
    while (this.#notes.size > 0) {
      await wait(presenceLimits.gatherMs);
      const notes = this.#notes;
      this.#notes = new Map();
      try {
        await notePresence(db, [...notes.values()]);
        this.#want([...notes.values()]);
      } catch (error) {
        log('error', 'presence-not-written', { error: errorText(error) });
        if (this.#stopped) return;
        await wait(presenceLimits.retryMs);
        const refused = await this.#writeEach(notes);
        this.#notes = new Map([...refused, ...this.#notes]);
      }
    }
  }

  /** Writes the notes one by one, so that one that is refused holds up no other; returns those to be tried again. */
  async #writeEach(notes: Map<string, PresenceNote>): Promise<[string, PresenceNote][]> {
    const again: [string, PresenceNote][] = [];
    for (const [key, note] of notes) {
      try {
        await notePresence(this.#deps.db, [note]);
        this.#want([note]);
      } catch (error) {
        if (isRefusal(error))
          this.#deps.log('error', 'presence-refused', { jid: note.jid, error: errorText(error) });
        else again.push([key, note]);
      }
    }
    return again;
  }

  /** Whoever comes online is visited. */
  #want(notes: PresenceNote[]): void {
    for (const { jid, state } of notes) {
      if (state !== 'off') this.#deps.wanted.add(jid, parseJid(jid).domain);
    }
  }
}

/** A SQLSTATE of the classes data exception, program limit or constraint: trying again would fail again. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(22|23|54)/.test(code);
}
