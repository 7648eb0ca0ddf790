import { type SpawnOptions, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { StackError } from './errors.ts';
import { keep, release } from './keeper.ts';
import { processStamp } from './processes.ts';

const tailLines = 5;
/** What Node prints around an error's own message: of use in the log, not on somebody's terminal. */
const noise = /^\s*$|^\s+at |^\s*\^+$|^Node\.js v\d|^(node:|file:).*:\d+$|^\s*throw |^}$/;

export interface ChildOptions {
  /** What the child is called in messages. */
  name: string;
  command: string;
  args: string[];
  /** Everything the child writes is appended here. */
  logFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** The signal that asks the child to end in good order. */
  stopSignal?: NodeJS.Signals;
  /** How long the child may take to end before it is killed. */
  stopTimeoutMs?: number;
}

export interface Child {
  name: string;
  pid: number;
  logFile: string;
  /** Settles when the child has ended, for whatever reason; never rejects. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  running(): boolean;
  /** The last lines that the child wrote, without stack traces. */
  tail(): string;
  /** Calls back for every line that the child writes from now on. */
  onLine(listener: (line: string) => void): void;
  stop(): Promise<void>;
  kill(signal?: NodeJS.Signals): void;
}

/**
 * Starts a program in a session of its own, so that a terminal's Ctrl-C reaches only us and we end children
 * in order. Its output goes to a log file.
 *
 * @throws StackError when the program cannot be started.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, logFile, stopSignal = 'SIGTERM', stopTimeoutMs = 10_000 } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const spawnOptions: SpawnOptions = { stdio: ['ignore', 'pipe', 'pipe'], detached: true };
  if (options.cwd !== undefined) spawnOptions.cwd = options.cwd;
  if (options.env !== undefined) spawnOptions.env = options.env;
  if (options.uid !== undefined) spawnOptions.uid = options.uid;
  if (options.gid !== undefined) spawnOptions.gid = options.gid;

  const child = spawn(options.command, options.args, spawnOptions);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) =>
      reject(new StackError(`${name} could not be started: ${error.message}.`, { cause: error })),
    );
  });
  child.on('error', () => {});
  const pid = child.pid as number;
  const stamp = processStamp(pid);
  keep(pid, stopSignal);

  const log = createWriteStream(logFile, { flags: 'a' });
  log.on('error', () => {});
  const lines = lineReader();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log.write(text);
      lines.read(text);
    });
  }

  let ended = false;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      release(pid);
      resolve({ code, signal });
    });
  });
  child.once('close', () => log.end());

  return {
    name,
    pid,
    logFile,
    exited,
    running: () => !ended,
    tail: lines.tail,
    onLine: lines.onLine,
    kill: (signal = 'SIGKILL') => {
      if (!ended && processStamp(pid) === stamp) child.kill(signal);
    },
    async stop() {
      if (ended) return;
      child.kill(stopSignal);
      const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function lineReader() {
  const last: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  let rest = '';
  return {
    read(text: string) {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        if (!noise.test(line)) last.push(line);
        if (last.length > tailLines) last.shift();
        for (const listener of listeners) listener(line);
      }
    },
    tail: () => [...last, rest].filter(Boolean).join('\n'),
    onLine: (listener: (line: string) => void) => {
      listeners.push(listener);
    },
  };
}
