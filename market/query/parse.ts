/** The query language: from text to a query. `format.ts` prints it back. */

import { type Problem, problem } from '../problem.ts';
import { isSetName, type Qualifier, type QualifierName, type Query, queryLimits, type Term } from './ast.ts';
import { charsOf, queryLine, shown } from './clean.ts';
import { isRefused, qualifierHelp, readValue } from './codecs.ts';
import { quoteWhereNeeded } from './format.ts';
import { type Fault, isFault, isSpaceAt, quotedAt, type ScannedValue, valuesAt, wordAt } from './scan.ts';
import { isConflict, settle } from './settle.ts';
import { expectedNames, qualifierNamed } from './spelling.ts';

/** What a text holds, before it is brought into order; `places` says where each qualifier last stands. */
export type Draft = Query & { places: Map<QualifierName, number> };

/** Reads a query, or says at which character (from 1) it went wrong and what was expected. */
export function parseQuery(text: string): Query | Problem {
  const draft = readDraft(text);
  if (isFault(draft)) return problem('invalid-query', located(text, draft));
  const query = settle(draft);
  if (!isConflict(query)) return query;
  const at = (query.name && draft.places.get(query.name)) ?? 0;
  return problem('invalid-query', located(text, { at, detail: query.detail }));
}

/** The fault as a sentence, with its place. Characters are code points. */
export function located(text: string, { at, detail }: Fault): string {
  return `Character ${charsOf(text.slice(0, at)) + 1}: ${detail}${detail.endsWith('?') ? '' : '.'}`;
}

export function readDraft(text: string): Draft | Fault {
  const { charsMax } = queryLimits;
  const chars = charsOf(text);
  if (chars > charsMax) {
    const end = [...text.slice(0, 2 * charsMax)].slice(0, charsMax).join('').length;
    return { at: end, detail: `the query has ${chars} characters; at most ${charsMax} are read` };
  }
  const draft: Draft = { terms: [], qualifiers: [], places: new Map() };
  let at = 0;
  while (at < text.length) {
    const next = isSpaceAt(text, at) ? at + 1 : partAt(text, at, draft);
    if (typeof next !== 'number') return next;
    at = next;
  }
  return draft;
}

const NAME = /^(\p{L}[\p{L}\p{N}_-]{0,59}):/u;

/** Adds the part that starts here to the draft; answers where it ends. */
function partAt(text: string, start: number, draft: Draft): number | Fault {
  const isExcluded = text[start] === '-' && !isSpaceAt(text, start + 1);
  const at = isExcluded ? start + 1 : start;
  const name = NAME.exec(text.slice(at, at + 70))?.[1];
  if (name !== undefined)
    return qualifierAt(text, { start, name, at: at + name.length + 1, isExcluded }, draft);
  const isQuoted = text[at] === '"';
  const word = isQuoted ? quotedAt(text, at) : wordAt(text, at);
  if (isFault(word)) return word;
  const fault = addTerm(draft.terms, { text: word.text, phrase: isQuoted, excluded: isExcluded });
  return fault === null ? word.end : { at: start, detail: fault };
}

/** Adds the term; null, or what is wrong with it. */
function addTerm(terms: Term[], { text: raw, phrase, excluded }: Term): string | null {
  const { termsMax, termCharsMax } = queryLimits;
  const text = queryLine(raw);
  if (text === '') return null;
  const chars = charsOf(text);
  if (chars > termCharsMax)
    return `a word or phrase of ${chars} characters; at most ${termCharsMax} are read`;
  if (terms.length >= termsMax) return `more than ${termsMax} words; expected at most that many`;
  // What cleaning turned into something that would read differently is kept as the phrase that it is.
  terms.push({ text, phrase: phrase || !isPlainWord(text), excluded });
  return null;
}

/** True for what reads as itself when it stands unquoted. */
export function isPlainWord(text: string): boolean {
  return !/^-|[\s"]/.test(text) && !NAME.test(text);
}

type Head = { start: number; name: string; at: number; isExcluded: boolean };

function qualifierAt(text: string, head: Head, draft: Draft): number | Fault {
  const fault = (at: number, detail: string): Fault => ({ at, detail });
  const { qualifiersMax, valuesMax } = queryLimits;
  const name = qualifierNamed(head.name);
  if (name === null) {
    const expected = `${expectedNames(head.name, ':')}, or the word in quotation marks`;
    return fault(head.start, `'${shown(head.name)}:' is no qualifier; ${expected}`);
  }
  if (head.isExcluded && !isSetName(name))
    return fault(head.start, `'${name}:' cannot be excluded; expected it without '-'`);
  const scanned = valuesAt(text, head.at, name === 'near');
  if (isFault(scanned)) return scanned;
  if (draft.qualifiers.length >= qualifiersMax)
    return fault(head.start, `more than ${qualifiersMax} qualifiers; expected at most that many`);
  const beyond = scanned.values[valuesMax];
  if (beyond)
    return fault(beyond.at, `more than ${valuesMax} values of '${name}:'; expected at most that many`);
  const qualifier = readQualifier(name, head.isExcluded, scanned.values);
  if (isFault(qualifier)) return qualifier;
  draft.qualifiers.push(qualifier);
  draft.places.set(name, head.start);
  return scanned.end;
}

function readQualifier(name: QualifierName, excluded: boolean, scanned: ScannedValue[]): Qualifier | Fault {
  const values: unknown[] = [];
  for (const { text, at } of scanned) {
    const value = readValue(name, text);
    if (isRefused(value)) return { at, detail: `${expected(name)}, ${value.refused}` };
    values.push(value);
  }
  return { name, excluded, values } as Qualifier;
}

function expected(name: QualifierName): string {
  const { takes, examples } = qualifierHelp(name);
  const written = examples.map((example) => `${name}:${quoteWhereNeeded(name, example)}`);
  return `'${name}:' takes ${takes}, such as ${written.join(' or ')}`;
}
