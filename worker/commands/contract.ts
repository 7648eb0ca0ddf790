/** The command by which a party moves its contract, as far as the contract is open to it now. */

import { randomUUID } from 'node:crypto';
import type { MoveData } from '../../market/contract/contract.ts';
import { type MoveName, moveNames } from '../../market/contract/rules.ts';
import { otherSide } from '../../market/contract/states.ts';
import { isProblem } from '../../market/problem.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { type OwnContract, showContract } from '../../operations/contracts/show.ts';
import type { Deps } from '../../operations/deps.ts';
import { form } from '../../protocol/data-form.ts';
import { cleanText } from '../../protocol/text.ts';
import { priceText } from '../search-table.ts';
import { summaryFields } from './contract-form.ts';
import { moveFields, moveLabels, readMove } from './contract-moves.ts';
import { ask, choiceField, textField } from './fields.ts';
import { atFields } from './query-field.ts';
import type { Caller, Command, Step } from './step.ts';
import { single } from './values.ts';

export const nodeContract = 'contract';

/** Of what was agreed, where a move is chosen; the command `contracts` shows it whole. */
const agreedCharsMax = 2_000;

const fields = [textField('id', 'Its id, as contracts gives it', { required: true })];

export function contractCommand(deps: Deps): Command {
  return {
    node: nodeContract,
    name: 'Move a contract',
    about: {
      description:
        'Accepts, declines, delivers, confirms, disputes, cancels: whatever is open to you in a contract of yours.',
      fields,
    },
    async start(caller) {
      return {
        form: ask('Move a contract', 'Which of your contracts.', fields),
        actions: ['next'],
        submit: (values) => moveStage(deps, caller, single(values, 'id')),
      };
    },
  };
}

/** The moves that are open to the caller; a contract that takes none of it is shown, and the command ends. */
async function moveStage(deps: Deps, caller: Caller, id: string): Promise<Step> {
  const own = await showContract(deps, caller, id);
  if (isProblem(own)) return own;
  const choices = own.moves.map((value) => ({ value, label: moveLabels[value] }));
  if (choices.length === 0) return shown(own, ['No move is open to you.']);
  const choice = { ...choiceField('move', 'What to do', choices, ''), values: [] };
  return {
    form: ask('Move a contract', instructionsOf(own), [choice]),
    actions: ['next'],
    async submit(values) {
      const move = moveNames.find((name) => name === single(values, 'move')) as MoveName;
      if (moveFields(move, own).length > 0) return sayStage(deps, caller, own, move);
      return made(deps, caller, own, move, {}, randomUUID());
    },
  };
}

/** What goes with the move. */
function sayStage(deps: Deps, caller: Caller, own: OwnContract, move: MoveName): Step {
  // A stage that is sent again because nobody knows what came of it moves the contract once.
  const key = randomUUID();
  const asked = move === 'input' ? own.contract.ask : null;
  const words = [asked?.title, asked?.text, `Contract ${own.contract.id}.`].filter(Boolean).join('\n');
  return {
    form: ask(moveLabels[move], words, moveFields(move, own)),
    actions: ['complete'],
    async submit(values) {
      const data = readMove(move, own, values);
      return isProblem(data) ? data : made(deps, caller, own, move, data, key);
    },
  };
}

async function made(
  deps: Deps,
  caller: Caller,
  { contract: { id } }: OwnContract,
  move: MoveName,
  data: MoveData,
  key: string,
): Promise<Step> {
  const moved = await moveOwn(deps, caller, id, { move, data }, key);
  if (isProblem(moved)) return atFields(moved);
  const own = await showContract(deps, caller, id);
  return isProblem(own) ? own : shown(own, []);
}

function shown(own: OwnContract, notes: string[]): Step {
  return {
    result: form('result', summaryFields(own), 'Contract'),
    notes: notes.map((text) => ({ type: 'info', text })),
  };
}

function instructionsOf({ contract, side }: OwnContract): string {
  const { id, kind, state, listing, price, input, reason } = contract;
  const lines = [
    `Contract ${id} (${kind}): ${state}. You are the ${side}; the ${otherSide(side)} is ${contract[otherSide(side)]}.`,
    listing && `Listing: ${listing.name}`,
    price && `Price: ${priceText(price)}`,
    reason && `Reason: ${reason}`,
    `Given or agreed: ${cleanText(JSON.stringify(input), agreedCharsMax)}`,
  ];
  return lines.filter(Boolean).join('\n');
}
