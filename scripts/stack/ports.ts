import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from './errors.ts';

const pollMs = 25;

/** Why nobody can listen there now: the system's error code, or undefined when somebody can. */
export function whyNotBindable(address: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/**
 * Makes sure that a port is free.
 *
 * @param remedy what the person can do about it, as the rest of a sentence.
 * @throws StackError with one sentence when it is not.
 */
export async function requireFreePort(
  what: string,
  address: string,
  port: number,
  remedy: string,
): Promise<void> {
  const reason = await whyNotBindable(address, port);
  if (reason === undefined) return;
  const why = reason === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${reason})`;
  throw new StackError(`Port ${port} on ${address} is needed for ${what} and ${why}: ${remedy}.`);
}

/** Below those that systems give to connections, which could take one before it is listened on. */
const offeredPorts = { first: 15_000, last: 31_999 } as const;
const offersMax = 100;

/** A port on the address that nobody uses at this moment, and that hardly anybody is offered at the same time. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  for (let offer = 0; offer < offersMax; offer++) {
    const port = randomInt(offeredPorts.first, offeredPorts.last + 1);
    if ((await whyNotBindable(address, port)) === undefined) return port;
  }
  throw new Error(`no free port on ${address}`);
}

/** Waits until something accepts connections; false when `giveUp` settled or the time was over first. */
export async function waitForPort(
  address: string,
  port: number,
  giveUp: Promise<unknown>,
  timeoutMs = 20_000,
): Promise<boolean> {
  let over = false;
  giveUp.then(() => {
    over = true;
  });
  const until = Date.now() + timeoutMs;
  while (!over && Date.now() < until) {
    if (await accepts(address, port)) return !over;
    await sleep(pollMs);
  }
  return false;
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(1_000, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
