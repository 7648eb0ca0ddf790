/** One visit: look at the entity, describe it, write it to the index, and say what to visit next and when. */

import { hasConsent, type OnlineResource, onlineResources } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { factsOf } from '../db/facts.ts';
import type { LeasedTarget } from '../db/queue.ts';
import type { AgentIndex } from '../db/write-index.ts';
import { type Described, describe } from '../market/describe.ts';
import type { CommandFacts, DatedFacts, FactSource, Facts } from '../market/facts.ts';
import type { Listing, Source } from '../market/listing.ts';
import { qualityOf } from '../market/quality.ts';
import { versionOf } from '../market/version.ts';
import type { Asker } from './ask.ts';
import { backoffMs } from './backoff.ts';
import { discover, type Look } from './discover.ts';
import type { Indexer } from './indexer.ts';
import { lookAtCommands } from './look.ts';

export const visitTimes = {
  /** A described entity is verified again well within the day after which it would be stale. */
  revisitMs: 6 * 3_600_000,
  /** A consenting agent that is online with nothing to show is looked at again soon: it may be starting. */
  emptyBaseMs: 5_000,
  failedBaseMs: 30_000,
} as const;

export type VisitDeps = {
  db: Database;
  asker: Asker;
  indexer: Indexer;
  probe: 'consented' | 'never';
  absenceMs: number;
};

export type Visit = {
  listings: number;
  changed: boolean;
  reachable: boolean;
  children: string[];
  /** When the next visit is due, in milliseconds from now. */
  nextMs: number;
  failed: boolean;
};

export async function visit(deps: VisitDeps, target: LeasedTarget): Promise<Visit> {
  const { db, asker, indexer } = deps;
  const { jid } = target;
  const [consented, resources, known] = await Promise.all([
    hasConsent(db, jid),
    onlineResources(db, jid),
    factsOf(db, jid),
  ]);
  const look = await discover(asker, { jid, consented, resources });
  if (consented && deps.probe === 'consented') {
    look.fresh.commands &&= await withForms(deps, jid, look, resources, known);
  }
  const facts = { ...known, ...datedNow(look.fresh) };
  // Consent may have gone while the agent was asked.
  const stillConsented = consented && (await hasConsent(db, jid));
  const described = describe({ jid, consented: stillConsented, facts });
  const index = indexOf(target, described, facts, look);
  const outcome = await indexer.write(index);
  const state = { consented: stillConsented, online: resources.length > 0, missing: outcome.missing };
  return {
    listings: index.listings.length,
    changed: outcome.changed + outcome.removed > 0,
    reachable: look.reachable,
    children: look.children,
    ...schedule(deps, target, look, index, state),
  };
}

/** The commands with what looking at their first forms shows. */
function withForms(
  { db, asker }: VisitDeps,
  jid: string,
  look: Look,
  resources: OnlineResource[],
  known: DatedFacts,
): Promise<CommandFacts[]> {
  const cards = look.fresh.cards ?? known.cards?.value ?? [];
  const skills = cards.flatMap((card) => card.skills).filter((skill) => skill.fields !== null);
  const stated = new Set(skills.map((skill) => skill.node).filter((node) => node !== null));
  const since = resources.map((resource) => resource.since.getTime());
  const agent = {
    jid,
    onlineSince: since.length > 0 ? new Date(Math.max(...since)) : null,
    info: look.fresh.disco ?? null,
  };
  return lookAtCommands(db, asker, agent, look.fresh.commands ?? [], stated);
}

function datedNow(fresh: Partial<Facts>): DatedFacts {
  const seen = new Date();
  return Object.fromEntries(Object.entries(fresh).map(([source, value]) => [source, { value, seen }]));
}

/** By which ways of learning each source's statements come. */
const LEARNED_BY: { [source in Source]?: FactSource[] } = {
  command: ['commands'],
  'command-meta': ['commands'],
  'first-form': ['commands'],
  'listing-form': ['commands', 'listings', 'disco'],
  'agent-card': ['cards'],
  pubsub: ['published'],
  disco: ['disco', 'listings'],
};

function indexOf(
  { jid, domain }: LeasedTarget,
  described: Described,
  facts: DatedFacts,
  look: Look,
): AgentIndex {
  const callJids = new Map(facts.commands?.value.map((command) => [command.node, command.callJid]));
  const isAccount = jid.includes('@');
  return {
    jid,
    domain,
    name: described.name,
    presenceDenied: described.presenceDenied,
    listings: described.listings.map(({ listing, onConsent }) => ({
      listing,
      version: versionOf(listing),
      quality: qualityOf(listing),
      onConsent,
      callJid: callJids.get(listing.node) ?? (isAccount ? null : jid),
      sources: sourceTimes(listing, facts),
    })),
    facts: look.fresh,
    extent: described.noindex ? 'none' : look.complete ? 'all' : 'some',
  };
}

function sourceTimes(listing: Listing, facts: DatedFacts): { [source: string]: Date } {
  const times = listing.sources.map((source): [string, Date] => {
    const seen = (LEARNED_BY[source] ?? []).map((way) => facts[way]?.seen.getTime() ?? 0);
    return [source, new Date(Math.max(0, ...seen))];
  });
  return Object.fromEntries(times);
}

function schedule(
  deps: VisitDeps,
  target: LeasedTarget,
  look: Look,
  index: AgentIndex,
  state: { consented: boolean; online: boolean; missing: number },
): { nextMs: number; failed: boolean } {
  if (state.missing > 0) return { nextMs: deps.absenceMs + 1_000, failed: false };
  const isEmpty = state.consented && state.online && index.listings.length === 0 && index.extent !== 'none';
  if (isEmpty) {
    return {
      nextMs: backoffMs(target.failures + 1, visitTimes.emptyBaseMs, visitTimes.revisitMs),
      failed: true,
    };
  }
  if (!look.reachable) {
    return {
      nextMs: backoffMs(target.failures + 1, visitTimes.failedBaseMs, visitTimes.revisitMs),
      failed: true,
    };
  }
  return { nextMs: backoffMs(1, visitTimes.revisitMs, visitTimes.revisitMs), failed: false };
}
