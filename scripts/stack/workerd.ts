import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Child } from './child.ts';
import { startChild } from './child.ts';
import { StackError } from './errors.ts';
import { requireFreePort } from './ports.ts';

const defaultEntry = fileURLToPath(new URL('../../functions/index.ts', import.meta.url));
const readyTimeoutMs = 60_000;

export interface FunctionsOptions {
  host?: string;
  port: number;
  databaseUrl: string;
  /** The URL of the local Neon endpoint. */
  neonEndpoint: string;
  /** The module whose default export has `fetch`. */
  entry?: string;
  /** Further variables for the functions. */
  bindings?: Record<string, string>;
  /** What one client may ask; without limit where it is left out, or 0. */
  readsPerMinute?: number;
  logFile?: string;
}

export interface Functions {
  url: string;
  pid: number;
  exited: Child['exited'];
  running(): boolean;
  tail(): string;
  stop(): Promise<void>;
}

/** What the child process that holds workerd is told, as JSON in its argument. */
export interface WorkerdSettings {
  entry: string;
  host: string;
  port: number;
  bindings: Record<string, string>;
  readsPerMinute: number;
}

/** The line that the child prints when workerd answers. */
export const readyLine = 'workerd is ready';

/**
 * Bundles the functions and runs them in workerd, in a process of its own, so that workerd ends with it even
 * when this one is killed.
 *
 * @throws StackError when the port is in use, the bundle fails, or workerd ends while starting.
 */
export async function startFunctions(options: FunctionsOptions): Promise<Functions> {
  const { host = '127.0.0.1', port } = options;
  await requireFreePort(
    'the HTTP functions',
    host,
    port,
    'end the program that uses it, or set PORT to another',
  );
  const scratch =
    options.logFile === undefined ? mkdtempSync(join(tmpdir(), 'guildhall-functions-')) : undefined;
  const logFile = options.logFile ?? join(scratch as string, 'functions.log');
  const settings: WorkerdSettings = {
    entry: resolve(options.entry ?? defaultEntry),
    host,
    port,
    bindings: {
      DATABASE_URL: options.databaseUrl,
      NEON_FETCH_ENDPOINT: options.neonEndpoint,
      PUBLIC_URL: `http://${host}:${port}`,
      ...options.bindings,
    },
    readsPerMinute: options.readsPerMinute ?? 0,
  };
  const child = await startChild({
    name: 'The HTTP functions',
    command: process.execPath,
    args: [fileURLToPath(new URL('workerd-main.ts', import.meta.url))],
    // In the environment, since arguments are for everyone on the machine to see.
    env: { ...process.env, GUILDHALL_WORKERD: JSON.stringify(settings) },
    logFile,
  });
  const ready = await new Promise<boolean>((done) => {
    const timer = setTimeout(() => done(false), readyTimeoutMs);
    child.onLine((line) => line === readyLine && done(true));
    child.exited.then(() => done(false));
    timer.unref();
  });
  const clean = () => scratch !== undefined && rmSync(scratch, { recursive: true, force: true });
  if (!ready) {
    await child.stop();
    clean();
    throw new StackError(`The HTTP functions did not start; their output ends with:\n${child.tail()}`);
  }
  return {
    url: `http://${host}:${port}`,
    pid: child.pid,
    exited: child.exited,
    running: child.running,
    tail: child.tail,
    async stop() {
      await child.stop();
      clean();
    },
  };
}
