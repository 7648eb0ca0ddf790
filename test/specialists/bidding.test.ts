import { describe, expect, test } from 'vitest';
import { bidFor, bidMessage, type HeardCall, readHeard } from '../../scripts/specialists/bidding.ts';
import { banner } from '../../scripts/specialists/skills/banner.ts';
import { parseXml } from '../support/xml.ts';

const call: HeardCall = { id: 'r-1', input: { text: 'Welcome', copies: 2 }, need: 'A banner.', budget: null };
const brush = { base: 100, letter: 3, least: 100, undercuts: false };
const press = { base: 250, letter: 1, least: 120, undercuts: true };

describe('a sample that bids', () => {
  test.each<[what: string, more: Partial<HeardCall>, ofBrush: number | null, ofPress: number | null]>([
    ['without a budget asks for its price', {}, 142, 264],
    [
      'that has little to do is cheaper by hand, much by machine',
      { input: { text: 'x'.repeat(60), copies: 20 } },
      3_700,
      1_450,
    ],
    ['within a budget undercuts itself, or refuses', { budget: 130 }, null, 130],
    ['goes no lower than it can', { budget: 110 }, null, null],
    ['without a text refuses', { input: {} }, null, null],
    ['of half a banner refuses', { input: { text: 'x', copies: 0.5 } }, null, null],
  ])('%s', (_what, more, ofBrush, ofPress) => {
    expect([bidFor({ ...call, ...more }, brush), bidFor({ ...call, ...more }, press)]).toEqual([
      ofBrush,
      ofPress,
    ]);
  });

  test('answers the call that it was asked', () => {
    const message = bidMessage('directory.test', call, 142);
    expect([message.attrs.to, message.getChildText('thread')]).toEqual(['directory.test', 'r-1']);
    expect(String(message)).toContain('<field var="price_amount"><value>1.42</value></field>');
    expect(String(bidMessage('directory.test', call, null))).toContain('<value>refuse</value>');
  });

  test('reads what the directory writes, and nothing else', () => {
    const of = (attrs: string, form = '') =>
      readHeard(
        parseXml(`<message><request xmlns='urn:guildhall:request:0' ${attrs}/>${form}</message>`) as never,
      );
    const form = `<x xmlns='jabber:x:data' type='form'><field var='input'><value>[1]</value></field><field var='budget_amount'><value>1.30</value></field><field var='budget_currency'><value>EUR</value></field></x>`;
    expect(of("id='r-1' event='cfp'", form)).toEqual({
      ...{ event: 'cfp', call: { id: 'r-1', input: {}, need: '', budget: 130 } },
    });
    expect(of("id='r-1' event='accept-proposal' contract='c-1'")).toEqual({
      event: 'accept-proposal',
      id: 'r-1',
      contract: 'c-1',
    });
    expect([of("id='r-1' event='cancel'"), of("event='cfp'")]).toEqual([null, null]);
  });

  test('letters a banner', () => {
    expect(banner('JA', '#', 1)).toEqual(['#######', '# J A #', '#######']);
  });
});
