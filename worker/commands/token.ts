/** The command that issues, lists and revokes HTTP tokens: that the stanza comes from the caller is the proof. */

import type { TokenRecord } from '../../db/tokens.ts';
import { isProblem, problem } from '../../market/problem.ts';
import { type TokenScope, tokenLimits, tokenScopes } from '../../market/token.ts';
import type { Deps } from '../../operations/deps.ts';
import { issueToken, listTokens, revoke } from '../../operations/tokens.ts';
import { field, form } from '../../protocol/data-form.ts';
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
import type { Caller, Command, Stage, Step } from './step.ts';
import { several, single } from './values.ts';

export const nodeToken = 'token';

const tasks: Choice[] = [
  { value: 'issue', label: 'Issue a token' },
  { value: 'list', label: 'List my tokens' },
  { value: 'revoke', label: 'Revoke tokens' },
];

const fields = [choiceField('task', 'What to do', tasks, 'issue')];

export function tokenCommand(deps: Deps): Command {
  return {
    node: nodeToken,
    name: 'Tokens for HTTP',
    about: { description: 'Issues, lists and revokes tokens by which you are known over HTTP.', fields },
    async start(caller) {
      return {
        form: ask(
          'Tokens for HTTP',
          `A token speaks for ${caller.jid}, whichever resource asked for it.`,
          fields,
        ),
        actions: ['next'],
        async submit(values) {
          const task = single(values, 'task');
          if (task === 'issue') return issueStage(deps, caller);
          const tokens = await listTokens(deps, caller);
          return task === 'list' ? listed(tokens) : revokeStage(deps, caller, tokens);
        },
      };
    },
  };
}

const scopeLabels: { [scope in TokenScope]: string } = {
  read: 'Read what is mine',
  trade: 'Contract, call and rate in my name',
};

function issueStage(deps: Deps, caller: Caller): Stage {
  const { daysMin, daysDefault, daysMax, labelCharsMax } = tokenLimits;
  const options = tokenScopes.map((value) => ({ value, label: scopeLabels[value] }));
  return {
    form: ask('Issue a token', 'The answer shows the token, once and never again.', [
      { ...field('scopes', 'read', 'list-multi'), label: 'What it is good for', options, required: true },
      numberField('days', 'How long it can be used, in days', {
        value: daysDefault,
        min: daysMin,
        max: daysMax,
      }),
      textField('label', 'A label, for yourself'),
    ]),
    actions: ['complete'],
    async submit(values) {
      const label = single(values, 'label');
      if (label.length > labelCharsMax) {
        const detail = `expected at most ${labelCharsMax} characters`;
        return problem('invalid-parameter', 'A field is not accepted.', [{ pointer: 'label', detail }]);
      }
      const scopes = tokenScopes.filter((scope) => several(values, 'scopes').includes(scope));
      const days = Number(single(values, 'days'));
      const issued = await issueToken(deps, caller, {
        scopes,
        days,
        label: cleanLine(label, labelCharsMax) || null,
      });
      if (isProblem(issued)) return issued;
      return {
        result: form(
          'result',
          [
            field('id', issued.id),
            field('token', issued.token),
            field('scopes', scopes, 'text-multi'),
            field('expires', timeText(issued.expires)),
          ],
          'Your token',
        ),
        notes: [{ type: 'warn', text: 'Keep the token: it is not shown again.' }],
      };
    },
  };
}

const columns: Column[] = [
  { name: 'id', label: 'Id' },
  { name: 'label', label: 'Label' },
  { name: 'scopes', label: 'Good for' },
  { name: 'created', label: 'Issued' },
  { name: 'expires', label: 'Until' },
  { name: 'used', label: 'Last used' },
];

function listed(tokens: TokenRecord[]): Step {
  const rows = tokens.map(({ id, label, scopes, created, expires, used }) => [
    id,
    label ?? '',
    scopes,
    timeText(created),
    timeText(expires),
    used ? timeText(used) : '',
  ]);
  return {
    result: table('Your tokens', columns, rows),
    notes: [{ type: 'info', text: counted(tokens.length) }],
  };
}

function revokeStage(deps: Deps, caller: Caller, tokens: TokenRecord[]): Step {
  if (tokens.length === 0) return { result: null, notes: [{ type: 'info', text: counted(0) }] };
  const options = tokens.map(({ id, label, expires }) => ({
    value: id,
    label: `${label ?? id}, until ${timeText(expires)}`,
  }));
  return {
    form: ask('Revoke tokens', 'They end at once.', [
      { ...field('tokens', [], 'list-multi'), label: 'Which', options, required: true },
    ]),
    actions: ['complete'],
    async submit(values) {
      const ended = await revoke(deps, caller, [...several(values, 'tokens')]);
      const text = ended.length === 1 ? '1 token is revoked.' : `${ended.length} tokens are revoked.`;
      return { result: null, notes: [{ type: 'info', text }] };
    },
  };
}

function counted(tokens: number): string {
  return tokens === 1 ? 'You have 1 token.' : `You have ${tokens} tokens.`;
}
