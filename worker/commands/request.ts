/** The command by which a client calls for proposals, takes one, or withdraws the call. */

import { randomUUID } from 'node:crypto';
import { isProblem, type Problem, problems } from '../../market/problem.ts';
import type { Query } from '../../market/query/ast.ts';
import { standing } from '../../market/request/due.ts';
import { requestLimits } from '../../market/request/limits.ts';
import type { RequestView } from '../../market/request/view.ts';
import type { Deps } from '../../operations/deps.ts';
import { award, cancelRequest } from '../../operations/requests/move.ts';
import { openRequest, type RequestWish } from '../../operations/requests/open.ts';
import { showRequest } from '../../operations/requests/show.ts';
import { form } from '../../protocol/data-form.ts';
import { isObject, type JsonObject } from '../../protocol/json.ts';
import { cleanLine } from '../../protocol/text.ts';
import { proposalText } from '../requests/answer-form.ts';
import { ask, type Choice, choiceField, numberField, textField } from './fields.ts';
import { atField, readQueryField } from './query-field.ts';
import { requestFields } from './request-form.ts';
import type { Caller, Command, Stage, Step } from './step.ts';
import { several, single, type Values } from './values.ts';

export const nodeRequest = 'request';

export const requestCommandLimits = { minutesDefault: 60, wordsCharsMax: 200 } as const;

const tasks: Choice[] = [
  { value: 'make', label: 'Call for proposals' },
  { value: 'award', label: 'Take a proposal' },
  { value: 'cancel', label: 'Withdraw a call' },
];

const fields = [
  choiceField('task', 'What to do', tasks, 'make'),
  textField('id', 'To take a proposal or withdraw a call: its id, as requests gives it'),
];

const description =
  'Tells providers whose listings match what you need, and brings you their proposals; takes one, which makes a contract.';

export function requestCommand(deps: Deps): Command {
  return {
    node: nodeRequest,
    name: 'Call for proposals',
    about: { description, fields },
    async start(caller) {
      return {
        form: ask('Call for proposals', description, fields),
        actions: ['next'],
        async submit(values) {
          const task = single(values, 'task');
          if (task === 'make') return makeStage(deps, caller);
          const id = single(values, 'id');
          if (!id) return atField('id', 'expected the id of a call of yours');
          const view = await showRequest(deps, caller, id);
          if (isProblem(view)) return view;
          return task === 'award' ? awardStage(deps, caller, view) : cancelStage(deps, caller, view);
        },
      };
    },
  };
}

function makeStage(deps: Deps, caller: Caller): Stage {
  // A stage that is sent again because nobody knows what came of it makes one call.
  const key = randomUUID();
  const times = new Map<number, Date>();
  const deadlineIn = (minutes: number) => {
    const deadline = times.get(minutes) ?? new Date(Date.now() + minutes * 60_000);
    times.set(minutes, deadline);
    return deadline;
  };
  const { askedDefault, askedMax, deadlineDaysMax } = requestLimits;
  const shown = [
    textField('query', 'What the providers are found by, as in search'),
    textField('listings', 'Or the ids of their listings', { type: 'text-multi' }),
    textField('need', 'What you need, in words', { type: 'text-multi', required: true }),
    textField('input', 'What there is to work with, as a JSON object', { type: 'text-multi' }),
    textField('budget_amount', 'The most that you mean to pay, if you say so'),
    textField('budget_currency', 'Its currency, such as EUR'),
    numberField('minutes', 'Until the deadline, in minutes', {
      ...{ value: requestCommandLimits.minutesDefault, min: 1, max: deadlineDaysMax * 24 * 60 },
    }),
    numberField('max', 'Providers to ask at most', { value: askedDefault, min: 1, max: askedMax }),
  ];
  return {
    form: ask('Call for proposals', 'Each provider is asked once, and sees no proposal but its own.', shown),
    actions: ['complete'],
    async submit(values) {
      const wish = wishOf(values, deadlineIn);
      if (isProblem(wish)) return wish;
      const made = await openRequest(deps, caller, wish, key);
      if (isProblem(made)) return inMakeFields(made);
      const count = made.asked.length;
      const names = made.asked.map(({ provider }) => provider).join(', ');
      const text = `${count} ${count === 1 ? 'provider is' : 'providers are'} asked: ${names}`;
      return shownAs(deps, caller, made.id, [text]);
    },
  };
}

function wishOf(values: Values, deadlineIn: (minutes: number) => Date): RequestWish | Problem {
  const text = single(values, 'query');
  const listings = several(values, 'listings');
  if ((text === '') === (listings.length === 0)) {
    return atField('query', 'expected a query, or listings, and not both');
  }
  const query: Query | Problem | null = text === '' ? null : readQueryField(text);
  if (query && isProblem(query)) return query;
  const json = several(values, 'input').join('\n');
  const input = json === '' ? {} : readObject(json);
  if (!input) return atField('input', 'expected a JSON object, such as {"words": 300}');
  const amount = single(values, 'budget_amount');
  return {
    wanted: query ? { query, listings: null } : { query: null, listings: [...new Set(listings)] },
    need: several(values, 'need').join('\n'),
    input,
    budget: amount ? { amount, currency: single(values, 'budget_currency') } : null,
    deadline: deadlineIn(Number(single(values, 'minutes'))),
    max: Number(single(values, 'max')),
  };
}

/** The proposals that stand, to choose one from. */
function awardStage(deps: Deps, caller: Caller, view: RequestView): Step {
  if (!view.moves.includes('award')) return ended(view, 'There is no proposal that you can take.');
  const key = randomUUID();
  const choices = standing(view.request).map((one) => {
    const words = one.proposal.words
      ? `: ${cleanLine(one.proposal.words, requestCommandLimits.wordsCharsMax)}`
      : '';
    return { value: one.proposal.id, label: `${one.provider}, ${proposalText(one)}${words}` };
  });
  const choice = { ...choiceField('proposal', 'Which one', choices, ''), values: [] };
  return {
    form: ask('Take a proposal', 'It makes a contract. The others are told that theirs was not taken.', [
      choice,
    ]),
    actions: ['complete'],
    async submit(values) {
      const outcome = await award(deps, caller, view.request.id, single(values, 'proposal'), key);
      // Another choice is no use: the form shows proposals as they were.
      if (isProblem(outcome)) return outcome.problem === 'proposal-not-standing' ? stale(outcome) : outcome;
      return shownAs(deps, caller, outcome.request.id, [
        "The command 'contract' makes your moves in the contract.",
      ]);
    },
  };
}

function stale(refused: Problem): Problem {
  return problems[refused.problem].type === 'modify' ? atField('proposal', refused.detail) : refused;
}

function cancelStage(deps: Deps, caller: Caller, view: RequestView): Step {
  if (!view.moves.includes('cancel')) return ended(view, 'The call cannot be withdrawn.');
  const key = randomUUID();
  return {
    form: ask('Withdraw a call', 'Everybody that was asked is told.', [
      textField('words', 'Why', { type: 'text-multi' }),
    ]),
    actions: ['complete'],
    async submit(values) {
      const words = several(values, 'words').join('\n');
      const outcome = await cancelRequest(deps, caller, view.request.id, words, key);
      return isProblem(outcome) ? outcome : shownAs(deps, caller, outcome.request.id, []);
    },
  };
}

async function shownAs(deps: Deps, caller: Caller, id: string, notes: string[]): Promise<Step> {
  const view = await showRequest(deps, caller, id);
  if (isProblem(view)) return view;
  return {
    result: form('result', requestFields(view), 'Call for proposals'),
    notes: notes.map((text) => ({ type: 'info', text })),
  };
}

function ended(view: RequestView, text: string): Step {
  return {
    result: form('result', requestFields(view), 'Call for proposals'),
    notes: [{ type: 'info', text }],
  };
}

const fieldOf: { readonly [pointer: string]: string } = {
  '/budget/amount': 'budget_amount',
  '/budget/currency': 'budget_currency',
  '/deadline': 'minutes',
};

/** A problem of what was said names the fields of the form. */
function inMakeFields(refused: Problem): Problem {
  const errors = refused.errors.map(({ pointer, detail }) => ({
    pointer: fieldOf[pointer] ?? pointer.split('/')[1] ?? pointer,
    detail,
  }));
  return refused.problem === 'nobody-to-ask' ? atField('query', refused.detail) : { ...refused, errors };
}

function readObject(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
