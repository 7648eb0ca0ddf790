import { describe, expect, test } from 'vitest';
import { readItems, writeItems } from '../../protocol/disco.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { readRsmQuestion, readRsmResult } from '../../protocol/rsm.ts';
import {
  readSearchForm,
  readSearchResults,
  writeSearchReport,
  writeSearchResults,
} from '../../protocol/user-search.ts';
import type { Element } from '../../protocol/xml.ts';
import { canonicalXml, fixture, parseXml } from '../support/xml.ts';

const pairs: [string, (element: Element) => Element][] = [
  ['xep-0030/page.xml', (element) => writeItems(readItems(element))],
  [
    'xep-0055/old-page.xml',
    (element) => writeSearchResults(readSearchResults(element), false, readRsmResult(element)),
  ],
  [
    'xep-0055/report.xml',
    (element) => {
      const form = readSearchForm(element);
      if (!form) throw new Error('no form');
      const own = { ...form, fields: form.fields.filter((field) => field.var !== 'FORM_TYPE') };
      return writeSearchReport(own, readRsmResult(element));
    },
  ],
];

test.each(pairs)('%s read and written again is what it was', (path, roundTrip) => {
  expect(canonicalXml(roundTrip(fixture(path)))).toBe(canonicalXml(fixture(path)));
});

describe('the page that somebody asks for (XEP-0059)', () => {
  const read = (content: string) =>
    readRsmQuestion(parseXml(`<query><set xmlns='http://jabber.org/protocol/rsm'>${content}</set></query>`));

  test('is read with its size and its place', () => {
    expect(readRsmQuestion(fixture('xep-0059/question.xml'))).toEqual({
      max: 20,
      place: { from: 'after', key: 'a & b' },
    });
    expect(readRsmQuestion(parseXml('<query/>'))).toBeNull();
  });

  test.each([
    ['', { max: null, place: { from: 'start' } }],
    ['<max>0</max>', { max: 0, place: { from: 'start' } }],
    ['<max> 5 </max>', { max: 5, place: { from: 'start' } }],
    ['<max>99999999999999999999</max>', { max: 4_294_967_295, place: { from: 'start' } }],
    ['<after/>', { max: null, place: { from: 'start' } }],
    ['<before/>', { max: null, place: { from: 'end' } }],
    ['<before>b</before>', { max: null, place: { from: 'before', key: 'b' } }],
    ['<index>7</index>', { max: null, place: { from: 'index', index: 7 } }],
  ])('%s is understood', (content, expected) => {
    expect(read(content)).toEqual(expected);
  });

  test.each([
    '<max/>',
    '<max>-1</max>',
    '<max>1e9</max>',
    '<max>0x10</max>',
    '<max>1.5</max>',
    '<max>NaN</max>',
    '<index>-1</index>',
    '<after>a</after><before>b</before>',
    '<index>1</index><after>a</after>',
    `<after>${'x'.repeat(5_000)}</after>`,
  ])('%.50s is refused', (content) => {
    expect(() => read(content)).toThrow(ParseError);
  });
});
