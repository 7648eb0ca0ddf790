/** The command by which a provider that is asked answers a call for proposals. */

import { randomUUID } from 'node:crypto';
import { isProblem } from '../../market/problem.ts';
import type { RequestView } from '../../market/request/view.ts';
import type { Deps } from '../../operations/deps.ts';
import { propose, refuse } from '../../operations/requests/move.ts';
import { showRequest } from '../../operations/requests/show.ts';
import { form } from '../../protocol/data-form.ts';
import { answerFields, callInWords, wishedIn } from '../requests/answer-form.ts';
import { ask, textField } from './fields.ts';
import { requestFields } from './request-form.ts';
import type { Caller, Command, Step } from './step.ts';
import { inFields } from './terms-form.ts';
import { several, single } from './values.ts';

export const nodePropose = 'propose';

const fields = [textField('id', 'Its id, as the message has it that asks you', { required: true })];

export function proposeCommand(deps: Deps): Command {
  return {
    node: nodePropose,
    name: 'Answer a call for proposals',
    about: { description: 'Proposes a price and terms to who calls for them, or refuses.', fields },
    async start(caller) {
      return {
        form: ask('Answer a call for proposals', 'Which of those in which you are asked.', fields),
        actions: ['next'],
        async submit(values) {
          const view = await showRequest(deps, caller, single(values, 'id'));
          return isProblem(view) ? view : answerStage(deps, caller, view);
        },
      };
    },
  };
}

function answerStage(deps: Deps, caller: Caller, view: RequestView): Step {
  const { request, own, moves } = view;
  if (!own || !(moves.includes('propose') || moves.includes('refuse'))) {
    return shown(view, 'No answer of yours is taken.');
  }
  const key = randomUUID();
  return {
    form: ask('Answer a call for proposals', callInWords(request, own.listing.name), answerFields(own)),
    actions: ['complete'],
    async submit(values) {
      const answered =
        single(values, 'answer') === 'refuse'
          ? await refuse(deps, caller, request.id, several(values, 'words').join('\n'), key)
          : await propose(deps, caller, request.id, wishedIn(values), key);
      if (isProblem(answered)) return inFields(answered);
      const now = await showRequest(deps, caller, request.id);
      return isProblem(now) ? now : shown(now, 'Nobody but the client sees it.');
    },
  };
}

function shown(view: RequestView, text: string): Step {
  return {
    result: form('result', requestFields(view), 'Call for proposals'),
    notes: [{ type: 'info', text }],
  };
}
