/** What the list takes (ARD v0.9 §7.4): the constraints of its filter, and its order. */

import { type Problem, problem } from '../problem.ts';
import { shown } from '../query/clean.ts';
import { located } from '../query/parse.ts';
import { isFault } from '../query/scan.ts';
import type { Sort } from '../query/sort.ts';
import { readTime } from '../query/times.ts';
import { type Comparison, type Constraint, readExpression } from './expression.ts';
import { expectedPaths, paths } from './fields.ts';
import { type CatalogQuery, Narrowing } from './narrow.ts';
import { refused } from './query.ts';

/** Entries first seen in this span, beside what the query asks. */
export type Since = { at: Date; isIncluded: boolean };
export type ListQuery = CatalogQuery & { created: Since[] };

/** The fields of appendix A, beside the paths of the filters of search. */
export const listFields = ['displayName', 'type', 'publisherId', 'createdAfter', 'updatedAfter'] as const;
const known = [...new Set([...listFields, ...paths])];

export function parseList(filter: string): ListQuery | Problem {
  const constraints = readExpression(filter);
  if (isFault(constraints)) {
    const detail = located(filter, constraints);
    return problem('invalid-query', `filter: ${detail}`, [{ pointer: '/filter', detail }]);
  }
  const read = new Narrowing((field) => `filter ${shown(field)}`);
  const created: Since[] = [];
  for (const constraint of constraints) addConstraint(read, constraint, created);
  const asked = read.finish([]);
  return asked === null ? refused(read.errors) : { ...asked, created };
}

function addConstraint(read: Narrowing, constraint: Constraint, created: Since[]): void {
  const { field, comparison, values } = constraint;
  if (!known.includes(field)) read.refuse(field, `no field of the filter; ${expectedPaths(field, known)}`);
  else if (field === 'createdAfter' || field === 'updatedAfter') addTime(read, constraint, created);
  else if (comparison !== '=') read.refuse(field, `compared by '${comparison}'; expected =`);
  else if (field === 'displayName') read.addNames(values);
  else {
    // The specification puts alternatives between commas within one text.
    const isList = field === 'type' || field === 'publisherId' || field === 'publisher';
    const each = isList ? values.flatMap((value) => value.split(',')) : values;
    read.add(field === 'publisherId' ? 'publisher' : field, each);
  }
}

function addTime(read: Narrowing, { field, comparison, values }: Constraint, created: Since[]): void {
  const since = values.length === 1 ? sinceOf(comparison, values[0] ?? '') : null;
  if (since === null) {
    const example = "'2026-11-01T00:00:00Z'";
    read.refuse(field, `expected one date, or one time with its zone (ISO 8601), such as ${example}`);
    return;
  }
  if (field === 'createdAfter') created.push(since);
  // What was first seen since then has changed since then, too: the index finds it by that.
  const isIncluded = since.isIncluded || field === 'createdAfter';
  read.add('metadata.updated', [`${isIncluded ? '>=' : '>'}${since.at.toISOString()}`]);
}

/** `=` means what the name of the field says: after. A date is its first moment in UTC. */
function sinceOf(comparison: Comparison, text: string): Since | null {
  const time = readTime(text.trim());
  return time === null ? null : { at: new Date(time), isIncluded: comparison === '>=' };
}

export function isSince({ at, isIncluded }: Since, time: Date): boolean {
  return isIncluded ? time >= at : time > at;
}

/** Orders by the field as the specification's text and its OpenAPI document spell it. */
const ORDERS: { [order: string]: Sort } = {
  displayname: 'name',
  'displayname asc': 'name',
  name: 'name',
  'name asc': 'name',
  'updatedat desc': 'recent',
  'updated_at desc': 'recent',
};

export function parseOrder(orderBy: string | undefined): Sort | Problem {
  const written = (orderBy ?? '').trim().replaceAll(/\s+/g, ' ').toLowerCase();
  const sort = written === '' ? 'name' : Object.hasOwn(ORDERS, written) ? ORDERS[written] : undefined;
  if (sort !== undefined) return sort;
  const detail = `'${shown(orderBy ?? '')}' is no order; expected displayName or updatedAt DESC`;
  return problem('invalid-parameter', `orderBy: ${detail}`, [{ pointer: '/orderBy', detail }]);
}
