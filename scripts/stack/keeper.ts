import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { processStamp } from './processes.ts';

let toKeeper: Writable | undefined;

/**
 * Makes sure that a child ends even when this process is killed with SIGKILL: a keeper process of its own
 * session is told about every child, and ends what is left when its standard input closes.
 */
export function keep(pid: number, stopSignal: NodeJS.Signals): void {
  const stamp = processStamp(pid);
  if (stamp) tell({ keep: pid, stamp, stopSignal });
}

/** Tells the keeper that a child has ended. */
export function release(pid: number): void {
  tell({ release: pid });
}

function tell(message: KeeperMessage): void {
  toKeeper ??= startKeeper();
  toKeeper.write(`${JSON.stringify(message)}\n`);
}

function startKeeper(): Writable {
  const keeper = spawn(process.execPath, [fileURLToPath(new URL('keeper-main.ts', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeper.unref();
  keeper.on('error', () => {});
  const { stdin } = keeper;
  // A pipe that is still open must not keep this process alive, and one that broke must not end it.
  (stdin as Writable & { unref?: () => void }).unref?.();
  stdin.on('error', () => {});
  return stdin;
}

/** One line of JSON on the keeper's standard input. */
export type KeeperMessage = { keep: number; stamp: string; stopSignal: NodeJS.Signals } | { release: number };
