/**
 * The form by which a message asks a party for its move, and by which its answer comes back: a XEP-0004 form of FORM_TYPE
 * `urn:guildhall:contract:0`. What the terms and the work are is filled in, for those that read no words.
 */

import { formResult } from '../../market/call-result.ts';
import type { Contract, ContractEvent, MoveData } from '../../market/contract/contract.ts';
import { moveData } from '../../market/contract/data.ts';
import { type MoveName, moveNames } from '../../market/contract/rules.ts';
import type { Side } from '../../market/contract/states.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { type Field, type Form, field, form, formNamespace, formValue } from '../../protocol/data-form.ts';
import { NS_CONTRACT } from '../../protocol/namespaces.ts';
import { givenSoFar, type Moving, moveFields, moveLabels, readMove } from '../commands/contract-moves.ts';
import { choiceField, timeText } from '../commands/fields.ts';
import { atField } from '../commands/query-field.ts';
import { termsFields } from '../commands/terms-form.ts';
import { readValues } from '../commands/values.ts';

export const replyFormLimits = {
  /** What was given, as JSON: beyond this the command `contracts` shows it. */
  inputCharsMax: 10_000,
} as const;

/** What the client is asked for has names of the provider's choosing. */
const inputPrefix = 'input.';

/** @param moves those that are open to the side, of which there are some */
export function replyForm(own: Moving, moves: readonly MoveName[]): Form {
  const { contract } = own;
  const options = moves.map((value) => ({ value, label: moveLabels[value] }));
  return {
    ...form('form', [], `Contract ${contract.id}`),
    fields: [
      ...hiddenFields(own),
      { ...choiceField('move', 'What to do', options, ''), values: [] },
      ...termsOf(contract, moves),
      ...saidFields(own, moves),
    ],
  };
}

function hiddenFields({ contract, history }: Moving): Field[] {
  const { id, version, client, provider, listing, input } = contract;
  const given = JSON.stringify(givenSoFar(input, history));
  const hidden: [name: string, value: string | null | undefined][] = [
    ['FORM_TYPE', NS_CONTRACT],
    ['contract', id],
    ['version', String(version)],
    ['client', client],
    ['provider', provider],
    ['listing', listing?.id],
    ['given', given.length > replyFormLimits.inputCharsMax ? null : given],
  ];
  return hidden.flatMap(([name, value]) => (value ? [field(name, value, 'hidden')] : []));
}

/** The terms that stand: to be changed where others can be proposed, else to be read. */
function termsOf(contract: Contract, moves: readonly MoveName[]): Field[] {
  const fields = termsFields(contract);
  if (moves.includes('propose')) return fields;
  const due = contract.deliverBy && timeText(contract.deliverBy);
  return fields
    .map((each) => (each.var === 'deliver_by' && due ? { ...each, values: [due] } : each))
    .filter(({ values }) => values.length > 0)
    .map(({ var: name, values }) => field(name ?? '', values, 'hidden'));
}

/** What the moves need or take, each field once; which move needs it is known where the form comes back. */
function saidFields(own: Moving, moves: readonly MoveName[]): Field[] {
  const seen = new Set<string | null>();
  return moves
    .filter((move) => move !== 'propose')
    .flatMap((move) =>
      moveFields(move, own).map((each) => ({
        ...each,
        var: move === 'input' ? `${inputPrefix}${each.var}` : each.var,
        required: false,
      })),
    )
    .filter((each) => !seen.has(each.var) && seen.add(each.var));
}

export type Reply = {
  contract: string;
  move: MoveName;
  /** The version whose terms it answers; null where it says none. */
  version: number | null;
  submitted: Form;
};

/** What the form answers; null where it is none of the directory's. */
export function readReply(submitted: Form, thread: string | null): Reply | Problem | null {
  if (submitted.type !== 'submit' || formNamespace(submitted) !== NS_CONTRACT) return null;
  const named = formValue(submitted, 'contract');
  const contract = named ?? thread;
  if (!contract) return atField('contract', 'expected the id of a contract, or its thread');
  if (named && thread && named !== thread && thread.startsWith('c')) {
    return atField('contract', 'expected the contract of the thread');
  }
  const said = formValue(submitted, 'move');
  const move = moveNames.find((name) => name === said);
  if (!move) return atField('move', `expected one of ${moveNames.join(', ')}`);
  const version = formValue(submitted, 'version') ?? '';
  if (version !== '' && !/^\d{1,9}$/.test(version)) return atField('version', 'expected a whole number');
  return { contract, move, version: version === '' ? null : Number(version), submitted };
}

/** What the reply says with its move. @param result a result form beside it, which is what came of the work */
export function replyData(own: Moving, reply: Reply, result: Form | null): MoveData | Problem {
  const { move, submitted } = reply;
  const renamed = move === 'input' ? withoutPrefix(submitted) : submitted;
  const { needs, takes } = moveData[move];
  if (needs.length + takes.length === 0) return {};
  const shown = form('form', moveFields(move, own));
  const { values, errors } = readValues(shown, renamed);
  if (errors.length > 0) {
    const named = errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
    return problem('invalid-parameter', `Not accepted: ${named}`, errors);
  }
  if (move !== 'deliver' || !result) return readMove(move, own, values);
  const formed = formResult(result, [], null);
  const said = [...values.values()].some((each) => each.length > 0) ? readMove(move, own, values) : {};
  if (isProblem(said)) return said;
  const { text = null, media = [] } = said.result ?? {};
  return { result: { ...formed, text: text ?? formed.text, media } };
}

function withoutPrefix(submitted: Form): Form {
  const fields = submitted.fields.map((each) => ({
    ...each,
    var: each.var?.startsWith(inputPrefix) ? each.var.slice(inputPrefix.length) : each.var,
  }));
  return { ...submitted, fields };
}

/** The event by which that side made that move last. */
export function ownEvent({ history }: Moving, side: Side, move: MoveName): ContractEvent | undefined {
  return history.findLast((event) => event.by === side && event.move === move);
}
