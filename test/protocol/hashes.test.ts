import { describe, expect, test } from 'vitest';
import {
  hashOf,
  hashText,
  isHashOf,
  isSameHash,
  readHash,
  readHashIn,
  writeHash,
} from '../../protocol/hashes.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { canonicalXml, parseXml } from '../support/xml.ts';

describe('hashes (XEP-0300)', () => {
  const abc = { algo: 'sha-256', value: 'ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=' };

  test('are of the UTF-8 bytes of a text', () => {
    expect(hashText('sha-256', 'abc')).toEqual(abc);
    expect(isHashOf(abc, 'abc')).toBe(true);
    expect(isHashOf(abc, 'abd')).toBe(false);
    expect(isSameHash(abc, { ...abc, algo: 'sha3-256' })).toBe(false);
    for (const algo of ['sha-384', 'sha-512', 'sha3-256', 'sha3-512', 'blake2b-512'])
      expect(hashOf(algo, hashText(algo, 'abc')?.value).algo).toBe(algo);
  });

  test('of an algorithm that is broken or unknown verify nothing', () => {
    expect(hashText('sha-1', 'abc')).toBeNull();
    expect(isHashOf({ algo: 'md5', value: 'kAFQmDzST7DWlj99KOF/cg==' }, 'abc')).toBe(false);
  });

  test('are read and written', () => {
    const element = parseXml(`<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>${abc.value}</hash>`);
    expect(readHash(element)).toEqual(abc);
    expect(canonicalXml(writeHash(abc))).toBe(canonicalXml(element));
  });

  test.each([
    ["<hash xmlns='urn:xmpp:hashes:1' algo='sha-256'>ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=</hash>"],
    ["<hash xmlns='urn:xmpp:hashes:2'>ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=</hash>"],
    ["<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'> ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\n</hash>"],
    ["<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>not base64, at all!!</hash>"],
    ["<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'/>"],
  ])('%s is refused', (text) => {
    expect(() => readHash(parseXml(text))).toThrow(ParseError);
  });

  test('more than one where one is meant are refused', () => {
    const hash = writeHash(abc).toString();
    expect(() => readHashIn(parseXml(`<a>${hash}${hash}</a>`))).toThrow(ParseError);
    expect(() => readHashIn(undefined)).toThrow(ParseError);
  });
});
