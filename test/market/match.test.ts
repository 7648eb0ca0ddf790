import { describe, expect, test } from 'vitest';
import type { Input, InputType } from '../../market/listing.ts';
import { accepts, matchInputs } from '../../market/match.ts';
import { inputOf } from '../support/inputs.ts';

const input = (name: string, type: InputType = 'string', more: Partial<Input> = {}) =>
  inputOf(name, { type, required: true, ...more });
const currencies = {
  options: [
    { value: 'EUR', label: 'Euro' },
    { value: 'JPY', label: null },
  ],
};

describe('a value', () => {
  test.each<[InputType, Partial<Input>, Parameters<typeof accepts>[1][], Parameters<typeof accepts>[1][]]>([
    ['number', {}, [1, -1.5, '2.5', '1e3', '.5'], ['five', '', '1,5', '0x10', true]],
    ['number', { min: '0', max: '10' }, [0, 10, '9.99'], [-1, 11]],
    ['integer', {}, [1, '-3'], [1.5, '1.0', 'x']],
    ['boolean', {}, [true, false, '1', 'TRUE'], ['yes', 2]],
    ['date', {}, ['2026-11-20'], ['20.11.2026', '2026-13-40', 'today']],
    ['date-time', {}, ['2026-11-20T10:00:00Z', '2026-11-20 10:00'], ['2026-11-20', 'now']],
    ['uri', {}, ['https://x.example', 'xmpp:a@b.example'], ['no address']],
    ['email', {}, ['a@b.example'], ['a b@c', 'nobody']],
    ['jid', {}, ['a@b.example/r', 'b.example'], ['a b', '@']],
    ['enum', currencies, ['EUR', 'eur', 'Euro'], ['GBP', '']],
    ['enum', { ...currencies, multiple: true }, [['EUR', 'JPY'], 'EUR'], [['EUR', 'GBP']]],
    ['string', {}, ['anything', 5, true], [['a', 'b']]],
  ])('for a %s is one that it takes', (type, more, good, bad) => {
    const of = input('x', type, more);
    expect(good.filter((value) => !accepts(of, value))).toEqual([]);
    expect(bad.filter((value) => accepts(of, value))).toEqual([]);
  });
});

describe('what is given', () => {
  test('fills the inputs that mean the same, its own name first', () => {
    const inputs = [input('total', 'number'), input('amount', 'number'), input('to', 'enum', currencies)];
    expect(matchInputs(inputs, { amount: 5, targetCurrency: 'JPY' })).toEqual({
      mapping: { amount: 'amount', targetCurrency: 'to' },
      missing: ['total'],
    });
  });

  test('fills an input once, and no input that would not take it', () => {
    const inputs = [input('amount', 'number'), input('note', 'string', { required: false })];
    expect(matchInputs(inputs, { amount: 'five', sum: 5, value: 6 })).toEqual({
      mapping: { sum: 'amount' },
      missing: [],
    });
    expect(matchInputs(inputs, { amount: 'five' })).toEqual({ mapping: {}, missing: ['amount'] });
  });

  test('named like a member of every object is a name like any other', () => {
    const given = Object.fromEntries([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(matchInputs([input('constructor')], given)).toEqual({
      mapping: { constructor: 'constructor' },
      missing: [],
    });
  });
});
