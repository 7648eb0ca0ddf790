/** A task of the sample gateway, as it is kept, and as it is told. */

import { randomBytes } from 'node:crypto';
import { type Element, xml } from '@xmpp/xml';
import { xmlSafe } from '../forms.ts';
import { replaySeconds } from './directory.ts';
import { hashElement, type Published } from './manifest.ts';
import { AGENT_TASK } from './names.ts';
import type { Json, JsonObject } from './tool.ts';

export type State =
  | 'accepted'
  | 'running'
  | 'input_required'
  | 'cancelling'
  | 'cancelled'
  | 'failed'
  | 'completed';

/** Plain data, so that it can be kept in a file. */
export type Task = {
  id: string;
  caller: string;
  /** The full JID that invoked: where events go. */
  route: string;
  requestId: string;
  fingerprint: string;
  /** The endpoint's address, and the tool's name. */
  endpoint: string;
  tool: string;
  arguments: JsonObject;
  deadline: string | null;
  created: string;
  updated: string;
  state: State;
  revision: number;
  /** JSON: what a task that has ended gave. */
  payload: string | null;
  pending: { requestId: string; question: string; inputSchema: JsonObject; createdAt: string } | null;
  /** What was given so far, in the order in which it was asked for. */
  answers: Json[];
  /** What was taken, by what makes a repetition the same, with the revision that came of it. */
  taken: { [fingerprint: string]: number };
};

export function newId(kind: 'task' | 'event' | 'input'): string {
  return `${kind}-${randomBytes(24).toString('base64url')}`;
}

export function isTerminal({ state }: Pick<Task, 'state'>): boolean {
  return state === 'cancelled' || state === 'failed' || state === 'completed';
}

export function retainUntil(task: Pick<Task, 'updated'>): Date {
  return new Date(Date.parse(task.updated) + replaySeconds * 1_000);
}

export function acceptedElement(task: Task): Element {
  return xml('accepted', {
    xmlns: AGENT_TASK,
    'request-id': task.requestId,
    'task-id': task.id,
    revision: '0',
    created: task.created,
    'retain-until': retainUntil(task).toISOString(),
  });
}

export function eventElement(task: Task, type: string, payload: string): Element {
  const attributes = { xmlns: AGENT_TASK, 'task-id': task.id, revision: String(task.revision), type };
  return xml(
    'message',
    { from: task.endpoint, to: task.route, type: 'normal', id: newId('event') },
    xml('event', { ...attributes, 'event-id': newId('event') }, xmlSafe(payload)),
  );
}

export function stateElement(task: Task, published: Published): Element {
  const pending = task.pending && JSON.stringify(task.pending);
  return xml(
    'task-state',
    {
      xmlns: AGENT_TASK,
      'task-id': task.id,
      endpoint: task.endpoint,
      state: task.state,
      revision: String(task.revision),
      'api-version': published.endpoint.version,
      created: task.created,
      updated: task.updated,
      ...(task.deadline && { deadline: task.deadline }),
      'retain-until': retainUntil(task).toISOString(),
      'result-available': String(isTerminal(task)),
    },
    xml('manifest-hash', {}, hashElement(published.manifest.hash)),
    pending && xml('pending-input', { 'media-type': 'application/json' }, xmlSafe(pending)),
  );
}

export function resultElement(task: Task): Element {
  return xml(
    'task-result',
    {
      xmlns: AGENT_TASK,
      'task-id': task.id,
      state: task.state,
      revision: String(task.revision),
      'media-type': 'application/json',
    },
    xmlSafe(task.payload ?? '{}'),
  );
}
