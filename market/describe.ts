/** From what an agent states, by whatever dialect, to its listings. */

import { readContacts } from '../protocol/contacts.ts';
import { formNamespace } from '../protocol/data-form.ts';
import { plumbingNodes } from '../protocol/dialects/ai-sns.ts';
import type { ListingForm } from '../protocol/dialects/listing-form.ts';
import { type DiscoInfo, hasIdentity } from '../protocol/disco.ts';
import { parseJid } from '../protocol/jid.ts';
import {
  FORM_SERVER_INFO,
  NS_ADMIN,
  NS_DIRECTORY,
  NS_NOINDEX,
  NS_REMOTE_CONTROL,
} from '../protocol/namespaces.ts';
import {
  type CommandFacts,
  cardsOf,
  type DatedFacts,
  type Facts,
  formsIn,
  skillsOf,
  valuesOf,
} from './facts.ts';
import { sized } from './fit.ts';
import type { Listing, Provider } from './listing.ts';
import { isSuspicious } from './look-alike.ts';
import {
  commandListing,
  entryListing,
  type Offering,
  permitsRelay,
  publishedListing,
  skillListing,
} from './offers.ts';
import { toolListings } from './tool-listings.ts';

export type Agent = {
  /** The bare JID. */
  jid: string;
  /** It subscribed, or registered and the lease runs. */
  consented: boolean;
  facts: DatedFacts;
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
 * server, a person's client, another directory's own commands, or administrative ones.
 */
export function describe(agent: Agent): Described {
  const facts = valuesOf(agent.facts);
  const agentForms = agentFormsOf(facts);
  const agentForm = agentForms[0] ?? null;
  const provider = providerOf(agent.jid, facts, agentForm);
  const { name } = provider;
  // Presence is the agent's, not an offer's: one form that denies it is enough.
  const presenceDenied = formsOf(facts).some((form) => form.presence === 'deny');
  const said = { name, presenceDenied };
  if (facts.disco?.features.includes(NS_NOINDEX) || agentForms.some((form) => form.index === 'deny')) {
    return { ...said, noindex: true, listings: [] };
  }
  if (isNeverListed(facts.disco)) return { ...said, noindex: false, listings: [] };

  const offering: Offering = { provider, facts, agentForm };
  const found = [
    ...commands(offering, agent.consented),
    ...skills(offering),
    ...toolListings(
      {
        provider,
        features: facts.disco?.features ?? [],
        relay: permitsRelay(agentForms.map(({ relay }) => relay)),
      },
      facts.tools,
    ),
    ...published(offering),
    ...entries(offering),
  ];
  const byId = new Map(found.map((described) => [described.listing.id, described]));
  const listings = [...byId.values()]
    .slice(0, listingsPerAgentMax)
    .map(({ listing, onConsent }) => ({ listing: sized(flagged(listing)), onConsent }));
  return { ...said, noindex: false, listings };
}

/** True for nodes that are never anybody's offer: administration, and what carries a protocol of its own. */
export function isNoOffer(node: string): boolean {
  if (plumbingNodes.has(node)) return true;
  return [NS_ADMIN, NS_REMOTE_CONTROL].some((prefix) => node === prefix || node.startsWith(`${prefix}#`));
}

function isNeverListed(info: DiscoInfo | null): boolean {
  if (!info) return false;
  return hasIdentity(info, 'server') || PEOPLES_CLIENTS.some((type) => hasIdentity(info, 'client', type));
}

function commands(offering: Offering, consented: boolean): DescribedListing[] {
  const { facts, agentForm } = offering;
  if (isDirectory(facts)) return [];
  return [...commandsByNode(facts).values()].flatMap((command) => {
    const skill = skillsOf(facts).find(({ node }) => node === command.node) ?? null;
    const forms = {
      own: command.listing,
      pep: facts.listings.find(({ listing }) => listing.command === command.node)?.listing ?? null,
      pubsub: facts.published.find(({ listing }) => listing.command === command.node)?.listing ?? null,
    };
    const stated = Object.values(forms).filter((form) => form !== null);
    const isStated = stated.length > 0 || skill !== null || agentForm !== null;
    const isDenied = stated.some((form) => form.index === 'deny');
    if (isNoOffer(command.node) || isDenied || !(isStated || consented)) return [];
    return [{ listing: commandListing(offering, command, skill, forms), onConsent: !isStated }];
  });
}

/** Another Guildhall: it says so in its disco#info, and on its card, which can be read while it is away. */
function isDirectory(facts: Facts): boolean {
  const onCard = cardsOf(facts).some(({ extensions }) => extensions?.includes(NS_DIRECTORY));
  return onCard || (facts.disco?.features.includes(NS_DIRECTORY) ?? false);
}

/** The commands that the agent lists, and those that its cards and forms name: it may be offline. */
function commandsByNode(facts: Facts): Map<string, CommandFacts> {
  const listed = new Map(facts.commands.map((command) => [command.node, command]));
  const named = [
    ...skillsOf(facts).map(({ node }) => node),
    ...[...facts.listings, ...facts.published].map(({ listing }) => listing.command),
  ];
  for (const node of named) if (node !== null && !listed.has(node)) listed.set(node, unseenCommand(node));
  return listed;
}

function unseenCommand(node: string): CommandFacts {
  return {
    node,
    name: null,
    callJid: '',
    info: null,
    meta: null,
    listing: null,
    firstForm: null,
    takesNothing: false,
    heard: false,
  };
}

/** Skills that no command performs: called over HTTP. */
function skills(offering: Offering): DescribedListing[] {
  if (isDirectory(offering.facts)) return [];
  return skillsOf(offering.facts)
    .filter((skill) => skill.node === null)
    .map((skill) => ({ listing: skillListing(offering, skill), onConsent: false }));
}

/** Forms that describe no command; the one of the agent itself counts where it offers nothing else. */
function published(offering: Offering): DescribedListing[] {
  const { facts } = offering;
  const stated = [
    ...formsIn(facts.disco).map((listing) => ({ item: null, listing, source: 'listing-form' as const })),
    ...facts.listings.map((entry) => ({ ...entry, source: 'listing-form' as const })),
    ...facts.published.map((entry) => ({ ...entry, source: 'pubsub' as const })),
  ].filter(({ listing }) => !listing.command && listing.index !== 'deny');
  const offersMore = facts.commands.length > 0 || skillsOf(facts).length > 0;
  return stated.flatMap(({ item, listing, source }) => {
    const isAgent = item === null || item === 'agent';
    if (isAgent && (offersMore || stated.some((other) => other.listing !== listing))) return [];
    return [{ listing: publishedListing(offering, item ?? 'agent', listing, source), onConsent: false }];
  });
}

/** Catalogue entries; one that carries a card is the card's skills instead. */
function entries(offering: Offering): DescribedListing[] {
  return offering.facts.entries
    .filter(({ entry }) => entry.card === null)
    .map(({ item, entry }) => ({ listing: entryListing(offering, item, entry), onConsent: false }));
}

function flagged(listing: Listing): Listing {
  return isSuspicious(listing.name) ? { ...listing, flags: ['look-alike-name'] } : listing;
}

function providerOf(jid: string, facts: Facts, agentForm: ListingForm | null): Provider {
  const [card] = cardsOf(facts);
  return {
    jid,
    name: agentForm?.name ?? card?.name ?? facts.profile.name ?? identityName(facts.disco),
    domain: parseJid(jid).domain,
    description: agentForm?.description ?? card?.description ?? facts.profile.note,
    url: facts.profile.url ?? card?.documentation ?? null,
    contacts: contactsIn(facts.disco),
  };
}

/** Every address of the contact form (XEP-0157), each once. */
function contactsIn(info: DiscoInfo | null): string[] {
  const form = info?.forms.find((candidate) => formNamespace(candidate) === FORM_SERVER_INFO);
  return form ? [...new Set(Object.values(readContacts(form)).flat())].slice(0, contactsMax) : [];
}

const contactsMax = 10;

/** The forms that describe the agent itself, neither for a command nor for another item; the first one holds. */
export function agentFormsOf(facts: Facts): ListingForm[] {
  const published = [...facts.listings, ...facts.published].filter(
    ({ item }) => item === null || item === 'agent',
  );
  const forms = [...formsIn(facts.disco), ...published.map(({ listing }) => listing)];
  return forms.filter((form) => form.command === null);
}

function formsOf(facts: Facts): ListingForm[] {
  return [
    ...formsIn(facts.disco),
    ...facts.commands.map((command) => command.listing).filter((form) => form !== null),
    ...[...facts.listings, ...facts.published].map(({ listing }) => listing),
  ];
}

function identityName(info: DiscoInfo | null): string | null {
  return info?.identities.find((identity) => identity.name)?.name ?? null;
}
