/** What the worker keeps of a call that is a task at an Agent Gateway: enough to find the task again. */

import type { Thread } from '../../db/contracts.ts';
import type { Hash } from '../../protocol/hashes.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';

/** A question of the task's that the client is asked. */
export type Question = { requestId: string; revision: number; question: string; schema: JsonObject };

export type TaskThread = {
  /** The tool's name. */
  node: string;
  /** The endpoint. */
  jid: string;
  /**
   * `todo`: nothing went out. `invoking`: the invocation did, perhaps more than once. `running`: the gateway has accepted
   * the task. `asked`: it waits for the client. `answering`: the client's answer goes out. `closed`: it is over.
   */
  step: 'todo' | 'invoking' | 'running' | 'asked' | 'answering' | 'closed';
  /** The same for every repetition, by which the gateway knows that it is one. */
  requestId: string;
  version: string;
  manifestHash: Hash;
  /** ISO 8601; part of what makes a repetition the same. */
  deadline: string;
  /** Until when (ISO 8601) a repetition is sure not to be executed again. */
  repeatUntil: string;
  taskId: string | null;
  question: Question | null;
  answer: Json;
};

export function taskThreadOf(notes: Thread): TaskThread {
  const unknown: TaskThread = {
    node: '',
    jid: '',
    step: 'todo',
    requestId: '',
    version: '',
    manifestHash: { algo: '', value: '' },
    deadline: '',
    repeatUntil: '',
    taskId: null,
    question: null,
    answer: null,
  };
  return { ...unknown, ...notes };
}
