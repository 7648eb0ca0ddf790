/**
 * A listing: one thing that one agent offers, as typed data. What it says of itself (`Listing`) is versioned and
 * part of the change feed; what is measured beside it (availability, rating) is not.
 */

import type { ShownScore } from './reputation/shown-score.ts';

export const listingKinds = ['command', 'skill', 'tool', 'published'] as const;
export type ListingKind = (typeof listingKinds)[number];

/** The types an input or output can have, whatever dialect stated it. */
export const inputTypes = [
  'string',
  'number',
  'integer',
  'boolean',
  'date',
  'date-time',
  'uri',
  'email',
  'jid',
  'enum',
] as const;
export type InputType = (typeof inputTypes)[number];

export type Option = { value: string; label: string | null };

/** One named value that a listing takes (or, as an output, gives back). */
export type Input = {
  name: string;
  label: string | null;
  description: string | null;
  type: InputType;
  required: boolean;
  multiple: boolean;
  /** The value is one text of several lines (`text-multi`). */
  multiline: boolean;
  default: string | string[] | null;
  options: Option[];
  /** Bounds and pattern where the agent states them (XEP-0122); a pattern is kept as text and never run. */
  min: string | null;
  max: string | null;
  pattern: string | null;
  /** True when the value must not be shown while it is typed (`text-private`). */
  secret: boolean;
};

export type Price = { amount: string; currency: string; unit: string };
export type Location = { lat: number; lon: number };

export const callProtocols = ['xmpp-command', 'agent-task', 'a2a-xmpp', 'http-jsonrpc'] as const;
export type CallProtocol = (typeof callProtocols)[number];

/** How a listing is called natively. The resource is not part of it: it changes with every connection. */
export type Call = { protocol: CallProtocol; node: string | null; url: string | null; relay: boolean };

/** The means by which an agent stated something. */
export const sources = [
  'registration',
  'listing-form',
  'command-meta',
  'manifest',
  'ard-entry',
  'agent-card',
  'first-form',
  'command',
  'pubsub',
  'vcard',
  'location',
  'avatar',
  'contact',
  'disco',
] as const;
export type Source = (typeof sources)[number];

/** For each part of a listing, who said what of it; the first statement is the one that holds. */
export type Provenance = { [part: string]: { source: Source; said: string }[] };

export type JsonSchema = { [key: string]: unknown };

/** Who offers it; its page and contact addresses where it states them. */
export type Provider = {
  jid: string;
  name: string | null;
  domain: string;
  description: string | null;
  url: string | null;
  contacts: string[];
};

/** What the directory wants noticed of a listing: its name may be drawn to look like another. */
export const listingFlags = ['look-alike-name'] as const;
export type ListingFlag = (typeof listingFlags)[number];

/** What an agent says of one thing it offers. */
export type Listing = {
  id: string;
  kind: ListingKind;
  /** The node, skill id or item id that the offer has at its provider. */
  node: string;
  provider: Provider;
  name: string;
  /** The name in the languages in which it is stated. */
  names: { lang: string; text: string }[];
  description: string | null;
  lang: string[];
  category: string | null;
  tags: string[];
  inputs: Input[];
  inputSchema: JsonSchema | null;
  outputs: Input[];
  outputSchema: JsonSchema | null;
  price: Price | null;
  location: Location | null;
  call: Call | null;
  flags: ListingFlag[];
  features: string[];
  queries: string[];
  terms: string | null;
  /** Where more is said of it. */
  link: string | null;
  /** The media type that the agent states of what is there. */
  linkType: string | null;
  icon: string | null;
  sources: Source[];
  provenance: Provenance;
};

/** Signs of an agent's health, each on its own schedule. */
export const signals = ['reachable', 'describes', 'answers'] as const;
export type Signal = (typeof signals)[number];

/** The share of the observed time in which the agent was up, over 1, 7 and 30 days; null where unknown or withheld. */
export type Uptime = { d1: number | null; d7: number | null; d30: number | null };

/** What is measured of a listing beside what it says: changes here change neither version nor feed. */
export type ListingStatus = {
  /** Where to send the call now; the bare JID where no resource is known. */
  callJid: string | null;
  /** Null where presence is withheld. */
  online: boolean | null;
  lastSeen: Date | null;
  uptime: Uptime;
  /** The median of the agent's last reply times, in milliseconds; null where unknown or withheld. */
  replyMs: number | null;
  verified: Date;
  /** When each source last said what the listing holds, in ISO 8601. */
  sources: { [source: string]: string };
  stale: boolean;
};

export type ListingRecord = {
  listing: Listing;
  status: ListingStatus;
  /** What its clients made of it; null where nobody is known to have rated it. */
  rating: ShownScore | null;
  firstSeen: Date;
  updated: Date;
  seq: number;
};
