/** One look at one entity: everything it states, by every source. */

import type { Facts } from '../market/facts.ts';
import { type DiscoInfo, hasIdentity, infoQuery, readInfo } from '../protocol/disco.ts';
import { type Asker, answered } from './ask.ts';
import type { CapsCache } from './caps-cache.ts';
import { children } from './sources/children.ts';
import { commands } from './sources/commands.ts';
import { gateway } from './sources/gateway.ts';
import { pep } from './sources/pep.ts';
import { pubsubService } from './sources/pubsub-service.ts';
import {
  type Address,
  type Fault,
  type Publication,
  type Resource,
  type Source,
  type Subject,
  sourceLimits,
  type View,
} from './sources/source.ts';
import { userSearch } from './sources/user-search.ts';

/** Every way of learning, beside the root disco#info that all of them build on. */
const sources: Source[] = [commands, pep, children, pubsubService, gateway, userSearch];

export type DiscoverDeps = {
  caps: CapsCache;
  asker: Asker;
  /** The directory's own bare JID. */
  own: string;
  /** User directories that the operator opted for, by address. */
  userDirectories: ReadonlySet<string>;
};

export type Look = {
  /** Where the entity was asked to answer for itself, with what it says of itself there. */
  addresses: Address[];
  /** What was read whole now. */
  fresh: Partial<Facts>;
  /** Whom to visit next. */
  children: string[];
  /** What the entity, a pubsub service, attests of others; undefined where nothing is known of it. */
  publications: Publication[] | undefined;
  /** What is wrong with how the entity describes itself. */
  faults: Fault[];
  /** The entity answered something, or its server for it. */
  reachable: boolean;
  /** The entity itself described itself: no word of the server that keeps what an account publishes. */
  answered: boolean;
};

export async function discover(deps: DiscoverDeps, subject: Subject): Promise<Look> {
  const faults: Fault[] = [];
  const view = await viewOf(deps, subject, faults);
  const found = await Promise.all(sources.map((source) => source(deps.asker, view)));
  const infos = view.addresses.map(({ info }) => info).filter((info) => info !== null);
  const isHeard = view.addresses.length > 0 && view.addresses.every(({ heard }) => heard);
  const fresh: Partial<Facts> = Object.assign(
    {},
    isHeard && { disco: mergeInfo(infos) },
    ...found.map(({ facts }) => facts),
  );
  return {
    addresses: view.addresses,
    fresh,
    children: found.flatMap((one) => one.children).slice(0, sourceLimits.childrenMax),
    publications: found.find((one) => one.publications)?.publications,
    faults: [...faults, ...found.flatMap((one) => one.faults)],
    reachable:
      infos.length > 0 ||
      'cards' in fresh ||
      'listings' in fresh ||
      found.some((one) => one.children.length > 0),
    answered: infos.length > 0,
  };
}

/** Where the entity answers for itself, and what it says of itself there. */
async function viewOf(deps: DiscoverDeps, subject: Subject, faults: Fault[]): Promise<View> {
  const { own, userDirectories } = deps;
  const isAccount = subject.jid.includes('@');
  const base = { subject, isAccount, own, userDirectories };
  const resources = subject.resources.slice(0, sourceLimits.resourcesMax);
  if (resources.length > 0) {
    const asked = resources.map((resource) => askInfo(deps, addressOf(subject, resource), resource, faults));
    return { ...base, addresses: await Promise.all(asked) };
  }
  const bare = await askInfo(deps, subject.jid, null, faults);
  // For an account that is away its server answers, which is no word of the agent's own.
  const isOwnWord = !isAccount || (bare.info !== null && !hasIdentity(bare.info, 'account'));
  return { ...base, addresses: isOwnWord ? [bare] : [] };
}

/** An entity without resources, as a bot of a component is, announces itself by its bare address. */
function addressOf(subject: Subject, { resource }: Resource): string {
  return resource === '' ? subject.jid : `${subject.jid}/${resource}`;
}

async function askInfo(
  { caps, asker }: DiscoverDeps,
  address: string,
  resource: Resource | null,
  faults: Fault[],
): Promise<Address> {
  const known = resource && (await caps.find(resource.caps));
  if (known) return { address, info: known, silent: false, heard: true };
  const answer = await asker.ask(address, 'get', infoQuery(), (element) => ({
    info: readInfo(element),
    element,
  }));
  if (answer.kind === 'malformed') faults.push({ where: address, what: `its disco#info: ${answer.why}` });
  const said = answered(answer);
  if (said && resource) await caps.learn(resource.caps, said.element);
  const isHeard = said !== null || answer.kind === 'refused';
  return { address, info: said?.info ?? null, silent: answer.kind === 'silent', heard: isHeard };
}

/** Where an agent is online more than once, what any of its resources states holds. */
function mergeInfo(infos: DiscoInfo[]): DiscoInfo | null {
  if (infos.length === 0) return null;
  return {
    node: null,
    identities: infos.flatMap((info) => info.identities),
    features: [...new Set(infos.flatMap((info) => info.features))],
    forms: infos.flatMap((info) => info.forms),
  };
}
