import { expect, test } from 'vitest';
import type { IqOutcome } from '../../worker/iq-caller.ts';
import { Taken } from '../../worker/jobs/taken.ts';

/** A server that answers when it is told to. */
function server(): { taken: Taken; asked: ((outcome: IqOutcome) => void)[] } {
  const asked: ((outcome: IqOutcome) => void)[] = [];
  const ask = () => new Promise<IqOutcome>((resolve) => void asked.push(resolve));
  return { taken: new Taken({ ask }), asked };
}

const answer: IqOutcome = { kind: 'result', payload: null };
const later = () => new Promise((resolve) => setTimeout(resolve, 60));

test('the server is asked once for all who want to know at the same time', async () => {
  const { taken, asked } = server();
  const all = [taken.isTaken(), taken.isTaken(), taken.isTaken()];
  await later();
  expect(asked).toHaveLength(1);
  asked[0]?.(answer);
  expect(await Promise.all(all)).toEqual([true, true, true]);
});

test('who sends after the question went out is told nothing by its answer', async () => {
  const { taken, asked } = server();
  const first = taken.isTaken();
  await later();
  let isKnown = false;
  const second = taken.isTaken().then((known) => {
    isKnown = true;
    return known;
  });
  asked[0]?.(answer);
  expect(await first).toBe(true);
  await later();
  expect([asked.length, isKnown]).toEqual([2, false]);
  asked[1]?.({ kind: 'offline' });
  expect(await second).toBe(false);
});
