/** The contract's state machine: which move leads from which state to which, and who may make it. */

import { type ContractKind, type ContractState, otherSide, type Party, type Side } from './states.ts';

/** How a contract comes to be, and the state in which it begins. */
export const openings = {
  /** The client has the directory call a listing whose agent permits it: that permission is its acceptance. */
  call: { kinds: ['call'], to: 'accepted' },
  offer: { kinds: ['witness', 'direct'], to: 'offered' },
  /** The client takes a proposal that the provider made. */
  award: { kinds: ['direct'], to: 'accepted' },
} as const satisfies { [name: string]: { kinds: ContractKind[]; to: ContractState } };
export type OpeningName = keyof typeof openings;

export const moveNames = [
  'accept',
  'decline',
  'propose',
  'start',
  'ask',
  'input',
  'progress',
  'deliver',
  'complete',
  'fail',
  'cancel',
  'lose',
  'expire',
  'dispute',
  'resolve',
  'settle',
] as const;
export type MoveName = (typeof moveNames)[number];

/** A party, or a side by what it did: the one whose terms stand, and the one that answers them. */
type Mover = Party | 'offerer' | 'answerer';

export type Rule = {
  move: MoveName;
  from: readonly ContractState[];
  to: ContractState;
  by: { readonly [kind in ContractKind]?: readonly Mover[] };
};

const running = ['accepted', 'working', 'input-required'] as const;
const paying = [
  ...running,
  ...(['delivered', 'completed', 'failed', 'cancelled', 'disputed', 'resolved'] as const),
] as const;
const clock = ['directory'] as const;

/**
 * In a `call` the directory reports what the agent answers, so that the moves of the work are its own; the agent itself
 * may still speak up where the outcome is unknown or disputed.
 */
export const rules: readonly Rule[] = [
  { move: 'accept', from: ['offered'], to: 'accepted', by: { witness: ['answerer'], direct: ['answerer'] } },
  { move: 'decline', from: ['offered'], to: 'declined', by: { witness: ['answerer'], direct: ['answerer'] } },
  // Other terms are an offer of their own, which the other side answers.
  { move: 'propose', from: ['offered'], to: 'offered', by: { direct: ['answerer'] } },
  { move: 'decline', from: ['working'], to: 'declined', by: { call: ['directory'] } },
  { move: 'expire', from: ['offered'], to: 'expired', by: { witness: clock, direct: clock } },
  {
    move: 'expire',
    from: ['input-required'],
    to: 'expired',
    by: { call: clock, witness: clock, direct: clock },
  },
  {
    move: 'start',
    from: ['accepted'],
    to: 'working',
    by: { call: ['directory'], witness: ['provider'], direct: ['provider'] },
  },
  {
    move: 'ask',
    from: ['working'],
    to: 'input-required',
    by: { call: ['directory'], witness: ['provider'], direct: ['provider'] },
  },
  {
    move: 'input',
    from: ['input-required'],
    to: 'working',
    by: { call: ['client'], witness: ['client'], direct: ['client'] },
  },
  {
    move: 'progress',
    from: ['working'],
    to: 'working',
    by: { call: ['directory'], witness: ['provider'], direct: ['provider'] },
  },
  { move: 'deliver', from: running, to: 'delivered', by: { witness: ['provider'], direct: ['provider'] } },
  {
    move: 'deliver',
    from: ['working', 'input-required', 'unknown'],
    to: 'completed',
    by: { call: ['directory'] },
  },
  { move: 'deliver', from: ['unknown'], to: 'delivered', by: { call: ['provider'] } },
  {
    move: 'complete',
    from: ['delivered'],
    to: 'completed',
    by: { call: ['client', 'directory'], witness: ['client', 'directory'], direct: ['client', 'directory'] },
  },
  { move: 'complete', from: ['unknown'], to: 'completed', by: { call: ['client'] } },
  {
    move: 'fail',
    from: running,
    to: 'failed',
    by: { call: ['directory'], witness: ['provider', 'directory'], direct: ['provider', 'directory'] },
  },
  { move: 'fail', from: ['unknown'], to: 'failed', by: { call: ['provider', 'directory'] } },
  {
    move: 'fail',
    from: ['disputed'],
    to: 'failed',
    by: {
      call: ['provider', 'directory'],
      witness: ['provider', 'directory'],
      direct: ['provider', 'directory'],
    },
  },
  { move: 'cancel', from: ['offered'], to: 'cancelled', by: { witness: ['offerer'], direct: ['offerer'] } },
  {
    move: 'cancel',
    from: running,
    to: 'cancelled',
    by: { call: ['client'], witness: ['client'], direct: ['client'] },
  },
  { move: 'lose', from: ['working'], to: 'unknown', by: { call: ['directory'] } },
  {
    move: 'dispute',
    from: ['delivered'],
    to: 'disputed',
    by: { call: ['client'], witness: ['client'], direct: ['client'] },
  },
  {
    move: 'dispute',
    from: ['completed'],
    to: 'disputed',
    by: { call: ['client'], witness: ['client', 'provider'], direct: ['client', 'provider'] },
  },
  { move: 'dispute', from: ['unknown'], to: 'disputed', by: { call: ['client'] } },
  // Of the two sides' moves the first leaves the contract disputed; see `stateAfter`.
  {
    move: 'resolve',
    from: ['disputed'],
    to: 'resolved',
    by: {
      call: ['client', 'provider'],
      witness: ['client', 'provider'],
      direct: ['client', 'provider'],
    },
  },
  // What is paid is noted as it happens, and changes nothing: a deposit, the price, what is paid back.
  ...paying.map(
    (state): Rule => ({
      move: 'settle',
      from: [state],
      to: state,
      by: { witness: ['client', 'provider'], direct: ['client', 'provider'] },
    }),
  ),
];

export type Position = {
  kind: ContractKind;
  state: ContractState;
  offeredBy: Side;
  /** The sides that said that the dispute is resolved. */
  agreed: readonly Side[];
};

/** The rules that hold for this party in this position. */
export function rulesFor({ kind, state, offeredBy, agreed }: Position, by: Party): Rule[] {
  return rules.filter((rule) => {
    const movers = rule.from.includes(state) ? (rule.by[kind] ?? []) : [];
    const mayMove = movers.some((mover) => {
      if (mover === 'offerer') return by === offeredBy;
      return mover === 'answerer' ? by === otherSide(offeredBy) : by === mover;
    });
    return mayMove && !(rule.move === 'resolve' && by !== 'directory' && agreed.includes(by));
  });
}

/** Where the rule leads: a dispute is resolved when both sides say so. */
export function stateAfter(rule: Rule, { state, agreed }: Position): ContractState {
  return rule.move === 'resolve' && agreed.length === 0 ? state : rule.to;
}
