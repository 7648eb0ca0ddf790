/** The command by which a query is subscribed to: what comes to match it is told from then on. */

import { isProblem, type Problem } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import { sortDefault } from '../../market/query/sort.ts';
import { subscriptionLimits } from '../../market/subscription.ts';
import type { Deps } from '../../operations/deps.ts';
import type { SearchPage } from '../../operations/search.ts';
import { subscribe } from '../../operations/subscriptions.ts';
import type { Note } from '../../protocol/commands.ts';
import { type Field, field, form } from '../../protocol/data-form.ts';
import { searchTable, searchThatFits } from '../search-table.ts';
import { ask, numberField, textField, timeText } from './fields.ts';
import { readQueryField } from './query-field.ts';
import type { Caller, Command, Step } from './step.ts';
import { single } from './values.ts';

export const nodeSubscribe = 'subscribe';

/** How many of what matches already are shown before it is confirmed. */
const shownMax = 5;

export function subscribeCommand(deps: Deps): Command {
  return {
    node: nodeSubscribe,
    name: 'Subscribe to a query',
    about: { description: 'Has you told by a message of each listing that comes to match a query.', fields },
    async start(caller) {
      return {
        form: ask('Subscribe to a query', instructionsFor(caller), fields),
        actions: ['next', 'complete'],
        async submit(values, action) {
          const query = readQueryField(single(values, 'query'));
          if (isProblem(query)) return query;
          const days = Number(single(values, 'days'));
          return action === 'next' ? shown(deps, caller, query, days) : done(deps, caller, query, days);
        },
      };
    },
  };
}

const fields: Field[] = [textField('query', 'What is looked for', { required: true }), daysField()];

export function daysField(): Field {
  const { daysMin, daysDefault, daysMax } = subscriptionLimits;
  return numberField('days', 'How long, in days', { value: daysDefault, min: daysMin, max: daysMax });
}

function instructionsFor({ jid }: Caller): string {
  return [
    `Each listing that comes to match all of the query, or changes and matches, is told to ${jid} by a message.`,
    'Words, "phrases", -words, and qualifiers such as tag:finance, lang:de, input:amount, kind:command.',
  ].join('\n');
}

/** What matches now, to look at before it is confirmed; unlike a search, nothing that lacks a word. */
async function shown(deps: Deps, caller: Caller, query: Query, days: number): Promise<Step> {
  const page = await searchThatFits(deps, { query, sort: sortDefault, limit: shownMax, cursor: null });
  if (isProblem(page)) return page;
  const items = page.mended ? [] : page.items.filter(({ why }) => !page.partial || why.words > 0);
  return {
    form: { ...searchTable({ ...page, items }), title: 'What matches now' },
    actions: ['complete'],
    notes: notesOf(page, items.length),
    submit: () => done(deps, caller, query, days),
  };
}

function notesOf({ mended, cursor }: SearchPage, count: number): Note[] {
  const texts = [
    ...(count === 0 ? ['Nothing matches yet.'] : []),
    ...(mended ? [`No listing has these words; did you mean ${formatQuery(mended)}?`] : []),
    ...(count > 0 && cursor !== null ? ['There are more.'] : []),
  ];
  return texts.map((text) => ({ type: 'info', text }));
}

async function done(deps: Deps, caller: Caller, query: Query, days: number): Promise<Step> {
  const subscribed = await subscribe(deps, caller, query, days);
  if (isProblem(subscribed)) return atQuery(subscribed);
  const { id, query: text, until, isNew } = subscribed;
  return {
    result: form(
      'result',
      [field('id', id), field('query', text), field('until', timeText(until))],
      'Your subscription',
    ),
    notes: isNew ? [] : [{ type: 'info', text: 'You had subscribed to this query already; it is renewed.' }],
  };
}

/** A problem of the query is shown at its field. */
function atQuery(refused: Problem): Problem {
  if (refused.problem !== 'invalid-query') return refused;
  return { ...refused, problem: 'invalid-parameter', errors: [{ pointer: 'query', detail: refused.detail }] };
}
