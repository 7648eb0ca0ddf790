import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../../market/problem.ts';
import { requestDue } from '../../../market/request/due.ts';
import { requestLimits } from '../../../market/request/limits.ts';
import { foldRequests, openRequestMoves, requestEvent } from '../../../market/request/move.ts';
import { requestMoveNames, requestRules } from '../../../market/request/rules.ts';
import {
  type RequestParty,
  type RequestState,
  requestParties,
  requestStates,
} from '../../../market/request/states.ts';
import {
  fx,
  gy,
  hz,
  minutesIn,
  proposalOf,
  requestOpening,
  requestWays,
  walked,
} from '../../support/requests.ts';

type Row = [state: RequestState, party: RequestParty, moves: string];

/** Every move that is open, written `move>state`; a party that is not named has none. The provider is one that proposed. */
const open: Row[] = [
  ['open', 'client', 'award>awarded cancel>cancelled'],
  ['open', 'provider', 'propose>open refuse>open'],
  ['open', 'directory', 'decide>deciding close>closed'],
  ['deciding', 'client', 'award>awarded cancel>cancelled'],
  ['deciding', 'directory', 'expire>expired'],
];

const cases = requestStates.flatMap((state) =>
  requestParties.map((party) => {
    const row = open.find(([of, by]) => of === state && by === party);
    const moves = new Map((row?.[2].split(' ') ?? []).map((move) => move.split('>') as [string, string]));
    return { state, party, moves };
  }),
);
const data = { proposal: proposalOf('p9'), taken: 'p1', contract: 'c-9', words: 'because' };
const lastMinute: { [state in RequestState]: number } = {
  ...{ open: 3, deciding: 61, awarded: 3, closed: 61, expired: 61 + 72 * 60, cancelled: 3 },
};

describe('a call for proposals', () => {
  test.each(cases)(
    'that is $state takes of the $party what is open and nothing else',
    ({ state, party, moves }) => {
      const { request } = walked(requestWays[state]);
      expect(request.state).toBe(state);
      const at = minutesIn(lastMinute[state]);
      for (const rule of requestRules.filter(({ by }) => by === party)) {
        const provider = rule.move === 'drop' ? gy : fx;
        const event = requestEvent(request, { by: party, provider }, rule.move, data, at);
        const leads = rule.move === 'drop' && state === 'open' ? 'open' : moves.get(rule.move);
        if (leads === undefined) expect(event).toMatchObject({ problem: 'request-not-open' });
        else {
          expect(event).toMatchObject({ move: rule.move, by: party, state: leads, seq: request.version + 1 });
          if (isProblem(event)) throw new Error(event.detail);
          for (const part of rule.needs) expect(event.data).toHaveProperty(part);
          for (const part of Object.keys(event.data)) expect([...rule.needs, ...rule.takes]).toContain(part);
        }
      }
      const mover = party === 'provider' ? { by: party, provider: fx } : { by: party };
      expect(openRequestMoves(request, mover, at).sort()).toEqual([...moves.keys()].sort());
    },
  );

  test('makes every move that there is somewhere', () => {
    expect([...new Set(requestRules.map(({ move }) => move))].sort()).toEqual([...requestMoveNames].sort());
  });

  test('takes nothing of a provider that is not asked, nor of one that was dropped', () => {
    const { request } = walked([[1, { by: 'directory', provider: gy }, 'drop']]);
    for (const provider of ['eve@agents.test', gy, undefined]) {
      const mover = { by: 'provider' as const, ...(provider && { provider }) };
      expect(requestEvent(request, mover, 'propose', data, minutesIn(2))).toMatchObject({
        problem: 'request-not-open',
      });
    }
    expect(requestEvent(request, { by: 'directory', provider: fx }, 'drop', {}, minutesIn(2))).toMatchObject({
      move: 'drop',
    });
  });

  test('drops nobody that has answered', () => {
    const { request } = walked(requestWays.open);
    expect(requestEvent(request, { by: 'directory', provider: fx }, 'drop', {}, minutesIn(2))).toMatchObject({
      problem: 'request-not-open',
    });
  });

  test('takes proposals until its deadline, whether or not the directory has noted it', () => {
    const { request } = walked(requestWays.open);
    const propose = (at: Date) =>
      requestEvent(request, { by: 'provider', provider: fx }, 'propose', data, at);
    expect(propose(new Date(minutesIn(60).getTime() - 1))).toMatchObject({ move: 'propose' });
    expect(propose(minutesIn(60))).toMatchObject({
      problem: 'request-not-open',
      detail: expect.stringContaining('deadline'),
    });
  });

  test('can be awarded before its deadline, after it, and until the time for that is over', () => {
    const { request } = walked(requestWays.open);
    const award = (minutes: number) =>
      requestEvent(request, { by: 'client' }, 'award', data, minutesIn(minutes));
    expect(award(2)).toMatchObject({ state: 'awarded', provider: fx });
    expect(award(60)).toMatchObject({ state: 'awarded' });
    expect(award(60 + 72 * 60 - 1)).toMatchObject({ state: 'awarded' });
    expect(award(60 + 72 * 60)).toMatchObject({ problem: 'request-not-open' });
  });

  test('is awarded to a proposal that stands, as it was read', () => {
    const replaced = walked([
      ...requestWays.open,
      [2, { by: 'provider', provider: fx }, 'propose', { proposal: proposalOf('p2', '20') }],
    ]).request;
    const take = (of: typeof replaced, taken: string) =>
      requestEvent(of, { by: 'client' }, 'award', { taken, contract: 'c-1' }, minutesIn(3));
    expect(take(replaced, 'p1')).toMatchObject({ problem: 'proposal-not-standing' });
    expect(take(replaced, 'p2')).toMatchObject({ state: 'awarded', provider: fx });
    const back = walked([...requestWays.open, [2, { by: 'provider', provider: fx }, 'refuse']]).request;
    expect(take(back, 'p1')).toMatchObject({ problem: 'proposal-not-standing' });
    expect(take(walked([]).request, '')).toMatchObject({ problem: 'proposal-not-standing' });
  });

  test.each<[what: string, more: object, minutes: number]>([
    ['its own time', { answerBy: minutesIn(30).toISOString() }, 30],
    ['when it would be delivered', { deliverBy: minutesIn(90).toISOString() }, 90],
    ['the end of the time to decide', { answerBy: minutesIn(999_999).toISOString() }, 60 + 72 * 60],
  ])('takes a proposal until %s', (_what, more, minutes) => {
    const { request } = walked([
      [1, { by: 'provider', provider: fx }, 'propose', { proposal: proposalOf('p1', '1', more) }],
      [1, { by: 'provider', provider: gy }, 'propose', { proposal: proposalOf('p2') }],
    ]);
    const take = (at: Date) =>
      requestEvent(request, { by: 'client' }, 'award', { taken: 'p1', contract: 'c' }, at);
    expect(take(new Date(minutesIn(minutes).getTime() - 1))).toMatchObject({ state: 'awarded' });
    expect(isProblem(take(minutesIn(minutes)))).toBe(true);
  });

  test('closes at its deadline where nothing can be taken, and ends with the last proposal that can', () => {
    const propose = (more: object) =>
      walked([[1, { by: 'provider', provider: fx }, 'propose', { proposal: proposalOf('p1', '1', more) }]])
        .request;
    expect(requestDue(walked([]).request)).toEqual({ at: minutesIn(60), move: 'close' });
    expect(requestDue(propose({}))).toEqual({ at: minutesIn(60), move: 'decide' });
    expect(requestDue(propose({ answerBy: minutesIn(60).toISOString() }))?.move).toBe('close');
    const { request } = walked([
      [
        1,
        { by: 'provider', provider: fx },
        'propose',
        { proposal: proposalOf('p1', '1', { answerBy: minutesIn(99).toISOString() }) },
      ],
      [60, { by: 'directory' }, 'decide'],
    ]);
    expect(requestDue(request)).toEqual({ at: minutesIn(99), move: 'expire' });
    expect(requestDue(walked(requestWays.deciding).request)?.at).toEqual(
      minutesIn(60 + requestLimits.decideHours * 60),
    );
  });

  test('takes a bounded number of answers of each provider, and the last one stands', () => {
    const steps = Array.from({ length: requestLimits.answersMax }, (_, at) => [
      ...[1, { by: 'provider', provider: fx }, 'propose', { proposal: proposalOf(`p${at}`) }],
    ]) as never[];
    const { request } = walked(steps);
    expect(
      requestEvent(request, { by: 'provider', provider: fx }, 'propose', data, minutesIn(2)),
    ).toMatchObject({
      problem: 'limit-reached',
    });
    expect(
      requestEvent(request, { by: 'provider', provider: gy }, 'propose', data, minutesIn(2)),
    ).toMatchObject({
      move: 'propose',
    });
    expect(request.asked[0]?.proposal?.id).toBe(`p${requestLimits.answersMax - 1}`);
  });

  test('has an end for every silence', () => {
    for (const state of requestStates) {
      const { request } = walked(requestWays[state]);
      const next = requestDue(request);
      expect([state, next !== null]).toEqual([state, state === 'open' || state === 'deciding']);
      if (!next) continue;
      expect(requestEvent(request, { by: 'directory' }, next.move, {}, next.at)).toMatchObject({
        move: next.move,
      });
    }
  });

  test('is what its history adds up to, whoever moved', () => {
    const mover = fc.oneof(
      fc.constantFrom(fx, gy, hz, 'eve@far.test').map((provider) => ({ by: 'provider' as const, provider })),
      fc.constantFrom(
        { by: 'client' as const },
        { by: 'directory' as const },
        { by: 'directory' as const, provider: gy },
      ),
    );
    const step = fc.tuple(
      mover,
      fc.nat({ max: requestRules.length - 1 }),
      fc.nat({ max: 5_000 }),
      fc.nat({ max: 9 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let { request, history } = walked([]);
        for (const [who, at, minutes, id] of steps) {
          const rule = requestRules[at];
          if (!rule || rule.by !== who.by) continue;
          const said = { proposal: proposalOf(`p${id}`), taken: `p${id}`, contract: 'c' };
          const event = requestEvent(request, who, rule.move, said, minutesIn(minutes));
          if (isProblem(event)) continue;
          history = [...history, event];
          request = foldRequests(requestOpening(), history);
          expect(request.version).toBe(history.length);
          expect(request.asked.map(({ provider }) => provider)).toEqual([fx, gy, hz]);
          const { awarded } = request;
          expect(awarded !== null).toBe(request.state === 'awarded');
          for (const one of request.asked) expect(one.proposal !== null).toBe(one.standing === 'proposed');
        }
      }),
    );
  });
});
