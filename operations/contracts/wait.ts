/** Waiting for a contract to need whoever waits, or to end. */

import { contractStandings } from '../../db/contract-standings.ts';
import { awaits, type Standing } from '../../market/contract/states.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import type { Caller, Deps } from '../deps.ts';
import { type OwnContract, ownContract, showContract, sideOf } from './show.ts';

export const waitLimits = {
  secondsMax: 45,
  pollMs: 1_000,
  /** Requests of one caller, and of all, that wait at the same time in one process or isolate. */
  perCallerMax: 50,
  inAllMax: 2_000,
  fullRetrySeconds: 5,
} as const;

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** How the contract stands a moment later. */
export type Look = (deps: Deps, id: string) => Promise<Standing | null>;

/** Each for itself, for the edge, where a request may not wait for what another one reads. */
export const ownLook: Look = async ({ db }, id) => {
  await wait(waitLimits.pollMs);
  return (await contractStandings(db, [id])).get(id) ?? null;
};

/** One statement a second for whoever waits in the process. */
export function sharedLook(): Look {
  let next: { ids: Set<string>; standings: Promise<Map<string, Standing>> } | null = null;
  const gather = async ({ db }: Deps, ids: Set<string>) => {
    await wait(waitLimits.pollMs);
    next = null;
    return contractStandings(db, [...ids]);
  };
  return async (deps, id) => {
    if (!next) {
      const ids = new Set<string>();
      next = { ids, standings: gather(deps, ids) };
    }
    const { ids, standings } = next;
    ids.add(id);
    return (await standings).get(id) ?? null;
  };
}

/** Who waits: so many of one caller, and so many in all. */
export class Waits {
  #look: Look;
  #limits: { perCallerMax: number; inAllMax: number };
  #byCaller = new Map<string, number>();
  #all = 0;

  constructor(look: Look = ownLook, limits: { perCallerMax: number; inAllMax: number } = waitLimits) {
    this.#look = look;
    this.#limits = limits;
  }

  /** Does the work with a place to wait, or not at all where none is free. */
  async within<T>({ jid }: Caller, seconds: number, work: () => Promise<T>): Promise<T | Problem> {
    if (seconds <= 0) return work();
    const { perCallerMax, inAllMax } = this.#limits;
    const own = this.#byCaller.get(jid) ?? 0;
    if (own >= perCallerMax) return full(`${perCallerMax} requests of yours wait already`);
    if (this.#all >= inAllMax) return full('As many requests wait as are held');
    this.#byCaller.set(jid, own + 1);
    this.#all++;
    try {
      return await work();
    } finally {
      const left = (this.#byCaller.get(jid) ?? 1) - 1;
      if (left > 0) this.#byCaller.set(jid, left);
      else this.#byCaller.delete(jid);
      this.#all--;
    }
  }

  /**
   * The contract at the first state that needs the caller or is final, else as it is when the time is over.
   * @param signal ends the waiting, as when nobody is there any more to hear the answer
   */
  async forContract(
    deps: Deps,
    caller: Caller,
    id: string,
    seconds: number,
    signal: AbortSignal | null,
  ): Promise<OwnContract | Problem> {
    const until = Date.now() + Math.min(seconds, waitLimits.secondsMax) * 1_000;
    const contract = seconds > 0 ? await ownContract(deps, caller, id) : null;
    const side = contract && !isProblem(contract) ? sideOf(contract, caller) : null;
    let standing: Standing | null = contract && !isProblem(contract) ? contract : null;
    const over = Promise.withResolvers<null>();
    const timer = setTimeout(over.resolve, until - Date.now(), null);
    try {
      while (standing && side && !awaits(standing, side) && !signal?.aborted && Date.now() < until)
        standing = await Promise.race([this.#look(deps, id), over.promise]);
    } finally {
      clearTimeout(timer);
    }
    return showContract(deps, caller, id);
  }
}

function full(why: string): Problem {
  const detail = `${why}; expected a later try, or one without wait.`;
  return { ...problem('too-many-requests', detail), retryAfterSeconds: waitLimits.fullRetrySeconds };
}
