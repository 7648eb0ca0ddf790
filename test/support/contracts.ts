import type { Contract, ContractEvent, MoveData, Opening, Result } from '../../market/contract/contract.ts';
import { foldContract, openEvent } from '../../market/contract/move.ts';
import type { MoveName, OpeningName } from '../../market/contract/rules.ts';
import type { ContractKind, ContractState, Party } from '../../market/contract/states.ts';
import { noTerms } from '../../market/contract/terms.ts';

export const openingOf: { [kind in ContractKind]: OpeningName } = {
  call: 'call',
  witness: 'offer',
  direct: 'offer',
};

/** The opening of a contract with nothing but what the test is about. */
export function opening(kind: ContractKind, more: Partial<Opening> = {}): Opening {
  return {
    id: 'c-1',
    kind,
    opening: openingOf[kind],
    openedBy: 'client',
    client: 'ann@agents.test',
    provider: 'fx@works.test',
    listing: null,
    protocol: kind === 'call' ? 'xmpp-command' : null,
    input: {},
    ...noTerms,
    ...more,
  };
}

export const result: Result = {
  values: { sum: 3 },
  rows: [],
  outputs: [],
  text: null,
  media: [],
  notes: [],
  matches: null,
};

/** What every move needs, and more than it takes. */
export const everyData: MoveData = {
  reason: 'because',
  fault: 'provider',
  input: { amount: 3 },
  ask: { title: null, text: null, inputs: [], schema: {}, missing: [] },
  result,
  progress: { percent: 50, stage: null, text: null },
  terms: {
    price: { amount: '5', currency: 'EUR', unit: 'contract' },
    answerBy: null,
    deliverBy: null,
    words: 'Soon.',
  },
  settlement: { amount: null, reference: 'A-1', link: null, invoice: null },
};

export const start = new Date('2026-11-20T10:00:00Z');

type Step = [by: Party, move: MoveName, state: ContractState];

/** A way from the opening to each state that a contract of the kind can be in. */
export const ways: { [kind in ContractKind]: { [state in ContractState]?: Step[] } } = (() => {
  const worked = (by: Party): Step => [by, 'start', 'working'];
  const call: { [state in ContractState]?: Step[] } = {
    accepted: [],
    working: [worked('directory')],
    'input-required': [worked('directory'), ['directory', 'ask', 'input-required']],
    completed: [worked('directory'), ['directory', 'deliver', 'completed']],
    declined: [worked('directory'), ['directory', 'decline', 'declined']],
    expired: [
      worked('directory'),
      ['directory', 'ask', 'input-required'],
      ['directory', 'expire', 'expired'],
    ],
    cancelled: [['client', 'cancel', 'cancelled']],
    failed: [['directory', 'fail', 'failed']],
    unknown: [worked('directory'), ['directory', 'lose', 'unknown']],
    delivered: [worked('directory'), ['directory', 'lose', 'unknown'], ['provider', 'deliver', 'delivered']],
    disputed: [worked('directory'), ['directory', 'deliver', 'completed'], ['client', 'dispute', 'disputed']],
    resolved: [
      worked('directory'),
      ['directory', 'deliver', 'completed'],
      ['client', 'dispute', 'disputed'],
      ['provider', 'resolve', 'disputed'],
      ['client', 'resolve', 'resolved'],
    ],
  };
  const accepted: Step[] = [['provider', 'accept', 'accepted']];
  const working: Step[] = [...accepted, worked('provider')];
  const delivered: Step[] = [...working, ['provider', 'deliver', 'delivered']];
  const disputed: Step[] = [...delivered, ['client', 'dispute', 'disputed']];
  const dealt: { [state in ContractState]?: Step[] } = {
    offered: [],
    accepted,
    working,
    'input-required': [...working, ['provider', 'ask', 'input-required']],
    delivered,
    completed: [...delivered, ['client', 'complete', 'completed']],
    declined: [['provider', 'decline', 'declined']],
    expired: [['directory', 'expire', 'expired']],
    cancelled: [['client', 'cancel', 'cancelled']],
    failed: [...working, ['provider', 'fail', 'failed']],
    disputed,
    resolved: [...disputed, ['client', 'resolve', 'disputed'], ['provider', 'resolve', 'resolved']],
  };
  return { call, witness: dealt, direct: dealt };
})();

/** A contract of the kind in the state, a second after each step. */
export function contractIn(kind: ContractKind, state: ContractState, more: Partial<Opening> = {}): Contract {
  const opened = opening(kind, more);
  return foldContract(opened, historyTo(opened, ways[kind][state] ?? []));
}

export function historyTo(opened: Opening, steps: Step[]): ContractEvent[] {
  const events = steps.map(([by, move, state], at) => ({
    seq: at + 2,
    at: new Date(start.getTime() + (at + 1) * 1_000),
    by,
    move,
    state,
    data: {},
  }));
  return [openEvent(opened, start), ...events];
}
