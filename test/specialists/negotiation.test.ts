import { describe, expect, test } from 'vitest';
import { buyer, compare, halfOf, seller, type Told } from '../../scripts/specialists/negotiation.ts';
import { verse } from '../../scripts/specialists/skills/verse.ts';
import { run } from './run.ts';

const told = (
  side: string,
  moves: string[],
  values: { [name: string]: string },
  more: Partial<Told> = {},
): Told => ({
  ...{ id: 'c1', seq: 1, state: 'offered', side, moves, asked: [] },
  values: new Map(Object.entries(values).map(([name, value]) => [name, [value]])),
  ...more,
});
const price = (amount: string, currency = 'EUR') => ({ price_amount: amount, price_currency: currency });
const answering = ['accept', 'decline', 'propose'];

describe('the sample that sells', () => {
  const poet = () => seller(verse, { amount: '4', currency: 'EUR' });

  test('takes its price or more, asks for it where it is offered less, and then gives up', async () => {
    const sells = poet();
    expect(await poet()(told('provider', answering, price('4.00')))).toEqual({ move: 'accept' });
    expect(await poet()(told('provider', answering, price('40', 'USD')))).toMatchObject({ move: 'propose' });
    const asked = await sells(told('provider', answering, price('2.50')));
    expect(asked).toMatchObject({
      move: 'propose',
      fields: [
        ['price_amount', ['4']],
        ['price_currency', ['EUR']],
        ['reason', [expect.any(String)]],
      ],
    });
    expect(await sells(told('provider', answering, price('3.99')))).toMatchObject({ move: 'decline' });
  });

  test('begins, asks for what it lacks, and delivers', async () => {
    const working = { state: 'working' };
    expect(await poet()(told('provider', ['start', 'deliver', 'fail'], {}, { state: 'accepted' }))).toEqual({
      move: 'start',
    });
    const moves = ['ask', 'progress', 'deliver', 'fail'];
    expect(await poet()(told('provider', moves, { given: '{}' }, working))).toMatchObject({ move: 'ask' });
    const given = '{"subject":"the sea","lines":2}';
    expect(await poet()(told('provider', moves, { given }, working))).toMatchObject({
      move: 'deliver',
      result: [{ name: 'verse', values: [expect.stringContaining('the sea'), expect.any(String)] }],
    });
    const wrong = '{"subject":"the sea","lines":"many"}';
    expect(await poet()(told('provider', moves, { given: wrong }, working))).toMatchObject({ move: 'fail' });
    expect(await poet()(told('provider', [], {}))).toBeNull();
  });
});

test('the sample that buys takes what is within its budget, and only what it began', async () => {
  const buys = buyer(new Map([['c1', { amount: '5', currency: 'EUR', subject: 'the sea' }]]));
  expect(buys(told('client', answering, price('5')))).toEqual({ move: 'accept' });
  expect(buys(told('client', answering, price('5.01')))).toMatchObject({ move: 'decline' });
  expect(buys(told('client', answering, price('5', 'CHF')))).toMatchObject({ move: 'decline' });
  expect(buys(told('client', answering, price('5'), { id: 'c2' }))).toBeNull();
  const asked = told('client', ['input', 'cancel'], {}, { state: 'input-required', asked: ['subject'] });
  expect(buys(asked)).toEqual({ move: 'input', fields: [['input.subject', ['the sea']]] });
  expect(buys(told('client', ['complete', 'dispute'], {}, { state: 'delivered' }))).toEqual({
    move: 'complete',
  });
});

test('amounts are compared and halved exactly', () => {
  expect([compare('5', '5.00'), compare('10', '9.99'), compare('0.1', '0.2')]).toEqual([0, 1, -1]);
  expect([halfOf('5'), halfOf('0.05'), halfOf('7.5'), halfOf('100')]).toEqual([
    '2.50',
    '0.02',
    '3.75',
    '50.00',
  ]);
});

test.each([
  [
    { subject: 'rain', lines: '2', mood: 'solemn' },
    'Now rests rain at break of day,\nRemember rain along the bay.',
  ],
  [{ subject: 'rain', lines: '2' }, 'O bright rain at break of day,\nSing of rain along the bay.'],
])('a verse of %j', async (filled, expected) => {
  expect((await run(verse, filled)).verse).toBe(expected);
});
