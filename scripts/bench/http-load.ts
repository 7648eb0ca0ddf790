/** Servers to ask, and asking them many times. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../stack/ports.ts';

export type Server = { url: string; stop(): Promise<void> };

const startTimeoutMs = 30_000;

/** Runs a program that serves on `PORT`, and waits until it does. What it writes goes nowhere. */
export async function startServer(file: string, environment: { [name: string]: string }): Promise<Server> {
  const port = await freePort();
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    env: { ...process.env, ...environment, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + startTimeoutMs;
  while (!(await fetch(url).catch(() => null))) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`${file} does not serve`);
    await wait(50);
  }
  return {
    url,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

export type Asked = { url: string; headers?: { [name: string]: string } };

/** Asks so many times, some at once over connections that are kept. @throws where an answer has another status */
export async function burst(agent: Agent, { url, headers = {} }: Asked, status: number, count: number) {
  let left = count;
  const one = async () => {
    while (left-- > 0) {
      const [response] = (await once(get(url, { agent, headers }), 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      if (response.statusCode !== status) throw new Error(`${url} answered ${response.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: agent.maxSockets }, one));
}
