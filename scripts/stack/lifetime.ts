import type { Child } from './child.ts';
import { StackError } from './errors.ts';

/** What runs, so that it can be ended in the reverse order of its start. */
export interface Lifetime {
  /** Aborts when everything is to end: by a signal (no reason given), or with a StackError. */
  signal: AbortSignal;
  /** Has `close` called at the end. */
  onEnd(close: () => unknown): void;
  /** Ends everything when a child dies that was not asked to. */
  watch(child: Pick<Child, 'exited' | 'tail'>, name: string, logFile: string): void;
  /** Waits until everything is to end. */
  ended(): Promise<void>;
  close(): Promise<void>;
}

/** The reason of an end that somebody asked for. */
export const asked = Symbol('asked to end');

/** A lifetime that ends on Ctrl-C, a signal, the death of the process that started this one, or of a child. */
export function createLifetime(): Lifetime {
  const controller = new AbortController();
  const { signal } = controller;
  const closing: (() => unknown)[] = [];
  const end = (reason: unknown) => controller.abort(reason);
  // Not `once`: a further Ctrl-C must not cut the end short, which is bounded in time anyway.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => end(asked));
  process.on('disconnect', () => end(asked));

  return {
    signal,
    onEnd: (close) => {
      closing.push(close);
    },
    watch(child, name, logFile) {
      child.exited.then(({ code, signal: by }) => {
        const how = by === null ? `with exit code ${code}` : `by ${by}`;
        end(
          new StackError(
            `${name} ended ${how}: see ${logFile}, then start again. It ends with:\n${child.tail()}`,
          ),
        );
      });
    },
    ended: () =>
      new Promise((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
    async close() {
      for (const step of closing.reverse()) {
        // One part that fails to end must not keep the others running.
        try {
          await step();
        } catch (error) {
          process.stderr.write(`${(error as Error).message}\n`);
        }
      }
    },
  };
}
