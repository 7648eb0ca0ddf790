/** A query as text that reads back to the same query. */

import type { Qualifier, QualifierName, Query, Term } from './ast.ts';
import { writeValues } from './codecs.ts';

export function formatQuery(query: Query): string {
  return [...query.terms.map(formatTerm), ...query.qualifiers.map(formatQualifier)].join(' ');
}

export function formatQualifier(qualifier: Qualifier): string {
  const values = writeValues(qualifier).map((value) => quoteWhereNeeded(qualifier.name, value));
  return `${qualifier.excluded ? '-' : ''}${qualifier.name}:${values.join(',')}`;
}

/** In quotation marks where the value would otherwise end early. */
export function quoteWhereNeeded(name: QualifierName, value: string): string {
  const ends = name === 'near' ? /[\s"]/ : /[\s",]/;
  return ends.test(value) ? quote(value) : value;
}

function formatTerm({ text, phrase, excluded }: Term): string {
  return `${excluded ? '-' : ''}${phrase ? quote(text) : text}`;
}

function quote(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}
