/** One look at one entity: everything it states by service discovery, command lists and PEP. */

import type { AgentFacts, CommandFacts, StatedListing } from '../market/describe.ts';
import { formNamespace, readForm } from '../protocol/data-form.ts';
import {
  type AgentCard,
  type CommandMeta,
  readAgentCard,
  readCommandMeta,
} from '../protocol/dialects/ai-sns.ts';
import { type ListingForm, readListingForm } from '../protocol/dialects/listing-form.ts';
import { type DiscoInfo, type DiscoItem, hasIdentity } from '../protocol/disco.ts';
import { FORM_CMD_META, NS_AGENTCARD, NS_COMMANDS, NS_LISTING } from '../protocol/namespaces.ts';
import { ParseError } from '../protocol/parse-error.ts';
import { type PubsubItem, pubsubItemsQuery, readPubsubItems } from '../protocol/pubsub.ts';
import { type Answer, type Asker, answered } from './ask.ts';

export const discoverLimits = {
  /** Commands of one agent that are read; further ones are not seen. */
  commandsMax: 200,
  /** Resources of one agent that are asked. */
  resourcesMax: 5,
  /** Items of a PEP node that are read. */
  pepItemsMax: 50,
} as const;

/** Whom to look at, and how far the entity agreed to it. */
export type Subject = {
  /** The bare JID. */
  jid: string;
  consented: boolean;
  /** Resources that are online; an entity that is no account has none. */
  resources: string[];
};

/** A command as its agent lists it, before anybody looked at its form. */
export type SeenCommand = CommandFacts & { callJid: string };

export type Look = {
  facts: Omit<AgentFacts, 'commands'> & { commands: SeenCommand[] };
  /** What a server or component has below it: whom to visit next. */
  children: string[];
  /** False where something could not be read: then absence says nothing. */
  complete: boolean;
  /** The entity answered something. */
  reachable: boolean;
};

export async function discover(asker: Asker, subject: Subject): Promise<Look> {
  const isAccount = subject.jid.includes('@');
  const addresses = isAccount
    ? subject.resources.slice(0, discoverLimits.resourcesMax).map((resource) => `${subject.jid}/${resource}`)
    : [subject.jid];
  const [views, pep] = await Promise.all([
    Promise.all(addresses.map((address) => viewAddress(asker, address, subject.consented))),
    isAccount ? readPep(asker, subject.jid) : emptyPep,
  ]);
  const info = mergeInfo(views.map((view) => view.info));
  return {
    facts: {
      jid: subject.jid,
      consented: subject.consented,
      info,
      commands: views.flatMap((view) => view.commands),
      cards: pep.cards,
      stated: [...formsIn(info).map((listing) => ({ item: null, listing })), ...pep.stated],
    },
    children: isAccount ? [] : await readChildren(asker, subject.jid, info),
    // An account without a known resource cannot be asked for its commands.
    complete: pep.complete && views.length > 0 && views.every((view) => view.complete),
    reachable: pep.reachable || views.some((view) => view.info !== null),
  };
}

type View = { info: DiscoInfo | null; commands: SeenCommand[]; complete: boolean };

/** What answers at one address. An entity that does not answer disco#info is asked nothing further. */
async function viewAddress(asker: Asker, address: string, consented: boolean): Promise<View> {
  const answer = await asker.info(address);
  const info = answered(answer);
  if (answer.kind === 'silent') return { info, commands: [], complete: false };
  // Commands are asked for where they are announced; of a consenting agent in any case: its disco may be broken.
  if (!consented && !info?.features.includes(NS_COMMANDS))
    return { info, commands: [], complete: answer.kind !== 'malformed' };
  const list = await asker.items(address, NS_COMMANDS);
  const items = ownItems(answered(list)?.items ?? [], address).slice(0, discoverLimits.commandsMax);
  const commands = await Promise.all(items.map((item) => readCommand(asker, address, item)));
  return { info, commands, complete: list.kind === 'answer' || list.kind === 'refused' };
}

/** An item that names somebody else's address is a claim about others, and no command of this agent. */
function ownItems(items: DiscoItem[], address: string): (DiscoItem & { node: string })[] {
  const bare = address.split('/')[0];
  const seen = new Set<string>();
  return items.filter((item): item is DiscoItem & { node: string } => {
    if (item.node === null || seen.has(item.node) || (item.jid !== address && item.jid !== bare))
      return false;
    seen.add(item.node);
    return true;
  });
}

async function readCommand(
  asker: Asker,
  address: string,
  item: DiscoItem & { node: string },
): Promise<SeenCommand> {
  const info = answered(await asker.info(address, item.node));
  return {
    node: item.node,
    name: item.name,
    info,
    meta: metaIn(info),
    listing: formsIn(info)[0] ?? null,
    firstForm: null,
    takesNothing: false,
    callJid: address,
  };
}

/** The form by which AI-SNS states a command's inputs; one that cannot be read counts as not stated. */
function metaIn(info: DiscoInfo | null): CommandMeta | null {
  const form = info?.forms.find((candidate) => formNamespace(candidate) === FORM_CMD_META);
  return form ? readOrNull(() => readCommandMeta(form)) : null;
}

function formsIn(info: DiscoInfo | null): ListingForm[] {
  return (info?.forms ?? [])
    .filter((form) => formNamespace(form) === NS_LISTING)
    .map((form) => readOrNull(() => readListingForm(form)))
    .filter((listing) => listing !== null);
}

type Pep = { cards: AgentCard[]; stated: StatedListing[]; complete: boolean; reachable: boolean };

const emptyPep: Pep = { cards: [], stated: [], complete: true, reachable: false };

/** Reads the nodes that we understand by name: open ones are readable whoever asks, and while the agent is offline. */
async function readPep(asker: Asker, jid: string): Promise<Pep> {
  const [cards, listings] = await Promise.all([
    readPepNode(asker, jid, NS_AGENTCARD),
    readPepNode(asker, jid, NS_LISTING),
  ]);
  return {
    cards: payloads(cards).flatMap(({ payload }) => readOrNull(() => readAgentCard(payload)) ?? []),
    stated: payloads(listings).flatMap(({ id, payload }) => {
      const listing = readOrNull(() => readListingForm(readForm(payload)));
      return listing ? [{ item: id, listing }] : [];
    }),
    complete: cards.kind !== 'silent' && listings.kind !== 'silent',
    reachable: cards.kind !== 'silent' || listings.kind !== 'silent',
  };
}

async function readPepNode(asker: Asker, jid: string, node: string): Promise<Answer<PubsubItem[]>> {
  return asker.ask(jid, 'get', pubsubItemsQuery(node, discoverLimits.pepItemsMax), (element) => {
    const read = readPubsubItems(element);
    if (read.node !== node) throw new ParseError('the answer is about another node');
    return read.items;
  });
}

function payloads(
  answer: Answer<PubsubItem[]>,
): { id: string | null; payload: NonNullable<PubsubItem['payload']> }[] {
  return (answered(answer) ?? []).flatMap(({ id, payload }) => (payload ? [{ id, payload }] : []));
}

/** Entities below a server or component; a room or node list is not one of entities. */
async function readChildren(asker: Asker, jid: string, info: DiscoInfo | null): Promise<string[]> {
  if (!info || hasIdentity(info, 'conference') || hasIdentity(info, 'pubsub', 'service')) return [];
  const items = answered(await asker.items(jid))?.items ?? [];
  return [...new Set(items.filter((item) => item.node === null && item.jid !== jid).map((item) => item.jid))];
}

/** Where an agent is online more than once, what any of its resources states holds. */
function mergeInfo(infos: (DiscoInfo | null)[]): DiscoInfo | null {
  const known = infos.filter((info) => info !== null);
  const [first] = known;
  if (!first) return null;
  return {
    node: null,
    identities: known.flatMap((info) => info.identities),
    features: [...new Set(known.flatMap((info) => info.features))],
    forms: known.flatMap((info) => info.forms),
  };
}

function readOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
