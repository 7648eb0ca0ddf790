/** The command that lists the caller's contracts, page by page, and shows one of them whole. */

import type { Contract } from '../../market/contract/contract.ts';
import { contractStates } from '../../market/contract/states.ts';
import { isProblem } from '../../market/problem.ts';
import {
  browseContracts,
  type ContractsInput,
  showContract,
  sideOf,
} from '../../operations/contracts/show.ts';
import type { Deps } from '../../operations/deps.ts';
import type { Field, Form } from '../../protocol/data-form.ts';
import { wholeFields } from './contract-form.ts';
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
import type { Caller, Command, Step } from './step.ts';
import { single, type Values } from './values.ts';

export const nodeContracts = 'contracts';

export const contractsLimits = { rowsDefault: 20, rowsMax: 50 } as const;

const any: Choice = { value: 'any', label: 'Any' };
const sides: Choice[] = [
  any,
  { value: 'client', label: 'I am the client' },
  { value: 'provider', label: 'I am the provider' },
];
const states: Choice[] = [any, ...contractStates.map((value) => ({ value, label: value }))];

const { rowsDefault, rowsMax } = contractsLimits;
const fields: Field[] = [
  textField('id', 'One contract alone, whole: its id'),
  choiceField('side', 'Which side I am', sides, any.value),
  choiceField('state', 'State', states, any.value),
  numberField('max', 'Contracts on a page', { value: rowsDefault, min: 1, max: rowsMax }),
];

export function contractsCommand(deps: Deps): Command {
  return {
    node: nodeContracts,
    name: 'My contracts',
    about: { description: 'Lists your contracts, the youngest first, or shows one of them whole.', fields },
    async start(caller) {
      return {
        form: ask(
          'My contracts',
          `The contracts of ${caller.jid}. Nobody but their two parties sees them.`,
          fields,
        ),
        actions: ['next', 'complete'],
        async submit(values, action) {
          const id = single(values, 'id');
          if (id !== '') return shown(deps, caller, id);
          const input = inputOf(values);
          return action === 'next' ? tablePage(deps, caller, input) : firstPage(deps, caller, input);
        },
      };
    },
  };
}

async function shown(deps: Deps, caller: Caller, id: string): Promise<Step> {
  const own = await showContract(deps, caller, id);
  return isProblem(own) ? own : pagedStep('Contract', wholeFields(own));
}

function inputOf(values: Values): ContractsInput {
  const side = single(values, 'side');
  const state = contractStates.find((known) => known === single(values, 'state'));
  return {
    side: side === 'client' || side === 'provider' ? side : null,
    states: state ? [state] : [],
    limit: Number(single(values, 'max')),
    cursor: null,
  };
}

const columns: Column[] = [
  { name: 'id', label: 'Contract' },
  { name: 'kind', label: 'Kind' },
  { name: 'state', label: 'State' },
  { name: 'side', label: 'Which side you are' },
  { name: 'other', label: 'The other side', type: 'jid-single' },
  { name: 'listing', label: 'Listing' },
  { name: 'created', label: 'Begun' },
  { name: 'since', label: 'In this state since' },
];

function tableOf(items: Contract[], caller: Caller): Form {
  const rows = items.map((contract) => {
    const { id, kind, state, client, provider, listing, created, since } = contract;
    const side = sideOf(contract, caller);
    const other = side === 'client' ? provider : client;
    return [id, kind, state, side, other, listing?.name ?? '', timeText(created), timeText(since)];
  });
  return table('Your contracts', columns, rows);
}

/** The first page alone: for clients that know commands of a single form. */
async function firstPage(deps: Deps, caller: Caller, input: ContractsInput): Promise<Step> {
  const page = await browseContracts(deps, caller, input);
  if (isProblem(page)) return page;
  const more = page.cursor === null ? [] : [info('There are more; go on by next to see them.')];
  return { result: tableOf(page.items, caller), notes: [...noteOf(page.items), ...more] };
}

/** A page of the table; the last one ends the command. */
async function tablePage(deps: Deps, caller: Caller, input: ContractsInput): Promise<Step> {
  const page = await browseContracts(deps, caller, input);
  if (isProblem(page)) return page;
  const { cursor } = page;
  const form = tableOf(page.items, caller);
  if (cursor === null) return { result: form, notes: noteOf(page.items) };
  return {
    form,
    actions: ['next', 'complete'],
    async submit(_values, action) {
      return action === 'next' ? tablePage(deps, caller, { ...input, cursor }) : { result: null, notes: [] };
    },
  };
}

function noteOf(items: Contract[]) {
  return items.length === 0 ? [info('There are none.')] : [];
}

function info(text: string) {
  return { type: 'info' as const, text };
}
