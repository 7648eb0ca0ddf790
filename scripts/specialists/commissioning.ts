/** Making an offer by the directory's command `offer` (XEP-0050): which listing, then on what terms. */
import { xml } from '@xmpp/xml';
import { submitElement } from './forms.ts';
import type { AskDirectory } from './lease.ts';
import { NS_COMMANDS, NS_DATA } from './namespaces.ts';
import { type Budget, halfOf } from './negotiation.ts';
import { type Answers, FailureError, line, type Output } from './skill.ts';

const node = 'offer';

/**
 * Offers half of the budget. Throws a FailureError where the directory does not take the offer.
 * @param budgets hears of the contract's budget
 */
export async function commissionFrom(
  ask: AskDirectory,
  answers: Answers,
  budgets: Map<string, Budget>,
): Promise<readonly Output[]> {
  const budget: Budget = {
    amount: answers.text('budget'),
    currency: answers.text('currency'),
    subject: answers.text('subject'),
  };
  const begun = await ask(xml('command', { xmlns: NS_COMMANDS, node, action: 'execute' }));
  const { sessionid } = begun?.attrs ?? {};
  const stage = async (action: string, fields: [string, string[]][]) => {
    const form = submitElement({ formType: node, fields });
    return ask(xml('command', { xmlns: NS_COMMANDS, node, sessionid, action }, form));
  };
  await stage('next', [['listing', [answers.text('listing')]]]);
  const amount = halfOf(budget.amount);
  const offered = await stage('complete', [
    ['price_amount', [amount]],
    ['price_currency', [budget.currency]],
    ['words', [`About ${budget.subject || 'whatever you like'}.`]],
  ]);
  const id = offered
    ?.getChild('x', NS_DATA)
    ?.getChildren('field')
    .find((field) => field.attrs.var === 'id')
    ?.getChildText('value');
  if (offered?.attrs.status !== 'completed' || !id) {
    throw new FailureError(offered?.getChildText('note') ?? 'The directory does not take the offer.');
  }
  budgets.set(id, budget);
  return [line('contract', 'Contract', id), line('offered', 'Offered', `${amount} ${budget.currency}`)];
}
