/** Why a command is refused: XEP-0050 §4, and the catalogue of problems. */

import { type Problem, problems } from '../../market/problem.ts';
import { NS_COMMANDS } from '../../protocol/namespaces.ts';
import {
  type Condition,
  type ErrorType,
  type StanzaError,
  writeStanzaError,
} from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';

/** The conditions of XEP-0050 §4.4, each with the stanza error that goes with it. */
const conditions = {
  'malformed-action': ['modify', 'bad-request'],
  'bad-action': ['modify', 'bad-request'],
  'bad-payload': ['modify', 'bad-request'],
  'bad-sessionid': ['modify', 'bad-request'],
  'session-expired': ['cancel', 'not-allowed'],
} as const satisfies { [name: string]: [ErrorType, Condition] };

export function commandRefusal(name: keyof typeof conditions, text: string): Element {
  const [type, condition] = conditions[name];
  const error = writeStanzaError({ type, condition, text });
  error.append(xml(name, { xmlns: NS_COMMANDS }));
  return error;
}

export function refusal(type: ErrorType, condition: Condition, text: string): Element {
  return writeStanzaError({ type, condition, text });
}

/** A problem of the catalogue as its stanza error; what is wrong with single values stands in the text. */
export function stanzaErrorOf({ problem, detail, errors }: Problem): StanzaError {
  const { type, condition } = problems[problem];
  const named = errors.map((error) => `${error.pointer}: ${error.detail}`);
  return { type, condition, text: [detail, ...named].join(' ') };
}

export function problemRefusal(refused: Problem): Element {
  return writeStanzaError(stanzaErrorOf(refused));
}
