/** One visit: look at the entity, describe it, write it to the index, and say what to visit next and when. */

import { hasConsent, onlineResources } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import type { LeasedTarget } from '../db/queue.ts';
import type { AgentIndex } from '../db/write-index.ts';
import { type AgentFacts, describe } from '../market/describe.ts';
import { qualityOf } from '../market/quality.ts';
import { versionOf } from '../market/version.ts';
import type { Asker } from './ask.ts';
import { backoffMs } from './backoff.ts';
import { discover, type Look, type SeenCommand } from './discover.ts';
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
  const [consented, online] = await Promise.all([
    hasConsent(db, target.jid),
    onlineResources(db, target.jid),
  ]);
  const resources = online.map(({ resource }) => resource);
  const look = await discover(asker, { jid: target.jid, consented, resources });
  const commands = uniqueByNode(look.facts.commands);
  const onlineSince = online.reduce<Date | null>(
    (latest, { since }) => (latest === null || since > latest ? since : latest),
    null,
  );
  const lookedAt =
    consented && deps.probe === 'consented' && commands.length > 0
      ? await lookAtCommands(
          db,
          asker,
          { jid: target.jid, onlineSince, info: look.facts.info },
          commands,
          statedNodes(look.facts),
          look.complete,
        )
      : commands;
  // Consent may have gone while the agent was asked.
  const stillConsented = consented && (await hasConsent(db, target.jid));
  const index = indexOf(
    { ...look, facts: { ...look.facts, consented: stillConsented, commands: lookedAt } },
    target,
  );
  const outcome = await indexer.write(index);
  return {
    listings: index.listings.length,
    changed: outcome.changed + outcome.removed > 0,
    reachable: look.reachable,
    children: look.children,
    ...schedule(deps, target, look, index, {
      consented: stillConsented,
      online: online.length > 0,
      missing: outcome.missing,
    }),
  };
}

function indexOf(look: Look, { jid, domain }: LeasedTarget): AgentIndex {
  const described = describe(look.facts);
  const callJids = new Map(look.facts.commands.map((command) => [command.node, command.callJid]));
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
    })),
    extent: described.noindex ? 'none' : look.complete ? 'all' : 'some',
  };
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

function statedNodes(facts: Omit<AgentFacts, 'commands'>): Set<string> {
  const skills = facts.cards.flatMap((card) => card.skills).filter((skill) => skill.fields !== null);
  return new Set(skills.map((skill) => skill.node).filter((node) => node !== null));
}

/** Where an agent is online more than once, the first resource that lists a command answers for it. */
function uniqueByNode(commands: SeenCommand[]): SeenCommand[] {
  return [...new Map([...commands].reverse().map((command) => [command.node, command])).values()].reverse();
}
