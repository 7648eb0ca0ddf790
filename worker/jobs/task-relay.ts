/**
 * Calls of tools behind an Agent Gateway (ProtoXEP, 0.0.5): invoking, answering what the task asks, and cancelling. Each of
 * these may be repeated without being done twice, so that a call whose answer was lost is asked for again, and is `unknown`
 * only where the gateway knows nothing of it any more.
 */

import { randomBytes } from 'node:crypto';
import { claimStep, type Thread } from '../../db/contracts.ts';
import { factsOf } from '../../db/facts.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { isProblem } from '../../market/problem.ts';
import { answerOfTask, askOfTask } from '../../market/task-ask.ts';
import { readTaskEvent, writeInvoke } from '../../protocol/dialects/agent-gateway/task.ts';
import { writeProvideInput } from '../../protocol/dialects/agent-gateway/task-control.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import type { Element } from '../../protocol/xml.ts';
import type { IqOutcome } from '../iq-caller.ts';
import type { Log } from '../log.ts';
import { meaningOfError } from './answer-of.ts';
import type { KnownCall } from './ledger.ts';
import { insist, moveOn, noteStep, readCall } from './moves.ts';
import { mayHaveArrived } from './reach.ts';
import type { RelayDeps } from './relay.ts';
import { acceptedIn, endpointOf, isPassing } from './task-answers.ts';
import { type TaskThread, taskThreadOf } from './task-thread.ts';
import { TaskWatch } from './task-watch.ts';

export const taskLimits = {
  /** A gateway accepts, and takes inputs, within this time: the work comes later. */
  answerMs: 20_000,
  /** A repetition is sent this long before the gateway may forget the first request, or not at all. */
  repeatMarginMs: 30_000,
} as const;

const hourMs = 3_600_000;

/** A contract, and why its agent may not be called any more. */
type Permitted = Pick<KnownCall, 'contract' | 'denied'>;

export class TaskRelay {
  #deps: RelayDeps;
  #watch: TaskWatch;
  /** Calls whose invocations this process waits to have answered. */
  #invoking = new Set<string>();
  #log: Log;

  constructor({ log, ...deps }: RelayDeps & { log: Log }) {
    this.#deps = deps;
    this.#log = log;
    this.#watch = new TaskWatch({ ...deps, log });
  }

  /** Does what is next for the call. @throws where it has to be tried again */
  async carryOn(call: KnownCall): Promise<void> {
    const { contract } = call;
    const thread = taskThreadOf(call.thread);
    switch (contract.state) {
      case 'accepted':
        return this.#begin(call, thread);
      case 'working':
        if (thread.step === 'invoking') return this.#invoke(call, thread, true);
        if (thread.step === 'asked') return this.#goOn(call, thread);
        if (thread.step === 'answering') return this.#answer(call, thread);
        return this.#watch.begin(contract.id, thread);
      case 'input-required':
        return this.#watch.begin(contract.id, thread);
      case 'cancelled':
      case 'expired':
        return this.#cancel(call, thread);
      default:
        return;
    }
  }

  /** True where the message tells of a task: it is then nothing else, whatever is wrong with it. */
  onMessage(message: Element): boolean {
    try {
      const event = readTaskEvent(message);
      if (!event) return false;
      this.#watch.onEvent(message.attrs.from ?? '', event);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#log('info', 'task-event-refused', { from: message.attrs.from, why: error.message });
    }
    return true;
  }

  stop(): Promise<void> {
    return this.#watch.stop();
  }

  async #begin({ contract, denied, target }: KnownCall, notes: TaskThread): Promise<void> {
    const { db, ledger, session } = this.#deps;
    const { id, provider } = contract;
    if (denied || !target) {
      const reason = denied?.detail ?? 'The listing is gone.';
      await moveOn(ledger, id, { move: 'fail', data: { reason, fault: 'provider' } });
      return;
    }
    if (!session.ready) throw new Error('there is no session; the call has to wait');
    const info = await endpointOf((...asked) => this.#ask(...asked), provider);
    const known = (await factsOf(db, provider)).tools?.value.find(({ name }) => name === notes.node);
    if (info.kind === 'refused' || (known && known.version !== info.endpoint.version)) {
      const reason =
        info.kind === 'refused'
          ? info.reason
          : `The API is now of version ${info.endpoint.version}; the listing is of ${known?.version}.`;
      await moveOn(ledger, id, { move: 'fail', data: { reason, fault: 'provider' } });
      return;
    }
    const { version, manifestHash, replaySeconds } = info.endpoint;
    const now = Date.now();
    const thread: TaskThread = {
      ...notes,
      ...{ jid: provider, step: 'invoking', version, manifestHash },
      requestId: randomBytes(24).toString('base64url'),
      deadline: new Date(now + contractLimits.callTaskHours * hourMs).toISOString(),
      repeatUntil: new Date(now + replaySeconds * 1_000 - taskLimits.repeatMarginMs).toISOString(),
    };
    const started = await ledger.move(contract, { move: 'start', data: {}, thread });
    // The client may have cancelled, or the time may be over.
    if (!started || isProblem(started)) return;
    await this.#invoke({ contract: started, denied: null }, thread, false);
  }

  /**
   * Invokes, or asks for the acceptance of what was invoked before: the same request is the same task.
   * @param isRepeated it may have arrived before @throws where it has to be repeated
   */
  async #invoke({ contract, denied }: Permitted, thread: TaskThread, isRepeated: boolean): Promise<void> {
    const { ledger, session } = this.#deps;
    const { id } = contract;
    if (isRepeated && Date.now() >= Date.parse(thread.repeatUntil)) {
      const reason = 'The gateway did not say whether it accepted the task, and can no longer be asked.';
      await moveOn(ledger, id, { move: 'lose', data: { reason }, thread: closed(thread) });
      return;
    }
    if (isRepeated && denied) {
      const reason = `${denied.detail} The task may have been accepted.`;
      await moveOn(ledger, id, { move: 'lose', data: { reason }, thread: closed(thread) });
      return;
    }
    if (!session.ready) throw new Error('there is no session; the call has to wait');
    const { outcome, taskId } = await this.#request(contract, thread);
    if (taskId !== null) return this.#accepted(contract, { ...thread, step: 'running', taskId });
    if (
      outcome.kind !== 'error' ||
      mayHaveArrived(outcome.error.condition) ||
      (isRepeated && isPassing(outcome))
    ) {
      throw new Error('the gateway did not say that it accepted the task; it is asked again');
    }
    // Whoever refuses a request did not accept the same one before.
    const meaning = meaningOfError(outcome.error.condition, outcome.error.text);
    const { kind, ...data } = meaning;
    const move = kind === 'declined' ? 'decline' : 'fail';
    const moved = await moveOn(ledger, id, { move, data, thread: closed(thread) });
    if (moved && !isProblem(moved)) return;
    // The client cancelled meanwhile, and there is no task to be cancelled.
    const now = await readCall(ledger, id);
    if (now && now.contract.state !== 'working') await this.#note(now.contract, thread, closed(thread));
  }

  async #request({ id, input }: Contract, thread: TaskThread) {
    const { requestId, node: tool, version, manifestHash, deadline } = thread;
    const invocation = writeInvoke({
      ...{ requestId, tool, version, manifestHash, arguments: input },
      deadline: new Date(deadline),
    });
    this.#invoking.add(id);
    try {
      const outcome = await this.#ask(thread.jid, 'set', invocation);
      return { outcome, taskId: acceptedIn(outcome, requestId) };
    } finally {
      this.#invoking.delete(id);
    }
  }

  /**
   * Ends the task of a call that has ended. One whose acceptance nobody heard is asked for by the same request again, as long
   * as that is sure to name the same task. @throws where it has to be tried again
   */
  async #cancel(call: Permitted, thread: TaskThread): Promise<void> {
    const { contract } = call;
    const { id } = contract;
    if (this.#invoking.has(id) || thread.step === 'todo' || thread.step === 'closed') return;
    const task = thread.taskId === null ? await this.#found(call, thread) : thread;
    // A task whose deadline is over has ended by itself.
    if (task && Date.now() < Date.parse(task.deadline) && !(await this.#watch.cancel(id, task)))
      throw new Error('the gateway did not say that it cancels the task; it is asked again');
    await this.#note(contract, task ?? thread, closed(thread));
  }

  /** Null where there is no task, or none that can be found. @throws where it has to be asked for again */
  async #found({ contract, denied }: Permitted, thread: TaskThread): Promise<TaskThread | null> {
    const { session } = this.#deps;
    if (denied || Date.now() >= Date.parse(thread.repeatUntil)) return null;
    if (!session.ready) throw new Error('there is no session; the task is cancelled later');
    const { outcome, taskId } = await this.#request(contract, thread);
    if (taskId !== null) {
      const task: TaskThread = { ...thread, step: 'running', taskId };
      await this.#note(contract, thread, { ...task });
      return task;
    }
    if (outcome.kind === 'error' && !isPassing(outcome)) return null;
    throw new Error('the gateway did not say whether it accepted the task; it is asked again');
  }

  /** What is to be known of a call that does not move any more. */
  async #note(contract: Contract, { step }: TaskThread, thread: Thread): Promise<void> {
    await insist(() => claimStep(this.#deps.db, contract, step, thread));
  }

  async #accepted({ id }: Contract, thread: TaskThread): Promise<void> {
    if (await noteStep(this.#deps, id, 'invoking', { ...thread })) return this.#watch.begin(id, thread);
    const now = await readCall(this.#deps.ledger, id);
    if (now?.contract.state === 'working') throw new Error('the contract moved; it is looked at again');
    // The client cancelled meanwhile.
    if (!now) return;
    await this.#note(now.contract, { ...thread, step: 'invoking' }, { ...thread });
    await this.#cancel(now, thread);
  }

  /** The client gave what was asked for. */
  async #goOn({ contract, denied }: Permitted, thread: TaskThread): Promise<void> {
    const { question } = thread;
    if (!question) return this.#watch.begin(contract.id, { ...thread, step: 'running' });
    const given = await this.#watch.lastInput(contract.id);
    const sent: TaskThread = { ...thread, step: 'answering', answer: answerOfTask(question, given) };
    if (!(await noteStep(this.#deps, contract.id, 'asked', { ...sent })))
      throw new Error('the contract moved; it is looked at again');
    await this.#answer({ contract, denied }, sent);
  }

  /** @throws where it has to be repeated: the same input is taken once */
  async #answer({ contract, denied }: Permitted, thread: TaskThread): Promise<void> {
    const { ledger, session } = this.#deps;
    const { id } = contract;
    const { question, taskId } = thread;
    if (!question || taskId === null) return this.#watch.begin(id, thread);
    if (denied) return this.#watch.withdraw(id, thread, denied.detail);
    if (!session.ready) throw new Error('there is no session; the answer has to wait');
    const { requestId, revision } = question;
    const outcome = await this.#ask(
      thread.jid,
      'set',
      writeProvideInput({ taskId, requestId, revision, input: thread.answer }),
    );
    if (outcome.kind === 'timeout' || outcome.kind === 'offline' || isPassing(outcome)) {
      throw new Error('the gateway did not say that it took the answer; it is sent again');
    }
    if (outcome.kind === 'error' && outcome.error.condition === 'not-acceptable') {
      const note = outcome.error.text ?? 'The agent does not take this.';
      await moveOn(ledger, id, {
        move: 'ask',
        data: { ask: askOfTask(question, note) },
        thread: { ...thread, step: 'asked', answer: null },
      });
      return;
    }
    // Taken or not, the task's state shows where it stands: what it still asks for is asked again.
    const running: TaskThread = { ...thread, step: 'running', question: null, answer: null };
    await noteStep(this.#deps, id, 'answering', { ...running });
    this.#watch.begin(id, running);
  }

  #ask(to: string, type: 'get' | 'set', payload: Element): Promise<IqOutcome> {
    return this.#deps.session.ask(to, type, payload, Math.min(this.#deps.timeoutMs, taskLimits.answerMs));
  }
}

function closed(thread: TaskThread): Thread {
  return { ...thread, step: 'closed' };
}
