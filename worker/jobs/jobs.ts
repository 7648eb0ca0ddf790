/** The worker's jobs: taken from the queue as they come, and the clock of the contracts. */

import { setTimeout as wait } from 'node:timers/promises';
import { Logger, type Runner, run } from 'graphile-worker';
import type { Pool } from 'pg';
import { connectQueue } from '../../db/connect-queue.ts';
import { unlockJobs } from '../../db/jobs.ts';
import { moveOverdue } from '../../operations/contracts/move.ts';
import type { Deps } from '../../operations/deps.ts';
import { moveOverdueRequests } from '../../operations/requests/move.ts';
import type { Element } from '../../protocol/xml.ts';
import { backoffMs } from '../backoff.ts';
import { errorText, type Log } from '../log.ts';
import { tellOfRequest } from '../requests/tell.ts';
import type { Session } from '../session.ts';
import { Calls } from './calls.ts';
import { askToConfirm, tellParty } from './messages.ts';
import { Taken } from './taken.ts';

export const jobLimits = {
  /** Jobs under way at the same time. Calls do not wait for their agents here: see `line.ts`. */
  jobsMax: 256,
  jobConnectionsMax: 6,
  /** Jobs that end within this time are struck off in one statement; one that is struck off late is harmless when repeated. */
  completeDelayMs: 20,
  /** The queue is looked at this often, should a notification be lost. */
  jobPollMs: 2_000,
  clockMs: 1_000,
  retryBaseMs: 500,
  retryMaxMs: 10_000,
  /** Contracts that one tick of the clock moves. */
  overdueMax: 100,
} as const;

export type JobsDeps = {
  deps: Deps;
  /** A direct connection: the queue listens. */
  databaseUrl: string;
  session: Pick<Session, 'ready' | 'ask' | 'send'>;
  callTimeoutMs: number;
  log: Log;
};

export class Jobs {
  #deps: JobsDeps;
  #calls: Calls;
  #runner: Runner | null = null;
  #queue: Pool | null = null;
  #starting: Promise<void> | null = null;
  #stopped = new AbortController();
  #clock: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | null = null;

  constructor(deps: JobsDeps) {
    this.#deps = deps;
    const { session, callTimeoutMs: timeoutMs, log } = deps;
    this.#calls = new Calls({ deps: deps.deps, session, timeoutMs, log });
  }

  /** Begins, again and again until it has begun; where the queue gives up, it begins anew. */
  start(): void {
    this.#starting = this.#start();
  }

  async #start(): Promise<void> {
    const { signal } = this.#stopped;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        await this.#begin();
        return;
      } catch (error) {
        this.#deps.log('error', 'jobs-not-begun', { error: errorText(error) });
        const pauseMs = backoffMs(failures, jobLimits.retryBaseMs, jobLimits.retryMaxMs);
        await wait(pauseMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #begin(): Promise<void> {
    const { deps, databaseUrl, session, log } = this.#deps;
    const taken = new Taken(session);
    const onError = (error: unknown) => log('error', 'confirmation-failed', { error: errorText(error) });
    // What a worker that is gone had begun.
    await unlockJobs(deps.db);
    await this.#calls.resume();
    this.#queue ??= connectQueue(databaseUrl, jobLimits.jobConnectionsMax, (error) =>
      log('warn', 'database-error', { error: errorText(error) }),
    );
    this.#runner = await run({
      pgPool: this.#queue,
      concurrency: jobLimits.jobsMax,
      pollInterval: jobLimits.jobPollMs,
      noHandleSignals: true,
      crontab: '',
      preset: {
        worker: {
          localQueue: { size: jobLimits.jobsMax },
          // Only in batches does the queue hear that it could not note what became of a job; else the process ends.
          completeJobBatchDelay: jobLimits.completeDelayMs,
          failJobBatchDelay: jobLimits.completeDelayMs,
        },
      },
      logger: new Logger(() => () => {}),
      taskList: {
        call: (payload) => this.#calls.take(text(payload, 'contract')),
        tell: (payload) => {
          if (isOfRequest(payload)) {
            return tellOfRequest(
              { deps, session, taken },
              {
                request: text(payload, 'request'),
                seq: Number(text(payload, 'seq')),
                place: Number(text(payload, 'place')),
              },
            );
          }
          return tellParty(
            { deps, session, taken },
            {
              contract: text(payload, 'contract'),
              seq: Number(text(payload, 'seq')),
              party: text(payload, 'party') === 'provider' ? 'provider' : 'client',
            },
          );
        },
        confirm: (payload) => askToConfirm({ deps, session, onError }, text(payload, 'challenge')),
      },
    });
    this.#runner.events.on('job:error', ({ job, error }) => {
      // A job that has to wait for the session is tried again by the queue.
      if (session.ready) log('error', 'job-failed', { task: job.task_identifier, error: errorText(error) });
    });
    // It ends by itself where the database is away as it notes what became of a job.
    void this.#runner.promise
      .catch(() => undefined)
      .then(() => {
        if (this.#stopped.signal.aborted) return;
        this.#deps.log('warn', 'jobs-ended');
        this.start();
      });
    clearInterval(this.#clock);
    this.#clock = setInterval(() => this.#tick(), jobLimits.clockMs);
  }

  /** True where the message tells of a task at an Agent Gateway, and is therefore nothing else. */
  onMessage(message: Element): boolean {
    return this.#calls.onMessage(message);
  }

  /** Takes no more jobs; those that wait for an agent end when the session does. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#starting;
    clearInterval(this.#clock);
    await this.#ticking;
    // A queue that has ended by itself says so.
    await Promise.all([this.#runner?.stop().catch(() => undefined), this.#calls.stop()]);
    await this.#queue?.end();
  }

  #tick(): void {
    const { deps } = this.#deps;
    this.#ticking ??= moveOverdue(deps, jobLimits.overdueMax)
      .then(() => moveOverdueRequests(deps, jobLimits.overdueMax))
      .then(() => undefined)
      .catch((error: unknown) => {
        this.#deps.log('error', 'clock-failed', { error: errorText(error) });
      })
      .finally(() => {
        this.#ticking = null;
      });
  }
}

function isOfRequest(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && 'request' in payload;
}

function text(payload: unknown, name: string): string {
  const value = (payload as { [name: string]: unknown } | null)?.[name];
  if (typeof value !== 'string') throw new Error(`the job lacks '${name}'`);
  return value;
}
