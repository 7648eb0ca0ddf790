/** How much of something goes through in a while, with so many of it under way at a time. */

import { Agent, request } from 'node:http';

const inFlight = 8;

/** The times per second that each task is done, measured in turns, so that a machine whose speed drifts drifts for both. */
export async function throughputs<Name extends string>(
  tasks: { [name in Name]: () => Promise<unknown> },
  { turns, turnMs }: { turns: number; turnMs: number },
): Promise<{ [name in Name]: number }> {
  const names = Object.keys(tasks) as Name[];
  const done = Object.fromEntries(names.map((name) => [name, 0])) as { [name in Name]: number };
  const spentMs = { ...done };
  for (let turn = -1; turn < turns; turn++) {
    for (const name of names) {
      const started = performance.now();
      let count = 0;
      const work = async () => {
        while (performance.now() - started < turnMs) {
          await tasks[name]();
          count++;
        }
      };
      await Promise.all(Array.from({ length: inFlight }, work));
      // The first turn warms up.
      if (turn < 0) continue;
      done[name] += count;
      spentMs[name] += performance.now() - started;
    }
  }
  return Object.fromEntries(names.map((name) => [name, (done[name] / spentMs[name]) * 1000])) as {
    [name in Name]: number;
  };
}

/** Asks over connections that are kept; an answer that is no success is an error. A body that is a text is sent as it is. */
export function client(origin: string): (path: string, body?: object | string) => Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  return (path, body) =>
    new Promise((resolve, reject) => {
      const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const asked = request(
        `${origin}${path}`,
        { agent, method: sent ? 'POST' : 'GET', headers: sent ? { 'content-type': 'application/json' } : {} },
        (answer) => {
          let bytes = 0;
          answer.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
          });
          answer.on('end', () =>
            answer.statusCode === 200 ? resolve(bytes) : reject(new Error(`${path}: ${answer.statusCode}`)),
          );
        },
      );
      asked.on('error', reject);
      asked.end(sent);
    });
}
