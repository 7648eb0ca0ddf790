/**
 * Calls of tools behind an Agent Gateway (ProtoXEP, 0.0.5): invoking, answering what the task asks, and cancelling. Each of
 * these may be repeated without being done twice, so that a call whose answer was lost is asked for again, and is `unknown`
 * only where the gateway knows nothing of it any more.
 */

import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Thread } from '../../db/contracts.ts';
import { factsOf } from '../../db/facts.ts';
import { findListing } from '../../db/listings.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { isProblem } from '../../market/problem.ts';
import { answerOfTask, askOfTask } from '../../market/task-ask.ts';
import { relayProblemOf } from '../../operations/contracts/call.ts';
import { moveAsDirectory } from '../../operations/contracts/move.ts';
import { formNamespace } from '../../protocol/data-form.ts';
import { type EndpointInfo, readEndpointInfo } from '../../protocol/dialects/agent-gateway/infos.ts';
import { FORM_ENDPOINT_INFO } from '../../protocol/dialects/agent-gateway/namespaces.ts';
import { readAccepted, readTaskEvent, writeInvoke } from '../../protocol/dialects/agent-gateway/task.ts';
import { writeProvideInput } from '../../protocol/dialects/agent-gateway/task-control.ts';
import { infoQuery, readInfo } from '../../protocol/disco.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import type { Element } from '../../protocol/xml.ts';
import type { IqOutcome } from '../iq-caller.ts';
import type { Log } from '../log.ts';
import { meaningOfError } from './answer-of.ts';
import { moveOn, noteStep, readCall } from './moves.ts';
import { mayHaveArrived } from './reach.ts';
import type { RelayDeps } from './relay.ts';
import { type TaskThread, taskThreadOf } from './task-thread.ts';
import { TaskWatch } from './task-watch.ts';

export const taskLimits = {
  /** A gateway accepts, and takes inputs, within this time: the work comes later. */
  answerMs: 20_000,
  /** A repetition is sent this long before the gateway may forget the first request, or not at all. */
  repeatMarginMs: 30_000,
  /** A job waits this long until a gateway has heard that a task is cancelled; a silent one holds up nobody else's jobs. */
  cancelHoldMs: 2_000,
} as const;

const hourMs = 3_600_000;

export class TaskRelay {
  #deps: RelayDeps;
  #watch: TaskWatch;
  #log: Log;

  constructor({ log, ...deps }: RelayDeps & { log: Log }) {
    this.#deps = deps;
    this.#log = log;
    this.#watch = new TaskWatch({ ...deps, log });
  }

  /** Does what is next for the call. @throws where it has to be tried again */
  async carryOn(contract: Contract, notes: Thread): Promise<void> {
    const thread = taskThreadOf(notes);
    switch (contract.state) {
      case 'accepted':
        return this.#begin(contract, thread);
      case 'working':
        if (thread.step === 'invoking') return this.#invoke(contract, thread, true);
        if (thread.step === 'asked') return this.#goOn(contract, thread);
        if (thread.step === 'answering') return this.#answer(contract, thread);
        return this.#watch.begin(contract.id, thread);
      case 'input-required':
        return this.#watch.begin(contract.id, thread);
      case 'cancelled':
      case 'expired':
        return Promise.race([
          this.#watch.cancel(contract.id, thread),
          wait(taskLimits.cancelHoldMs, undefined, { ref: false }),
        ]);
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

  async #begin(contract: Contract, notes: TaskThread): Promise<void> {
    const { deps, session } = this.#deps;
    const { id, provider, listing } = contract;
    const denied = await relayProblemOf(deps, provider, notes.node);
    const record = denied ? null : await findListing(deps.db, listing?.id ?? '');
    if (denied || !record) {
      const reason = denied?.detail ?? 'The listing is gone.';
      await moveOn(deps, id, { move: 'fail', data: { reason, fault: 'provider' } });
      return;
    }
    if (!session.ready) throw new Error('there is no session; the call has to wait');
    const info = await this.#endpoint(provider);
    const known = (await factsOf(deps.db, provider)).tools?.value.find(({ name }) => name === notes.node);
    if (info.kind === 'refused' || (known && known.version !== info.endpoint.version)) {
      const reason =
        info.kind === 'refused'
          ? info.reason
          : `The API is now of version ${info.endpoint.version}; the listing is of ${known?.version}.`;
      await moveOn(deps, id, { move: 'fail', data: { reason, fault: 'provider' } });
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
    const started = await moveAsDirectory(deps, contract, { move: 'start', data: {}, thread });
    // The client may have cancelled, or the time may be over.
    if (!started || isProblem(started)) return;
    await this.#invoke(started, thread, false);
  }

  /** Nothing has gone out yet: an endpoint that does not answer is asked again. */
  async #endpoint(
    jid: string,
  ): Promise<{ kind: 'endpoint'; endpoint: EndpointInfo } | { kind: 'refused'; reason: string }> {
    const outcome = await this.#ask(jid, 'get', infoQuery());
    if (outcome.kind === 'timeout' || outcome.kind === 'offline') throw new Error(`${jid} does not answer`);
    if (outcome.kind === 'error') {
      if (isPassing(outcome)) throw new Error(`${jid} is not reached: ${outcome.error.condition}`);
      return { kind: 'refused', reason: `The agent answers ${outcome.error.condition}.` };
    }
    try {
      if (!outcome.payload) throw new ParseError('the answer is empty');
      const form = readInfo(outcome.payload).forms.find((each) => formNamespace(each) === FORM_ENDPOINT_INFO);
      if (!form) throw new ParseError('it states no endpoint');
      return { kind: 'endpoint', endpoint: readEndpointInfo(form) };
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      return { kind: 'refused', reason: `The agent's disco#info cannot be used: ${error.message}.` };
    }
  }

  /**
   * Invokes, or asks for the acceptance of what was invoked before: the same request is the same task.
   * @param isRepeated it may have arrived before @throws where it has to be repeated
   */
  async #invoke(contract: Contract, thread: TaskThread, isRepeated: boolean): Promise<void> {
    const { deps, session } = this.#deps;
    const { id, provider, input } = contract;
    if (isRepeated && Date.now() >= Date.parse(thread.repeatUntil)) {
      const reason = 'The gateway did not say whether it accepted the task, and can no longer be asked.';
      await moveOn(deps, id, { move: 'lose', data: { reason }, thread: closed(thread) });
      return;
    }
    const denied = isRepeated ? await relayProblemOf(deps, provider, thread.node) : null;
    if (denied) {
      const reason = `${denied.detail} The task may have been accepted.`;
      await moveOn(deps, id, { move: 'lose', data: { reason }, thread: closed(thread) });
      return;
    }
    if (!session.ready) throw new Error('there is no session; the call has to wait');
    const { requestId, node: tool, version, manifestHash, deadline } = thread;
    const invocation = writeInvoke({
      ...{ requestId, tool, version, manifestHash, arguments: input },
      deadline: new Date(deadline),
    });
    const outcome = await this.#ask(thread.jid, 'set', invocation);
    const taskId = acceptedIn(outcome, requestId);
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
    await moveOn(deps, id, { move: kind === 'declined' ? 'decline' : 'fail', data, thread: closed(thread) });
  }

  async #accepted({ id }: Contract, thread: TaskThread): Promise<void> {
    const { deps } = this.#deps;
    if (await noteStep(deps, id, 'invoking', { ...thread })) return this.#watch.begin(id, thread);
    const now = await readCall(deps, id);
    if (now?.contract.state === 'working') throw new Error('the contract moved; it is looked at again');
    // The client cancelled meanwhile.
    if (now) await this.#watch.cancel(id, thread);
  }

  /** The client gave what was asked for. */
  async #goOn(contract: Contract, thread: TaskThread): Promise<void> {
    const { deps } = this.#deps;
    const { question } = thread;
    if (!question) return this.#watch.begin(contract.id, { ...thread, step: 'running' });
    const given = await this.#watch.lastInput(contract.id);
    const sent: TaskThread = { ...thread, step: 'answering', answer: answerOfTask(question, given) };
    if (!(await noteStep(deps, contract.id, 'asked', { ...sent })))
      throw new Error('the contract moved; it is looked at again');
    await this.#answer(contract, sent);
  }

  /** @throws where it has to be repeated: the same input is taken once */
  async #answer(contract: Contract, thread: TaskThread): Promise<void> {
    const { deps, session } = this.#deps;
    const { id, provider } = contract;
    const { question, taskId } = thread;
    if (!question || taskId === null) return this.#watch.begin(id, thread);
    const denied = await relayProblemOf(deps, provider, thread.node);
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
      await moveOn(deps, id, {
        move: 'ask',
        data: { ask: askOfTask(question, note) },
        thread: { ...thread, step: 'asked', answer: null },
      });
      return;
    }
    // Taken or not, the task's state shows where it stands: what it still asks for is asked again.
    const running: TaskThread = { ...thread, step: 'running', question: null, answer: null };
    await noteStep(deps, id, 'answering', { ...running });
    this.#watch.begin(id, running);
  }

  #ask(to: string, type: 'get' | 'set', payload: Element): Promise<IqOutcome> {
    return this.#deps.session.ask(to, type, payload, Math.min(this.#deps.timeoutMs, taskLimits.answerMs));
  }
}

function closed(thread: TaskThread): Thread {
  return { ...thread, step: 'closed' };
}

/** The task's id; null where the answer does not say that this request was accepted. */
function acceptedIn(outcome: IqOutcome, requestId: string): string | null {
  if (outcome.kind !== 'result' || !outcome.payload) return null;
  try {
    const accepted = readAccepted(outcome.payload);
    return accepted.requestId === requestId ? accepted.taskId : null;
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** An error that says that the gateway is not there just now. */
export function isPassing(outcome: IqOutcome): boolean {
  return (
    outcome.kind === 'error' &&
    (outcome.error.type === 'wait' ||
      ['remote-server-not-found', 'recipient-unavailable', 'service-unavailable'].includes(
        outcome.error.condition,
      ))
  );
}
