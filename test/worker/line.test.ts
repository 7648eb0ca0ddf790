import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Line, type LineOptions } from '../../worker/jobs/line.ts';

/** A line whose calls end when the test says so. */
function line(options: Partial<LineOptions> = {}) {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const made = new Line({
    carryOn(id) {
      begun.push(id);
      return new Promise((resolve, reject) => ends.set(id, (error) => (error ? reject(error) : resolve())));
    },
    onError: () => undefined,
    ...options,
  });
  const end = async (id: string, error?: Error) => {
    ends.get(id)?.(error);
    await wait(0);
  };
  onTestFinished(async () => {
    const stopped = made.stop();
    for (const each of ends.values()) each();
    await stopped;
  });
  const add = (id: string, agent = 'fx@works.test', client = 'ann@agents.test') =>
    made.add({ id, agent, client });
  return { made, begun, end, add };
}

describe('calls', () => {
  test('of one agent are at most so many at once, and the others come in their order', async () => {
    const { begun, end, add } = line({ perAgentMax: 2 });
    for (const id of ['a', 'b', 'c', 'd']) add(id);
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  test('of one domain are at most so many at once', async () => {
    const { begun, end, add } = line({ perDomainMax: 2 });
    for (const name of ['a', 'b', 'c']) add(name, `${name}@works.test`);
    add('d', 'd@agents.test');
    expect(begun).toEqual(['a', 'b', 'd']);
    await end('a');
    expect(begun).toEqual(['a', 'b', 'd', 'c']);
  });

  test('of a slow agent hold up nobody else’s', async () => {
    const { begun, end, add } = line({ perAgentMax: 1, perDomainMax: 2 });
    for (const id of ['slow-1', 'slow-2', 'slow-3']) add(id, 'slow@works.test');
    for (const id of ['quick-1', 'quick-2']) add(id, 'quick@works.test');
    expect(begun).toEqual(['slow-1', 'quick-1']);
    await end('quick-1');
    expect(begun).toEqual(['slow-1', 'quick-1', 'quick-2']);
  });

  test('of one client do not hold up those of another', async () => {
    const { begun, end, add } = line({ perAgentMax: 2 });
    for (const id of ['a', 'b', 'c', 'd']) add(id);
    add('e', 'fx@works.test', 'eve@agents.test');
    await end('a');
    expect(begun).toEqual(['a', 'b', 'e']);
  });
});

describe('a call', () => {
  test('that comes again while it is under way is carried on once more, and no more often', async () => {
    const { begun, end, add } = line();
    for (let time = 0; time < 3; time++) add('a');
    expect(begun).toEqual(['a']);
    await end('a');
    expect(begun).toEqual(['a', 'a']);
    await end('a');
    expect(begun).toEqual(['a', 'a']);
  });

  test('that could not be carried on is tried again, and leaves its place meanwhile', async () => {
    const errors: unknown[] = [];
    const { begun, end, add } = line({ perAgentMax: 1, onError: (_id, error) => errors.push(error) });
    add('a');
    add('b');
    await end('a', new Error('no session'));
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    await wait(600);
    expect(begun).toEqual(['a', 'b', 'a']);
    expect(errors).toHaveLength(1);
  });

  test('is not begun after the line has stopped, which waits for those that were', async () => {
    const { made, begun, end, add } = line({ perAgentMax: 1 });
    add('a');
    add('b');
    const stopped = made.stop();
    add('c');
    await end('a');
    await stopped;
    expect(begun).toEqual(['a']);
  });
});
