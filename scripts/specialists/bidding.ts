/**
 * How a sample answers a call for proposals: what the directory's message asks (`urn:guildhall:request:0` with a form,
 * XEP-0004), the form that answers it, and the work once its proposal is taken, by the directory's command `contract`
 * (XEP-0050). It knows of the directory what it writes, and nothing else.
 */
import { type Element, xml } from '@xmpp/xml';
import { readAnswers } from './answers.ts';
import { submitElement } from './forms.ts';
import type { AskDirectory } from './lease.ts';
import { NS_COMMANDS, NS_DATA, NS_REQUEST } from './namespaces.ts';
import { runSkill, type Skill, UserError } from './skill.ts';

/** How a workshop makes its price, in cents: a part for the job and one for each letter, and what it never goes below. */
export type Tariff = { base: number; letter: number; least: number; undercuts: boolean };

/** A call, as the message has it. */
export type HeardCall = {
  id: string;
  input: { [name: string]: unknown };
  need: string;
  budget: number | null;
};

export type Heard =
  | { event: 'cfp'; call: HeardCall }
  | { event: 'accept-proposal'; id: string; contract: string };

const currency = 'EUR';

/** Null where the message tells of nothing that it acts upon. */
export function readHeard(message: Element): Heard | null {
  const { id, event, contract } = message.getChild('request', NS_REQUEST)?.attrs ?? {};
  if (!id) return null;
  if (event === 'accept-proposal' && contract) return { event, id, contract };
  if (event !== 'cfp') return null;
  const fields = message.getChild('x', NS_DATA)?.getChildren('field') ?? [];
  const saidIn = (name: string) =>
    fields.find(({ attrs }) => attrs.var === name)?.getChildText('value') ?? null;
  const cents = saidIn('budget_currency') === currency ? centsOf(saidIn('budget_amount') ?? '') : null;
  return {
    event,
    call: { id, input: objectIn(saidIn('input')), need: saidIn('need') ?? '', budget: cents },
  };
}

/** In cents; null where it is not worth it. Who undercuts takes less than its price to stay within the budget. */
export function bidFor(
  { input, budget }: HeardCall,
  { base, letter, least, undercuts }: Tariff,
): number | null {
  const text = typeof input.text === 'string' ? input.text : '';
  const copies = Number(input.copies ?? 1);
  if (text === '' || !Number.isInteger(copies)) return null;
  const price = base + letter * [...text].length * copies;
  if (budget === null || price <= budget) return price;
  return undercuts && budget >= least ? budget : null;
}

/** The form of the message, filled in. */
export function bidMessage(directory: string, { id }: HeardCall, cents: number | null): Element {
  const answer: [string, string[]][] =
    cents === null
      ? [
          ['answer', ['refuse']],
          ['words', ['Not for this price, or not without a text.']],
        ]
      : [
          ['answer', ['propose']],
          ['price_amount', [(cents / 100).toFixed(2)]],
          ['price_currency', [currency]],
          ['words', ['Done as soon as you say so.']],
        ];
  return xml(
    'message',
    { to: directory, type: 'normal', id: `${id}-answer` },
    xml('thread', {}, id),
    submitElement({ formType: NS_REQUEST, fields: [['request', [id]], ...answer] }),
  );
}

/** Does the work of a contract and delivers it; where it cannot be done, says so. */
export async function deliver(
  ask: AskDirectory,
  skill: Skill,
  contract: string,
  call: HeardCall,
): Promise<void> {
  const outcome = await workFor(skill, call);
  const node = 'contract';
  const begun = await ask(xml('command', { xmlns: NS_COMMANDS, node, action: 'execute' }));
  const { sessionid } = begun?.attrs ?? {};
  const stage = (action: string, fields: [string, string[]][]) => {
    const form = submitElement({ formType: node, fields });
    return ask(xml('command', { xmlns: NS_COMMANDS, node, sessionid, action }, form));
  };
  await stage('next', [['id', [contract]]]);
  await stage('next', [['move', ['text' in outcome ? 'deliver' : 'fail']]]);
  await stage('complete', ['text' in outcome ? ['text', outcome.text] : ['reason', [outcome.reason]]]);
}

async function workFor(skill: Skill, { input }: HeardCall): Promise<{ text: string[] } | { reason: string }> {
  const raw = new Map(Object.entries(input).map(([name, value]) => [name, [value].flat().map(String)]));
  try {
    const outputs = await runSkill(skill, readAnswers(skill.fields, raw));
    return { text: outputs.flatMap(({ values }) => [...values]) };
  } catch (error) {
    if (error instanceof UserError) return { reason: error.message };
    throw error;
  }
}

function objectIn(text: string | null): { [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function centsOf(amount: string): number | null {
  return /^\d{1,9}(\.\d{1,18})?$/.test(amount) ? Math.floor(Number(amount) * 100 + 1e-6) : null;
}
