/** One visit: look at the entity, describe it, write it to the index, and say what to visit next and when. */

import { hasConsent, type OnlineResource, onlineResources } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { factsOf, replacePublications } from '../db/facts.ts';
import { enqueue, type LeasedTarget } from '../db/queue.ts';
import { findRegistration } from '../db/registrations.ts';
import { noteComponent } from '../db/reputation.ts';
import { observeVisit } from '../db/vitality.ts';
import type { AgentIndex } from '../db/write-index.ts';
import { denialIn } from '../market/denial.ts';
import { type Described, describe } from '../market/describe.ts';
import {
  type CommandFacts,
  type DatedFacts,
  type FactSource,
  type Facts,
  valuesOf,
} from '../market/facts.ts';
import type { Listing, Source } from '../market/listing.ts';
import { qualityOf } from '../market/quality.ts';
import type { RegistrationRecord } from '../market/registration.ts';
import { statedRelay } from '../market/relay.ts';
import { versionOf } from '../market/version.ts';
import { hasIdentity } from '../protocol/disco.ts';
import { tryJid } from '../protocol/jid.ts';
import type { Asker } from './ask.ts';
import { backoffMs } from './backoff.ts';
import { capsCacheIn } from './caps-cache.ts';
import { discover, type Look } from './discover.ts';
import type { Indexer } from './indexer.ts';
import { type Looked, lookAtCommands } from './look.ts';
import { asRegistered } from './registered.ts';
import type { Publication, Resource } from './sources/source.ts';

export const visitTimes = {
  /** A described entity is verified again well within the day after which it would be stale. */
  revisitMs: 6 * 3_600_000,
  /** A consenting agent that is online with nothing to show is looked at again soon: it may be starting. */
  emptyBaseMs: 5_000,
  failedBaseMs: 30_000,
  /** A pubsub service tells of its nodes' items, and of new nodes only when it is asked. */
  pubsubRevisitMs: 300_000,
  /** A look takes no longer than this; what was not answered by then is silence. */
  lookMaxMs: 90_000,
} as const;

export type VisitDeps = {
  db: Database;
  asker: Asker;
  /** The directory's own bare JID. */
  own: string;
  userDirectories: ReadonlySet<string>;
  /** Resources of an account that were met in a room, beside those that presence tells of. */
  met: (jid: string) => Resource[];
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
  const { db, indexer } = deps;
  const { jid } = target;
  const [consented, resources, known, registration] = await Promise.all([
    hasConsent(db, jid),
    onlineResources(db, jid),
    factsOf(db, jid),
    findRegistration(db, jid),
  ]);
  const asker = deps.asker.forLook(visitTimes.lookMaxMs);
  const look = await discover(
    { caps: capsCacheIn(db), asker, own: deps.own, userDirectories: deps.userDirectories },
    { jid, consented, resources: resourcesOf(resources, deps.met(jid), registration) },
  );
  if (look.fresh.commands) look.fresh.commands = withKnown(look.fresh.commands, known.commands?.value ?? []);
  let laterMs: number | null = null;
  if (look.fresh.commands && consented && deps.probe === 'consented') {
    const looked = await withForms(db, asker, jid, look, resources, known);
    look.fresh.commands = looked.commands;
    laterMs = looked.laterMs;
  }
  if (look.publications) await publish(db, jid, look.publications);
  // A server says that it is one; any other domain hands out addresses as it likes (XEP-0114), which matters to ratings.
  const { disco } = look.fresh;
  if (disco && !jid.includes('@')) await noteComponent(db, jid, !hasIdentity(disco, 'server'));
  const facts = { ...known, ...datedNow(look.fresh) };
  const described = indexOf(target, describe({ jid, consented, facts }), facts, look);
  const stated = valuesOf(facts);
  const index = asRegistered(described, await findRegistration(db, jid), consented, (node) =>
    statedRelay(stated, node),
  );
  // The write asks once more whether the consent still stands: it may have gone while the agent was asked.
  const outcome = await indexer.write(index);
  await observeVisit(db, { jid, ...signalsOf(look, consented), replyMs: null });
  const state = { consented, online: resources.length > 0, missing: outcome.missing };
  const next = schedule(deps, target, look, index, state);
  return {
    listings: index.listings.length,
    changed: outcome.changed + outcome.removed > 0,
    reachable: look.reachable,
    children: look.children,
    nextMs: laterMs === null ? next.nextMs : Math.min(next.nextMs, laterMs),
    failed: next.failed,
  };
}

/** Every resource that is known by presence, from a room, or because it registered. */
function resourcesOf(
  online: OnlineResource[],
  met: Resource[],
  registration: RegistrationRecord | null,
): Resource[] {
  const registered = registration?.state === 'live' && registration.resource ? [registration.resource] : [];
  const further = [...met, ...registered.map((resource) => ({ resource, caps: [] }))];
  const known = new Set(online.map(({ resource }) => resource));
  return [...online, ...further.filter(({ resource }) => !known.has(resource))];
}

/** Whether the agent describes itself, and lists its commands; null where there was no way to ask. */
function signalsOf(
  { fresh, faults }: Look,
  consented: boolean,
): { describes: boolean | null; answers: boolean | null } {
  if (!consented) return { describes: null, answers: null };
  return {
    describes: fresh.disco !== undefined && fresh.disco !== null && faults.length === 0,
    answers: fresh.commands !== undefined,
  };
}

/** What a command's node did not answer now is what it answered before. */
function withKnown(commands: CommandFacts[], known: CommandFacts[]): CommandFacts[] {
  const before = new Map(known.map((command) => [command.node, command]));
  return commands.map((command) => {
    const earlier = before.get(command.node);
    return command.heard || !earlier ? command : { ...earlier, name: command.name, callJid: command.callJid };
  });
}

/** The commands with what looking at their first forms shows. */
async function withForms(
  db: Database,
  asker: Asker,
  jid: string,
  look: Look,
  resources: OnlineResource[],
  known: DatedFacts,
): Promise<Looked> {
  const commands = look.fresh.commands ?? [];
  const since = resources.map((resource) => resource.since.getTime());
  const agent = {
    jid,
    onlineSince: since.length > 0 ? new Date(Math.max(...since)) : null,
    info: look.fresh.disco ?? null,
  };
  const wanted = nodesToLookAt(jid, commands, { ...known, ...datedNow(look.fresh) });
  return lookAtCommands(db, asker, agent, commands, wanted);
}

/** Commands that will be listed, whose inputs nobody states, where everything that could state them was heard. */
function nodesToLookAt(jid: string, commands: CommandFacts[], facts: DatedFacts): Set<string> {
  if (!facts.cards && jid.includes('@')) return new Set();
  const heard = new Set(commands.filter((command) => command.heard).map((command) => command.node));
  const listings = describe({ jid, consented: true, facts }).listings.map(({ listing }) => listing);
  const unstated = listings.filter(
    ({ kind, provenance }) => kind === 'command' && statesNoInputs(provenance),
  );
  return new Set(unstated.map(({ node }) => node).filter((node) => heard.has(node)));
}

/** What an earlier look showed is no statement: whether it still holds is the look's to know. */
function statesNoInputs({ inputs }: Listing['provenance']): boolean {
  return (inputs ?? []).every(({ source }) => source === 'first-form');
}

/** Keeps what a pubsub service attests, and has those visited of whom it says something new. */
async function publish(db: Database, service: string, publications: Publication[]): Promise<void> {
  const affected = await replacePublications(db, service, publications);
  const targets = affected.flatMap((jid) => {
    const publisher = tryJid(jid);
    return publisher ? [{ jid, domain: publisher.domain, depth: 0, dueMs: 0 }] : [];
  });
  await enqueue(db, targets);
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
  'agent-card': ['cards', 'entries'],
  pubsub: ['published'],
  disco: ['disco', 'listings'],
  manifest: ['tools'],
  'ard-entry': ['entries'],
  location: ['profile'],
  avatar: ['profile'],
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
      callJid: listing.kind === 'tool' || !isAccount ? jid : (callJids.get(listing.node) ?? null),
      sources: sourceTimes(listing, facts),
    })),
    facts: described.noindex ? denialIn(look.fresh) : look.fresh,
    isDenied: described.noindex,
    read: readWhole(look.fresh),
    reachable: look.answered,
  };
}

/** The sources of which everything was read now: a listing that rests on these alone and is not among them is gone. */
function readWhole(fresh: Partial<Facts>): Source[] {
  return (Object.entries(LEARNED_BY) as [Source, FactSource[]][])
    .filter(([, ways]) => ways.every((way) => way === 'published' || way in fresh))
    .map(([source]) => source);
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
  const isEmpty = state.consented && state.online && index.listings.length === 0 && !index.isDenied;
  if (isEmpty) {
    return {
      nextMs: backoffMs(target.failures + 1, visitTimes.emptyBaseMs, visitTimes.revisitMs),
      failed: true,
    };
  }
  if (look.publications) return { nextMs: visitTimes.pubsubRevisitMs, failed: false };
  const isPartial = look.fresh.commands?.some((command) => !command.heard) ?? false;
  if (!look.reachable || isPartial) {
    return {
      nextMs: backoffMs(target.failures + 1, visitTimes.failedBaseMs, visitTimes.revisitMs),
      failed: true,
    };
  }
  return { nextMs: backoffMs(1, visitTimes.revisitMs, visitTimes.revisitMs), failed: false };
}
