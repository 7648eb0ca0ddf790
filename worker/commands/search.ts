/** The command that searches, page by page. */

import { isProblem, type Problem } from '../../market/problem.ts';
import { parseSort, sortDefault, sorts } from '../../market/query/sort.ts';
import type { Deps } from '../../operations/deps.ts';
import type { SearchInput } from '../../operations/search.ts';
import type { Field } from '../../protocol/data-form.ts';
import { searchNotes, searchTable, searchThatFits, tableLimits } from '../search-table.ts';
import { ask, choiceField, numberField, textField } from './fields.ts';
import { atField, readQueryField } from './query-field.ts';
import type { Command, Step } from './step.ts';
import { single, type Values } from './values.ts';

export const nodeSearch = 'search';
export const rowsDefault = 20;

export function searchCommand(deps: Deps): Command {
  return {
    node: nodeSearch,
    name: 'Search',
    about: { description: 'Finds what agents offer, by words and qualifiers, page by page.', fields },
    async start() {
      return {
        form: ask('Search', instructions, fields),
        actions: ['next', 'complete'],
        async submit(values, action) {
          const input = inputOf(values);
          if (isProblem(input)) return input;
          return action === 'next' ? resultPage(deps, input) : firstPage(deps, input);
        },
      };
    },
  };
}

const instructions = [
  'Words, "phrases", -words, and qualifiers such as tag:finance, lang:de, input:amount, kind:command, online:true.',
  'An empty query lists everything.',
].join('\n');

const orders = sorts.map((value) => ({ value, label: `By ${value}` }));

const fields: Field[] = [
  textField('query', 'What is looked for'),
  choiceField('sort', 'Order', orders, sortDefault),
  numberField('max', 'Results on a page', { value: rowsDefault, min: 1, max: tableLimits.rowsMax }),
];

function inputOf(values: Values): SearchInput | Problem {
  const query = readQueryField(single(values, 'query'));
  if (isProblem(query)) return query;
  const sort = parseSort(single(values, 'sort') || null, query);
  if (isProblem(sort)) return atField('sort', sort.errors[0]?.detail ?? sort.detail);
  return { query, sort, limit: Number(single(values, 'max')), cursor: null };
}

/** The first page alone: for clients that know commands of a single form. */
async function firstPage(deps: Deps, input: SearchInput): Promise<Step> {
  const page = await searchThatFits(deps, input);
  if (isProblem(page)) return page;
  const notes = searchNotes(page);
  if (page.cursor !== null) notes.push({ type: 'info', text: 'There are more; go on by next to see them.' });
  return { result: searchTable(page), notes };
}

/** A page of results; the last one ends the command. */
async function resultPage(deps: Deps, input: SearchInput): Promise<Step> {
  const page = await searchThatFits(deps, input);
  if (isProblem(page)) return page;
  const form = searchTable(page);
  const notes = searchNotes(page);
  const { cursor } = page;
  if (cursor === null) return { result: form, notes };
  return {
    form,
    actions: ['next', 'complete'],
    notes,
    async submit(_values, action) {
      return action === 'next' ? resultPage(deps, { ...input, cursor }) : { result: null, notes: [] };
    },
  };
}
