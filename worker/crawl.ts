/** The crawl: takes what is due from the queue, visits it, and queues what it leads to. */

import { setTimeout as wait } from 'node:timers/promises';
import { hasConsent } from '../db/consent.ts';
import { enqueue, enqueueNew, type LeasedTarget, lease, release, releaseAll } from '../db/queue.ts';
import { findRegistration } from '../db/registrations.ts';
import { removeDomains, removeUnconsented } from '../db/removals.ts';
import type { Policy } from '../market/policy.ts';
import { parseJid, tryJid } from '../protocol/jid.ts';
import { backoffMs } from './backoff.ts';
import { errorText, type Log } from './log.ts';
import { type Visit, type VisitDeps, visit, visitTimes } from './visit.ts';

export const crawlLoopLimits = {
  visitsMax: 32,
  visitsPerDomainMax: 8,
  /** Longer than the slowest visit; a dead worker's visits are done again after this. */
  leaseMs: 300_000,
  pollMs: 1_000,
  /** Items are followed this deep from a seed. */
  depthMax: 3,
  /** Children of one entity that are queued. */
  childrenMax: 1_000,
} as const;

export type CrawlerDeps = VisitDeps & {
  worker: string;
  policy: Policy;
  log: Log;
  /** True while there is a session to ask in. */
  isOnline: () => boolean;
};

export class Crawler {
  #deps: CrawlerDeps;
  #running = new Map<string, Promise<void>>();
  #wake = new AbortController();
  #stopped = false;
  #loop: Promise<void> | null = null;

  constructor(deps: CrawlerDeps) {
    this.#deps = deps;
  }

  /** Starts to visit, as soon as there is a session to ask in. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Looks at the queue now instead of at the next poll. */
  wake(): void {
    this.#wake.abort();
  }

  /** Takes nothing further and waits for the visits under way, at most `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#loop;
    const done = new AbortController();
    const visits = Promise.allSettled(this.#running.values()).finally(() => done.abort());
    await Promise.race([visits, wait(graceMs, undefined, { signal: done.signal }).catch(() => undefined)]);
  }

  async #run(): Promise<void> {
    const { db, worker, log, isOnline } = this.#deps;
    let begun = false;
    while (!this.#stopped) {
      const wake = new AbortController();
      this.#wake = wake;
      const room = crawlLoopLimits.visitsMax - this.#running.size;
      try {
        if (!begun) await this.#begin();
        begun = true;
        const targets = isOnline() && room > 0 ? await this.#take(db, worker, room) : [];
        for (const target of targets) this.#start(target);
      } catch (error) {
        log('error', 'queue-failed', { error: errorText(error) });
      }
      await wait(crawlLoopLimits.pollMs, undefined, { signal: wake.signal }).catch(() => undefined);
    }
  }

  /** Takes up what an earlier life left: its leases, what it withdrew half, what the operator excludes since, the seeds and the user directories it is told of. */
  async #begin(): Promise<void> {
    const { db, worker, policy, userDirectories } = this.#deps;
    await releaseAll(db, worker);
    await removeUnconsented(db);
    await removeDomains(db, policy.excludes);
    await enqueue(
      db,
      [...policy.seeds, ...userDirectories].map((jid) => ({
        jid,
        domain: parseJid(jid).domain,
        depth: 0,
        dueMs: 0,
      })),
    );
  }

  #take(db: CrawlerDeps['db'], worker: string, limit: number): Promise<LeasedTarget[]> {
    const { visitsPerDomainMax: perDomainMax, leaseMs } = crawlLoopLimits;
    return lease(db, worker, { limit, perDomainMax, leaseMs });
  }

  #start(target: LeasedTarget): void {
    const visiting = this.#visit(target).finally(() => {
      this.#running.delete(target.jid);
      this.wake();
    });
    this.#running.set(target.jid, visiting);
  }

  async #visit(target: LeasedTarget): Promise<void> {
    const { db, log, worker } = this.#deps;
    const started = Date.now();
    try {
      const done = (await this.#mayVisit(target)) ? await visit(this.#deps, target) : notVisited;
      await this.#queueChildren(target, done);
      await release(db, worker, [{ jid: target.jid, nextMs: done.nextMs, failed: done.failed }]);
      const { listings, changed, reachable, nextMs } = done;
      log('info', 'visit', {
        jid: target.jid,
        listings,
        changed,
        reachable,
        nextMs,
        ms: Date.now() - started,
      });
    } catch (error) {
      log('error', 'visit-failed', { jid: target.jid, error: errorText(error) });
      const nextMs = backoffMs(target.failures + 1, visitTimes.failedBaseMs, visitTimes.revisitMs);
      // Where even this cannot be written the lease runs out, and the entity is due again.
      await release(db, worker, [{ jid: target.jid, nextMs, failed: true }]).catch(() => undefined);
    }
  }

  /**
   * The operator's policy holds for what was queued before it changed, too; consent widens it, but for exclusions. An
   * agent that deregistered is left alone.
   */
  async #mayVisit({ jid, domain }: LeasedTarget): Promise<boolean> {
    const { db, own, policy } = this.#deps;
    if (jid === own) return false;
    if (policy.allows(domain)) return (await findRegistration(db, jid))?.state !== 'withdrawn';
    return !policy.excludes(domain) && (await hasConsent(db, jid));
  }

  async #queueChildren(target: LeasedTarget, { children }: Visit): Promise<void> {
    const { db, policy } = this.#deps;
    if (target.depth >= crawlLoopLimits.depthMax) return;
    const allowed = children.slice(0, crawlLoopLimits.childrenMax).flatMap((child) => {
      const jid = tryJid(child);
      // An item may name a resource; the queue knows bare addresses.
      if (!jid || jid.resource || !policy.allows(jid.domain)) return [];
      return [{ jid: child, domain: jid.domain, depth: target.depth + 1 }];
    });
    await enqueueNew(db, allowed);
    if (allowed.length > 0) this.wake();
  }
}

const notVisited: Visit = {
  listings: 0,
  changed: false,
  reachable: false,
  children: [],
  nextMs: visitTimes.revisitMs,
  failed: true,
};
