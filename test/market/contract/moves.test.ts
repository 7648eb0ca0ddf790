import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moveData } from '../../../market/contract/data.ts';
import { disputableUntil, due } from '../../../market/contract/due.ts';
import { contractLimits } from '../../../market/contract/limits.ts';
import { foldContract, foldEvent, moveEvent, openEvent, openMoves } from '../../../market/contract/move.ts';
import { type MoveName, moveNames, openings, rules } from '../../../market/contract/rules.ts';
import {
  awaits,
  type ContractKind,
  type ContractState,
  contractKinds,
  contractStates,
  type Party,
  parties,
} from '../../../market/contract/states.ts';
import { isProblem } from '../../../market/problem.ts';
import { contractIn, everyData, historyTo, opening, start, ways } from '../../support/contracts.ts';

type Row = [state: ContractState, party: Party, moves: string];

/** Every move that is open, written `move>state`; a party that is not named has none. */
const dealt: Row[] = [
  ['offered', 'client', 'cancel>cancelled'],
  ['offered', 'provider', 'accept>accepted decline>declined'],
  ['offered', 'directory', 'expire>expired'],
  ['accepted', 'client', 'cancel>cancelled'],
  ['accepted', 'provider', 'start>working deliver>delivered fail>failed'],
  ['accepted', 'directory', 'fail>failed'],
  ['working', 'client', 'cancel>cancelled'],
  ['working', 'provider', 'ask>input-required progress>working deliver>delivered fail>failed'],
  ['working', 'directory', 'fail>failed'],
  ['input-required', 'client', 'input>working cancel>cancelled'],
  ['input-required', 'provider', 'deliver>delivered fail>failed'],
  ['input-required', 'directory', 'fail>failed expire>expired'],
  ['delivered', 'client', 'complete>completed dispute>disputed'],
  ['delivered', 'directory', 'complete>completed'],
  ['completed', 'client', 'dispute>disputed'],
  ['completed', 'provider', 'dispute>disputed'],
  ['delivered', 'provider', ''],
  ['disputed', 'client', 'resolve>disputed'],
  ['disputed', 'provider', 'fail>failed resolve>disputed'],
  ['disputed', 'directory', 'fail>failed'],
];
/** Both sides note what is paid, from when it is agreed. */
const paid = dealt
  .filter(([state, party]) => state !== 'offered' && party !== 'directory')
  .map(([state, party, moves]): Row => [state, party, `${moves} settle>${state}`]);
const ended: Row[] = (['failed', 'cancelled', 'resolved'] as const).flatMap((state): Row[] => [
  [state, 'client', `settle>${state}`],
  [state, 'provider', `settle>${state}`],
]);
const rest = dealt.filter(([state, party]) => state === 'offered' || party === 'directory');
const open: { [kind in ContractKind]: Row[] } = {
  witness: [...paid, ...ended, ...rest],
  direct: [
    ...paid,
    ...ended,
    ...rest.map(
      ([state, party, moves]): Row =>
        state === 'offered' && party === 'provider'
          ? [state, party, `${moves} propose>offered`]
          : [state, party, moves],
    ),
  ],
  call: [
    ['accepted', 'client', 'cancel>cancelled'],
    ['accepted', 'directory', 'start>working fail>failed'],
    ['working', 'client', 'cancel>cancelled'],
    [
      'working',
      'directory',
      'decline>declined ask>input-required progress>working deliver>completed fail>failed lose>unknown',
    ],
    ['input-required', 'client', 'input>working cancel>cancelled'],
    ['input-required', 'directory', 'deliver>completed fail>failed expire>expired'],
    ['delivered', 'client', 'complete>completed dispute>disputed'],
    ['delivered', 'directory', 'complete>completed'],
    ['completed', 'client', 'dispute>disputed'],
    ['unknown', 'client', 'complete>completed dispute>disputed'],
    ['unknown', 'provider', 'deliver>delivered fail>failed'],
    ['unknown', 'directory', 'deliver>completed fail>failed'],
    ['disputed', 'client', 'resolve>disputed'],
    ['disputed', 'provider', 'fail>failed resolve>disputed'],
    ['disputed', 'directory', 'fail>failed'],
  ],
};

const cases = contractKinds.flatMap((kind) =>
  contractStates
    .filter((state) => ways[kind][state])
    .flatMap((state) =>
      parties.map((party) => {
        const row = open[kind].find(([of, by]) => of === state && by === party);
        const moves = new Map(
          (row?.[2].trim().split(/ +/) ?? [])
            .filter(Boolean)
            .map((move) => move.split('>') as [string, string]),
        );
        return { kind, state, party, moves };
      }),
    ),
);

const soon = (kind: ContractKind, state: ContractState) =>
  new Date(start.getTime() + ((ways[kind][state]?.length ?? 0) + 1) * 1_000);

describe('a contract', () => {
  test.each(cases)(
    'of kind $kind that is $state takes of the $party what is open and nothing else',
    ({ kind, state, party, moves }) => {
      const contract = contractIn(kind, state);
      expect(contract.state).toBe(state);
      const at = soon(kind, state);
      for (const move of moveNames) {
        const event = moveEvent(contract, party, move, everyData, at);
        const leads = moves.get(move);
        if (leads === undefined) {
          expect(event).toMatchObject({ problem: 'move-not-open' });
          if (!isProblem(event)) throw new Error(`${move} is open`);
          for (const name of moves.keys()) expect(event.detail).toContain(name);
          expect(event.detail).toContain(`the ${party} cannot ${move}`);
        } else {
          expect(event).toMatchObject({ move, by: party, state: leads, seq: contract.version + 1 });
          if (isProblem(event)) throw new Error(event.detail);
          expect(Object.keys(event.data).sort()).toEqual(
            [...moveData[move].needs, ...moveData[move].takes].sort(),
          );
        }
      }
      expect(openMoves(contract, party, at).sort()).toEqual([...moves.keys()].sort());
    },
  );

  test('that is no call is never in doubt, and a call is never offered', () => {
    const reached = (kind: ContractKind) => {
      const states = new Set<ContractState>(
        Object.values(openings)
          .filter((way) => (way.kinds as readonly string[]).includes(kind))
          .map((way) => way.to),
      );
      for (const from of states)
        for (const rule of rules) if (rule.by[kind] && rule.from.includes(from)) states.add(rule.to);
      return contractStates.filter((state) => !states.has(state));
    };
    expect(contractKinds.map(reached)).toEqual([['offered'], ['unknown'], ['unknown']]);
  });

  test('that the provider opened is for the client to answer', () => {
    const contract = contractIn('witness', 'offered', { openedBy: 'provider' });
    const at = soon('witness', 'offered');
    expect(parties.map((party) => openMoves(contract, party, at))).toEqual([
      ['accept', 'decline'],
      ['cancel'],
      ['expire'],
    ]);
  });

  test('whose terms are answered with others is for the other side to answer, until there were too many', () => {
    const at = soon('direct', 'offered');
    const terms = everyData.terms as never;
    const answered = moveEvent(contractIn('direct', 'offered'), 'provider', 'propose', { terms }, at);
    if (isProblem(answered)) throw new Error(answered.detail);
    const proposed = foldEvent(contractIn('direct', 'offered'), answered);
    expect(proposed).toMatchObject({
      ...{ state: 'offered', offeredBy: 'provider', openedBy: 'client', since: at },
      ...{ price: { amount: '5', currency: 'EUR' }, words: 'Soon.', answerBy: null, deliverBy: null },
    });
    expect(parties.map((party) => openMoves(proposed, party, at))).toEqual([
      ['accept', 'decline', 'propose'],
      ['cancel'],
      ['expire'],
    ]);
    expect(due(proposed)?.at.getTime()).toBe(at.getTime() + contractLimits.offerHours * 3_600_000);
    const long = { ...proposed, version: contractLimits.proposalsMax };
    expect(openMoves(long, 'client', at)).toEqual(['accept', 'decline']);
  });

  test('gives the provider the time that the client took to give what was asked for', () => {
    const deliverBy = new Date(start.getTime() + 3_600_000);
    const asked = contractIn('direct', 'input-required', { deliverBy });
    const at = new Date(asked.since.getTime() + 7_200_000);
    const event = moveEvent(asked, 'client', 'input', { input: { a: 1 } }, at);
    if (isProblem(event)) throw new Error(event.detail);
    expect(foldEvent(asked, event)).toMatchObject({
      ...{ state: 'working', deliverBy: new Date(deliverBy.getTime() + 7_200_000) },
    });
  });

  test('awaits the side that is to move, and nobody when it has ended', () => {
    const of = (kind: ContractKind, side: 'client' | 'provider') =>
      contractStates.filter((state) => ways[kind][state] && awaits(contractIn(kind, state), side));
    const ended = ['completed', 'declined', 'expired', 'cancelled', 'failed', 'disputed', 'resolved'];
    expect(of('direct', 'client')).toEqual(['input-required', 'delivered', ...ended]);
    expect(of('direct', 'provider')).toEqual(['offered', 'accepted', 'working', ...ended]);
    expect(of('call', 'client')).toEqual(['input-required', 'delivered', ...ended, 'unknown']);
    expect(awaits({ ...contractIn('direct', 'offered'), offeredBy: 'provider' }, 'client')).toBe(true);
  });

  test('takes notes of payments for a time after it has ended, and changes by none', () => {
    for (const state of ['completed', 'failed', 'cancelled', 'resolved'] as const) {
      const contract = { ...contractIn('direct', state), reason: 'because' };
      const last = new Date(contract.since.getTime() + contractLimits.settleDays * 86_400_000);
      const note = { settlement: everyData.settlement as never };
      const event = moveEvent(contract, 'provider', 'settle', note, new Date(last.getTime() - 1));
      if (isProblem(event)) throw new Error(event.detail);
      expect(foldEvent(contract, event)).toEqual({ ...contract, version: contract.version + 1 });
      expect(moveEvent(contract, 'provider', 'settle', note, last)).toMatchObject({
        problem: 'move-not-open',
      });
    }
  });

  test('that came of a proposal begins accepted', () => {
    const opened = opening('direct', { opening: 'award' });
    expect(openEvent(opened, start)).toMatchObject({ state: 'accepted', by: 'client' });
    expect(() => openEvent({ ...opened, kind: 'call' }, start)).toThrow(Error);
  });

  test('is resolved when both sides say so, whoever says it first', () => {
    for (const [first, second] of [
      ['client', 'provider'],
      ['provider', 'client'],
    ] as const) {
      const disputed = contractIn('call', 'disputed');
      const at = soon('call', 'disputed');
      const half = moveEvent(disputed, first, 'resolve', { reason: 'agreed' }, at);
      if (isProblem(half)) throw new Error(half.detail);
      const halfway = foldEvent(disputed, half);
      expect(halfway).toMatchObject({ state: 'disputed', agreed: [first], since: disputed.since });
      expect(openMoves(halfway, first, at)).not.toContain('resolve');
      expect(moveEvent(halfway, second, 'resolve', { reason: 'agreed' }, at)).toMatchObject({
        state: 'resolved',
      });
    }
  });
});

describe('what a move carries', () => {
  const working = contractIn('call', 'working');
  const at = soon('call', 'working');

  test.each(moveNames.filter((move) => moveData[move].needs.length > 0))(
    'is demanded where %s needs it',
    (move) => {
      const found = cases.find(({ moves }) => moves.has(move));
      if (!found) throw new Error(`${move} is open nowhere`);
      const contract = contractIn(found.kind, found.state);
      const refused = moveEvent(contract, found.party, move, {}, soon(found.kind, found.state));
      expect(refused).toMatchObject({
        problem: 'invalid-body',
        errors: moveData[move].needs.map((part) => ({ pointer: `/${part}` })),
      });
    },
  );

  test('is cleaned, and bounded', () => {
    expect(moveEvent(working, 'client', 'cancel', { reason: ' no\u202e\u0000 more ' }, at)).toMatchObject({
      data: { reason: 'no more' },
    });
    expect(moveEvent(working, 'client', 'cancel', { reason: ' ' }, at)).toMatchObject({ data: {} });
    const large = { ...everyData.result, text: 'x'.repeat(contractLimits.dataCharsMax) };
    expect(moveEvent(working, 'directory', 'deliver', { result: large as never }, at)).toMatchObject({
      problem: 'body-too-large',
    });
  });

  test('stands in the contract as long as it holds', () => {
    const asked = foldEvent(working, {
      seq: 3,
      at,
      by: 'directory',
      move: 'ask',
      state: 'input-required',
      data: { ask: everyData.ask as never },
    });
    expect(asked).toMatchObject({ ask: everyData.ask, version: 3, since: at });
    const later = new Date(at.getTime() + 1_000);
    const answered = foldEvent(asked, {
      seq: 4,
      at: later,
      by: 'client',
      move: 'input',
      state: 'working',
      data: { input: { a: 1 } },
    });
    expect(answered).toMatchObject({ ask: null, since: later });
    const failed = foldEvent(answered, {
      seq: 5,
      at: later,
      by: 'directory',
      move: 'fail',
      state: 'failed',
      data: { reason: 'r', fault: 'nobody' },
    });
    expect(failed).toMatchObject({ reason: 'r', fault: 'nobody', created: start });
  });
});

describe('the time of a state', () => {
  const hourMs = 3_600_000;
  const dayMs = 24 * hourMs;
  const timed: [ContractKind, ContractState, number, MoveName, ContractState][] = [
    ['direct', 'offered', contractLimits.offerHours * hourMs, 'expire', 'expired'],
    ['witness', 'offered', contractLimits.offerHours * hourMs, 'expire', 'expired'],
    ['direct', 'accepted', contractLimits.startDays * dayMs, 'fail', 'failed'],
    ['direct', 'working', contractLimits.workDays * dayMs, 'fail', 'failed'],
    ['direct', 'input-required', contractLimits.inputDays * dayMs, 'expire', 'expired'],
    ['direct', 'delivered', contractLimits.deliveredDays * dayMs, 'complete', 'completed'],
    ['direct', 'disputed', contractLimits.disputeDays * dayMs, 'fail', 'failed'],
    ['call', 'accepted', contractLimits.callStartSeconds * 1_000, 'fail', 'failed'],
    ['call', 'working', contractLimits.callCommandSeconds * 1_000, 'lose', 'unknown'],
    ['call', 'input-required', contractLimits.callInputMinutes * 60_000, 'expire', 'expired'],
    ['call', 'disputed', contractLimits.disputeDays * dayMs, 'fail', 'failed'],
  ];

  test.each(timed)('of a %s that is %s ends after %i ms, and %s follows', (kind, state, ms, move, leads) => {
    const contract = contractIn(kind, state);
    const next = due(contract);
    expect(next).toMatchObject({ at: new Date(contract.since.getTime() + ms), move });
    if (!next) return;
    expect(moveEvent(contract, 'directory', next.move, next.data, next.at)).toMatchObject({ state: leads });
    const before = new Date(next.at.getTime() - 1);
    expect(openMoves(contract, 'client', before).length).toBeGreaterThan(0);
    // Nobody else moves once the time is over, whether or not the directory has noted it.
    for (const party of ['client', 'provider'] as const)
      expect(moveEvent(contract, party, 'cancel', {}, next.at)).toMatchObject({
        problem: 'move-not-open',
        detail: expect.stringContaining('its time is over'),
      });
  });

  test('never ends where the contract has', () => {
    const ended = ['completed', 'declined', 'expired', 'cancelled', 'failed', 'resolved', 'unknown'] as const;
    for (const state of ended) expect(due(contractIn('call', state))).toBeNull();
  });

  test('of the work of a gateway is longer, and agreed times come first', () => {
    const hours = contractLimits.callTaskHours * hourMs;
    const task = contractIn('call', 'working', { protocol: 'agent-task' });
    expect(due(task)?.at).toEqual(new Date(task.since.getTime() + hours));
    const deadline = new Date(start.getTime() + hourMs);
    const agreed = { answerBy: deadline, deliverBy: deadline };
    for (const state of ['offered', 'accepted', 'working'] as const)
      expect(due(contractIn('direct', state, agreed))?.at).toEqual(deadline);
  });

  test('in which what was completed can be disputed ends', () => {
    const contract = contractIn('call', 'completed');
    const until = disputableUntil(contract);
    expect(openMoves(contract, 'client', new Date(until.getTime() - 1))).toEqual(['dispute']);
    expect(openMoves(contract, 'client', until)).toEqual([]);
  });
});

describe('any history of open moves', () => {
  test('adds up to the same contract, folded at once or step by step', () => {
    const steps = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 100_000 })), { maxLength: 30 });
    fc.assert(
      fc.property(fc.constantFrom(...contractKinds), steps, (kind, choices) => {
        const opened = opening(kind);
        const events = historyTo(opened, []);
        let contract = foldContract(opened, events);
        let at = start;
        for (const [choice, ms] of choices) {
          at = new Date(at.getTime() + ms);
          const all = parties.flatMap((party) =>
            openMoves(contract, party, at).map((move) => [party, move] as const),
          );
          const [party, move] = all[choice % Math.max(1, all.length)] ?? [];
          if (!party || !move) break;
          const event = moveEvent(contract, party, move, everyData, at);
          if (isProblem(event)) throw new Error(event.detail);
          events.push(event);
          contract = foldEvent(contract, event);
          expect(contract).toMatchObject({ state: event.state, version: events.length });
        }
        expect(foldContract(opened, events)).toEqual(contract);
      }),
    );
  });

  test('ends noting progress when it is long', () => {
    const contract = { ...contractIn('call', 'working'), version: contractLimits.eventsMax };
    const at = soon('call', 'working');
    expect(openMoves(contract, 'directory', at)).not.toContain('progress');
    expect(openMoves(contract, 'directory', at)).toContain('deliver');
  });

  test('asks for nothing more when it is too long, and can still end', () => {
    const at = soon('call', 'working');
    const long = (version: number) => ({ ...contractIn('call', 'working'), version });
    const { eventsMax, eventsWithAsksMax } = contractLimits;
    expect(openMoves(long(eventsMax), 'directory', at)).toContain('ask');
    expect(openMoves(long(eventsWithAsksMax), 'directory', at).sort()).toEqual([
      'decline',
      'deliver',
      'fail',
      'lose',
    ]);
  });
});
