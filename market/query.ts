/** The query language: text to a syntax tree and back. What each part means in SQL is `db/search`. */

import { asciiDomain, tryJid } from '../protocol/jid.ts';
import { cleanLine, token } from '../protocol/text.ts';
import { type Problem, problem } from './problem.ts';

export type Term = { text: string; phrase: boolean; excluded: boolean };

/** Values of one qualifier are alternatives; terms and qualifiers must all hold. */
export type Query = { terms: Term[]; tags: string[]; domains: string[] };

export const queryLimits = { charsMax: 2000, termsMax: 50, termCharsMax: 200, valuesMax: 50 } as const;

const QUALIFIERS = ['tag', 'domain'] as const;
type Qualifier = (typeof QUALIFIERS)[number];

export const emptyQuery: Query = { terms: [], tags: [], domains: [] };

/** Reads a query, or says at which character (from 1) it went wrong and what was expected. */
export function parseQuery(text: string): Query | Problem {
  if (text.length > queryLimits.charsMax) {
    return problem(
      'invalid-query',
      `The query has ${text.length} characters; at most ${queryLimits.charsMax} are read.`,
    );
  }
  const query: Query = { terms: [], tags: [], domains: [] };
  for (const part of split(text)) {
    const refused = typeof part === 'string' ? part : add(query, part);
    if (refused !== null) return problem('invalid-query', refused);
  }
  return query;
}

/** The query as text that reads back to the same query. */
export function formatQuery(query: Query): string {
  return [
    ...query.terms.map((term) => `${term.excluded ? '-' : ''}${term.phrase ? quote(term.text) : term.text}`),
    ...query.tags.map((tag) => `tag:${quoteWhereNeeded(tag)}`),
    ...query.domains.map((domain) => `domain:${domain}`),
  ].join(' ');
}

type Part = { at: number; excluded: boolean; qualifier: string | null; text: string; quoted: boolean };

const SPACE = /\s/;

/** Splits the text into parts; a string among them says what could not be split, and ends it. */
function* split(text: string): Generator<Part | string> {
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text.charAt(at))) {
      at++;
      continue;
    }
    const start = at;
    const excluded = text[at] === '-' && at + 1 < text.length && !SPACE.test(text.charAt(at + 1));
    if (excluded) at++;
    const name = /^[a-z]+(?=:)/.exec(text.slice(at, at + 30))?.[0] ?? null;
    if (name) at += name.length + 1;
    const quoted = text[at] === '"';
    const value = quoted ? quotedAt(text, at) : wordAt(text, at);
    if (value === null) {
      yield `Character ${at + 1}: this quotation mark is never closed; expected another '"'.`;
      return;
    }
    at = value.end;
    yield { at: start, excluded, qualifier: name, text: value.text, quoted };
  }
}

function quotedAt(text: string, at: number): { text: string; end: number } | null {
  const end = text.indexOf('"', at + 1);
  return end < 0 ? null : { text: text.slice(at + 1, end), end: end + 1 };
}

function wordAt(text: string, at: number): { text: string; end: number } {
  let end = at;
  while (end < text.length && !SPACE.test(text.charAt(end)) && text[end] !== '"') end++;
  return { text: text.slice(at, end), end };
}

/** Adds a part to the query; null, or what is wrong with the part. */
function add(query: Query, part: Part): string | null {
  const where = `Character ${part.at + 1}`;
  if (part.qualifier === null) return addTerm(query, part, where);
  const qualifier = QUALIFIERS.find((name) => name === part.qualifier);
  if (!qualifier) {
    const known = QUALIFIERS.map((name) => `${name}:`).join(', ');
    return `${where}: '${part.qualifier}:' is no qualifier; expected one of ${known}, or a word in quotation marks.`;
  }
  if (part.excluded) return `${where}: '-' excludes words only; expected '${qualifier}:' without it.`;
  return addQualifier(query, qualifier, part.text, where);
}

function addTerm(query: Query, part: Part, where: string): string | null {
  const text = cleanLine(part.text, queryLimits.charsMax);
  if (text === '') return null;
  if (text.length > queryLimits.termCharsMax) {
    return `${where}: a word of ${text.length} characters; at most ${queryLimits.termCharsMax} are read.`;
  }
  if (query.terms.length >= queryLimits.termsMax) {
    return `${where}: more than ${queryLimits.termsMax} words; expected at most that many.`;
  }
  query.terms.push({ text, phrase: part.quoted, excluded: part.excluded });
  return null;
}

function addQualifier(query: Query, qualifier: Qualifier, text: string, where: string): string | null {
  const value = readValue(qualifier, text);
  if (value === null) return `${where}: '${qualifier}:' takes ${EXPECTED[qualifier]}.`;
  const values = qualifier === 'tag' ? query.tags : query.domains;
  if (values.length >= queryLimits.valuesMax)
    return `${where}: more than ${queryLimits.valuesMax} values of '${qualifier}:'.`;
  if (!values.includes(value)) values.push(value);
  return null;
}

const EXPECTED: { [name in Qualifier]: string } = {
  tag: 'a tag, such as tag:finance or tag:"working days"',
  domain: 'a domain name, such as domain:example.org',
};

function readValue(qualifier: Qualifier, text: string): string | null {
  switch (qualifier) {
    case 'tag':
      return token(text.normalize('NFC').toLowerCase(), queryLimits.termCharsMax);
    case 'domain': {
      const jid = tryJid(text);
      return jid && !jid.local && !jid.resource && asciiDomain(jid.domain) ? jid.domain : null;
    }
  }
}

function quoteWhereNeeded(text: string): string {
  return SPACE.test(text) ? quote(text) : text;
}

function quote(text: string): string {
  return `"${text}"`;
}
