import { describe, expect, test } from 'vitest';
import { readContractNotice, writeContractNotice } from '../../protocol/dialects/contract-notice.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { parseXml } from '../support/xml.ts';

const notice = {
  ...{ id: 'c-1', seq: 2, by: 'provider', move: 'accept' },
  ...{ state: 'accepted', side: 'client' },
};

describe('what a party of a contract is told', () => {
  test('is read as it is written', () => {
    expect(readContractNotice(parseXml(String(writeContractNotice(notice))))).toEqual(notice);
  });

  test.each(['id', 'seq', 'by', 'move', 'state', 'side'])('lacks nothing: without %s it is none', (name) => {
    const element = writeContractNotice(notice);
    delete element.attrs[name];
    expect(() => readContractNotice(element)).toThrow(ParseError);
  });

  test.each([
    ['seq', '-1'],
    ['seq', '1e3'],
    ['id', 'x'.repeat(101)],
    ['state', 'a\u202eb'],
  ])('is none where %s is %j', (name, value) => {
    const element = writeContractNotice(notice);
    element.attrs[name] = value;
    expect(() => readContractNotice(element)).toThrow(ParseError);
  });
});
