import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Something that stays the same while a process lives and differs for the next one with the same pid: when
 * it started. Undefined when there is no such process.
 */
export function processStamp(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold anything, so fields are counted after the last one: state, then start.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z') return undefined;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Sends signals, one after the other with `patienceMs` between, until the process has gone. */
export async function endProcess(
  pid: number,
  stamp: string,
  signals: NodeJS.Signals[] = ['SIGTERM', 'SIGKILL'],
  patienceMs = 5_000,
): Promise<void> {
  for (const signal of signals) {
    if (processStamp(pid) !== stamp) return;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const until = Date.now() + patienceMs;
    while (Date.now() < until && processStamp(pid) === stamp) await sleep(20);
  }
}

/** The command line of a process, as far as the system tells it. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
