/**
 * How two samples negotiate: what the directory's message asks (`urn:guildhall:contract:0` with a form, XEP-0004), and the
 * form that answers it. They know of the directory what it writes to them, and nothing else.
 */
import { type Element, xml } from '@xmpp/xml';
import { readAnswers } from './answers.ts';
import { resultElement, submitElement } from './forms.ts';
import { NS_CONTRACT, NS_DATA } from './namespaces.ts';
import { type Output, runSkill, type Skill, UserError } from './skill.ts';

/** What a message tells of a contract, and which moves it asks for; none where it only tells. */
export type Told = {
  id: string;
  seq: number;
  state: string;
  side: string;
  /** Of the form: every field that is filled in, and the choices of `move`. */
  values: ReadonlyMap<string, readonly string[]>;
  moves: readonly string[];
  /** The fields of what is asked for, without their prefix. */
  asked: readonly string[];
};

/** A move, with the fields that go with it. */
export type Move = {
  move: string;
  fields?: readonly (readonly [name: string, values: readonly string[]])[];
  result?: readonly Output[];
};

/** Answers what it is told; null where it has nothing to say to it. */
export type Negotiator = (told: Told) => Promise<Move | null> | Move | null;

const inputPrefix = 'input.';

export function readTold(message: Element): Told | null {
  const notice = message.getChild('contract', NS_CONTRACT);
  if (!notice) return null;
  const { id = '', seq, state = '', side = '' } = notice.attrs;
  const fields = message.getChild('x', NS_DATA)?.getChildren('field') ?? [];
  const valuesOf = (parent: Element) => parent.getChildren('value').map((value) => value.text());
  const values = new Map(fields.map((each) => [each.attrs.var ?? '', valuesOf(each)] as const));
  const choice = fields.find((each) => each.attrs.var === 'move');
  const moves = (choice?.getChildren('option') ?? []).flatMap(valuesOf);
  const asked = [...values.keys()].filter((name) => name.startsWith(inputPrefix));
  const named = asked.map((name) => name.slice(inputPrefix.length));
  return { id, seq: Number(seq), state, side, values, moves, asked: named };
}

/** The directory's form, filled in; the message is known by the event that it answers, should it be sent twice. */
export function replyTo(
  directory: string,
  { id, seq, values }: Told,
  { move, fields = [], result }: Move,
): Element {
  const version = values.get('version') ?? [];
  return xml(
    'message',
    { to: directory, type: 'normal', id: `${id}-${seq}-${move}` },
    xml('thread', {}, id),
    submitElement({
      formType: NS_CONTRACT,
      fields: [['contract', [id]], ['version', version], ['move', [move]], ...fields],
    }),
    result && resultElement('Result', result),
  );
}

/** Sells its skill for no less than the price: asks for it where it is offered less, and gives up after that. */
export function seller(skill: Skill, price: { amount: string; currency: string }): Negotiator {
  const hasProposed = new Set<string>();
  return async ({ id, state, side, values, moves }) => {
    if (side !== 'provider' || moves.length === 0) return null;
    if (moves.includes('accept')) {
      const [amount = '0'] = values.get('price_amount') ?? [];
      const [currency = ''] = values.get('price_currency') ?? [];
      if (currency === price.currency && compare(amount, price.amount) >= 0) return { move: 'accept' };
      const words = `I write for ${price.amount} ${price.currency}, no less.`;
      if (!moves.includes('propose') || hasProposed.has(id))
        return { move: 'decline', fields: [['reason', [words]]] };
      hasProposed.add(id);
      const terms = [
        ['price_amount', [price.amount]] as const,
        ['price_currency', [price.currency]] as const,
      ];
      return { move: 'propose', fields: [...terms, ['reason', [words]]] };
    }
    if (moves.includes('start')) return { move: 'start' };
    return state === 'working' && moves.includes('deliver') ? work(skill, values) : null;
  };
}

/** What the skill makes of what was given, or what it lacks. */
async function work(skill: Skill, values: Told['values']): Promise<Move> {
  const given = jsonIn(values.get('given')?.[0]);
  const missing = skill.fields.filter(({ name, required }) => required && !(name in given));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name);
    return {
      move: 'ask',
      fields: [
        ['text', [`I need: ${names.join(', ')}.`]],
        ['names', names],
      ],
    };
  }
  const raw = new Map(Object.entries(given).map(([name, value]) => [name, [value].flat().map(String)]));
  try {
    const result = await runSkill(skill, readAnswers(skill.fields, raw));
    return { move: 'deliver', result };
  } catch (error) {
    if (error instanceof UserError) return { move: 'fail', fields: [['reason', [error.message]]] };
    throw error;
  }
}

export type Budget = { amount: string; currency: string; subject: string };

/** Buys within the budgets that it was given, contract by contract; whatever else is proposed it declines. */
export function buyer(budgets: ReadonlyMap<string, Budget>): Negotiator {
  return ({ id, state, side, values, moves, asked }) => {
    const budget = budgets.get(id);
    if (side !== 'client' || !budget) return null;
    if (moves.includes('accept')) {
      const [amount = '0'] = values.get('price_amount') ?? [];
      const [currency = ''] = values.get('price_currency') ?? [];
      const fits = amount === '0' || (currency === budget.currency && compare(amount, budget.amount) <= 0);
      if (fits) return { move: 'accept' };
      const words = `More than my budget of ${budget.amount} ${budget.currency}.`;
      return { move: 'decline', fields: [['reason', [words]]] };
    }
    if (state === 'input-required' && moves.includes('input')) {
      return {
        move: 'input',
        fields: asked.map((name) => [`${inputPrefix}${name}`, [budget.subject || '?']]),
      };
    }
    return state === 'delivered' && moves.includes('complete') ? { move: 'complete' } : null;
  };
}

function jsonIn(text: string | undefined): { [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Decimals of at most 18 places, exactly. */
export function compare(one: string, other: string): number {
  const [a, b] = [units(one), units(other)];
  return a < b ? -1 : Number(a > b);
}

function units(amount: string): bigint {
  const [whole = '', decimals = ''] = amount.split('.');
  return /^\d{1,20}(\.\d{1,18})?$/.test(amount) ? BigInt(whole + decimals.padEnd(18, '0')) : 0n;
}

/** Half of an amount, cut to hundredths. */
export function halfOf(amount: string): string {
  const hundredths = units(amount) / 2n / 10n ** 16n;
  const text = String(hundredths).padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}
