import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareAmounts } from '../../../market/contract/amount.ts';
import { awarded, offered } from '../../../market/contract/negotiated.ts';
import { checkSettlement, type WishedSettlement } from '../../../market/contract/settlement.ts';
import {
  checkTerms,
  noTerms,
  statedTerms,
  termsFrom,
  type WishedTerms,
} from '../../../market/contract/terms.ts';
import { isProblem } from '../../../market/problem.ts';
import { start } from '../../support/contracts.ts';

const priced = (amount: string, currency = 'EUR') => ({ price: { amount, currency } });
const inDays = (days: number) => new Date(start.getTime() + days * 86_400_000).toISOString();

describe('the terms of a contract', () => {
  test.each<[what: string, wished: WishedTerms, terms: object]>([
    ['nothing', {}, noTerms],
    ['a price', priced('12.50', 'eur'), { price: { amount: '12.50', currency: 'EUR', unit: 'contract' } }],
    ['a small price in a token', priced('0.000000000000000001', 'ETH'), { price: { currency: 'ETH' } }],
    ['a price of a unit', { price: { ...priced('1').price, unit: 'page\n' } }, { price: { unit: 'page' } }],
    ['times', { answerBy: inDays(1), deliverBy: inDays(90) }, { answerBy: new Date(inDays(1)) }],
    ['words', { words: ' In blue.\r\n\u202e' }, { words: 'In blue.' }],
  ])('are taken: %s', (_what, wished, terms) => {
    const checked = checkTerms(wished, start);
    expect(checked).toMatchObject(terms);
    if (isProblem(checked)) throw new Error(checked.detail);
    expect(termsFrom(JSON.parse(JSON.stringify(statedTerms(checked))))).toEqual(checked);
  });

  const day = 'expected a time with its zone, such as 2026-11-20T10:00:00Z';
  test.each<[wished: WishedTerms, pointer: string, expected: string]>([
    ...['', ' 1', '1e3', '-1', '+1', '1.', '.5', '007', '1,5', 'NaN', '0x1', '١', '1'.repeat(13)].map(
      (amount): [WishedTerms, string, string] => [priced(amount), '/terms/price/amount', 'a decimal number'],
    ),
    [priced(`1.${'1'.repeat(19)}`), '/terms/price/amount', '18 after it'],
    ...['', 'E', 'EU', '€', 'EUR ', 'DROP TABLE', 'ABCDEFGHIJK', '1EUR'].map(
      (currency): [WishedTerms, string, string] => [
        priced('1', currency),
        '/terms/price/currency',
        'ISO 4217',
      ],
    ),
    [{ answerBy: 'tomorrow' }, '/terms/answerBy', day],
    [{ answerBy: '2026-13-40T99:00:00Z' }, '/terms/answerBy', day],
    [{ answerBy: inDays(-1) }, '/terms/answerBy', 'in the future, at most 30 days ahead'],
    [{ answerBy: inDays(31) }, '/terms/answerBy', 'at most 30 days ahead'],
    [{ deliverBy: '2026-11-20' }, '/terms/deliverBy', day],
    [{ deliverBy: inDays(367) }, '/terms/deliverBy', 'at most 366 days ahead'],
    [{ words: 'x'.repeat(4_001) }, '/terms/words', 'at most 4000 characters'],
    [{ words: '\u0000' }, '/terms/words', 'no control characters'],
  ])('are refused with what was expected: %j', (wished, pointer, expected) => {
    expect(checkTerms(wished, start)).toMatchObject({
      problem: 'invalid-body',
      errors: [{ pointer, detail: expect.stringContaining(expected) }],
    });
  });

  test('have amounts that compare as decimals, however long', () => {
    expect(compareAmounts('10', '9.999999999999999999')).toBe(1);
    expect(compareAmounts('0.1', '0.10')).toBe(0);
    const digits = fc.integer({ min: 0, max: 999_999_999 });
    const amount = fc.tuple(digits, digits).map(([whole, part]) => `${whole}.${part}`);
    fc.assert(
      fc.property(amount, amount, (one, other) => {
        expect(compareAmounts(one, other)).toBe(-compareAmounts(other, one) + 0);
        if (Math.abs(Number(one) - Number(other)) > 1)
          expect(compareAmounts(one, other)).toBe(Number(one) < Number(other) ? -1 : 1);
      }),
    );
  });

  test('stand in the contract that is offered or awarded with them, and in its first event', () => {
    const terms = { ...noTerms, price: { amount: '5', currency: 'EUR', unit: 'contract' }, words: 'Soon.' };
    const of = {
      client: 'ann@agents.test',
      provider: 'fx@works.test',
      listing: null,
      input: { a: 1 },
      terms,
    };
    const [offer, award] = [offered(of, start), awarded(of, start)];
    expect(offer.contract).toMatchObject({ kind: 'direct', state: 'offered', offeredBy: 'client', ...terms });
    expect(award.contract).toMatchObject({ kind: 'direct', state: 'accepted', version: 1, ...terms });
    expect(award.event).toMatchObject({ move: 'award', by: 'client', data: { input: { a: 1 }, terms } });
    expect(offer.contract.id).not.toBe(award.contract.id);
  });
});

describe('the note of a payment', () => {
  const payto = 'payto://iban/DE75512108001245126199?amount=EUR:5';
  test.each<[wished: WishedSettlement, settlement: object]>([
    [{ reference: 'TX\n 42' }, { reference: 'TX 42', link: null }],
    [{ link: payto }, { link: payto }],
    [
      { reference: 'r', amount: { amount: '5', currency: 'eur' } },
      { amount: { amount: '5', currency: 'EUR' } },
    ],
    [
      { invoice: { session: 's1', expires: inDays(1), options: [{ link: payto, label: 'Bank' }] } },
      {
        invoice: {
          ...{ session: 's1', purpose: null, description: null, expires: inDays(1) },
          options: [{ link: payto, label: 'Bank', proof: null }],
        },
      },
    ],
  ])('is taken: %j', (wished, settlement) => {
    expect(checkSettlement(wished)).toMatchObject(settlement);
  });

  test.each<[wished: WishedSettlement, pointer: string]>([
    [{}, '/settlement'],
    [{ reference: ' \u202e' }, '/settlement'],
    [{ link: 'javascript:alert(1)' }, '/settlement/link'],
    [{ link: 'data:text/html,x' }, '/settlement/link'],
    [{ link: 'https://u:p@example.org/' }, '/settlement/link'],
    [{ reference: 'r', amount: { amount: '5.', currency: 'EUR' } }, '/settlement/amount/amount'],
    [{ reference: 'r', amount: { amount: '5', currency: '$' } }, '/settlement/amount/currency'],
    [{ invoice: { session: '' } }, '/settlement/invoice/session'],
    [
      { invoice: { session: 's', options: [{ link: 'https://x.example/' }] } },
      '/settlement/invoice/options/0/link',
    ],
    [
      { invoice: { session: 's', options: Array.from({ length: 21 }, () => ({ link: payto })) } },
      '/settlement/invoice/options',
    ],
  ])('is refused: %j', (wished, pointer) => {
    expect(checkSettlement(wished)).toMatchObject({ problem: 'invalid-body', errors: [{ pointer }] });
  });
});
