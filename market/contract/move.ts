/** Making a move: from a contract and what a party wants to the event that is written, or why it is not. */

import { isProblem, type Problem, problem } from '../problem.ts';
import type { Contract, ContractEvent, MoveData, Opening } from './contract.ts';
import { checkData } from './data.ts';
import { disputableUntil, due, settleableUntil } from './due.ts';
import { contractLimits } from './limits.ts';
import { type MoveName, openings, type Position, type Rule, rulesFor, stateAfter } from './rules.ts';
import type { ContractState, Party, Side } from './states.ts';
import { statedTerms, termsFrom } from './terms.ts';

/** The first event of a contract. @throws {Error} where contracts of its kind do not begin so: our own fault. */
export function openEvent(of: Opening, at: Date): ContractEvent {
  const { kinds, to } = openings[of.opening];
  if (!(kinds as readonly string[]).includes(of.kind)) {
    throw new Error(`a contract of kind '${of.kind}' does not begin with '${of.opening}'`);
  }
  const data = { input: of.input, ...(of.kind === 'direct' && { terms: statedTerms(of) }) };
  return { seq: 1, at, by: of.openedBy, move: of.opening, state: to, data };
}

/** The event that the move is, or a problem that says which moves are open. */
export function moveEvent(
  contract: Contract,
  by: Party,
  move: MoveName,
  given: MoveData,
  at: Date,
): ContractEvent | Problem {
  const rule = openRules(contract, by, at).find((open) => open.move === move);
  if (!rule) return notOpen(contract, by, move, at);
  const data = checkData(move, given);
  if (isProblem(data)) return data;
  return { seq: contract.version + 1, at, by, move, state: stateAfter(rule, contract), data };
}

/** The moves that are open to the party at that time. */
export function openMoves(contract: Contract, by: Party, at: Date): MoveName[] {
  return [...new Set(openRules(contract, by, at).map((rule) => rule.move))];
}

function openRules(contract: Contract, by: Party, at: Date): Rule[] {
  const open = rulesFor(contract satisfies Position, by);
  // Nobody comes too late because the directory has not noted yet that a time ended; nor in time.
  if (by !== 'directory' && hasEnded(contract, at)) return [];
  const { eventsMax, eventsWithAsksMax, proposalsMax } = contractLimits;
  return open.filter((rule) => {
    if (rule.move === 'progress') return contract.version < eventsMax;
    if (rule.move === 'settle') return contract.version < eventsMax && canSettle(contract, at);
    if (rule.move === 'propose') return contract.version < proposalsMax;
    if (rule.move === 'ask') return contract.version < eventsWithAsksMax;
    return !(rule.move === 'dispute' && contract.state === 'completed' && at >= disputableUntil(contract));
  });
}

function canSettle(contract: Contract, at: Date): boolean {
  return due(contract) !== null || at < settleableUntil(contract);
}

function hasEnded(contract: Contract, at: Date): boolean {
  const next = due(contract);
  return next !== null && at >= next.at;
}

function notOpen(contract: Contract, by: Party, move: MoveName, at: Date): Problem {
  const open = openMoves(contract, by, at);
  const ended = hasEnded(contract, at) ? ', and its time is over' : '';
  const expected = open.length > 0 ? `expected ${listed(open)}` : 'no move is open';
  return problem(
    'move-not-open',
    `The contract is ${contract.state}${ended}: the ${by} cannot ${move}; ${expected}.`,
  );
}

function listed(words: string[]): string {
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '');
}

/** The contract that the event leaves; the first one comes from its opening alone. */
export function foldEvent(before: Contract | Opening, event: ContractEvent): Contract {
  const was = 'state' in before ? before : null;
  const { reason, fault, ask, result, progress, terms } = event.data;
  const isProposal = event.move === 'propose';
  const sameState = was?.state === event.state;
  const agreed = was?.agreed ?? [];
  return {
    ...before,
    ...(terms && isProposal ? termsFrom(terms) : { deliverBy: deliverByAfter(before, event) }),
    offeredBy: isProposal ? (event.by as Side) : (was?.offeredBy ?? before.openedBy),
    state: event.state,
    version: event.seq,
    created: was?.created ?? event.at,
    since: sameState && was && !isProposal ? was.since : event.at,
    // What was asked stands as long as it is to be answered.
    ask: event.state === 'input-required' ? (ask ?? was?.ask ?? null) : null,
    result: result ?? was?.result ?? null,
    progress: progress ?? was?.progress ?? null,
    reason:
      sameState && ['resolve', 'settle'].includes(event.move)
        ? (was?.reason ?? null)
        : (reason ?? (isProposal ? null : keptReason(was, event))),
    fault: fault ?? (event.state === 'failed' ? (was?.fault ?? null) : null),
    agreed: event.move === 'resolve' && event.by !== 'directory' ? [...agreed, event.by] : agreed,
  };
}

/** The time that the client takes to give what is asked for is not the provider's. */
function deliverByAfter(before: Contract | Opening, { move, at }: ContractEvent): Date | null {
  const { deliverBy } = before;
  if (move !== 'input' || !deliverBy || !('since' in before)) return deliverBy;
  return new Date(deliverBy.getTime() + at.getTime() - before.since.getTime());
}

/** A reason belongs to the state that it led to. */
function keptReason(was: Contract | null, { state }: { state: ContractState }): string | null {
  return was?.state === state ? was.reason : null;
}

/** The contract that its history adds up to. @throws {Error} where there is no history: our own fault. */
export function foldContract(opening: Opening, events: ContractEvent[]): Contract {
  const [first, ...more] = events;
  if (!first) throw new Error('a contract has at least the event that opened it');
  return more.reduce<Contract>(foldEvent, foldEvent(opening, first));
}
