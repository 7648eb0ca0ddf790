import { once } from 'node:events';
import { expect, test } from 'vitest';
import { contractHistory, contractToCarryOn } from '../../db/read-contracts.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { form } from '../../protocol/data-form.ts';
import { amountForm, callsThrough, number, sumForm } from '../support/calls.ts';
import { createDirectory, spawnWorker, type TestDirectory, until } from '../support/directory.ts';

let directory: TestDirectory;
const { deps, specialist, call, settled } = callsThrough(() => directory);

test('a worker that is killed loses no call that was contracted, and none is made twice', async () => {
  directory = await createDirectory();
  // The agents list nothing by themselves: what the test wrote of them is to stay.
  directory.environment.ABSENCE_MS = '600000';
  const first = spawnWorker(directory);
  const mute = await specialist(() => 'silence');
  const asking = await specialist((request, at) => {
    if (at === 0) return { status: 'executing', form: form('form', [number('more')]), actions: ['complete'] };
    return request.action === 'cancel' ? { status: 'canceled' } : { form: sumForm('2') };
  });
  const quick = await specialist((request) =>
    request.action === 'execute'
      ? { status: 'executing', form: amountForm, actions: ['complete'] }
      : { form: sumForm('1') },
  );
  const sent = await call(mute.agent);
  const asked = await call(asking.agent);
  await until('the stanza went out', async () => mute.asked.length === 1);
  expect(await settled(asked)).toMatchObject({ state: 'input-required' });

  first.kill('SIGKILL');
  await once(first, 'exit');
  const given = { move: 'input' as const, data: { input: { more: 1 } } };
  await moveOwn(deps(), asked.who, asked.id, given, null);
  const waiting = await call(quick.agent);
  expect((await contractToCarryOn(directory.db, waiting.id))?.contract.state).toBe('accepted');

  spawnWorker(directory);
  const ends = [sent, asked, waiting].map(({ id }) =>
    until('the call has ended', async () => {
      const state = (await contractToCarryOn(directory.db, id))?.contract.state;
      return state !== undefined && ['unknown', 'completed', 'failed'].includes(state) ? state : null;
    }),
  );
  expect(await Promise.all(ends)).toEqual(['unknown', 'completed', 'completed']);
  expect(mute.asked).toHaveLength(1);
  expect(asking.asked.map(({ action }) => action)).toEqual(['execute', 'complete']);
  expect(quick.asked.map(({ action }) => action)).toEqual(['execute', 'complete']);
  const history = await contractHistory(directory.db, sent.id, 10);
  expect(history.map(({ move }) => move)).toEqual(['call', 'start', 'lose']);
});
