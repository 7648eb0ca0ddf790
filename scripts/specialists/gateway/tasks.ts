/**
 * Invoking a tool and what becomes of it: tools that answer at once have ended as soon as they are accepted, the others tell
 * of their progress, may ask, and can be cancelled.
 */

import { createHash } from 'node:crypto';
import type { Element } from '@xmpp/xml';
import { xml } from '@xmpp/xml';
import { xmlSafe } from '../forms.ts';
import { stanzaError } from '../stanza-error.ts';
import { canonical, type Published } from './manifest.ts';
import { AGENT_TASK, HASHES } from './names.ts';
import {
  acceptedElement,
  eventElement,
  isTerminal,
  newId,
  resultElement,
  stateElement,
  type Task,
} from './task.ts';
import { TaskBook } from './task-book.ts';
import { completion, TaskRunner } from './task-run.ts';
import { ArgumentError, type Json, type JsonObject, type Tool } from './tool.ts';

const argumentsCharsMax = 100_000;
const identifier = /^[A-Za-z0-9._~-]{22,128}$/;

/** The answer to a query, and what is sent after it. */
export type Outcome = { payload: Element; after: Element[] };

export type TaskDesk = {
  /** Undefined where the query is not about tasks. */
  answer(query: Element, from: string, published: Published): Outcome | undefined;
  /** Ends all work without a word. */
  halt(): void;
};

export type DeskOptions = {
  endpoints: Published[];
  /** Where the tasks are kept; in memory alone where null. */
  path: string | null;
  send: (stanza: Element) => void;
};

/** The queries about tasks, and the type of IQ that carries each. */
const queries: { [name: string]: 'get' | 'set' } = {
  invoke: 'set',
  'provide-input': 'set',
  cancel: 'set',
  'task-state-request': 'get',
  'task-result-request': 'get',
};

/** True for a query about tasks in the IQ that it belongs into. */
export function isTaskQuery(query: Element, type: string): boolean {
  return query.attrs.xmlns === AGENT_TASK && queries[query.name] === type;
}

export function taskDesk({ endpoints, path, send }: DeskOptions): TaskDesk {
  const book = new TaskBook(path);
  const runner = new TaskRunner(book, send);

  for (const task of book.all().filter((task) => !isTerminal(task))) {
    const published = endpoints.find(({ jid }) => jid === task.endpoint);
    const tool = published?.tools.find((each) => each.tool.name === task.tool)?.tool;
    if (tool?.start) setImmediate(() => void runner.run(task, tool.start(task.arguments)));
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
    const args = jsonIn(query, 'arguments');
    if (!requestId || !identifier.test(requestId) || !isObject(args)) return failed('modify', 'bad-request');
    const deadline = query.getChildText('deadline');
    const fingerprint = digest(JSON.stringify([name, version, hash.text(), canonical(args), deadline]));
    const earlier = book
      .all()
      .find(
        (task) => task.caller === caller && task.requestId === requestId && task.endpoint === published.jid,
      );
    if (earlier) {
      const isSame = earlier.fingerprint === fingerprint;
      return isSame ? { payload: acceptedElement(earlier), after: [] } : failed('cancel', 'conflict');
    }
    if (deadline !== null && !(Date.parse(deadline) > Date.now())) return failed('modify', 'not-acceptable');
    if (book.isFull) return failed('wait', 'resource-constraint');
    const now = new Date().toISOString();
    const task: Task = {
      ...{ id: newId('task'), caller, route: from, requestId, fingerprint, endpoint: published.jid },
      ...{ tool: found.tool.name, arguments: args, deadline, created: now, updated: now },
      ...{ state: 'accepted', revision: 0, payload: null, pending: null, answers: [], taken: {} },
    };
    try {
      return admit(task, found.tool);
    } catch (error) {
      if (error instanceof ArgumentError) return failed('modify', 'not-acceptable', error.message);
      throw error;
    }
  }

  /** A task that is done at once goes straight to its end; one that takes its time begins when it is accepted. */
  function admit(task: Task, tool: Tool): Outcome {
    if (tool.start) {
      const work = tool.start(task.arguments);
      book.keep(task);
      setImmediate(() => void runner.run(task, work));
      return { payload: acceptedElement(task), after: [] };
    }
    const payload = completion(tool.run(task.arguments));
    Object.assign(task, { state: 'completed', revision: 1, payload });
    book.keep(task);
    return { payload: acceptedElement(task), after: [eventElement(task, 'completed', payload)] };
  }

  function provideInput(query: Element, task: Task): Outcome {
    const { 'request-id': requestId = '', 'expected-revision': revision } = query.attrs;
    const input = jsonIn(query, 'input');
    if (!identifier.test(requestId) || input === undefined) return failed('modify', 'bad-request');
    const key = digest(JSON.stringify(['input', requestId, revision, canonical(input)]));
    const before = task.taken[key];
    if (before !== undefined) return { payload: takenElement('input-accepted', task, before), after: [] };
    const { pending } = task;
    if (pending?.requestId !== requestId) {
      const isKnown = Object.hasOwn(task.taken, requestId);
      return failed('cancel', isKnown ? 'conflict' : 'item-not-found');
    }
    if (revision !== String(task.revision)) return failed('cancel', 'conflict');
    const wrong = wrongIn(pending.inputSchema, input);
    if (wrong) return failed('modify', 'not-acceptable', wrong);
    task.taken[key] = task.revision + 1;
    task.taken[requestId] = task.revision + 1;
    runner.answer(task, input);
    return { payload: takenElement('input-accepted', task, task.revision), after: [] };
  }

  function cancel(query: Element, task: Task): Outcome {
    const { 'expected-revision': revision } = query.attrs;
    const key = digest(JSON.stringify(['cancel', revision, query.getChildText('reason')]));
    const before = task.taken[key];
    if (before !== undefined) return { payload: takenElement('cancel-accepted', task, before), after: [] };
    const isOver = isTerminal(task) || task.state === 'cancelling';
    if (isOver || revision !== String(task.revision)) return failed('cancel', 'conflict');
    task.taken[key] = task.revision + 1;
    const accepted = task.revision + 1;
    runner.cancel(task);
    return { payload: takenElement('cancel-accepted', task, accepted), after: [] };
  }

  return {
    answer(query, from, published) {
      if (query.attrs.xmlns !== AGENT_TASK || !Object.hasOwn(queries, query.name)) return undefined;
      if (query.name === 'invoke') return invoke(query, from, published);
      if (!identifier.test(query.attrs['task-id'] ?? '')) return failed('modify', 'bad-request');
      const task = book.find(query.attrs['task-id'] ?? '');
      if (task?.caller !== bareOf(from) || task.endpoint !== published.jid)
        return failed('cancel', 'item-not-found');
      switch (query.name) {
        case 'provide-input':
          return provideInput(query, task);
        case 'cancel':
          return cancel(query, task);
        case 'task-state-request':
          return { payload: stateElement(task, published), after: [] };
        default:
          return isTerminal(task)
            ? { payload: resultElement(task), after: [] }
            : failed('wait', 'unexpected-request');
      }
    },
    halt: () => runner.halt(),
  };
}

function takenElement(name: string, task: Task, revision: number): Element {
  return xml(name, { xmlns: AGENT_TASK, 'task-id': task.id, revision: String(revision) });
}

function failed(type: 'cancel' | 'modify' | 'wait', condition: string, text?: string): Outcome {
  return { payload: stanzaError(type, condition, text && xmlSafe(text)), after: [] };
}

/** Undefined where there is no JSON of that name. */
function jsonIn(query: Element, name: string): Json | undefined {
  const element = query.getChild(name);
  const text = element?.text() ?? '';
  if (element?.attrs['media-type'] !== 'application/json' || text.length > argumentsCharsMax)
    return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** As far as the samples' own schemas go: objects of required texts out of a choice. */
function wrongIn(schema: JsonObject, input: Json): string | null {
  const properties = isObject(schema.properties) ? schema.properties : {};
  if (!isObject(input)) return 'an object is expected';
  for (const [name, property] of Object.entries(properties)) {
    const choice = isObject(property) && Array.isArray(property.enum) ? property.enum : null;
    if (choice && !choice.includes(input[name] ?? null)) return `'${name}' is one of ${choice.join(', ')}`;
  }
  return null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bareOf(jid: string): string {
  return jid.split('/', 1)[0] ?? '';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
