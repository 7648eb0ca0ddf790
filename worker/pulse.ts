/**
 * The pulse: observes once in each period whether each agent that is watched is reachable. One that is online is pinged;
 * one that is offline is not reachable, and need not be asked. Nothing is observed while we cannot know: without a
 * session, before a fresh one has heard who is online, or when our own server is silent too.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { notePresence } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { type DueAgent, doubtPresence, takeDue } from '../db/pings.ts';
import {
  deleteOldObservations,
  foldVitality,
  forgetUnwatched,
  type Observation,
  observe,
} from '../db/vitality.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { Doubts } from './doubts.ts';
import { errorText, type Log } from './log.ts';
import { Pace } from './pace.ts';
import { type Ask, isConnected, ping, type Reach } from './ping.ts';

export const pulseLimits = {
  agentsMax: 1_000,
  /** Agents of one domain that are taken at once, and how many of them are asked at once. */
  agentsPerDomainMax: 64,
  pingsPerDomainMax: 4,
  resourcesMax: 20,
  /** The longest wait between two looks at what is due. */
  tickMaxMs: 3_000,
  /** Agents are folded anew after so many periods. */
  periodsPerFold: 3,
} as const;

export type PulseDeps = {
  db: Database;
  ask: Ask;
  /** Shared with the crawler: politeness is owed by both together. */
  pace: Pace;
  send: (stanza: Element) => void;
  /** The session is up. */
  isOnline: () => boolean;
  periodMs: number;
  log: Log;
};

export class Pulse {
  #deps: PulseDeps;
  #pingPace = new Pace(pulseLimits.pingsPerDomainMax);
  #doubts = new Doubts();
  /** Agents under way, with their domains. */
  #running = new Map<string, string>();
  #observed: Observation[] = [];
  #doubted: { jid: string; resource: string }[] = [];
  #holds = 0;
  #held = true;
  #stopped = new AbortController();
  #loop: Promise<void> | null = null;
  #connected: Promise<boolean> | null = null;
  #tidyAt = 0;

  constructor(deps: PulseDeps) {
    this.#deps = deps;
  }

  /** Begins; nothing is observed until a hold has been released. */
  start(): void {
    this.#loop = this.#run();
  }

  /** A fresh session does not know yet who is online. Returns what ends the hold, unless a newer one has begun. */
  hold(): () => void {
    const mine = ++this.#holds;
    this.#held = true;
    this.#doubts.clear();
    return () => {
      if (mine === this.#holds) this.#held = false;
    };
  }

  /** Takes nothing further and writes what was observed; what is under way is lost. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    const tickMs = Math.min(pulseLimits.tickMaxMs, this.#deps.periodMs / 4);
    while (!signal.aborted) {
      await this.#attempt(() => this.#tick());
      await wait(tickMs, undefined, { signal }).catch(() => undefined);
    }
    await this.#attempt(() => this.#write());
  }

  async #tick(): Promise<void> {
    const { db, periodMs } = this.#deps;
    await this.#write();
    if (Date.now() >= this.#tidyAt) {
      this.#tidyAt = Date.now() + periodMs;
      await forgetUnwatched(db);
      await deleteOldObservations(db);
    }
    if (!this.#canKnow()) return;
    await foldVitality(db, periodMs, pulseLimits.periodsPerFold * periodMs);
    const limit = pulseLimits.agentsMax - this.#running.size;
    if (limit === 0) return;
    const perDomain = Map.groupBy(this.#running.values(), (domain) => domain);
    const held = new Map([...perDomain].map(([domain, all]) => [domain, all.length]));
    const perDomainMax = pulseLimits.agentsPerDomainMax;
    for (const agent of await takeDue(db, { limit, perDomainMax, periodMs, held })) {
      if (this.#running.has(agent.jid)) continue;
      this.#running.set(agent.jid, agent.domain);
      void this.#attempt(() => this.#observe(agent)).finally(() => this.#running.delete(agent.jid));
    }
  }

  #canKnow(): boolean {
    return !this.#held && this.#deps.isOnline();
  }

  async #observe(agent: DueAgent): Promise<void> {
    const { ask, pace } = this.#deps;
    const { jid, domain, resources } = agent;
    // What is no account has no server that tells its presence: it is asked itself.
    const online = jid.includes('@') ? resources.slice(0, pulseLimits.resourcesMax) : [''];
    const asked = [...online, ...this.#doubts.due(jid, online)];
    const holds = this.#holds;
    const reached = await Promise.all(
      asked.map(async (resource) => {
        const address = resource ? `${jid}/${resource}` : jid;
        const reach = await this.#pingPace.run(domain, () => ping(ask, pace, address), jid);
        return { resource, reach };
      }),
    );
    const isSilent = reached.some(({ reach }) => reach.kind === 'silent');
    // A suspended machine, or a dead connection that nobody noticed yet, makes everybody silent.
    if (isSilent && !(await this.#isConnected())) return;
    if (holds !== this.#holds || !this.#canKnow()) return;
    const times = reached.flatMap(({ resource, reach }) =>
      this.#conclude(agent, resource, reach, online.includes(resource)),
    );
    if (times.length === 0 && reached.some(({ reach }) => reach.kind === 'unknown')) return;
    const replyMs = times.length > 0 ? Math.min(...times) : null;
    this.#observed.push({ jid, signal: 'reachable', good: replyMs !== null, replyMs });
  }

  /** What an answer or a silence says of a resource; the reply time of one that is there. */
  #conclude({ jid, resources }: DueAgent, resource: string, reach: Reach, isOnline: boolean): number[] {
    if (reach.kind === 'silent' && isOnline && this.#doubts.silent(jid, resource)) {
      this.#deps.log('info', 'presence-doubted', { jid, resource });
      this.#doubted.push({ jid, resource });
    }
    if (reach.kind !== 'answered') return [];
    // What may be its server's answer for one that is gone ends no doubt.
    if (isOnline || reach.certain) this.#doubts.settled(jid, resource);
    const isAccount = jid.includes('@');
    // Its server knows whether one that was doubted is there again, or one that answers oddly is gone.
    if (isAccount && reach.certain !== isOnline) this.#deps.send(xml('presence', { to: jid, type: 'probe' }));
    if (!isAccount && !resources.includes('')) {
      void this.#attempt(() => notePresence(this.#deps.db, [{ jid, resource: '', state: 'on' }]));
    }
    return reach.certain || isOnline ? [reach.replyMs] : [];
  }

  /** Asked once for all that are silent at the same time. */
  #isConnected(): Promise<boolean> {
    this.#connected ??= isConnected(this.#deps.ask).finally(() => {
      this.#connected = null;
    });
    return this.#connected;
  }

  /** What cannot be written is as if it had not been observed. */
  async #write(): Promise<void> {
    const observed = this.#observed.splice(0);
    const doubted = this.#doubted.splice(0);
    await doubtPresence(this.#deps.db, doubted);
    await observe(this.#deps.db, observed);
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#deps.log('error', 'pulse-failed', { error: errorText(error) });
    }
  }
}
