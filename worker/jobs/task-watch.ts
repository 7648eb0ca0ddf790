/**
 * How the tasks go that a gateway accepted (ProtoXEP agent-gateway, "Task Recovery"). What a gateway tells by message is a
 * reason to ask; its answers decide. Whoever hears nothing asks all the same, ever less often.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { contractHistory } from '../../db/read-contracts.ts';
import { fittingResult, toolResult } from '../../market/call-result.ts';
import type { Contract, Progress } from '../../market/contract/contract.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { isProblem } from '../../market/problem.ts';
import { askOfTask } from '../../market/task-ask.ts';
import type { DirectoryMove } from '../../operations/contracts/move.ts';
import {
  readTaskResult,
  type TaskEvent,
  taskResultRequest,
  terminalStates,
} from '../../protocol/dialects/agent-gateway/task.ts';
import {
  readCancelAccepted,
  readTaskState,
  type TaskState,
  taskStateRequest,
  writeCancel,
} from '../../protocol/dialects/agent-gateway/task-control.ts';
import { taskPayload } from '../../protocol/dialects/agent-gateway/task-payload.ts';
import { bareJid, tryJid } from '../../protocol/jid.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { Asker } from '../ask.ts';
import { errorText, type Log } from '../log.ts';
import { Pace, questionsPerAddressMax, questionsPerDomainMax } from '../pace.ts';
import type { KnownCall } from './ledger.ts';
import { insist, moveOn, readCall } from './moves.ts';
import type { RelayDeps } from './relay.ts';
import { type TaskThread, taskThreadOf } from './task-thread.ts';

export const watchLimits = {
  /** A task is asked for at once, then after these waits, each twice the one before. */
  firstMs: 1_000,
  waitMaxMs: 60_000,
  /** However much a gateway tells: between two questions, and between two notes of progress. */
  gapMs: 200,
  progressMs: 500,
  askMs: 20_000,
  /** How often a cancellation is said anew because the task moved meanwhile, or the gateway was silent. */
  cancelsMax: 4,
} as const;

type Watched = {
  id: string;
  jid: string;
  taskId: string;
  waitMs: number;
  timer: NodeJS.Timeout | undefined;
  /** While it is looked at; `isAgain` where something was heard meanwhile. */
  looking: Promise<void> | null;
  isAgain: boolean;
  progress: Progress | null;
  progressAt: number;
};

export class TaskWatch {
  #deps: RelayDeps & { log: Log };
  #asker: Asker;
  #watched = new Map<string, Watched>();
  #byTask = new Map<string, Watched>();
  #isStopped = false;

  constructor(deps: RelayDeps & { log: Log }) {
    this.#deps = deps;
    const timeoutMs = Math.min(deps.timeoutMs, watchLimits.askMs);
    this.#asker = new Asker(
      (to, type, payload) => deps.session.ask(to, type, payload, timeoutMs),
      new Pace(questionsPerDomainMax, questionsPerAddressMax),
    );
  }

  /** Follows the task until it has ended, or the contract has. */
  begin(id: string, { jid, taskId }: TaskThread): void {
    if (this.#isStopped || taskId === null) return;
    const watched = this.#watched.get(id) ?? {
      ...{ id, jid, taskId, waitMs: watchLimits.firstMs, timer: undefined },
      ...{ looking: null, isAgain: false, progress: null, progressAt: 0 },
    };
    this.#watched.set(id, watched);
    this.#byTask.set(taskKey(jid, taskId), watched);
    this.#lookSoon(watched, 0);
  }

  /** What is told of a task by anybody but its endpoint is nothing. */
  onEvent(from: string, { taskId, type, payload }: TaskEvent): void {
    const jid = tryJid(from);
    const watched = jid && this.#byTask.get(taskKey(bareJid(jid), taskId));
    if (!watched) return;
    if (type === 'progress') {
      watched.progress = progressOf(payload);
    }
    watched.waitMs = watchLimits.firstMs;
    this.#lookSoon(watched, watchLimits.gapMs);
  }

  /** Tells the gateway that the client wants no more of it; false where it did not say that it heard. */
  async cancel(id: string, { jid, taskId, step }: TaskThread): Promise<boolean> {
    this.#drop(id);
    if (taskId === null || step === 'closed') return true;
    for (let tried = 0; tried < watchLimits.cancelsMax; tried++) {
      const state = await this.#asker.ask(jid, 'get', taskStateRequest(taskId), readTaskState);
      if (state.kind === 'silent' && !this.#isStopped) {
        await wait(watchLimits.firstMs * (tried + 1));
        continue;
      }
      if (state.kind !== 'answer') return state.kind !== 'silent';
      if (isTerminal(state.value)) return true;
      const { revision } = state.value;
      const cancel = writeCancel({ taskId, revision, reason: null });
      const answer = await this.#asker.ask(jid, 'set', cancel, readCancelAccepted);
      const isToRepeat =
        answer.kind === 'silent' || (answer.kind === 'refused' && answer.condition === 'conflict');
      if (!isToRepeat) return true;
    }
    return false;
  }

  async withdraw(id: string, thread: TaskThread, reason: string): Promise<void> {
    await this.#end(id, thread, { move: 'fail', data: { reason, fault: 'provider' } });
    await this.cancel(id, thread);
  }

  /** What the client gave last. */
  async lastInput(id: string): Promise<JsonObject> {
    const { db } = this.#deps;
    const events = await insist(() => contractHistory(db, id, contractLimits.eventsMax * 2));
    return events.findLast(({ move }) => move === 'input')?.data.input ?? {};
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const looking = [...this.#watched.values()].map((watched) => watched.looking);
    for (const id of [...this.#watched.keys()]) this.#drop(id);
    await Promise.all(looking);
  }

  #drop(id: string): void {
    const watched = this.#watched.get(id);
    if (!watched) return;
    clearTimeout(watched.timer);
    this.#watched.delete(id);
    this.#byTask.delete(taskKey(watched.jid, watched.taskId));
  }

  #lookSoon(watched: Watched, ms: number): void {
    if (watched.looking) {
      watched.isAgain = true;
      return;
    }
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      watched.looking = this.#lookAndGoOn(watched);
    }, ms);
  }

  async #lookAndGoOn(watched: Watched): Promise<void> {
    watched.isAgain = false;
    try {
      await this.#look(watched);
    } catch (error) {
      this.#deps.log('error', 'task-look-failed', { contract: watched.id, error: errorText(error) });
    }
    if (watched.isAgain) await wait(watchLimits.gapMs);
    watched.looking = null;
    if (this.#watched.get(watched.id) !== watched) return;
    const nextMs = watched.isAgain ? 0 : watched.waitMs;
    watched.waitMs = Math.min(watched.waitMs * 2, watchLimits.waitMaxMs);
    this.#lookSoon(watched, nextMs);
  }

  async #look(watched: Watched): Promise<void> {
    const { ledger } = this.#deps;
    const { id } = watched;
    const known = await readCall(ledger, id);
    const state = known?.contract.state;
    if (!known || (state !== 'working' && state !== 'input-required')) return this.#drop(id);
    const thread = taskThreadOf(known.thread);
    if (known.denied) return this.withdraw(id, thread, known.denied.detail);
    await this.#noteProgress(watched, known.contract);
    const { jid, taskId } = watched;
    const answer = await this.#asker.ask(jid, 'get', taskStateRequest(taskId), readTaskState);
    if (answer.kind === 'refused' && answer.condition === 'item-not-found') {
      const reason = 'The gateway no longer knows of the task.';
      return this.#end(id, thread, { move: 'lose', data: { reason } });
    }
    if (answer.kind !== 'answer' || answer.value.taskId !== taskId) return;
    if (isTerminal(answer.value)) return this.#takeResult(known, thread);
    const { pending, revision } = answer.value;
    if (!pending || state !== 'working' || thread.step === 'asked') return;
    const { requestId, question, schema } = pending;
    // An answer that is on its way is for the relay to bring there.
    if (thread.step === 'answering' && thread.question?.requestId === requestId) return;
    const asked = { requestId, revision, question, schema };
    const moved = await moveOn(ledger, id, {
      move: 'ask',
      data: { ask: askOfTask(asked, null) },
      thread: { ...thread, step: 'asked', question: asked },
    });
    if (moved && isProblem(moved) && moved.problem === 'body-too-large')
      await this.withdraw(id, thread, 'The agent asks for more than the directory passes on.');
  }

  async #noteProgress(watched: Watched, contract: Contract): Promise<void> {
    const { progress } = watched;
    if (!progress || contract.state !== 'working' || Date.now() < watched.progressAt + watchLimits.progressMs)
      return;
    watched.progress = null;
    watched.progressAt = Date.now();
    await this.#deps.ledger.move(contract, { move: 'progress', data: { progress } });
  }

  async #takeResult({ contract: { id }, target }: KnownCall, thread: TaskThread): Promise<void> {
    const { jid, taskId } = thread;
    if (taskId === null) return;
    const answer = await this.#asker.ask(jid, 'get', taskResultRequest(taskId), readTaskResult);
    if (answer.kind === 'refused' && answer.condition === 'item-not-found') {
      const reason = 'The gateway no longer has the result of the task.';
      return this.#end(id, thread, { move: 'lose', data: { reason } });
    }
    if (answer.kind !== 'answer' || answer.value.taskId !== taskId) return;
    await this.#end(id, thread, endOf(answer.value, target?.outputSchema ?? null));
  }

  async #end(id: string, thread: TaskThread, move: Omit<DirectoryMove, 'thread'>): Promise<void> {
    await moveOn(this.#deps.ledger, id, { ...move, thread: { ...thread, step: 'closed', question: null } });
    this.#drop(id);
  }
}

/** What the end of a task means for the contract. */
function endOf(
  { state, payload }: ReturnType<typeof readTaskResult>,
  outputSchema: Parameters<typeof toolResult>[1],
): Omit<DirectoryMove, 'thread'> {
  const failed = (reason: string) =>
    ({ move: 'fail', data: { reason, fault: 'provider' } }) satisfies Omit<DirectoryMove, 'thread'>;
  try {
    const read = taskPayload(state, payload);
    switch (read.type) {
      case 'completed': {
        const result = toolResult(read.result, outputSchema);
        return read.isError
          ? failed(result.text ?? 'The tool reports an error.')
          : { move: 'deliver', data: { result: fittingResult(result) } };
      }
      case 'failed':
        return failed(`${read.message} (${read.code})`);
      default:
        return failed('The agent ended the task.');
    }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { move: 'lose', data: { reason: `The task's result cannot be read: ${error.message}.` } };
  }
}

function progressOf(payload: JsonObject): Progress {
  const read = taskPayload('progress', payload);
  return read.type === 'progress'
    ? { percent: read.percent, stage: read.stage, text: read.message }
    : { percent: null, stage: null, text: null };
}

function isTerminal({ state }: Pick<TaskState, 'state'>): boolean {
  return (terminalStates as readonly string[]).includes(state);
}

function taskKey(jid: string, taskId: string): string {
  return `${jid} ${taskId}`;
}
