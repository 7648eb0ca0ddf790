/** The command that lists the caller's calls for proposals and those in which it is asked, or shows one of them whole. */

import { isProblem } from '../../market/problem.ts';
import { requestStates } from '../../market/request/states.ts';
import type { RequestView } from '../../market/request/view.ts';
import type { Deps } from '../../operations/deps.ts';
import { browseRequests, type RequestsInput, showRequest } from '../../operations/requests/show.ts';
import type { Note } from '../../protocol/commands.ts';
import type { Form } from '../../protocol/data-form.ts';
import { cleanLine } from '../../protocol/text.ts';
import {
  ask,
  type Choice,
  type Column,
  choiceField,
  numberField,
  table,
  textField,
  timeText,
} from './fields.ts';
import { pagedStep } from './form-pages.ts';
import { wholeRequestFields } from './request-form.ts';
import type { Caller, Command, Step } from './step.ts';
import { single, type Values } from './values.ts';

export const nodeRequests = 'requests';

export const requestsLimits = { rowsDefault: 20, rowsMax: 50, needCharsMax: 100 } as const;

const any: Choice = { value: 'any', label: 'Any' };
const sides: Choice[] = [
  any,
  { value: 'client', label: 'I made it' },
  { value: 'provider', label: 'I am asked' },
];
const states: Choice[] = [any, ...requestStates.map((value) => ({ value, label: value }))];

const { rowsDefault, rowsMax } = requestsLimits;
const fields = [
  textField('id', 'One call alone, whole: its id'),
  choiceField('side', 'Which side I am', sides, any.value),
  choiceField('state', 'State', states, any.value),
  numberField('max', 'Calls on a page', { value: rowsDefault, min: 1, max: rowsMax }),
];

export function requestsCommand(deps: Deps): Command {
  return {
    node: nodeRequests,
    name: 'My calls for proposals',
    about: {
      description:
        'Lists the calls for proposals that you made and those in which you are asked, or shows one whole.',
      fields,
    },
    async start(caller) {
      return {
        form: ask(
          'My calls for proposals',
          `Those that ${caller.jid} made, or in which it is asked.`,
          fields,
        ),
        actions: ['next', 'complete'],
        async submit(values, action) {
          const id = single(values, 'id');
          if (id !== '') return shown(deps, caller, id);
          return tablePage(deps, caller, inputOf(values), action === 'next');
        },
      };
    },
  };
}

async function shown(deps: Deps, caller: Caller, id: string): Promise<Step> {
  const view = await showRequest(deps, caller, id);
  return isProblem(view) ? view : pagedStep('Call for proposals', wholeRequestFields(view));
}

function inputOf(values: Values): RequestsInput {
  const side = single(values, 'side');
  const state = requestStates.find((known) => known === single(values, 'state'));
  return {
    side: side === 'client' || side === 'provider' ? side : null,
    states: state ? [state] : [],
    limit: Number(single(values, 'max')),
    cursor: null,
  };
}

const columns: Column[] = [
  { name: 'id', label: 'Call' },
  { name: 'state', label: 'State' },
  { name: 'side', label: 'Which side you are' },
  { name: 'client', label: 'Client', type: 'jid-single' },
  { name: 'need', label: 'What is needed' },
  { name: 'deadline', label: 'Deadline' },
  { name: 'proposals', label: 'Proposals' },
  { name: 'contract', label: 'Contract' },
];

function tableOf(items: RequestView[]): Form {
  const rows = items.map(({ request, side }) => {
    const { id, state, client, need, deadline, asked, awarded } = request;
    const proposals = asked.filter(({ standing }) => standing === 'proposed').length;
    return [
      ...[id, state, side, client, cleanLine(need, requestsLimits.needCharsMax), timeText(deadline)],
      ...[String(proposals), awarded?.contract ?? ''],
    ];
  });
  return table('Your calls for proposals', columns, rows);
}

/** A page of the table; the last one ends the command, and so does the first for clients that know single forms only. */
async function tablePage(deps: Deps, caller: Caller, input: RequestsInput, goesOn: boolean): Promise<Step> {
  const page = await browseRequests(deps, caller, input);
  if (isProblem(page)) return page;
  const { cursor, items } = page;
  const form = tableOf(items);
  const none: Note[] = items.length === 0 ? [info('There are none.')] : [];
  if (cursor === null) return { result: form, notes: none };
  if (!goesOn) return { result: form, notes: [info('There are more; go on by next to see them.')] };
  return {
    form,
    actions: ['next', 'complete'],
    async submit(_values, action) {
      return action === 'next'
        ? tablePage(deps, caller, { ...input, cursor }, true)
        : { result: null, notes: [] };
    },
  };
}

function info(text: string): Note {
  return { type: 'info', text };
}
