/** From what an agent states, by whatever dialect, to its listings. */

import type { Form } from '../protocol/data-form.ts';
import {
  type AgentCard,
  type CardSkill,
  type CommandMeta,
  plumbingNodes,
} from '../protocol/dialects/ai-sns.ts';
import type { ListingForm } from '../protocol/dialects/listing-form.ts';
import { type DiscoInfo, hasIdentity } from '../protocol/disco.ts';
import { parseJid } from '../protocol/jid.ts';
import { NS_ADMIN, NS_DIRECTORY, NS_NOINDEX, NS_REMOTE_CONTROL } from '../protocol/namespaces.ts';
import { inputsOf } from './inputs.ts';
import { schemaOf } from './json-schema.ts';
import type { Call, Input, Listing, ListingKind, Source } from './listing.ts';
import { listingId } from './listing-id.ts';

/** What a caps hash stands for: the root disco#info. */
export type RootInfo = DiscoInfo;

/** A command's first form, as a look at it showed. */
export type FirstForm = Pick<Form, 'title' | 'instructions' | 'fields'>;

/** One command that the agent's command list names. */
export type CommandFacts = {
  node: string;
  name: string | null;
  info: DiscoInfo | null;
  meta: CommandMeta | null;
  listing: ListingForm | null;
  /** The form seen by looking once at the command, where a look was allowed and needed. */
  firstForm: FirstForm | null;
  /** True where a look showed that the command takes nothing. */
  takesNothing: boolean;
};

/** A listing form outside the commands: in the agent's own disco#info, or an item of a node. */
export type StatedListing = { item: string | null; listing: ListingForm };

/** All that one look at an agent found. */
export type AgentFacts = {
  /** The bare JID. */
  jid: string;
  consented: boolean;
  info: DiscoInfo | null;
  commands: CommandFacts[];
  cards: AgentCard[];
  stated: StatedListing[];
};

export type Described = {
  name: string | null;
  /** The agent asks not to be indexed: what is known of it is deleted at once. */
  noindex: boolean;
  /** The agent does not let its presence be shown. */
  presenceDenied: boolean;
  listings: DescribedListing[];
};

/** `onConsent` is true where nothing but the agent's consent allows the listing: it goes when the consent does. */
export type DescribedListing = { listing: Listing; onConsent: boolean };

export const listingsPerAgentMax = 500;

/** Clients that people use (XEP-0030 registry, category `client`). */
const PEOPLES_CLIENTS = ['pc', 'phone', 'web', 'handheld', 'console'] as const;

/**
 * Describes an agent.
 *
 * Who is listed: an entity that states a card or a listing form, or that offers commands and consented; never a
 * server, a person's client, or administrative commands.
 */
export function describe(facts: AgentFacts): Described {
  const agentForm = agentListing(facts);
  const name = agentForm?.name ?? facts.cards[0]?.name ?? identityName(facts.info);
  // Presence is the agent's, not an offer's: one form that denies it is enough.
  const presenceDenied = formsOf(facts).some((form) => form.presence === 'deny');
  if (facts.info?.features.includes(NS_NOINDEX) || agentForm?.index === 'deny') {
    return { name, noindex: true, presenceDenied, listings: [] };
  }
  if (isNeverListed(facts.info)) return { name, noindex: false, presenceDenied, listings: [] };

  const context: Context = { facts, name, agentForm };
  const found = [...commandListings(context), ...skillListings(context), ...publishedListings(context)];
  const byId = new Map(found.map((described) => [described.listing.id, described]));
  return { name, noindex: false, presenceDenied, listings: [...byId.values()].slice(0, listingsPerAgentMax) };
}

type Context = { facts: AgentFacts; name: string | null; agentForm: ListingForm | null };

function isNeverListed(info: DiscoInfo | null): boolean {
  if (!info) return false;
  return hasIdentity(info, 'server') || PEOPLES_CLIENTS.some((type) => hasIdentity(info, 'client', type));
}

/** True for nodes that are never anybody's offer: administration, and what carries a protocol of its own. */
export function isNoOffer(node: string): boolean {
  if (plumbingNodes.has(node)) return true;
  return [NS_ADMIN, NS_REMOTE_CONTROL].some((prefix) => node === prefix || node.startsWith(`${prefix}#`));
}

function commandListings(context: Context): DescribedListing[] {
  const { facts, agentForm } = context;
  const seen = new Map(facts.commands.map((command) => [command.node, command]));
  // A card or a form can name a command that the command list did not show, as when the agent is offline.
  for (const node of [...skillNodes(facts), ...statedNodes(facts)]) {
    if (!seen.has(node)) seen.set(node, { ...emptyCommand, node });
  }
  const isDirectory = facts.info?.features.includes(NS_DIRECTORY) ?? false;
  return [...seen.values()].flatMap((command) => {
    if (isDirectory || isNoOffer(command.node)) return [];
    const skill = skillOf(facts, command.node);
    const form = command.listing ?? statedOf(facts, command.node);
    const isStated = form !== null || skill !== null || agentForm !== null || command.meta !== null;
    if (form?.index === 'deny' || !(isStated || facts.consented)) return [];
    return [{ listing: commandListing(context, command, form, skill), onConsent: !isStated }];
  });
}

const emptyCommand: CommandFacts = {
  node: '',
  name: null,
  info: null,
  meta: null,
  listing: null,
  firstForm: null,
  takesNothing: false,
};

function commandListing(
  context: Context,
  command: CommandFacts,
  form: ListingForm | null,
  skill: CardSkill | null,
): Listing {
  const { inputs, source } = commandInputs(command, skill);
  const sources: (Source | null)[] = [
    command.name !== null || command.info ? 'command' : null,
    source,
    form ? 'listing-form' : null,
    skill ? 'agent-card' : null,
  ];
  return {
    ...base(context, 'command', command.node, form),
    name: form?.name ?? skill?.name ?? command.name ?? identityName(command.info) ?? command.node,
    description:
      form?.description ??
      command.meta?.description ??
      skill?.description ??
      command.firstForm?.instructions ??
      command.firstForm?.title ??
      null,
    tags: [
      ...new Set([...(form?.tags ?? []), ...lowerCase(skill?.tags), ...(context.agentForm?.tags ?? [])]),
    ],
    inputs: inputs ?? [],
    inputSchema: inputs && schemaOf(inputs),
    call: callOf('xmpp-command', command.node, form?.relay ?? context.agentForm?.relay === 'allow'),
    sources: [...new Set(sources.filter((source) => source !== null))],
  };
}

/** A command's inputs from the most specific statement; null where nobody stated them. */
function commandInputs(
  command: CommandFacts,
  skill: CardSkill | null,
): { inputs: Input[] | null; source: Source | null } {
  if (command.meta) return { inputs: inputsOf(command.meta.fields), source: 'command-meta' };
  if (skill?.fields) return { inputs: inputsOf(skill.fields), source: 'agent-card' };
  if (command.firstForm) return { inputs: inputsOf(command.firstForm.fields), source: 'first-form' };
  return { inputs: command.takesNothing ? [] : null, source: command.takesNothing ? 'first-form' : null };
}

/** Skills that no command performs: called over HTTP. */
function skillListings(context: Context): DescribedListing[] {
  return context.facts.cards.flatMap((card) =>
    card.skills
      .filter((skill) => skill.node === null)
      .map((skill) => {
        const inputs = skill.fields && inputsOf(skill.fields);
        const listing: Listing = {
          ...base(context, 'skill', skill.id, null),
          name: skill.name ?? skill.id,
          description: skill.description,
          tags: [...new Set([...lowerCase(skill.tags), ...(context.agentForm?.tags ?? [])])],
          inputs: inputs ?? [],
          inputSchema: inputs && schemaOf(inputs),
          call: skill.endpoint
            ? { protocol: 'http-jsonrpc', node: null, url: skill.endpoint, relay: false }
            : null,
          sources: ['agent-card'],
        };
        return { listing, onConsent: false };
      }),
  );
}

/** Forms that describe no command, of an agent that offers nothing else. */
function publishedListings(context: Context): DescribedListing[] {
  const { facts } = context;
  const stated = facts.stated.filter(({ listing }) => !listing.command && listing.index !== 'deny');
  const offersMore = facts.commands.length > 0 || facts.cards.some((card) => card.skills.length > 0);
  return stated.flatMap(({ item, listing }) => {
    const isAgent = item === null || item === 'agent';
    if (isAgent && (offersMore || facts.stated.some((other) => other.listing !== listing))) return [];
    const published: Listing = {
      ...base(context, 'published', item ?? 'agent', listing),
      name: listing.name,
      description: listing.description,
      tags: listing.tags,
      inputs: [],
      inputSchema: null,
      call: null,
      sources: ['listing-form'],
    };
    return [{ listing: published, onConsent: false }];
  });
}

/** What every kind of listing takes from its form, and where that is silent from the agent's own. */
function base(context: Context, kind: ListingKind, node: string, form: ListingForm | null) {
  const { facts, name, agentForm } = context;
  const jid = parseJid(facts.jid);
  return {
    id: listingId({ jid: facts.jid, kind, node }),
    kind,
    node,
    provider: { jid: facts.jid, name, domain: jid.domain },
    lang: form?.lang.length ? form.lang : (agentForm?.lang ?? []),
    category: form?.category ?? agentForm?.category ?? null,
    outputs: [] as Input[],
    outputSchema: null,
    price: form?.price ?? agentForm?.price ?? null,
    location: form?.location ?? agentForm?.location ?? null,
    features: facts.info?.features.filter((feature) => !feature.startsWith('http://jabber.org/')) ?? [],
    queries: form?.queries ?? [],
    terms: form?.terms ?? agentForm?.terms ?? null,
    icon: form?.icon ?? agentForm?.icon ?? null,
  };
}

function callOf(protocol: Call['protocol'], node: string, relay: boolean | 'allow' | 'deny'): Call {
  return { protocol, node, url: null, relay: relay === true || relay === 'allow' };
}

/** The form that describes the agent itself: neither for a command nor for another item. */
function agentListing(facts: AgentFacts): ListingForm | null {
  const own = facts.stated.find(
    ({ item, listing }) => !listing.command && (item === null || item === 'agent'),
  );
  return own?.listing ?? null;
}

function formsOf(facts: AgentFacts): ListingForm[] {
  const ofCommands = facts.commands.map((command) => command.listing).filter((form) => form !== null);
  return [...facts.stated.map(({ listing }) => listing), ...ofCommands];
}

function skillNodes(facts: AgentFacts): string[] {
  return facts.cards
    .flatMap((card) => card.skills.map((skill) => skill.node))
    .filter((node) => node !== null);
}

function statedNodes(facts: AgentFacts): string[] {
  return facts.stated.map(({ listing }) => listing.command).filter((node) => node !== null);
}

function skillOf(facts: AgentFacts, node: string): CardSkill | null {
  return facts.cards.flatMap((card) => card.skills).find((skill) => skill.node === node) ?? null;
}

function statedOf(facts: AgentFacts, node: string): ListingForm | null {
  return facts.stated.find(({ listing }) => listing.command === node)?.listing ?? null;
}

function identityName(info: DiscoInfo | null): string | null {
  return info?.identities.find((identity) => identity.name)?.name ?? null;
}

function lowerCase(tags: string[] | undefined): string[] {
  return (tags ?? []).map((tag) => tag.toLowerCase());
}
