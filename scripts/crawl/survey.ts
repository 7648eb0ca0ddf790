/** Looks at an entity as the directory does, and at those it names, without writing anything down. */

import { type Advice, adviceFor, type CapsState } from '../../market/advice.ts';
import { type DescribedListing, describe } from '../../market/describe.ts';
import type { CommandFacts, DatedFacts, FactSource, Facts } from '../../market/facts.ts';
import { type DiscoInfo, hasIdentity } from '../../protocol/disco.ts';
import { bareJid, type Jid, tryJid } from '../../protocol/jid.ts';
import { NS_COMMANDS } from '../../protocol/namespaces.ts';
import type { Asker } from '../../worker/ask.ts';
import { type CapsCache, stands } from '../../worker/caps-cache.ts';
import { discover, type Look } from '../../worker/discover.ts';
import { showFirstForm } from '../../worker/look.ts';
import type { Fault, Publication, Resource } from '../../worker/sources/source.ts';

export const surveyLimits = {
  /** A server is 0, its components are 1, what those name is 2. */
  depthMax: 2,
  /** Entities of one that are looked at, and all together. */
  childrenMax: 50,
  entitiesMax: 200,
  lookMs: 60_000,
} as const;

export type SurveyDeps = {
  asker: Asker;
  /** The bare JID that looks. */
  own: string;
  probe: boolean;
  whereabouts: (jid: string) => Promise<Whereabouts>;
};

/** Where an account is online. */
export type Whereabouts = {
  resources: Resource[];
  /** By presence, with its capabilities; otherwise somebody else said so. */
  heard: boolean;
};

export type Report = {
  jid: string;
  reachable: boolean;
  addresses: { address: string; answers: boolean; caps: CapsState; info: DiscoInfo | null }[];
  /** What was read whole. */
  facts: Partial<Facts>;
  /** What should have been read, and could not be. */
  unread: FactSource[];
  /** What a pubsub service attests of others. */
  publications: Publication[];
  /** What would be listed if it consented; `public` is listed without consent, too. */
  listings: (DescribedListing & { public: boolean })[];
  noindex: boolean;
  faults: Fault[];
  advice: Advice[];
  entities: Report[];
  /** Entities that it names and that were not looked at. */
  omitted: { jid: string; why: string }[];
};

/** @param target a domain, a bare account, or one resource of it */
export async function survey(deps: SurveyDeps, target: Jid): Promise<Report> {
  const jid = bareJid(target);
  const walk: Walk = { deps, seen: new Set([jid]), root: target.domain };
  const { resource } = target;
  const where = target.local ? await deps.whereabouts(jid) : nowhere;
  if (!resource) return look(walk, jid, where, 0);
  const named = where.resources.filter((one) => one.resource === resource);
  const isHeard = where.heard && named.length > 0;
  return look(
    walk,
    jid,
    { resources: named.length > 0 ? named : [{ resource, caps: [] }], heard: isHeard },
    0,
  );
}

const nowhere: Whereabouts = { resources: [], heard: false };

type Walk = { deps: SurveyDeps; seen: Set<string>; root: string };

async function look(
  walk: Walk,
  jid: string,
  { resources, heard }: Whereabouts,
  depth: number,
): Promise<Report> {
  const { deps } = walk;
  const asker = deps.asker.forLook(surveyLimits.lookMs);
  const witness = new CapsWitness();
  const found = await discover(
    { caps: witness, asker, own: deps.own, userDirectories: new Set() },
    { jid, consented: true, resources },
  );
  const facts = { ...found.fresh };
  if (deps.probe && facts.commands) facts.commands = await withForms(asker, jid, facts, facts.commands);
  const dated = datedNow(facts);
  const addresses = found.addresses.map(({ address, info }) => {
    const resource = heard ? resources.find((one) => `${jid}/${one.resource}` === address) : null;
    return { address, answers: info !== null, caps: witness.stateOf(resource ?? null), info };
  });
  const consented = describe({ jid, consented: true, facts: dated });
  const open = describe({ jid, consented: false, facts: datedNow(openPart(facts)) });
  const isOpen = new Set(open.listings.map(({ listing }) => listing.id));
  const { entities, omitted } = await lookAtChildren(walk, found, depth);
  return {
    jid,
    reachable: found.reachable,
    addresses,
    facts,
    unread: unreadOf(jid, found),
    publications: found.publications ?? [],
    listings: consented.listings.map((one) => ({ ...one, public: isOpen.has(one.listing.id) })),
    noindex: consented.noindex,
    faults: found.faults,
    advice: adviceFor({ jid, facts: dated, addresses, probed: deps.probe }),
    entities,
    omitted,
  };
}

/** What the directory would read of an entity that did not consent: commands only where they are announced. */
function openPart(facts: Partial<Facts>): Partial<Facts> {
  return facts.disco?.features.includes(NS_COMMANDS) ? facts : { ...facts, commands: [] };
}

/** The commands with the first forms of those that will be listed and whose inputs are stated nowhere. */
async function withForms(
  asker: Asker,
  jid: string,
  facts: Partial<Facts>,
  commands: CommandFacts[],
): Promise<CommandFacts[]> {
  const { listings } = describe({ jid, consented: true, facts: datedNow(facts) });
  const unstated = new Set(
    listings
      .filter(({ listing }) => listing.kind === 'command' && listing.inputSchema === null)
      .map(({ listing }) => listing.node),
  );
  return Promise.all(
    commands.map(async (command) => {
      const shown = unstated.has(command.node) && command.heard ? await showFirstForm(asker, command) : null;
      return shown ? { ...command, ...shown } : command;
    }),
  );
}

async function lookAtChildren(
  walk: Walk,
  found: Look,
  depth: number,
): Promise<Pick<Report, 'entities' | 'omitted'>> {
  const omitted: Report['omitted'] = [];
  const wanted: string[] = [];
  for (const child of new Set(found.children)) {
    const why = whyOmitted(walk, child, depth, wanted.length);
    if (why !== null) omitted.push({ jid: child, why });
    else if (!walk.seen.has(child)) {
      walk.seen.add(child);
      wanted.push(child);
    }
  }
  const entities = await Promise.all(
    wanted.map(async (jid) => {
      const where = jid.includes('@') ? await walk.deps.whereabouts(jid) : nowhere;
      return look(walk, jid, where, depth + 1);
    }),
  );
  return { entities, omitted };
}

function whyOmitted({ seen, root }: Walk, child: string, depth: number, siblings: number): string | null {
  const jid = tryJid(child);
  if (!jid) return 'not an address';
  if (seen.has(child)) return null;
  if (jid.resource) return 'the directory follows bare addresses only';
  if (jid.domain !== root && !jid.domain.endsWith(`.${root}`)) return 'of another domain';
  if (depth >= surveyLimits.depthMax) return `more than ${surveyLimits.depthMax} steps away`;
  const { childrenMax, entitiesMax } = surveyLimits;
  if (siblings >= childrenMax || seen.size >= entitiesMax)
    return `only ${childrenMax} of an entity are looked at`;
  return null;
}

/** By what kind of entity each way of learning is open. */
function unreadOf(jid: string, { fresh, addresses }: Look): FactSource[] {
  const isServer = addresses.some(({ info }) => info && hasIdentity(info, 'server'));
  const expected: FactSource[] = jid.includes('@')
    ? ['disco', 'commands', 'cards', 'listings']
    : isServer
      ? ['disco']
      : ['disco', 'commands'];
  return expected.filter((source) => !(source in fresh));
}

function datedNow(facts: Partial<Facts>): DatedFacts {
  const seen = new Date();
  return Object.fromEntries(Object.entries(facts).map(([source, value]) => [source, { value, seen }]));
}

/** Knows nothing beforehand, so that everything is asked for, and notes whether announcements are true. */
class CapsWitness implements CapsCache {
  #verdicts = new Map<string, boolean>();

  async find(): Promise<null> {
    return null;
  }

  async learn(...[caps, element]: Parameters<CapsCache['learn']>): Promise<void> {
    for (const one of caps) this.#verdicts.set(JSON.stringify(one), stands(one, element));
  }

  /** @param resource as its presence announced it; null where none was heard */
  stateOf(resource: Resource | null): CapsState {
    if (!resource) return 'unseen';
    if (resource.caps.length === 0) return 'none';
    const verdicts = resource.caps.map((one) => this.#verdicts.get(JSON.stringify(one)));
    if (verdicts.some((verdict) => verdict === undefined)) return 'unseen';
    return verdicts.every((verdict) => verdict) ? 'right' : 'wrong';
  }
}
