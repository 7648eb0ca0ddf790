/** The commands by which a party rates its contract's other side, and answers how it was rated itself. */

import { randomUUID } from 'node:crypto';
import { otherSide } from '../../market/contract/states.ts';
import { isProblem, type Problem, problem } from '../../market/problem.ts';
import { showContract } from '../../operations/contracts/show.ts';
import type { Deps } from '../../operations/deps.ts';
import { changeRating, rate, replyToRating, withdrawRating } from '../../operations/ratings/rate.ts';
import { contractRatingsOf, type OwnRatings } from '../../operations/ratings/show.ts';
import { form } from '../../protocol/data-form.ts';
import { ask, choiceField, textField } from './fields.ts';
import { atFields } from './query-field.ts';
import { givenRating, ratingFields, ratingsFields } from './rating-form.ts';
import type { Caller, Command, Step } from './step.ts';
import { several, single } from './values.ts';

export const nodeRate = 'rate';
export const nodeReply = 'reply';

const fields = [textField('id', 'The contract, as contracts gives it', { required: true })];

export function rateCommand(deps: Deps): Command {
  const description = 'Rates the other side of a contract that has ended; changes that, or takes it back.';
  return {
    node: nodeRate,
    name: 'Rate the other side',
    about: { description, fields },
    async start(caller) {
      return {
        form: ask('Rate the other side', description, fields),
        actions: ['next'],
        submit: (values) => rateStage(deps, caller, single(values, 'id')),
      };
    },
  };
}

export function replyCommand(deps: Deps): Command {
  const description = 'Answers what the other side of a contract said of you, once.';
  return {
    node: nodeReply,
    name: 'Answer a rating',
    about: { description, fields },
    async start(caller) {
      return {
        form: ask('Answer a rating', description, fields),
        actions: ['next'],
        submit: (values) => replyStage(deps, caller, single(values, 'id')),
      };
    },
  };
}

async function rateStage(deps: Deps, caller: Caller, id: string): Promise<Step> {
  const found = await readBoth(deps, caller, id);
  if (isProblem(found)) return found;
  const { own, about } = found;
  if (own.open.includes('rate')) {
    // A stage that is sent again because nobody knows what came of it rates once.
    const key = randomUUID();
    return {
      form: ask('Rate the other side', `${about} Everybody is shown what you say.`, ratingFields(null)),
      actions: ['complete'],
      submit: async (values) =>
        outcome(deps, caller, id, await rate(deps, caller, id, givenRating(values), key)),
    };
  }
  const choices = [
    ...(own.open.includes('change') ? [{ value: 'change', label: 'Say this instead' }] : []),
    ...(own.open.includes('withdraw') ? [{ value: 'withdraw', label: 'Take it back, for good' }] : []),
  ];
  const [first] = choices;
  if (!first) return own.given ? shown(id, own) : notRateable;
  return {
    form: ask('Rate the other side', `${about} You have rated it.`, [
      choiceField('act', 'What to do', choices, first.value),
      ...(choices.length > 1 ? ratingFields(own.given) : []),
    ]),
    actions: ['complete'],
    async submit(values) {
      const isChange = single(values, 'act') === 'change';
      const said = isChange
        ? await changeRating(deps, caller, id, givenRating(values))
        : await withdrawRating(deps, caller, id);
      return outcome(deps, caller, id, said);
    },
  };
}

const notRateable = problem(
  'rating-not-open',
  "A contract is rated that is completed, resolved, or failed by the other side's doing, and not long after that.",
);

async function replyStage(deps: Deps, caller: Caller, id: string): Promise<Step> {
  const found = await readBoth(deps, caller, id);
  if (isProblem(found)) return found;
  const { own, about } = found;
  if (!own.received) return problem('rating-not-found', 'The other side has not rated this contract.');
  if (!own.open.includes('reply')) return shown(id, own);
  const key = randomUUID();
  const { score, text } = own.received;
  const words = [`${about} It says: ${score} of 5.`, text, 'Everybody is shown your answer.'];
  return {
    form: ask('Answer a rating', words.filter(Boolean).join('\n'), [
      textField('text', 'Your answer', { type: 'text-multi', required: true }),
    ]),
    actions: ['complete'],
    async submit(values) {
      const text = several(values, 'text').join('\n');
      return outcome(deps, caller, id, await replyToRating(deps, caller, id, text, key));
    },
  };
}

async function readBoth(
  deps: Deps,
  caller: Caller,
  id: string,
): Promise<{ own: OwnRatings; about: string } | Problem> {
  const [contract, own] = await Promise.all([
    showContract(deps, caller, id),
    contractRatingsOf(deps, caller, id),
  ]);
  if (isProblem(contract)) return contract;
  if (isProblem(own)) return own;
  const { state, listing } = contract.contract;
  const other = contract.contract[otherSide(own.side)];
  const what = listing ? ` (${listing.name})` : '';
  return { own, about: `Contract ${id} with ${other}${what}: ${state}.` };
}

async function outcome(deps: Deps, caller: Caller, id: string, said: object | Problem): Promise<Step> {
  if (isProblem(said)) return atFields(said);
  const own = await contractRatingsOf(deps, caller, id);
  return isProblem(own) ? own : shown(id, own);
}

function shown(id: string, own: OwnRatings): Step {
  const notes =
    own.open.length === 0 ? [{ type: 'info' as const, text: 'There is nothing more to say.' }] : [];
  return { result: form('result', ratingsFields(id, own), 'Ratings'), notes };
}
