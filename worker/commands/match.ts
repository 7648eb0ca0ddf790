/** The command that says what could be called with the values at hand. */

import { type Given, matchLimits } from '../../market/match.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import type { Deps } from '../../operations/deps.ts';
import { match } from '../../operations/match.ts';
import { idColumn, listingCells, listingColumns, tableLimits } from '../search-table.ts';
import { ask, type Column, numberField, table, textField } from './fields.ts';
import type { Command } from './step.ts';
import { several, single } from './values.ts';

export const nodeMatch = 'match';

/** A table of a given size has no pages: it is cut where it is too long for a stanza. */
const rowsDefault = 20;

const columns: Column[] = [
  ...listingColumns,
  { name: 'mapping', label: 'Which input each name fills: NAME=INPUT', type: 'text-multi' },
  { name: 'missing', label: 'The required input that is missing' },
  idColumn,
];

const description = 'What could be called with these values, and what lacks just one more.';
const fields = [
  textField('inputs', 'What is at hand: NAME=VALUE, one a line', { type: 'text-multi', required: true }),
  numberField('max', 'Results at most', { value: rowsDefault, min: 1, max: tableLimits.rowsMax }),
];

export function matchCommand(deps: Deps): Command {
  return {
    node: nodeMatch,
    name: 'Match inputs',
    about: { description, fields },
    async start() {
      return {
        form: ask('Match inputs', description, fields),
        actions: ['complete'],
        async submit(values) {
          const read = readGiven(several(values, 'inputs'));
          if (isProblem(read)) return read;
          const { items, approximate } = await match(deps, read.given, Number(single(values, 'max')));
          const rows = items.map(({ record, mapping, missing }) => [
            ...listingCells(record),
            Object.entries(mapping).map(([name, input]) => `${name}=${input}`),
            missing[0] ?? '',
            record.listing.id,
          ]);
          const kept = fitting(rows);
          const notes = [
            ...(rows.length === 0 ? ['Nothing takes these.'] : []),
            ...(kept.length < rows.length ? [`The first ${kept.length} of ${rows.length} that fit.`] : []),
            ...(approximate ? ['More may fit than were looked at.'] : []),
          ];
          return {
            result: table('Listings', columns, kept),
            notes: notes.map((text) => ({ type: 'info', text })),
          };
        },
      };
    },
  };
}

/** Reads the lines; a name that comes again has several values. */
export function readGiven(lines: readonly string[]): { given: Given } | Problem {
  const { namesMax, namesCharsMax, valueCharsMax } = matchLimits;
  const refuse = (detail: string) =>
    problem('invalid-parameter', 'A field is not accepted.', [{ pointer: 'inputs', detail }]);
  const given = new Map<string, string[]>();
  for (const [at, line] of lines.entries()) {
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals)).trim();
    if (name === '') return refuse(`line ${at + 1}: expected NAME=VALUE`);
    if (name.length > namesCharsMax) {
      return refuse(`line ${at + 1}: expected a name of at most ${namesCharsMax} characters`);
    }
    const value = line.slice(equals + 1).trim();
    if (value.length > valueCharsMax) {
      return refuse(`line ${at + 1}: expected a value of at most ${valueCharsMax} characters`);
    }
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  if (given.size > namesMax) return refuse(`expected at most ${namesMax} names`);
  const single = ([name, [first = '', ...more]]: [string, string[]]) =>
    [name, more.length > 0 ? [first, ...more] : first] as const;
  return { given: Object.fromEntries([...given].map(single)) };
}

type Row = (string | string[])[];

/** The first rows that fit into a stanza; one does in any case. */
function fitting(rows: Row[]): Row[] {
  let chars = 0;
  const end = rows.findIndex((row, at) => {
    chars += row.flat().join('').length;
    return at > 0 && chars > tableLimits.charsMax;
  });
  return end < 0 ? rows : rows.slice(0, end);
}
