/**
 * What is known of one agent, kept apart by the way in which it was learned: each way is read and replaced on its own,
 * so that what cannot be read now keeps what it last said.
 */

import { type Form, formNamespace } from '../protocol/data-form.ts';
import type { AgentCard, CardSkill, CommandMeta } from '../protocol/dialects/ai-sns.ts';
import type { ArdEntry } from '../protocol/dialects/ard-entry.ts';
import { type ListingForm, readListingForm } from '../protocol/dialects/listing-form.ts';
import type { DiscoInfo } from '../protocol/disco.ts';
import { NS_LISTING } from '../protocol/namespaces.ts';
import { ParseError } from '../protocol/parse-error.ts';
import type { ToolFacts } from './tool-listings.ts';

export type { ListingForm };

/** What a caps hash stands for: the root disco#info. */
export type RootInfo = DiscoInfo;

/** A command's first form, as a look at it showed. */
export type FirstForm = Pick<Form, 'title' | 'instructions' | 'fields'>;

/** One command that the agent's command list names. */
export type CommandFacts = {
  node: string;
  name: string | null;
  /** The full JID that lists it; the bare one for entities without resources. */
  callJid: string;
  info: DiscoInfo | null;
  meta: CommandMeta | null;
  listing: ListingForm | null;
  /** The form seen by looking once at the command, where a look was allowed and needed. */
  firstForm: FirstForm | null;
  /** True where a look showed that the command takes nothing. */
  takesNothing: boolean;
  /** False where its node did not answer: then what it states is not known. */
  heard: boolean;
};

/** A listing form outside the commands: in the agent's own disco#info, or an item of a node. */
export type StatedListing = { item: string | null; listing: ListingForm };

/** What each way of learning says. */
export type Facts = {
  /** The agent's own disco#info. */
  disco: DiscoInfo | null;
  commands: CommandFacts[];
  /** Cards that it publishes by PEP. */
  cards: AgentCard[];
  /** Listing forms that it publishes by PEP. */
  listings: StatedListing[];
  /** ARD catalogue entries that it publishes by PEP, by item. */
  entries: StatedEntry[];
  /** Tools of an XMPP Agent Gateway's endpoint. */
  tools: ToolFacts[];
  profile: Profile;
  /** Listing forms that a shared pubsub service holds in its name. */
  published: StatedListing[];
};

export type StatedEntry = { item: string; entry: ArdEntry };

/** What the agent publishes of itself beside what it offers. */
export type Profile = {
  location: { lat: number; lon: number } | null;
  /** The avatar's https address (XEP-0084). */
  avatar: string | null;
  /** Name, description and page of its vCard (XEP-0292). */
  name: string | null;
  note: string | null;
  url: string | null;
};

export type FactSource = keyof Facts;

/** Facts with the time at which each way of learning was last read. */
export type DatedFacts = { [S in FactSource]?: { value: Facts[S]; seen: Date } };

export const emptyProfile: Profile = { location: null, avatar: null, name: null, note: null, url: null };

export const noFacts: Facts = {
  disco: null,
  commands: [],
  cards: [],
  listings: [],
  entries: [],
  tools: [],
  profile: emptyProfile,
  published: [],
};

/** The values alone; what was never read says nothing. */
export function valuesOf(dated: DatedFacts): Facts {
  const values = Object.entries(dated).map(([source, of]) => [source, of.value]);
  return { ...noFacts, ...Object.fromEntries(values) };
}

/** The listing forms in a disco#info (XEP-0128); one that cannot be read is none. */
export function formsIn(info: DiscoInfo | null): ListingForm[] {
  return (info?.forms ?? []).flatMap((form) => {
    if (formNamespace(form) !== NS_LISTING) return [];
    try {
      return [readListingForm(form)];
    } catch (error) {
      if (error instanceof ParseError) return [];
      throw error;
    }
  });
}

export function skillsOf(facts: Facts): CardSkill[] {
  return cardsOf(facts).flatMap((card) => card.skills);
}

/** Cards that are published as such, and those that catalogue entries carry. */
export function cardsOf(facts: Facts): AgentCard[] {
  const carried = facts.entries.map(({ entry }) => entry.card).filter((card) => card !== null);
  return [...facts.cards, ...carried];
}
