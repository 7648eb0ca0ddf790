/** The shape of every source: one way of learning what an entity states. */

import type { Facts } from '../../market/facts.ts';
import type { ListingForm } from '../../protocol/dialects/listing-form.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import type { Asker } from '../ask.ts';

/** Whom to look at, and how far the entity agreed to it. */
export type Subject = {
  /** The bare JID. */
  jid: string;
  consented: boolean;
  /** Resources that are online; an entity that is no account has none. */
  resources: Resource[];
};

export type Resource = { resource: string; caps: { algorithm: string; ver: string }[] };

/** An entity as a source sees it. */
export type View = {
  subject: Subject;
  /** Where the entity itself answers, with what it says of itself there. */
  addresses: Address[];
  isAccount: boolean;
  /** The directory's own bare JID. */
  own: string;
  /** User directories that the operator opted for. */
  userDirectories: ReadonlySet<string>;
};

/** `silent`: it did not answer; `heard`: it answered something that can be taken at its word, were it a refusal. */
export type Address = { address: string; info: DiscoInfo | null; silent: boolean; heard: boolean };

/** What is wrong with a statement, for its author to mend. */
export type Fault = { where: string; what: string };

export type Found = {
  /** Only what was read whole: a key that is missing could not be read, one that is empty says that there is nothing. */
  facts: Partial<Facts>;
  /** Entities that this one names: whom to visit next. */
  children: string[];
  faults: Fault[];
  /** All that a pubsub service attests; missing where it is none, or could not be read whole. */
  publications?: Publication[];
};

/** A listing that a pubsub service holds in an agent's name. */
export type Publication = { node: string; item: string; jid: string; listing: ListingForm };

export type Source = (asker: Asker, view: View) => Promise<Found>;

export const nothing: Found = { facts: {}, children: [], faults: [] };

export const sourceLimits = {
  /** Commands of one agent that are read; further ones are not seen. */
  commandsMax: 200,
  /** Resources of one agent that are asked. */
  resourcesMax: 5,
  /** Items of a node that are read. */
  itemsMax: 50,
  /** Nodes of other services to which an account points that are read. */
  pointersMax: 5,
  /** Nodes of one entity's own tree that are walked, and how deep. */
  treeNodesMax: 100,
  treeDepthMax: 4,
  /** Entities that one look may name. */
  childrenMax: 1_000,
} as const;
