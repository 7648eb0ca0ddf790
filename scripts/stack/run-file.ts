import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { StackError } from './errors.ts';
import { endProcess, processStamp } from './processes.ts';

const processSchema = z.object({ name: z.string(), pid: z.number().int().positive(), stamp: z.string() });
const runSchema = processSchema.extend({ children: z.array(processSchema) });

type Run = z.infer<typeof runSchema>;

export interface RunClaim {
  /** Notes a child, so that a later start can end it if this process is killed. */
  add(name: string, pid: number): void;
  release(): void;
}

/**
 * Marks the stack in `dir` as running in this process, after ending what an earlier, killed run left behind.
 *
 * @throws StackError when another process runs it.
 */
export async function claimRun(dir: string): Promise<RunClaim> {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'run.json');
  const run: Run = { name: 'stack', pid: process.pid, stamp: processStamp(process.pid) ?? '', children: [] };
  for (;;) {
    if (writeNew(file, run)) break;
    const other = read(file);
    if (other && processStamp(other.pid) === other.stamp) {
      throw new StackError(
        `The development stack is already running (process ${other.pid}): use it, or end it first with Ctrl-C or "kill ${other.pid}".`,
      );
    }
    const left = other?.children ?? [];
    await Promise.all(left.map(({ pid, stamp }) => endProcess(pid, stamp)));
    rmSync(file, { force: true });
  }
  return {
    add(name, pid) {
      const stamp = processStamp(pid);
      if (stamp === undefined) return;
      run.children.push({ name, pid, stamp });
      writeFileSync(file, JSON.stringify(run));
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** False when the file exists already. */
function writeNew(file: string, run: Run): boolean {
  try {
    writeFileSync(file, JSON.stringify(run), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): Run | undefined {
  try {
    return runSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // A run that was killed while writing it.
    return undefined;
  }
}
