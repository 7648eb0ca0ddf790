/** A call for proposals and its events, as typed data. */

import type { JsonObject } from '../../protocol/json.ts';
import type { StatedTerms } from '../contract/terms.ts';
import type { Price } from '../listing.ts';
import type { RequestMoveName, RequestOpeningName } from './rules.ts';
import type { RequestParty, RequestState, Standing } from './states.ts';

/** The most that the client means to pay, for all of it. */
export type Budget = Pick<Price, 'amount' | 'currency'>;

/**
 * The terms that a provider proposes: a price, until when they can be taken, when the work is done, and words. The id names
 * this proposal: one that replaces it has another, so that a client takes what it has read.
 */
export type Proposal = StatedTerms & { id: string; price: Price };

/** A provider that is asked, for one of its listings. */
export type AskedProvider = {
  provider: string;
  listing: { id: string; version: string; name: string };
};

/** Where a provider stands. */
export type Asked = AskedProvider & {
  /** From 1, in the order in which they were found. */
  place: number;
  standing: Standing;
  /** Since when. */
  since: Date;
  /** What it proposes now; null where it does not. */
  proposal: Proposal | null;
  /** What it said as it refused. */
  words: string | null;
  /** How often it answered. */
  answers: number;
};

/** What the call says, and never changes. */
export type RequestOpening = {
  id: string;
  client: string;
  need: string;
  input: JsonObject;
  budget: Budget | null;
  /** What the providers were found by; null where the client named their listings. */
  query: string | null;
  deadline: Date;
  asked: readonly AskedProvider[];
};

/** What moves carry; which of them each needs is in `rules.ts`. */
export type RequestData = {
  proposal?: Proposal;
  /** The id of the proposal that is taken, and that of the contract that it makes. */
  taken?: string;
  contract?: string;
  words?: string;
};

/** One entry of the history; the first is the opening. */
export type RequestEvent = {
  seq: number;
  at: Date;
  by: RequestParty;
  /** The provider that moves, or about which the move is; null where it is about all of them. */
  provider: string | null;
  move: RequestMoveName | RequestOpeningName;
  /** The state that the call was in from then on. */
  state: RequestState;
  data: RequestData;
};

/** What the events add up to. */
export type CallForProposals = Omit<RequestOpening, 'asked'> & {
  state: RequestState;
  /** The number of events. */
  version: number;
  created: Date;
  /** Since when it is in this state. */
  since: Date;
  asked: Asked[];
  /** Whose proposal was taken, which, and the contract that it made. */
  awarded: { provider: string; proposal: string; contract: string } | null;
  /** Why the client cancelled. */
  reason: string | null;
};
