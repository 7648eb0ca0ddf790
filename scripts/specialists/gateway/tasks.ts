/**
 * Invoking a tool and what becomes of it. The tools answer at once, so that a task ends as soon as it is accepted; it
 * is kept in memory, and therefore only as long as the gateway runs. No progress, input or cancellation is offered.
 */

import { createHash, randomBytes } from 'node:crypto';
import { type Element, xml } from '@xmpp/xml';
import { xmlSafe } from '../forms.ts';
import { stanzaError } from '../stanza-error.ts';
import { replaySeconds } from './directory.ts';
import { canonical, hashElement, type Published } from './manifest.ts';
import { AGENT_TASK, HASHES } from './names.ts';
import { ArgumentError, type Json, type JsonObject } from './tool.ts';

const tasksMax = 2_000;
const argumentsCharsMax = 100_000;
const identifier = /^[A-Za-z0-9._~-]{22,128}$/;

type Task = {
  id: string;
  caller: string;
  requestId: string;
  fingerprint: string;
  published: Published;
  created: Date;
  payload: string;
};

/** The answer to a query, and what is sent after it. */
export type Outcome = { payload: Element; after: Element[] };

export type TaskDesk = {
  /** Undefined where the query is not about tasks. */
  answer(query: Element, from: string, published: Published): Outcome | undefined;
};

export function taskDesk(): TaskDesk {
  /** By id, oldest first. */
  const tasks = new Map<string, Task>();

  function forget(): void {
    for (const task of tasks.values()) {
      if (Date.now() <= retainUntil(task).getTime()) return;
      tasks.delete(task.id);
    }
  }

  function invoke(query: Element, from: string, published: Published): Outcome {
    const caller = bareOf(from);
    const { 'request-id': requestId, 'api-version': version, tool: name } = query.attrs;
    const found = published.tools.find(({ tool }) => tool.name === name);
    if (!found || version !== published.endpoint.version) return failed('cancel', 'item-not-found');
    const hash = query.getChild('manifest-hash')?.getChild('hash', HASHES);
    if (hash?.attrs.algo !== 'sha-256' || hash.text() !== published.manifest.hash) {
      return failed('cancel', 'conflict');
    }
    const args = argumentsOf(query);
    if (!requestId || !identifier.test(requestId) || !args) return failed('modify', 'bad-request');
    const deadline = query.getChildText('deadline');
    const fingerprint = digest(JSON.stringify([name, version, hash.text(), canonical(args), deadline]));
    const earlier = [...tasks.values()].find(
      (task) =>
        task.caller === caller && task.requestId === requestId && task.published.jid === published.jid,
    );
    if (earlier) {
      const isSame = earlier.fingerprint === fingerprint;
      return isSame ? { payload: accepted(earlier), after: [] } : failed('cancel', 'conflict');
    }
    if (deadline !== null && !(Date.parse(deadline) > Date.now())) return failed('modify', 'not-acceptable');
    // What is promised to be retained is not forgotten for a newcomer.
    forget();
    if (tasks.size >= tasksMax) return failed('wait', 'resource-constraint');
    let result: JsonObject;
    try {
      result = found.tool.run(args);
    } catch (error) {
      if (error instanceof ArgumentError) return failed('modify', 'not-acceptable', error.message);
      throw error;
    }
    const payload = resultPayload(result);
    const id = `task-${randomBytes(24).toString('base64url')}`;
    const task: Task = { id, caller, requestId, fingerprint, published, created: new Date(), payload };
    tasks.set(id, task);
    return { payload: accepted(task), after: [completed(task, from)] };
  }

  function own(query: Element, from: string, published: Published): Task | undefined {
    const task = tasks.get(query.attrs['task-id'] ?? '');
    return task?.caller === bareOf(from) && task.published.jid === published.jid ? task : undefined;
  }

  return {
    answer(query, from, published) {
      if (query.is('invoke', AGENT_TASK)) return invoke(query, from, published);
      const isState = query.is('task-state-request', AGENT_TASK);
      if (!isState && !query.is('task-result-request', AGENT_TASK)) return undefined;
      if (!identifier.test(query.attrs['task-id'] ?? '')) return failed('modify', 'bad-request');
      const task = own(query, from, published);
      if (!task) return failed('cancel', 'item-not-found');
      return { payload: isState ? stateOf(task) : resultOf(task), after: [] };
    },
  };
}

function failed(type: 'cancel' | 'modify' | 'wait', condition: string, text?: string): Outcome {
  return { payload: stanzaError(type, condition, text && xmlSafe(text)), after: [] };
}

function argumentsOf(query: Element): JsonObject | null {
  const element = query.getChild('arguments');
  const text = element?.text() ?? '';
  if (element?.attrs['media-type'] !== 'application/json' || text.length > argumentsCharsMax) return null;
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function resultPayload(result: JsonObject): string {
  const text = JSON.stringify(result);
  return JSON.stringify({
    result: { content: [{ type: 'text', text }], structuredContent: result, isError: false },
  });
}

function accepted(task: Task): Element {
  return xml('accepted', {
    xmlns: AGENT_TASK,
    'request-id': task.requestId,
    'task-id': task.id,
    revision: '0',
    created: task.created.toISOString(),
    'retain-until': retainUntil(task).toISOString(),
  });
}

/** The next revision after acceptance: a task may go straight to its end. */
const finalRevision = '1';

function completed(task: Task, to: string): Element {
  const attributes = { xmlns: AGENT_TASK, 'task-id': task.id, revision: finalRevision, type: 'completed' };
  const event = { ...attributes, 'event-id': `event-${randomBytes(24).toString('base64url')}` };
  return xml(
    'message',
    { from: task.published.jid, to, type: 'normal', id: task.id },
    xml('event', event, xmlSafe(task.payload)),
  );
}

function stateOf(task: Task): Element {
  return xml(
    'task-state',
    {
      xmlns: AGENT_TASK,
      'task-id': task.id,
      endpoint: task.published.jid,
      state: 'completed',
      revision: finalRevision,
      'api-version': task.published.endpoint.version,
      created: task.created.toISOString(),
      updated: task.created.toISOString(),
      'retain-until': retainUntil(task).toISOString(),
      'result-available': 'true',
    },
    xml('manifest-hash', {}, hashElement(task.published.manifest.hash)),
  );
}

function resultOf(task: Task): Element {
  return xml(
    'task-result',
    {
      xmlns: AGENT_TASK,
      'task-id': task.id,
      state: 'completed',
      revision: finalRevision,
      'media-type': 'application/json',
    },
    xmlSafe(task.payload),
  );
}

function retainUntil(task: Task): Date {
  return new Date(task.created.getTime() + replaySeconds * 1_000);
}

function bareOf(jid: string): string {
  return jid.split('/', 1)[0] ?? '';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
