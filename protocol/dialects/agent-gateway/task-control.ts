/**
 * XMPP Agent Gateway (ProtoXEP, 0.0.5), "Interactive Input", "Cancellation and Deadlines" and "Task Recovery": answering what
 * a task asks, ending it, and finding out how it stands when a notification was lost.
 */

import { type Hash, readHashIn } from '../../hashes.ts';
import { bareJid, tryJid } from '../../jid.ts';
import { type Json, parseJsonObject } from '../../json.ts';
import { ParseError } from '../../parse-error.ts';
import { type Element, expectElement, requireChild, xml } from '../../xml.ts';
import { NS_AGENT_TASK, readIdentifier, readVersion } from './namespaces.ts';
import { dateOf, JSON_TYPE, revisionOf, terminalStates } from './task.ts';
import { type InputRequest, inputRequest } from './task-payload.ts';

export const taskStates = ['accepted', 'running', 'input_required', 'cancelling', ...terminalStates] as const;

export type TaskState = {
  taskId: string;
  endpoint: string;
  state: (typeof taskStates)[number];
  revision: number;
  version: string;
  manifestHash: Hash;
  created: Date;
  updated: Date;
  deadline: Date | null;
  retainUntil: Date;
  resultAvailable: boolean;
  /** What the task asks for now. */
  pending: InputRequest | null;
};

/** A task's revision from which an input or a cancellation was taken. */
export type TaskRevision = { taskId: string; revision: number };

export function taskStateRequest(taskId: string): Element {
  return xml('task-state-request', { xmlns: NS_AGENT_TASK, 'task-id': taskId });
}

/** @throws {ParseError} where the element is no state of a task. */
export function readTaskState(element: Element): TaskState {
  expectElement(element, 'task-state', NS_AGENT_TASK);
  const { attrs } = element;
  const state = taskStates.find((name) => name === attrs.state);
  const endpoint = tryJid(attrs.endpoint);
  if (!state || !endpoint || endpoint.resource) throw new ParseError('a task state of an endpoint expected');
  const pending = element.getChild('pending-input', NS_AGENT_TASK);
  return {
    taskId: readIdentifier(attrs['task-id']),
    endpoint: bareJid(endpoint),
    state,
    revision: revisionOf(element),
    version: readVersion(attrs['api-version']),
    manifestHash: readHashIn(requireChild(element, 'manifest-hash', NS_AGENT_TASK)),
    created: dateOf(attrs.created),
    updated: dateOf(attrs.updated),
    deadline: attrs.deadline === undefined ? null : dateOf(attrs.deadline),
    retainUntil: dateOf(attrs['retain-until']),
    resultAvailable: attrs['result-available'] === 'true' || attrs['result-available'] === '1',
    pending: pending ? inputRequest(parseJsonObject(pending.text())) : null,
  };
}

/** The same input again, with the same revision, is the same answer: it is safe to repeat. */
export function writeProvideInput(of: {
  taskId: string;
  requestId: string;
  /** The revision at which the task asked. */
  revision: number;
  input: Json;
}): Element {
  return xml(
    'provide-input',
    {
      xmlns: NS_AGENT_TASK,
      'task-id': of.taskId,
      'request-id': of.requestId,
      'expected-revision': String(of.revision),
    },
    xml('input', { 'media-type': JSON_TYPE }, JSON.stringify(of.input)),
  );
}

/** @throws {ParseError} where the element accepts no input. */
export function readInputAccepted(element: Element): TaskRevision {
  expectElement(element, 'input-accepted', NS_AGENT_TASK);
  return { taskId: readIdentifier(element.attrs['task-id']), revision: revisionOf(element) };
}

/** Like an input, a cancellation can be repeated. It is a wish: the task may still complete or fail. */
export function writeCancel(of: { taskId: string; revision: number; reason: string | null }): Element {
  return xml(
    'cancel',
    { xmlns: NS_AGENT_TASK, 'task-id': of.taskId, 'expected-revision': String(of.revision) },
    of.reason !== null && xml('reason', {}, of.reason),
  );
}

/** @throws {ParseError} where the element accepts no cancellation. */
export function readCancelAccepted(element: Element): TaskRevision {
  expectElement(element, 'cancel-accepted', NS_AGENT_TASK);
  return { taskId: readIdentifier(element.attrs['task-id']), revision: revisionOf(element) };
}
