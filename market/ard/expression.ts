/**
 * The filter expression of the list (ARD v0.9 appendix A), from text to constraints and back. The specification gives
 * its fields and two examples; this is the grammar here:
 *
 *     expression = constraint *( AND constraint )
 *     constraint = field ( "=" / ">" / ">=" ) value *( "," value )
 *     value      = quoted in ' or ", where a backslash keeps the next character / characters without space, comma, quote
 */

import { charsOf, shown } from '../query/clean.ts';
import type { Fault } from '../query/scan.ts';

export const comparisons = ['>=', '>', '='] as const;
export type Comparison = (typeof comparisons)[number];
/** The field compares so with one of the values. */
export type Constraint = { field: string; comparison: Comparison; values: string[] };

export const expressionLimits = { charsMax: 4000, constraintsMax: 30 } as const;

const FIELD = /[A-Za-z][A-Za-z0-9_.-]{0,99}/y;
const COMPARISON = /\s*(>=|>|=)\s*/y;
const BARE = /[^\s,'"<>=!]+/y;
const AND = /\s+and\s+/iy;

/** The constraints, all of which must hold; none in a blank text. */
export function readExpression(text: string): Constraint[] | Fault {
  const { charsMax, constraintsMax } = expressionLimits;
  const chars = charsOf(text);
  if (chars > charsMax) return { at: 0, detail: `${chars} characters; at most ${charsMax} are read` };
  const end = text.trimEnd().length;
  const constraints: Constraint[] = [];
  for (let at = end - text.trim().length; at < end; ) {
    const read = constraintAt(text, at);
    if ('detail' in read) return read;
    if (constraints.length === constraintsMax)
      return { at, detail: `more than ${constraintsMax} constraints; expected at most that many` };
    constraints.push(read.constraint);
    at = read.end;
    if (at >= end) break;
    const next = endOf(AND, text, at);
    if (next === null || next >= end)
      return { at, detail: `expected AND and a constraint, or the end${got(text, at)}` };
    at = next;
  }
  return constraints;
}

/** Text that reads back to the same constraints. */
export function writeExpression(constraints: readonly Constraint[]): string {
  const quoted = (value: string) => `'${value.replaceAll(/['\\]/g, '\\$&')}'`;
  return constraints
    .map(({ field, comparison, values }) => `${field} ${comparison} ${values.map(quoted).join(',')}`)
    .join(' AND ');
}

function constraintAt(text: string, start: number): { constraint: Constraint; end: number } | Fault {
  const afterField = endOf(FIELD, text, start);
  if (afterField === null) return { at: start, detail: `expected the name of a field${got(text, start)}` };
  const afterComparison = endOf(COMPARISON, text, afterField);
  if (afterComparison === null)
    return { at: afterField, detail: `expected =, > or >= after the field${got(text, afterField)}` };
  const field = text.slice(start, afterField);
  const comparison = text.slice(afterField, afterComparison).trim() as Comparison;
  const values: string[] = [];
  for (let at = afterComparison; ; ) {
    const value = valueAt(text, at);
    if ('detail' in value) return value;
    values.push(value.text);
    const comma = endOf(/\s*,\s*/y, text, value.end);
    if (comma === null) return { constraint: { field, comparison, values }, end: value.end };
    at = comma;
  }
}

function valueAt(text: string, at: number): { text: string; end: number } | Fault {
  const quote = text.charAt(at);
  if (quote !== "'" && quote !== '"') {
    const end = endOf(BARE, text, at);
    if (end === null)
      return { at, detail: `expected a value, in quotation marks where it has spaces${got(text, at)}` };
    return { text: text.slice(at, end), end };
  }
  let value = '';
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === quote) return { text: value, end: end + 1 };
    if (text[end] === '\\' && end + 1 < text.length) end++;
    value += text.charAt(end);
  }
  return { at, detail: `this quotation mark is never closed; expected another ${quote}` };
}

/** Where the sticky expression ends that matches here; null where it does not match. */
function endOf(expression: RegExp, text: string, at: number): number | null {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : null;
}

function got(text: string, at: number): string {
  const rest = shown(text.slice(at, at + 20).trimStart());
  return rest === '' ? ', not the end' : `, not '${rest}'`;
}
