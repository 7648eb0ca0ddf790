import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formValue } from '../../protocol/data-form.ts';
import { readRequestAnswer } from '../../protocol/dialects/request-answer.ts';
import {
  type RequestNotice,
  readRequestNotice,
  requestNoticeEvents,
  writeRequestNotice,
} from '../../protocol/dialects/request-notice.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { parseXml } from '../support/xml.ts';

const id = `r${'a'.repeat(22)}`;
const word = fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,30}$/);

describe('the notice of a call for proposals', () => {
  test('is read as it is written', () => {
    const notice: fc.Arbitrary<RequestNotice> = fc.record({
      id: word,
      event: fc.constantFrom(...requestNoticeEvents),
      state: word,
      side: fc.constantFrom('client', 'provider'),
      deadline: fc.constant('2026-11-20T11:00:00Z'),
      proposal: fc.option(word),
      contract: fc.option(word),
    });
    fc.assert(
      fc.property(notice, (one) => {
        expect(readRequestNotice(parseXml(String(writeRequestNotice(one))))).toEqual(one);
      }),
    );
  });

  test.each([
    "<request xmlns='urn:guildhall:request:0'/>",
    "<request xmlns='urn:guildhall:request:0' id='r' event='steal' state='open' side='client' deadline='x'/>",
    "<request xmlns='urn:guildhall:request:0' id='r' event='cfp' state='open' deadline='x'/>",
    "<contract xmlns='urn:guildhall:request:0' id='r'/>",
  ])('is refused where it says too little: %s', (text) => {
    expect(() => readRequestNotice(parseXml(text))).toThrow(ParseError);
  });
});

describe('an answer to a call for proposals', () => {
  const field = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
  const formType = field('FORM_TYPE', 'urn:guildhall:request:0');
  const message = (fields: string, { type = 'submit', thread = '', of = 'normal' } = {}) =>
    parseXml(
      `<message type='${of}'>${thread && `<thread>${thread}</thread>`}<x xmlns='jabber:x:data' type='${type}'>${fields}</x></message>`,
    );

  test('names its call by a field or by the thread', () => {
    const byField = readRequestAnswer(message(formType + field('request', id) + field('answer', 'propose')));
    expect(byField).toMatchObject({ id, answer: 'propose' });
    expect(readRequestAnswer(message(field('price_amount', '5'), { thread: id }))).toMatchObject({
      id,
      answer: 'propose',
    });
    const both = readRequestAnswer(
      message(formType + field('request', id) + field('price_amount', '5'), { thread: 'other' }),
    );
    expect(both && formValue(both.form, 'price_amount')).toBe('5');
  });

  test('refuses where it says so, and where the form is cancelled', () => {
    expect(
      readRequestAnswer(message(field('answer', 'refuse') + field('words', 'No.'), { thread: id })),
    ).toMatchObject({
      ...{ answer: 'refuse', words: 'No.' },
    });
    expect(readRequestAnswer(message('', { type: 'cancel', thread: id }))).toMatchObject({
      id,
      answer: 'refuse',
    });
  });

  test.each<[what: string, element: ReturnType<typeof message>]>([
    ['another form', message(field('FORM_TYPE', 'urn:x') + field('request', id), { thread: id })],
    ['a form without a call', message(formType)],
    ['a form in a thread of its own', message(field('answer', 'propose'), { thread: 'chat-1' })],
    ['a form to fill in', message(formType + field('request', id), { type: 'form' })],
    ['a result', message(formType + field('request', id), { type: 'result' })],
    ['an error', message(formType + field('request', id), { of: 'error' })],
    ['no form', parseXml(`<message><thread>${id}</thread><body>5 EUR</body></message>`)],
  ])('is none where there is %s', (_what, element) => {
    expect(readRequestAnswer(element)).toBeNull();
  });

  test('with more fields than a form has is refused', () => {
    const fields = Array.from({ length: 300 }, (_, at) => field(`f${at}`, 'x')).join('');
    expect(() => readRequestAnswer(message(formType + fields))).toThrow(ParseError);
  });
});
