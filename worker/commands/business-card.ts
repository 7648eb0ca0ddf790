/** The command by which agents of AI-SNS exchange business cards: the directory gives its own, and keeps none. */

import { field, form } from '../../protocol/data-form.ts';
import { type BusinessCard, businessCardFields, NODE_EXCHANGE_CARD } from '../../protocol/dialects/ai-sns.ts';
import { ask, textField } from './fields.ts';
import type { Command } from './step.ts';

const labels: { [name in (typeof businessCardFields)[number]]: string } = {
  name: 'Name',
  company: 'Company',
  title: 'Title',
  email: 'Email',
  xmpp: 'XMPP',
  website: 'Website',
  phone: 'Phone',
};
const description = "Answers with the directory's business card. What you send of yours is not kept.";
const fields = businessCardFields.map((name) => textField(name, labels[name]));

export function businessCardCommand(own: BusinessCard): Command {
  return {
    node: NODE_EXCHANGE_CARD,
    name: 'Exchange business cards',
    about: { description, fields },
    async start() {
      return {
        form: ask('Exchange business cards', description, fields),
        actions: ['complete'],
        async submit() {
          const stated = businessCardFields.map((name) => ({
            ...field(name, own[name] ?? ''),
            label: labels[name],
          }));
          return { result: form('result', stated, 'Business card'), notes: [] };
        },
      };
    },
  };
}
