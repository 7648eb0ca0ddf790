/**
 * XEP-0300: Use of Cryptographic Hash Functions in XMPP (1.0.0).
 * https://xmpp.org/extensions/xep-0300.html
 */

import { createHash } from 'node:crypto';
import { ParseError } from './parse-error.ts';
import { type Element, expectElement, xml } from './xml.ts';

export const NS_HASHES = 'urn:xmpp:hashes:2';

/** A digest under the algorithm's registered name; the value is its Base64, as it stands on the wire. */
export type Hash = { algo: string; value: string };

/** The algorithms that can be verified here. Those of which collisions can be made (md5, sha-1) are none of them. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['sha-224', 'sha224'],
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
  ['sha3-256', 'sha3-256'],
  ['sha3-512', 'sha3-512'],
  ['blake2b-512', 'blake2b512'],
]);

/** §3: Base64 without white space (RFC 4648 §4); 512 bits are 88 characters. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4}){4,22}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const ALGO = /^[a-z0-9-]{1,32}$/;

/** @throws {ParseError} where the element is no `<hash/>`, or its value no Base64 of a digest. */
export function readHash(element: Element): Hash {
  expectElement(element, 'hash', NS_HASHES);
  return hashOf(element.attrs.algo, element.text());
}

/** The `<hash/>` inside an element. @throws {ParseError} where there is not exactly one. */
export function readHashIn(parent: Element | undefined): Hash {
  const [element, ...more] = parent?.getChildren('hash', NS_HASHES) ?? [];
  if (!element || more.length > 0) throw new ParseError('exactly one <hash/> expected');
  return readHash(element);
}

/** A hash whose two parts are stated apart, as in the fields of a form. @throws {ParseError} where they are none. */
export function hashOf(algo: string | null | undefined, value: string | null | undefined): Hash {
  if (!algo || !ALGO.test(algo)) throw new ParseError('the hash names no algorithm');
  if (!value || !BASE64.test(value)) throw new ParseError('the hash is not Base64');
  return { algo, value };
}

export function writeHash(hash: Hash): Element {
  return xml('hash', { xmlns: NS_HASHES, algo: hash.algo }, hash.value);
}

/** The hash of a text's UTF-8 bytes; null where the algorithm cannot be computed here. */
export function hashText(algo: string, text: string): Hash | null {
  const name = ALGORITHMS.get(algo);
  return name ? { algo, value: createHash(name).update(text, 'utf8').digest('base64') } : null;
}

/** Equal in both parts: the same digest under two algorithms' names is not. */
export function isSameHash(a: Hash, b: Hash): boolean {
  return a.algo === b.algo && a.value === b.value;
}

/** True where the hash is that of the text's UTF-8 bytes; an algorithm that is not known here verifies nothing. */
export function isHashOf(hash: Hash, text: string): boolean {
  const own = hashText(hash.algo, text);
  return own !== null && isSameHash(own, hash);
}
