/**
 * Running a task that takes its time: each step is kept, then told. A gateway that begins runs what had not ended once more
 * from the start, with the answers that were given.
 */

import type { Element } from '@xmpp/xml';
import { eventElement, isTerminal, newId, type Task } from './task.ts';
import type { TaskBook } from './task-book.ts';
import type { Json, JsonObject, Work } from './tool.ts';

/** Why work is cancelled of which nothing is to be told or kept. */
const halted = Symbol('halted');

type Live = { cancel: AbortController; answered: ((answer: Json) => void) | null };

export class TaskRunner {
  #book: TaskBook;
  #send: (stanza: Element) => void;
  #live = new Map<string, Live>();

  constructor(book: TaskBook, send: (stanza: Element) => void) {
    this.#book = book;
    this.#send = send;
  }

  /** Commits a step: the next revision, and the event that tells of it. */
  step(task: Task, change: Partial<Task>, type: string, payload: object | string): void {
    if (isTerminal(task)) return;
    Object.assign(task, change, { revision: task.revision + 1, updated: new Date().toISOString() });
    this.#book.keep(task);
    this.#send(eventElement(task, type, typeof payload === 'string' ? payload : JSON.stringify(payload)));
  }

  end(task: Task, state: 'cancelled' | 'completed' | 'failed', payload: string): void {
    this.step(task, { state, payload, pending: null }, state, payload);
    this.#live.delete(task.id);
  }

  async run(task: Task, work: (work: Work) => Promise<JsonObject>): Promise<void> {
    const live: Live = { cancel: new AbortController(), answered: null };
    this.#live.set(task.id, live);
    const { signal } = live.cancel;
    const timer = task.deadline
      ? setTimeout(
          () => this.end(task, 'failed', failure('deadline-expired', 'It took too long.')),
          Date.parse(task.deadline) - Date.now(),
        ).unref()
      : undefined;
    if (task.state === 'accepted') this.#tellState(task, 'running');
    if (task.state === 'cancelling') live.cancel.abort();
    try {
      const result = await work(this.#workOf(task, live));
      if (!signal.aborted) this.end(task, 'completed', completion(result));
    } catch (error) {
      if (!signal.aborted)
        this.end(task, 'failed', failure('failed', error instanceof Error ? error.message : 'It failed.'));
    } finally {
      clearTimeout(timer);
      if (signal.aborted && signal.reason !== halted) this.end(task, 'cancelled', '{}');
    }
  }

  /** The answer to the pending question was taken. */
  answer(task: Task, answer: Json): void {
    task.answers.push(answer);
    this.#tellState(task, 'running', { pending: null });
    this.#live.get(task.id)?.answered?.(answer);
  }

  cancel(task: Task): void {
    this.#tellState(task, 'cancelling', { pending: null });
    this.#live.get(task.id)?.cancel.abort();
  }

  /** Ends all work without a word, as a gateway does that is killed. */
  halt(): void {
    for (const { cancel } of this.#live.values()) cancel.abort(halted);
    this.#live.clear();
  }

  #tellState(task: Task, state: 'running' | 'cancelling', more: Partial<Task> = {}): void {
    this.step(task, { ...more, state }, 'status', { state, updatedAt: new Date().toISOString() });
  }

  #workOf(task: Task, live: Live): Work {
    const { signal } = live.cancel;
    let asked = 0;
    return {
      progress: (percent, stage, message) => this.step(task, {}, 'progress', { percent, stage, message }),
      wait: (seconds) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(resolve, seconds * 1_000);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason);
          });
        }),
      ask: (question, inputSchema) => {
        const known = task.answers[asked++];
        if (known !== undefined) return Promise.resolve(known);
        if (!task.pending) {
          const pending = {
            requestId: newId('input'),
            question,
            inputSchema,
            createdAt: new Date().toISOString(),
          };
          this.step(task, { state: 'input_required', pending }, 'input_required', pending);
        }
        return new Promise((resolve, reject) => {
          live.answered = resolve;
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    };
  }
}

export function completion(result: JsonObject): string {
  const text = JSON.stringify(result);
  return JSON.stringify({
    result: { content: [{ type: 'text', text }], structuredContent: result, isError: false },
  });
}

function failure(code: string, message: string): string {
  return JSON.stringify({ error: { code, message, retryable: false } });
}
