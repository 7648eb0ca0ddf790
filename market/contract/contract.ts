/** A contract and its events, as typed data. */

import type { Json, JsonObject } from '../../protocol/json.ts';
import type { CallProtocol, Input, JsonSchema } from '../listing.ts';
import type { MoveName, OpeningName } from './rules.ts';
import type { Settlement } from './settlement.ts';
import type { ContractKind, ContractState, Party, Side } from './states.ts';
import type { StatedTerms, Terms } from './terms.ts';

/** What is asked of the client while the work goes on: one stage of a form, or one question of a task. */
export type Ask = {
  title: string | null;
  text: string | null;
  inputs: Input[];
  schema: JsonSchema;
  /** Which of the inputs the client has not given, or not as they are taken. */
  missing: string[];
};

export type ResultNote = { type: 'info' | 'warn' | 'error'; text: string };
export type ResultMedia = { type: string; url: string };

/** What came of the work: whatever of these the provider gave. */
export type Result = {
  /** Named values: those of a result form, or structured JSON. */
  values: Json;
  /** The rows of a table, with what its columns are called. */
  rows: JsonObject[];
  outputs: Input[];
  text: string | null;
  media: ResultMedia[];
  notes: ResultNote[];
  /** Whether `values` are as the listing's output schema says; null where it states none. */
  matches: boolean | null;
};

export type Progress = { percent: number | null; stage: string | null; text: string | null };

/** Whose doing a failure is: it decides who may be rated for it. */
export const faults = ['provider', 'client', 'nobody'] as const;
export type Fault = (typeof faults)[number];

/** What moves carry; which of them each needs is in `data.ts`. */
export type MoveData = {
  reason?: string;
  fault?: Fault;
  input?: JsonObject;
  ask?: Ask;
  result?: Result;
  progress?: Progress;
  terms?: StatedTerms;
  settlement?: Settlement;
};

/** With what a contract begins; its terms stand until others are proposed. */
export type Opening = Terms & {
  id: string;
  kind: ContractKind;
  opening: OpeningName;
  openedBy: Side;
  client: string;
  provider: string;
  /** What is contracted, as it was then: the listing may change or go. */
  listing: { id: string; version: string; name: string } | null;
  protocol: CallProtocol | null;
  input: JsonObject;
};

/** One entry of the history; the first is the opening. */
export type ContractEvent = {
  seq: number;
  at: Date;
  by: Party;
  move: MoveName | OpeningName;
  /** The state that the contract was in from then on. */
  state: ContractState;
  data: MoveData;
};

/** What the events add up to. */
export type Contract = Opening & {
  state: ContractState;
  /** Whose terms stand: the other side answers them. */
  offeredBy: Side;
  /** The number of events. */
  version: number;
  created: Date;
  /** Since when it is in this state. */
  since: Date;
  ask: Ask | null;
  result: Result | null;
  progress: Progress | null;
  /** Why it was declined, failed, cancelled, lost or disputed. */
  reason: string | null;
  fault: Fault | null;
  agreed: Side[];
};
