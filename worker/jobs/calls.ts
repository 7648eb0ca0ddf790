/** The calls that the worker carries on: each in its turn, by the protocol of what is called. */

import { setTimeout as wait } from 'node:timers/promises';
import { endedTasks } from '../../db/ended-tasks.ts';
import { callsUnderWay } from '../../db/read-contracts.ts';
import type { Element } from '../../protocol/xml.ts';
import { errorText, type Log } from '../log.ts';
import { Line } from './line.ts';
import { readCall } from './moves.ts';
import { Relay, type RelayDeps } from './relay.ts';
import { TaskRelay } from './task-relay.ts';

export const callsLimits = {
  /** Calls of a worker before it that one that begins takes up. */
  resumedMax: 20_000,
  /** A job waits this long until an agent has heard that its call is over; a silent one holds up nobody else's jobs. */
  endHoldMs: 2_000,
} as const;

export type CallsDeps = RelayDeps & { log: Log };

export type DueCall = { id: string; provider: string; client: string; state: string };

export class Calls {
  #deps: CallsDeps;
  #relay: Relay;
  #tasks: TaskRelay;
  #line: Line;

  constructor(deps: CallsDeps) {
    const { log, session } = deps;
    this.#deps = deps;
    this.#relay = new Relay(deps);
    this.#tasks = new TaskRelay(deps);
    this.#line = new Line({
      carryOn: (id) => this.#carryOn(id),
      onError: (id, error) => {
        // A call that has to wait for the session is tried again.
        if (session.ready) log('error', 'call-failed', { contract: id, error: errorText(error) });
      },
    });
  }

  /** Takes up what a worker before this one had begun, or had not come to. */
  async resume(): Promise<void> {
    const { db } = this.#deps;
    const max = callsLimits.resumedMax;
    for (const { id, provider, client } of [
      ...(await callsUnderWay(db, max)),
      ...(await endedTasks(db, max)),
    ])
      this.#line.add({ id, agent: provider, client });
  }

  /**
   * Carries the call on in its turn. Nothing but the contract's own state says that it has to be: a worker that begins
   * finds it. What has ended is told to the agent at once.
   * @param state as the job that says so was enqueued
   */
  async take({ id, provider, client, state }: DueCall): Promise<void> {
    const one = { id, agent: provider, client };
    if (state === 'accepted' || state === 'working') return this.#line.add(one);
    // What cannot be said now is said later.
    const told = this.#carryOn(id).catch(() => this.#line.add(one));
    await Promise.race([told, wait(callsLimits.endHoldMs, undefined, { ref: false })]);
  }

  /** True where the message tells of a task, and is therefore nothing else. */
  onMessage(message: Element): boolean {
    return this.#tasks.onMessage(message);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#line.stop(), this.#tasks.stop()]);
  }

  async #carryOn(id: string): Promise<void> {
    const known = await readCall(this.#deps.ledger, id);
    if (!known) return;
    const isTask = known.contract.protocol === 'agent-task';
    await (isTask ? this.#tasks : this.#relay).carryOn(known);
  }
}
