import { describe, expect, test } from 'vitest';
import { requestStates } from '../../../market/request/states.ts';
import { isSettledFor, viewOf } from '../../../market/request/view.ts';
import {
  client,
  fx,
  gy,
  hz,
  minutesIn,
  proposalOf,
  type RequestStep,
  requestWays,
  walked,
} from '../../support/requests.ts';

const secret = proposalOf('p-secret', '77', { words: 'sealed words' });
const competing: RequestStep[] = [
  [1, { by: 'provider', provider: gy }, 'propose', { proposal: secret }],
  [1, { by: 'provider', provider: hz }, 'refuse', { words: 'sealed refusal' }],
];

describe('a call for proposals', () => {
  test.each(requestStates)('that is %s shows a provider nothing of the others', (state) => {
    const { request, history } =
      walked([...competing, ...requestWays[state]]).request.state === state
        ? walked([...competing, ...requestWays[state]])
        : walked(requestWays[state]);
    const view = viewOf(request, history, fx, minutesIn(3));
    const text = JSON.stringify(view);
    for (const said of [gy, hz, 'p-secret', '77', 'sealed', 'translate'])
      expect(text).not.toContain(`"${said}`);
    expect(text).not.toContain('sealed');
    expect(view?.request.asked).toHaveLength(1);
    // No number counts what the others did.
    expect(view?.history.map(({ seq }) => seq)).toEqual(view?.history.map((_, at) => at + 1));
    expect(view?.request.version).toBe(0);
    const alone = walked(requestWays[state]);
    expect(view?.history.length).toBe(viewOf(alone.request, alone.history, fx, minutesIn(3))?.history.length);
  });

  test('shows its client all of it, and nobody else anything', () => {
    const { request, history } = walked([...competing, ...requestWays.open]);
    expect(viewOf(request, history, client, minutesIn(3))).toMatchObject({
      side: 'client',
      request,
      history,
    });
    expect(viewOf(request, history, 'eve@agents.test', minutesIn(3))).toBeNull();
  });

  test('is not there for a provider that was dropped', () => {
    const { request, history } = walked([[1, { by: 'directory', provider: gy }, 'drop']]);
    expect(viewOf(request, history, gy, minutesIn(3))).toBeNull();
    expect(JSON.stringify(viewOf(request, history, fx, minutesIn(3)))).not.toContain(gy);
  });

  test('tells whose proposal was taken to whom it was, and to the client', () => {
    const { request, history } = walked([
      ...competing,
      [2, { by: 'provider', provider: fx }, 'propose', { proposal: proposalOf('p1') }],
      [3, { by: 'client' }, 'award', { taken: 'p-secret', contract: 'c-1' }],
    ]);
    const seenBy = (party: string) => viewOf(request, history, party, minutesIn(4))?.request.awarded;
    expect([seenBy(client), seenBy(gy)]).toMatchObject([{ provider: gy }, { contract: 'c-1' }]);
    expect([seenBy(fx), seenBy(hz)]).toEqual([null, null]);
  });

  test('does not tell a provider when the proposals of others end', () => {
    const { request, history } = walked([
      [
        1,
        { by: 'provider', provider: gy },
        'propose',
        { proposal: proposalOf('p1', '1', { answerBy: minutesIn(99).toISOString() }) },
      ],
      [60, { by: 'directory' }, 'decide'],
    ]);
    expect(viewOf(request, history, client, minutesIn(61))?.due).toEqual(minutesIn(99));
    expect(viewOf(request, history, fx, minutesIn(61))?.due).toEqual(minutesIn(60 + 72 * 60));
  });

  test('is settled for its client when all have answered or it is no longer open, for a provider when it has ended', () => {
    const settled = (steps: RequestStep[], side: 'client' | 'provider') =>
      isSettledFor({ request: walked(steps).request, side });
    const answers: RequestStep[] = [...competing, ...requestWays.open];
    expect(settled(competing, 'client')).toBe(false);
    expect(settled(answers, 'client')).toBe(true);
    expect([settled(answers, 'provider'), settled(requestWays.deciding, 'provider')]).toEqual([false, false]);
    expect([settled(requestWays.deciding, 'client'), settled(requestWays.cancelled, 'provider')]).toEqual([
      true,
      true,
    ]);
  });
});
