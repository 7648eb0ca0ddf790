/** The command that shows, renews and cancels the caller's subscriptions to queries. */

import { type SubscriptionRecord, subscriptionLimits } from '../../market/subscription.ts';
import type { Deps } from '../../operations/deps.ts';
import { cancel, ownSubscriptions, renew } from '../../operations/subscriptions.ts';
import type { Field } from '../../protocol/data-form.ts';
import { ask, type Choice, type Column, choiceField, table, textField, timeText } from './fields.ts';
import type { Caller, Command, Stage, Step } from './step.ts';
import { daysField } from './subscribe.ts';
import { several, single } from './values.ts';

export const nodeSubscriptions = 'subscriptions';

const tasks: Choice[] = [
  { value: 'list', label: 'List my subscriptions' },
  { value: 'renew', label: 'Renew subscriptions' },
  { value: 'cancel', label: 'Cancel subscriptions' },
];

const fields: Field[] = [choiceField('task', 'What to do', tasks, 'list')];

export function subscriptionsCommand(deps: Deps): Command {
  return {
    node: nodeSubscriptions,
    name: 'My subscriptions to queries',
    about: { description: 'Shows, renews and cancels your subscriptions to queries.', fields },
    async start(caller) {
      return {
        form: ask('My subscriptions to queries', `What is told to ${caller.jid}.`, fields),
        actions: ['next'],
        async submit(values) {
          const task = single(values, 'task');
          const own = await ownSubscriptions(deps, caller);
          if (task === 'list') return { result: listed(own), notes: [counted(own.length)] };
          if (own.length === 0) return { result: null, notes: [counted(0)] };
          return task === 'renew' ? renewStage(deps, caller, own) : cancelStage(deps, caller, own);
        },
      };
    },
  };
}

const columns: Column[] = [
  { name: 'id', label: 'Id' },
  { name: 'query', label: 'Query' },
  { name: 'created', label: 'Begun' },
  { name: 'until', label: 'Until' },
  { name: 'waiting', label: 'Matches that wait to be told' },
];

function listed(own: SubscriptionRecord[]) {
  const rows = own.map(({ id, query, created, until, waiting }) => [
    id,
    query,
    timeText(created),
    timeText(until),
    String(waiting),
  ]);
  return table('Your subscriptions', columns, rows);
}

function renewStage(deps: Deps, caller: Caller, own: SubscriptionRecord[]): Stage {
  return {
    form: ask('Renew subscriptions', 'They run for so long from now.', [whichField(own), daysField()]),
    actions: ['complete'],
    async submit(values): Promise<Step> {
      const days = Number(single(values, 'days'));
      const renewed = await renew(deps, caller, [...several(values, 'subscriptions')], days);
      const of = new Set(renewed);
      const now = await ownSubscriptions(deps, caller);
      return {
        result: listed(now.filter(({ id }) => of.has(id))),
        notes: [info(`${amount(renewed.length)} renewed.`)],
      };
    },
  };
}

function cancelStage(deps: Deps, caller: Caller, own: SubscriptionRecord[]): Stage {
  return {
    form: ask('Cancel subscriptions', 'They end at once; what waits to be told is not told.', [
      whichField(own),
    ]),
    actions: ['complete'],
    async submit(values): Promise<Step> {
      const ended = await cancel(deps, caller, [...several(values, 'subscriptions')]);
      return { result: null, notes: [info(`${amount(ended.length)} cancelled.`)] };
    },
  };
}

/** Nobody is offered another's. */
function whichField(own: SubscriptionRecord[]): Field {
  const options = own.map(({ id, query, until }) => ({
    value: id,
    label: `${query.slice(0, labelCharsMax).toWellFormed()}, until ${timeText(until)}`,
  }));
  return { ...textField('subscriptions', 'Which'), type: 'list-multi', options, required: true };
}

const labelCharsMax = 200;

function counted(count: number) {
  return info(
    `You have ${count === 1 ? '1 subscription' : `${count} subscriptions`}; ${subscriptionLimits.perJidMax} at most.`,
  );
}

function amount(count: number): string {
  return count === 1 ? '1 subscription is' : `${count} subscriptions are`;
}

function info(text: string) {
  return { type: 'info' as const, text };
}
