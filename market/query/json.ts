/** The query as JSON: `{q?, filters?: {QUALIFIER: value or [values, ORed]}}`. */

import { isObject, type Json, type JsonObject } from '../../protocol/json.ts';
import { type Pointer, type Problem, problem } from '../problem.ts';
import { type QualifierName, type Query, qualifierNames } from './ast.ts';
import { charsOf, shown } from './clean.ts';
import { expectation, Filters, splitQuery } from './filters.ts';
import { expectedNames } from './spelling.ts';

type FilterValue = string | boolean;
export type QueryJson = {
  q?: string;
  filters?: { [Name in QualifierName]?: FilterValue | FilterValue[] };
};

/** So many errors are listed; a body can hold thousands. */
export const errorsMax = 20;

/** Reads a query; the errors of a refusal point into the JSON (RFC 6901). Other fields of the body are the caller's. */
export function parseQueryJson(json: Json): Query | Problem {
  if (!isObject(json)) return refuse([{ pointer: '', detail: `expected an object, not ${kindOf(json)}` }]);
  const read = new Filters({
    q: '/q',
    qualifier: (name, index) => `/filters/${name}${index === null || !isList(json, name) ? '' : `/${index}`}`,
  });
  for (const [name, value] of entries(json)) {
    if (name === 'q') addText(read, value);
    else if (name === 'filters') addFilters(read, value);
    else read.errors.push({ pointer: pointer(name), detail: 'unknown field; expected q or filters' });
  }
  return read.finish() ?? refuse(read.errors);
}

/** The query as JSON that `parseQueryJson` reads back to the same query. */
export function queryJson(query: Query): QueryJson {
  const { q, filters } = splitQuery(query);
  const members = filters.map(([name, texts]): [string, FilterValue | FilterValue[]] => {
    const values = name === 'online' ? texts.map((text) => text === 'true') : texts;
    const [first, ...more] = values;
    return [name, first !== undefined && more.length === 0 ? first : values];
  });
  return {
    ...(q && { q }),
    ...(members.length > 0 && { filters: Object.fromEntries(members) }),
  };
}

function addText(read: Filters, value: Json): void {
  if (typeof value === 'string') read.addText(value);
  else read.errors.push({ pointer: '/q', detail: `expected a text, not ${kindOf(value)}` });
}

function addFilters(read: Filters, filters: Json): void {
  if (!isObject(filters)) {
    const detail = `expected an object of qualifiers and values, not ${kindOf(filters)}`;
    read.errors.push({ pointer: '/filters', detail });
    return;
  }
  for (const [written, value] of entries(filters)) {
    const name = qualifierNames.find((known) => known === written);
    if (name) addFilter(read, name, value);
    else read.errors.push({ pointer: pointer('filters', written), detail: unknownQualifier(written) });
  }
}

function addFilter(read: Filters, name: QualifierName, value: Json): void {
  const values = Array.isArray(value) ? value : [value];
  const type = name === 'online' ? 'boolean' : 'string';
  const wrong = values.findIndex((member) => typeof member !== type);
  const at =
    Array.isArray(value) && wrong >= 0 ? pointer('filters', name, String(wrong)) : pointer('filters', name);
  if (wrong >= 0) {
    const detail = `expected ${type === 'string' ? 'a text: ' : ''}${expectation(name)}, not ${kindOf(values[wrong])}`;
    read.errors.push({ pointer: at, detail });
  } else if (values.length === 0) {
    read.errors.push({ pointer: at, detail: 'expected at least one value; the list is empty' });
  } else read.addQualifier(name, values.map(String));
}

function unknownQualifier(written: string): string {
  const expected = `unknown qualifier; ${expectedNames(written.slice(0, 100), '')}`;
  return written.startsWith('-') ? `${expected}; what is excluded goes into q` : expected;
}

function refuse(errors: Pointer[]): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return problem(
    'invalid-query',
    `${first?.pointer || 'The query'}: ${first?.detail ?? ''}${more}`,
    errors.slice(0, errorsMax),
  );
}

/** The object's own members, as many as can be told of. */
function entries(json: JsonObject): [string, Json][] {
  return Object.entries(json).slice(0, qualifierNames.length + errorsMax);
}

function isList(json: JsonObject, name: QualifierName): boolean {
  return isObject(json.filters) && Array.isArray(json.filters[name]);
}

function pointer(...path: string[]): string {
  return path.map((part) => `/${named(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** A field's name is a stranger's text: long ones are shortened. */
function named(part: string): string {
  return charsOf(part.slice(0, 100)) > 40 ? shown(part) : part;
}

function kindOf(value: Json | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      return 'a number';
    case 'string':
      return 'a text';
    case 'object':
      return 'an object';
  }
}
