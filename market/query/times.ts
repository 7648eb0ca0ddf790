/** Dates and times in queries (RFC 3339), and the span of time that a comparison with one allows. */

import type { Comparison } from './ast.ts';

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

const dayMs = 86_400_000;

/** The last moment that a four-digit year can name: what is later cannot be told to Postgres as ISO 8601. */
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A date as it is, or a date with time in UTC, to the millisecond and without superfluous zeros; null where the day or
 * the time does not exist or has no zone.
 */
export function readTime(text: string): string | null {
  if (DATE.test(text)) return isDay(text) ? text : null;
  const [, day, hour, minute, second, fraction = '', zone] = DATE_TIME.exec(text) ?? [];
  if (day === undefined || zone === undefined || !isDay(day)) return null;
  const milliseconds = fraction.slice(1, 4).padEnd(3, '0');
  const at = new Date(`${day}T${hour}:${minute}:${second}.${milliseconds}${zone.toUpperCase()}`);
  const isNamed = at.getTime() >= Date.parse('0001-01-01') && at.getTime() <= lastMs;
  return isNamed ? at.toISOString().replace('.000Z', 'Z') : null;
}

/** From the start of `from` until just before `before`; null where the span has no such end. */
export type Span = { from: Date | null; before: Date | null };

/** A date stands for its whole day in UTC, a time for its millisecond: `<=2026-11-01` includes that day. */
export function spanOf({ operator, value }: Comparison<string>): Span {
  const start = Date.parse(value);
  const from = new Date(start);
  const after = new Date(Math.min(start + (DATE.test(value) ? dayMs : 1), lastMs));
  switch (operator) {
    case '>=':
      return { from, before: null };
    case '>':
      return { from: after, before: null };
    case '<=':
      return { from: null, before: after };
    case '<':
      return { from: null, before: from };
    case '=':
      return { from, before: after };
  }
}

/** `Date` takes 30 February for 2 March. */
function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) && !text.startsWith('0000');
}
