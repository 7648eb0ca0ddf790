/**
 * XEP-0050: Ad-Hoc Commands (1.3).
 * https://xmpp.org/extensions/xep-0050.html
 */

import { type Form, readForm, writeForm } from './data-form.ts';
import { NS_COMMANDS, NS_DATA } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { cleanText, token } from './text.ts';
import { type Element, expectElement, xml } from './xml.ts';

export const commandActions = ['execute', 'cancel', 'prev', 'next', 'complete'] as const;
export type CommandAction = (typeof commandActions)[number];
export const commandStatuses = ['executing', 'completed', 'canceled'] as const;
export type CommandStatus = (typeof commandStatuses)[number];
export const noteTypes = ['info', 'warn', 'error'] as const;
export type Note = { type: (typeof noteTypes)[number]; text: string };

export type CommandRequest = {
  node: string;
  sessionId: string | null;
  action: CommandAction;
  form: Form | null;
};

export type CommandResponse = {
  node: string;
  sessionId: string | null;
  status: CommandStatus;
  actions: CommandAction[];
  notes: Note[];
  form: Form | null;
};

const nodeCharsMax = 1024;
const sessionCharsMax = 1024;
const noteCharsMax = 4000;
const notesMax = 20;

/** @throws {ParseError} where the element is no answer to a command. */
export function readCommandResponse(element: Element): CommandResponse {
  const status = commandStatuses.find((name) => name === element.attrs.status);
  const node = readCommandNode(element);
  if (!status)
    throw new ParseError(
      `command status '${element.attrs.status ?? ''}' is none of ${commandStatuses.join(', ')}`,
    );
  const offered = new Set(
    element
      .getChild('actions', NS_COMMANDS)
      ?.getChildElements()
      .map((child) => child.name),
  );
  return {
    node,
    sessionId: readSession(element),
    status,
    actions: commandActions.filter((action) => offered.has(action)),
    notes: element.getChildren('note', NS_COMMANDS).slice(0, notesMax).map(readNote),
    form: readCommandForm(element),
  };
}

/**
 * Reads of an answer what goes on with its session, whatever its form is: one that cannot be read is null.
 * @throws {ParseError} where the element is no answer to a command.
 */
export function readCommandOutline(
  element: Element,
): Pick<CommandResponse, 'node' | 'sessionId' | 'status' | 'form'> {
  const withoutForm = xml(element.name, element.attrs);
  const { node, sessionId, status } = readCommandResponse(withoutForm);
  try {
    return { node, sessionId, status, form: readCommandForm(element) };
  } catch (error) {
    if (error instanceof ParseError) return { node, sessionId, status, form: null };
    throw error;
  }
}

/** @throws {ParseError} where the element is no request of a command. */
export function readCommandRequest(element: Element): CommandRequest {
  const node = readCommandNode(element);
  const action = element.attrs.action ?? 'execute';
  const known = commandActions.find((name) => name === action);
  if (!known) throw new ParseError(`command action '${action}' is none of ${commandActions.join(', ')}`);
  return { node, sessionId: readSession(element), action: known, form: readCommandForm(element) };
}

/** @param more what rides in the command beside its form */
export function writeCommandRequest(request: CommandRequest, more: Element[] = []): Element {
  return xml(
    'command',
    { xmlns: NS_COMMANDS, node: request.node, sessionid: request.sessionId, action: request.action },
    request.form && writeForm(request.form),
    more,
  );
}

/** @param lang of the notes and the form (§3.3) */
export function writeCommandResponse(response: CommandResponse, lang: string | null = null): Element {
  return xml(
    'command',
    {
      xmlns: NS_COMMANDS,
      node: response.node,
      sessionid: response.sessionId,
      status: response.status,
      'xml:lang': lang,
    },
    response.actions.length > 0 &&
      xml(
        'actions',
        {},
        response.actions.map((action) => xml(action)),
      ),
    response.notes.map((note) => xml('note', { type: note.type }, note.text)),
    response.form && writeForm(response.form),
  );
}

function readCommandNode(element: Element): string {
  expectElement(element, 'command', NS_COMMANDS);
  const node = token(element.attrs.node, nodeCharsMax);
  if (!node) throw new ParseError('the command has no node');
  return node;
}

function readSession(element: Element): string | null {
  return token(element.attrs.sessionid, sessionCharsMax);
}

function readCommandForm(element: Element): Form | null {
  const form = element.getChild('x', NS_DATA);
  return form ? readForm(form) : null;
}

function readNote(element: Element): Note {
  const type = noteTypes.find((name) => name === element.attrs.type) ?? 'info';
  return { type, text: cleanText(element.text(), noteCharsMax) };
}
