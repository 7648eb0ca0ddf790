/** Answers the directory's own ad-hoc commands (XEP-0050 1.3), whatever they are. */

import { randomUUID } from 'node:crypto';
import { isProblem, type Problem, problem, problems } from '../../market/problem.ts';
import {
  type CommandAction,
  type CommandRequest,
  type CommandResponse,
  commandActions,
  type Note,
  readCommandRequest,
  writeCommandResponse,
} from '../../protocol/commands.ts';
import type { Form } from '../../protocol/data-form.ts';
import { plumbingNodes, writeCommandMeta } from '../../protocol/dialects/ai-sns.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import { bareJid, formatJid, type Jid } from '../../protocol/jid.ts';
import { NS_COMMANDS, NS_DATA } from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import type { Element } from '../../protocol/xml.ts';
import { commandRefusal, problemRefusal, refusal } from './refusal.ts';
import { type Frame, type Session, type SessionLimits, Sessions, sessionLimits } from './sessions.ts';
import { type Caller, type Command, isStage, type Onward, type Outcome, type Step } from './step.ts';
import { readValues, refilled } from './values.ts';

export const deskLimits = {
  /** Requests of one bare JID that are acted upon at the same time. */
  runningPerJidMax: 4,
} as const;

export type DeskOptions = {
  limits?: SessionLimits;
  now?: () => number;
  /** Hears of our own faults; the caller hears only that there was one. */
  onError: (error: unknown, node: string) => void;
};

export class CommandDesk {
  #commands: Map<string, Command>;
  #sessions: Sessions;
  #running = new Map<string, number>();
  #onError: DeskOptions['onError'];

  constructor(commands: Command[], { limits = sessionLimits, now = Date.now, onError }: DeskOptions) {
    this.#commands = new Map(commands.map((command) => [command.node, command]));
    this.#sessions = new Sessions(limits, now);
    this.#onError = onError;
  }

  /** Sessions that are open. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** The commands that concern the caller. */
  list(from: Jid): { node: string; name: string }[] {
    const caller = callerOf(from);
    return [...this.#commands.values()]
      .filter((command) => command.concerns?.(caller) ?? true)
      .map(({ node, name }) => ({ node, name }));
  }

  /** What disco#info says of a command's node; null where there is no such command. */
  info(node: string): DiscoInfo | null {
    const command = this.#commands.get(node);
    if (!command) return null;
    const source = plumbingNodes.has(node) ? 'builtin' : 'config';
    const identity = { category: 'automation', type: 'command-node', name: command.name, lang: null };
    const { about } = command;
    const meta =
      about && writeCommandMeta({ description: about.description, source, fields: [...about.fields] });
    return { node, identities: [identity], features: [NS_COMMANDS, NS_DATA], forms: meta ? [meta] : [] };
  }

  /** The answer to a `<command/>`: a `<command/>`, or an `<error/>`. Never rejects. */
  async answer(from: Jid, element: Element): Promise<Element> {
    const { jid } = callerOf(from);
    const running = this.#running.get(jid) ?? 0;
    if (running >= deskLimits.runningPerJidMax) {
      return refusal(
        'wait',
        'resource-constraint',
        'Too many commands at the same time; await an answer first.',
      );
    }
    this.#running.set(jid, running + 1);
    try {
      return await this.#answer(from, element);
    } catch (error) {
      this.#onError(error, String(element.attrs.node ?? ''));
      return problemRefusal(problem('internal', 'The directory failed; try again shortly.'));
    } finally {
      const left = (this.#running.get(jid) ?? 1) - 1;
      if (left > 0) this.#running.set(jid, left);
      else this.#running.delete(jid);
    }
  }

  async #answer(from: Jid, element: Element): Promise<Element> {
    const request = readRequest(element);
    if (!('node' in request)) return request.refused;
    const command = this.#commands.get(request.node);
    if (!command) return refusal('cancel', 'item-not-found', 'There is no such command.');
    if (request.sessionId === null) {
      if (request.action !== 'execute') return commandRefusal('bad-sessionid', 'The session is missing.');
      return this.#begin(from, command);
    }
    const session = this.#sessions.find(request.sessionId, request.node, formatJid(from));
    if (session === 'expired') {
      return commandRefusal('session-expired', 'The session was left for too long; start anew.');
    }
    if (!session) {
      return commandRefusal('bad-sessionid', 'There is no such session of yours, or it is over; start anew.');
    }
    if (session.busy) {
      return refusal('wait', 'unexpected-request', "The session's last request is still being acted upon.");
    }
    return this.#goOn(session, request);
  }

  async #begin(from: Jid, command: Command): Promise<Element> {
    const caller = callerOf(from);
    if (!(command.concerns?.(caller) ?? true)) {
      return refusal('auth', 'forbidden', 'This command is not offered to your address.');
    }
    const step = await command.start(caller);
    if (isProblem(step)) return problemRefusal(step);
    if (!isStage(step)) return completed(command.node, randomUUID(), step);
    return shown(this.#sessions.open(command, formatJid(from), caller.jid, step));
  }

  async #goOn(session: Session, request: CommandRequest): Promise<Element> {
    if (request.action === 'cancel' || request.form?.type === 'cancel') {
      this.#sessions.end(session);
      return write({
        node: session.command.node,
        sessionId: session.id,
        status: 'canceled',
        actions: [],
        notes: [],
        form: null,
      });
    }
    if (request.action === 'prev') {
      if (session.frames.length < 2) return commandRefusal('bad-action', 'This is the first stage.');
      session.frames.pop();
      return shown(session);
    }
    const { stage } = current(session);
    // XEP-0050 §3.4: `execute` is the default of the actions that were offered.
    const action = request.action === 'execute' ? stage.actions[0] : request.action;
    if (!stage.actions.includes(action)) {
      return commandRefusal('bad-action', `This stage takes ${stage.actions.join(' or ')}, or cancel.`);
    }
    return this.#submit(session, action, request);
  }

  async #submit(session: Session, action: Onward, { form }: CommandRequest): Promise<Element> {
    const frame = current(session);
    const { type, fields } = frame.stage.form;
    const takesValues = type === 'form' && fields.length > 0;
    if (takesValues && form?.type !== 'submit') {
      return commandRefusal('bad-payload', "The stage's form is missing; expected one of type submit.");
    }
    const empty = { values: new Map(), errors: [] };
    const { values, errors } = takesValues && form ? readValues(formOf(frame), form) : empty;
    frame.given = values;
    if (errors.length > 0)
      return shown(
        session,
        errors.map(({ pointer, detail }) => fault(`${pointer}: ${detail}`)),
      );
    session.busy = true;
    try {
      return this.#take(session, await frame.stage.submit(values, action));
    } finally {
      session.busy = false;
    }
  }

  /** Goes where the submit led. */
  #take(session: Session, step: Step): Element {
    if (isProblem(step)) {
      const { type } = problems[step.problem];
      if (type === 'modify') return shown(session, faultsOf(step));
      // What may pass can be tried again from the same stage.
      if (type !== 'wait') this.#sessions.end(session);
      return problemRefusal(step);
    }
    if (isStage(step)) {
      this.#sessions.advance(session, step);
      return shown(session);
    }
    this.#sessions.end(session);
    return completed(session.command.node, session.id, step);
  }
}

function callerOf(from: Jid): Caller {
  return { jid: bareJid(from), domain: from.domain, resource: from.resource };
}

type Read = CommandRequest | { refused: Element };

function readRequest(element: Element): Read {
  const { action } = element.attrs;
  if (action !== undefined && !commandActions.includes(action as CommandAction)) {
    return { refused: commandRefusal('malformed-action', `expected one of ${commandActions.join(', ')}`) };
  }
  try {
    return readCommandRequest(element);
  } catch (error) {
    if (error instanceof ParseError) return { refused: commandRefusal('bad-payload', error.message) };
    throw error;
  }
}

/** The stage's form, with what was filled in when it was left. */
function formOf({ stage, given }: Frame): Form {
  return given ? refilled(stage.form, given) : stage.form;
}

function current(session: Session): Frame {
  const frame = session.frames.at(-1);
  if (!frame) throw new Error('the session has no stage');
  return frame;
}

/** The session's stage, and what is wrong with what was filled in. */
function shown(session: Session, faults: Note[] = []): Element {
  const frame = current(session);
  const { stage } = frame;
  const isFirst = session.frames.length < 2;
  const element = write({
    node: session.command.node,
    sessionId: session.id,
    status: 'executing',
    actions: [...(isFirst ? [] : ['prev' as const]), ...stage.actions],
    notes: [...faults, ...(stage.notes ?? [])],
    form: formOf(frame),
  });
  const actions = element.getChild('actions');
  if (actions) actions.attrs.execute = stage.actions[0];
  return element;
}

function completed(node: string, sessionId: string, { result, notes }: Outcome): Element {
  return write({ node, sessionId, status: 'completed', actions: [], notes, form: result });
}

/** Every word of the directory's own is English. */
function write(response: CommandResponse): Element {
  return writeCommandResponse(response, 'en');
}

function faultsOf({ detail, errors }: Problem): Note[] {
  if (errors.length === 0) return [fault(detail)];
  return errors.map((error) => fault(`${error.pointer}: ${error.detail}`));
}

function fault(text: string): Note {
  return { type: 'error', text };
}
