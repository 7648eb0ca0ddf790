/** XEP-0050: Ad-Hoc Commands, version 1.3.0, for commands of one form or two, and one answer. */
import { randomUUID } from 'node:crypto';
import { type Element, xml } from '@xmpp/xml';
import { readAnswers } from './answers.ts';
import { formElement, readSubmission, resultElement, xmlSafe } from './forms.ts';
import { NS_COMMANDS } from './namespaces.ts';
import { type Answers, FailureError, type Field, type Output, UserError } from './skill.ts';
import { commandError, stanzaError } from './stanza-error.ts';

const sessionsMax = 1_000;
const sessionLifetimeMs = 10 * 60_000;

export type Command = {
  node: string;
  name: string;
  instructions: string;
  fields: readonly Field[];
  /** The form that follows the first. */
  second?: readonly Field[];
  run(answers: Answers): readonly Output[] | Promise<readonly Output[]>;
};

/**
 * Where implementations differ. `strict` refuses an unknown session and lets a person correct a form;
 * `lenient` silently starts over, and ends the command with a note, as AI-SNS does.
 */
export type CommandManner = 'strict' | 'lenient';

/** Answers the commands of one agent; what it returns is the `<command/>` or an `<error/>`. */
export type CommandDesk = { answer(from: string, request: Element): Promise<Element> };

type Filled = ReadonlyMap<string, readonly string[]>;

/** `first` is what the first form was filled in with, where there is a second. */
type Session = { from: string; node: string; startedMs: number; first: Filled | null };

const actions = new Set(['cancel', 'complete', 'execute', 'next', 'prev']);

export function commandDesk(commands: readonly Command[], manner: CommandManner): CommandDesk {
  const sessions = new Map<string, Session>();

  function open(from: string, command: Command): Element {
    // The map keeps the order of insertion, so the first entry is the oldest.
    for (const [id, session] of sessions) {
      const expired = Date.now() - session.startedMs > sessionLifetimeMs;
      if (!expired && sessions.size < sessionsMax) break;
      sessions.delete(id);
    }
    const id = randomUUID();
    sessions.set(id, { from, node: command.node, startedMs: Date.now(), first: null });
    return executing(command, id);
  }

  function find(from: string, node: string, id: string): Session | null {
    const session = sessions.get(id);
    if (session?.from !== from || session.node !== node) return null;
    return Date.now() - session.startedMs <= sessionLifetimeMs ? session : null;
  }

  async function submit(command: Command, id: string, session: Session, request: Element): Promise<Element> {
    const submission = readSubmission(request);
    if (!submission) return commandError('bad-payload', 'The form of this step is missing.');
    const { first } = session;
    const [fields, filled] = first
      ? [[...command.fields, ...(command.second ?? [])], new Map([...first, ...submission])]
      : [command.fields, submission];
    try {
      const answers = readAnswers(fields, filled);
      if (command.second && !first) {
        session.first = submission;
        return executing(command, id, { fields: command.second, isFirst: false });
      }
      const outputs = await command.run(answers);
      sessions.delete(id);
      return commandElement(command, id, 'completed', resultElement(command.name, outputs));
    } catch (error) {
      if (!(error instanceof UserError || error instanceof FailureError)) throw error;
      const note = xml('note', { type: 'error' }, xmlSafe(error.message));
      if (manner === 'strict' && error instanceof UserError) {
        const shown = first ? (command.second ?? []) : command.fields;
        return executing(command, id, { fields: shown, isFirst: !first }, submission, note);
      }
      sessions.delete(id);
      return commandElement(command, id, 'completed', note);
    }
  }

  return {
    async answer(from, request) {
      const command = commands.find(({ node }) => node === request.attrs.node);
      if (!command) return stanzaError('cancel', 'item-not-found', 'There is no such command here.');
      const action = request.attrs.action ?? 'execute';
      if (!actions.has(action)) return commandError('malformed-action', 'There is no such action.');
      const id = request.attrs.sessionid;
      const known = id === undefined ? null : find(from, command.node, id);
      if (action === 'cancel') {
        if (known && id !== undefined) sessions.delete(id);
        else return unknownSession(manner);
        return commandElement(command, id, 'canceled');
      }
      if (id === undefined && action === 'execute') return open(from, command);
      if (!known || id === undefined) {
        return manner === 'lenient' ? open(from, command) : unknownSession(manner);
      }
      const isNext = action === 'next' && command.second && !known.first;
      if (manner === 'strict' && !isNext && (action === 'next' || action === 'prev')) {
        return commandError('bad-action', 'This step can be completed or cancelled.');
      }
      return submit(command, id, known, request);
    },
  };
}

function unknownSession(manner: CommandManner): Element {
  return manner === 'strict'
    ? commandError('bad-sessionid', 'There is no such session; execute the command again.')
    : stanzaError('cancel', 'item-not-found');
}

function executing(
  command: Command,
  id: string,
  { fields, isFirst } = { fields: command.fields, isFirst: true },
  filled?: Filled,
  note?: Element,
): Element {
  const action = isFirst && command.second ? 'next' : 'complete';
  return commandElement(
    command,
    id,
    'executing',
    xml('actions', { execute: action }, xml(action)),
    formElement(command.name, command.instructions, fields, filled),
    note,
  );
}

function commandElement(
  command: Command,
  sessionid: string,
  status: 'canceled' | 'completed' | 'executing',
  ...children: (Element | undefined)[]
): Element {
  return xml('command', { xmlns: NS_COMMANDS, node: command.node, sessionid, status }, ...children);
}
