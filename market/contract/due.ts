/** What follows by itself when nobody moves, and when. */

import type { Contract, MoveData } from './contract.ts';
import { contractLimits } from './limits.ts';
import type { MoveName } from './rules.ts';

/** A move that the directory makes at that time. */
export type Due = { at: Date; move: MoveName; data: MoveData };

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

type Timed = Pick<Contract, 'kind' | 'state' | 'since' | 'protocol' | 'answerBy' | 'deliverBy'>;

/** Null in a state that lasts. */
export function due(contract: Timed): Due | null {
  const { state, kind, answerBy, deliverBy } = contract;
  const isCall = kind === 'call';
  switch (state) {
    case 'offered':
      return {
        // What can no longer be delivered in time is not accepted any more.
        at: sooner(answerBy ?? after(contract, contractLimits.offerHours * hourMs), deliverBy),
        move: 'expire',
        data: {},
      };
    case 'accepted':
      return isCall
        ? failing(
            after(contract, contractLimits.callStartSeconds * secondMs),
            'The call did not go out.',
            'nobody',
          )
        : failing(
            sooner(after(contract, contractLimits.startDays * dayMs), deliverBy),
            'The provider did not begin.',
            'provider',
          );
    case 'working':
      return isCall
        ? { at: callEnd(contract), move: 'lose', data: { reason: 'The agent did not answer in time.' } }
        : failing(
            deliverBy ?? after(contract, contractLimits.workDays * dayMs),
            'The provider did not deliver.',
            'provider',
          );
    case 'input-required': {
      const waits = isCall ? contractLimits.callInputMinutes * minuteMs : contractLimits.inputDays * dayMs;
      return { at: after(contract, waits), move: 'expire', data: {} };
    }
    case 'delivered':
      return { at: after(contract, contractLimits.deliveredDays * dayMs), move: 'complete', data: {} };
    case 'disputed':
      return failing(
        after(contract, contractLimits.disputeDays * dayMs),
        'The dispute was not resolved.',
        'nobody',
      );
    case 'completed':
    case 'declined':
    case 'expired':
    case 'cancelled':
    case 'failed':
    case 'resolved':
    case 'unknown':
      return null;
  }
}

/** Until when what was completed can be disputed. */
export function disputableUntil(contract: Pick<Contract, 'since'>): Date {
  return after(contract, contractLimits.disputableDays * dayMs);
}

/** Until when payments are noted in a contract that has ended. */
export function settleableUntil(contract: Pick<Contract, 'since'>): Date {
  return after(contract, contractLimits.settleDays * dayMs);
}

function callEnd(contract: Timed): Date {
  const { callTaskHours, callCommandSeconds } = contractLimits;
  const ms = contract.protocol === 'agent-task' ? callTaskHours * hourMs : callCommandSeconds * secondMs;
  return after(contract, ms);
}

function failing(at: Date, reason: string, fault: 'provider' | 'nobody'): Due {
  return { at, move: 'fail', data: { reason, fault } };
}

function after({ since }: Pick<Contract, 'since'>, ms: number): Date {
  return new Date(since.getTime() + ms);
}

function sooner(one: Date, other: Date | null): Date {
  return other && other < one ? other : one;
}
