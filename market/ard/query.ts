/** The `query` that search and explore share (ARD v0.9 §7.1), from JSON to a query of the directory. */

import { isObject, type Json } from '../../protocol/json.ts';
import { type Problem, problem } from '../problem.ts';
import { queryLimits } from '../query/ast.ts';
import { shown } from '../query/clean.ts';
import { errorsMax } from '../query/json.ts';
import { type CatalogQuery, Narrowing } from './narrow.ts';
import { wordsOf } from './words.ts';

/** `text` and `filter` must both hold; in the filter one value of each path. Either may be missing. */
export function parseCatalogQuery(asked: { text?: string; filter?: Json }): CatalogQuery | Problem {
  const read = new Narrowing((path) => `/query/filter/${shown(path)}`);
  if (asked.filter !== undefined) addFilter(read, asked.filter);
  const words = wordsOf(asked.text ?? '');
  if (!Array.isArray(words)) {
    const detail = `expected what is needed in words, not ${words.refused}`;
    read.errors.push({ pointer: '/query/text', detail });
  }
  return read.finish(Array.isArray(words) ? words : []) ?? refused(read.errors);
}

/** The errors as one refusal, whose detail is the first. */
export function refused(errors: Narrowing['errors']): Problem {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return problem('invalid-query', `${first?.pointer}: ${first?.detail}${more}`, errors.slice(0, errorsMax));
}

function addFilter(read: Narrowing, filter: Json): void {
  const { qualifiersMax } = queryLimits;
  const at = '/query/filter';
  if (!isObject(filter)) {
    read.errors.push({ pointer: at, detail: 'expected an object: paths, each with its values' });
    return;
  }
  const members = Object.entries(filter);
  if (members.length > qualifiersMax) {
    read.errors.push({ pointer: at, detail: `more than ${qualifiersMax} paths; expected at most that many` });
    return;
  }
  for (const [path, value] of members) {
    const values = textsOf(value);
    if (values === null) read.refuse(path, 'expected a text, or a list of at least one');
    else read.add(path, values);
  }
}

/** A scalar stands for a list of itself; numbers and truth values for how they are written. */
function textsOf(value: Json): string[] | null {
  const values = Array.isArray(value) ? value : [value];
  const isScalar = (member: Json) => ['string', 'number', 'boolean'].includes(typeof member);
  return values.length > 0 && values.every(isScalar) ? values.map(String) : null;
}
