/**
 * XMPP Agent Gateway (ProtoXEP, 0.0.5), "Tool Execution": invoking a tool, hearing how the task goes, and asking for
 * its result. What an event or result carries is read by `task-payload.ts`; input, cancellation and recovery are in
 * `task-control.ts`.
 */

import { type Hash, writeHash } from '../../hashes.ts';
import { type JsonObject, parseJsonObject } from '../../json.ts';
import { ParseError } from '../../parse-error.ts';
import { type Element, expectElement, xml } from '../../xml.ts';
import { NS_AGENT_TASK, readIdentifier } from './namespaces.ts';

export type Invocation = {
  /** Unpredictable, made by the caller; the same one again is the same request. */
  requestId: string;
  tool: string;
  version: string;
  manifestHash: Hash;
  arguments: JsonObject;
  /** When the task fails of itself if it has not ended. */
  deadline?: Date;
};

export type Accepted = {
  requestId: string;
  taskId: string;
  revision: number;
  created: Date;
  retainUntil: Date;
};

export const eventTypes = [
  'status',
  'progress',
  'input_required',
  'completed',
  'failed',
  'cancelled',
] as const;
export type EventType = (typeof eventTypes)[number];

export type TaskEvent = {
  taskId: string;
  eventId: string;
  revision: number;
  type: EventType;
  payload: JsonObject;
};

export const terminalStates = ['cancelled', 'failed', 'completed'] as const;
export type TaskResult = {
  taskId: string;
  revision: number;
  state: (typeof terminalStates)[number];
  payload: JsonObject;
};

/** The one media type of what a task carries. */
export const JSON_TYPE = 'application/json';

export function writeInvoke(of: Invocation): Element {
  return xml(
    'invoke',
    { xmlns: NS_AGENT_TASK, 'request-id': of.requestId, tool: of.tool, 'api-version': of.version },
    xml('manifest-hash', {}, writeHash(of.manifestHash)),
    xml('arguments', { 'media-type': JSON_TYPE }, JSON.stringify(of.arguments)),
    of.deadline && xml('deadline', {}, of.deadline.toISOString()),
  );
}

/** @throws {ParseError} where the element is no acceptance. */
export function readAccepted(element: Element): Accepted {
  expectElement(element, 'accepted', NS_AGENT_TASK);
  return {
    requestId: readIdentifier(element.attrs['request-id']),
    taskId: readIdentifier(element.attrs['task-id']),
    revision: revisionOf(element),
    created: dateOf(element.attrs.created),
    retainUntil: dateOf(element.attrs['retain-until']),
  };
}

/**
 * The task event that a message carries; null where it carries none. Whose task it is remains to be compared.
 * @throws {ParseError} where the message is an event's and not as it must be: it is then nothing else either.
 */
export function readTaskEvent(message: Element): TaskEvent | null {
  const [element, ...more] = message.getChildren('event', NS_AGENT_TASK);
  if (!element) return null;
  if (more.length > 0) throw new ParseError('more than one task event in a message');
  if ((message.attrs.type ?? 'normal') !== 'normal')
    throw new ParseError('a task event outside a normal message');
  const type = eventTypes.find((name) => name === element.attrs.type);
  if (!type) throw new ParseError('a task event of an unknown type');
  return {
    taskId: readIdentifier(element.attrs['task-id']),
    eventId: readIdentifier(element.attrs['event-id']),
    revision: revisionOf(element),
    type,
    payload: parseJsonObject(element.text()),
  };
}

export function taskResultRequest(taskId: string): Element {
  return xml('task-result-request', { xmlns: NS_AGENT_TASK, 'task-id': taskId });
}

/** @throws {ParseError} where the element is no result of a task that ended. */
export function readTaskResult(element: Element): TaskResult {
  expectElement(element, 'task-result', NS_AGENT_TASK);
  const state = terminalStates.find((name) => name === element.attrs.state);
  if (!state) throw new ParseError('the state of a task result is not a terminal one');
  return {
    taskId: readIdentifier(element.attrs['task-id']),
    revision: revisionOf(element),
    state,
    payload: parseJsonObject(element.text()),
  };
}

/** A task's place in its history: 0 as it is accepted. @throws {ParseError} where the element states none. */
export function revisionOf(element: Element): number {
  const text = element.attrs.revision ?? '';
  if (!/^\d{1,15}$/.test(text)) throw new ParseError('a revision is a whole number from 0');
  return Number(text);
}

/** XEP-0082: a date and time with its zone. @throws {ParseError} where the text is none. */
export function dateOf(text: string | undefined): Date {
  const date = new Date(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text ?? '') ? (text ?? '') : '',
  );
  if (Number.isNaN(date.getTime())) throw new ParseError('a date and time with its zone expected');
  return date;
}
