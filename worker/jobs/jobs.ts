/** The worker's jobs: taken as they come, the longest waiting first, and the clock of contracts, calls for proposals, and scores. */

import { type AskedNotice, contractNotices } from '../../db/contract-notices.ts';
import { jobChannel, nextJobs, noteReader, putOffJob, type WaitingJob } from '../../db/jobs.ts';
import { listen } from '../../db/listen.ts';
import type { Side } from '../../market/contract/states.ts';
import { moveOverdue } from '../../operations/contracts/move.ts';
import type { Deps } from '../../operations/deps.ts';
import { settleScores } from '../../operations/ratings/score.ts';
import { moveOverdueRequests } from '../../operations/requests/move.ts';
import type { Element } from '../../protocol/xml.ts';
import { backoffMs } from '../backoff.ts';
import { Follower } from '../follower.ts';
import { gathered } from '../gathered.ts';
import { errorText, type Log } from '../log.ts';
import { type ToldOfRequest, tellOfRequest } from '../requests/tell.ts';
import type { Session } from '../session.ts';
import { Calls } from './calls.ts';
import { openLedger } from './ledger.ts';
import { askToConfirm, tellParty } from './messages.ts';
import { type AskedRating, tellOfRating } from './rating-message.ts';
import { Taken } from './taken.ts';

export const jobLimits = {
  /** Jobs under way at the same time. Calls do not wait for their agents here: see `line.ts`. */
  jobsMax: 512,
  /** As long as jobs come they are looked for this often; after so many looks in vain the next one is waited for. */
  lookMs: 5,
  vainLooksMax: 20,
  clockMs: 1_000,
  retryBaseMs: 500,
  retryMaxMs: 60_000,
  /** Contracts, and calls for proposals, that one tick of the clock moves, and scores that it computes. */
  overdueMax: 100,
  scoresMax: 20,
} as const;

export type JobsDeps = {
  deps: Deps;
  /** A direct connection: new jobs are listened for. */
  databaseUrl: string;
  session: Pick<Session, 'ready' | 'ask' | 'send'>;
  callTimeoutMs: number;
  log: Log;
};

export class Jobs {
  #deps: JobsDeps;
  #calls: Calls;
  #follower: Follower;
  /** By id. */
  #running = new Map<number, Promise<void>>();
  /** To be struck off by the next look. */
  #done: number[] = [];
  #vainLooks = 0;
  #hasResumed = false;
  #endListening: (() => Promise<void>) | null = null;
  #clock: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | null = null;
  #tell: (asked: AskedNotice) => Promise<void>;
  #tellOfRating: (asked: AskedRating) => Promise<void>;
  #tellOfRequest: (told: ToldOfRequest) => Promise<void>;

  constructor(jobs: JobsDeps) {
    this.#deps = jobs;
    const { deps, session, callTimeoutMs: timeoutMs, log } = jobs;
    const { db } = deps;
    this.#calls = new Calls({ db, ledger: openLedger(db), session, timeoutMs, log });
    this.#follower = new Follower({
      name: 'jobs',
      take: () => this.#look(),
      // There is nothing in them that could be done without.
      isUp: () => session.ready,
      log,
      betweenMs: jobLimits.lookMs,
    });
    const taken = new Taken(session);
    const notice = gathered((asked: AskedNotice[]) => contractNotices(db, asked));
    this.#tell = (asked) => tellParty({ db, session, taken, notice }, asked);
    this.#tellOfRating = (asked) => tellOfRating({ db, session, taken }, asked);
    this.#tellOfRequest = (told) => tellOfRequest({ deps, session, taken }, told);
  }

  start(): void {
    this.#endListening = listen(this.#deps.databaseUrl, jobChannel, () => this.#follower.wake());
    this.#follower.start();
    this.#clock = setInterval(() => this.#tick(), jobLimits.clockMs);
  }

  /** True where the message tells of a task at an Agent Gateway, and is therefore nothing else. */
  onMessage(message: Element): boolean {
    return this.#calls.onMessage(message);
  }

  /** Takes no more jobs; those that wait for an agent end when the session does. */
  async stop(): Promise<void> {
    clearInterval(this.#clock);
    await Promise.all([this.#follower.stop(), this.#endListening?.(), this.#ticking]);
    await Promise.all([...this.#running.values(), this.#calls.stop()]);
    // What is not struck off is done again by the next worker.
    await this.#next(0).catch(() => undefined);
  }

  /** Begins what is due and has room; true where it is to be looked again at once. */
  async #look(): Promise<boolean> {
    const { db } = this.#deps.deps;
    if (!this.#hasResumed) await this.#calls.resume();
    this.#hasResumed = true;
    const underWay = this.#running.size;
    const jobs = await this.#next(jobLimits.jobsMax - underWay);
    for (const job of jobs) this.#running.set(job.id, this.#run(job));
    const { vainLooksMax } = jobLimits;
    if (jobs.length + underWay > 0) {
      if (this.#vainLooks >= vainLooksMax) await noteReader(db, false);
      this.#vainLooks = 0;
      return true;
    }
    this.#vainLooks++;
    if (this.#vainLooks === vainLooksMax) await noteReader(db, true);
    // Whoever enqueued while the reader was awake may commit only now.
    return this.#vainLooks <= 2 * vainLooksMax;
  }

  /** Strikes off what is done, and finds what is next. */
  async #next(limit: number): Promise<WaitingJob[]> {
    const done = this.#done.splice(0);
    try {
      return await nextJobs(this.#deps.deps.db, { done, running: [...this.#running.keys()], limit });
    } catch (error) {
      this.#done.push(...done);
      throw error;
    }
  }

  async #run(job: WaitingJob): Promise<void> {
    const { deps, session, log } = this.#deps;
    try {
      await this.#do(job);
      this.#done.push(job.id);
    } catch (error) {
      // One that has to wait for the session is no fault.
      if (session.ready) log('error', 'job-failed', { task: job.task, error: errorText(error) });
      const pauseMs = backoffMs(job.failures + 1, jobLimits.retryBaseMs, jobLimits.retryMaxMs);
      // Where even that cannot be noted, it is taken again at once.
      await putOffJob(deps.db, job.id, pauseMs).catch(() => undefined);
    }
    this.#running.delete(job.id);
  }

  /** @throws where it has to be tried again */
  async #do({ task, payload }: WaitingJob): Promise<void> {
    const { deps, session, log } = this.#deps;
    const { contract = '', seq, party, provider = '', client = '', state = '', by, act } = payload;
    const { request = '', place, challenge = '' } = payload;
    switch (task) {
      case 'call':
        return this.#calls.take({ id: contract, provider, client, state });
      case 'tell':
        return this.#tell({ contract, seq: Number(seq), party: sideOf(party) });
      case 'tell-rating':
        return this.#tellOfRating({ contract, by: sideOf(by), act: act === 'reply' ? 'reply' : 'rate' });
      case 'tell-request':
        return this.#tellOfRequest({ request, seq: Number(seq), place: Number(place) });
      case 'confirm': {
        const onError = (error: unknown) => log('error', 'confirmation-failed', { error: errorText(error) });
        return askToConfirm({ deps, session, onError }, challenge);
      }
      default:
        log('error', 'job-unknown', { task });
    }
  }

  #tick(): void {
    const { deps } = this.#deps;
    this.#ticking ??= Promise.all([
      moveOverdue(deps, jobLimits.overdueMax),
      moveOverdueRequests(deps, jobLimits.overdueMax),
      settleScores(deps, jobLimits.scoresMax),
    ])
      .then(() => undefined)
      .catch((error: unknown) => {
        this.#deps.log('error', 'clock-failed', { error: errorText(error) });
      })
      .finally(() => {
        this.#ticking = null;
      });
  }
}

function sideOf(written: string | undefined): Side {
  return written === 'provider' ? 'provider' : 'client';
}
