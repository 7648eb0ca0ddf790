/**
 * XEP-0390: Entity Capabilities 2.0 (0.3).
 * https://xmpp.org/extensions/xep-0390.html
 */

import { type Hash, hashText, isHashOf, NS_HASHES, readHash, writeHash } from './hashes.ts';
import { NS_CAPS2 } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { type RawForm, type RawInfo, readRawInfo, sortedByOctets } from './raw-info.ts';
import { type Element, xml } from './xml.ts';

/** The capability hash set: hashes of one and the same disco#info. */
export type Caps2 = { hashes: Hash[] };

/** §4.1: separators that no XML 1.0 text can hold, which is why no two disco#info read the same. */
const UNIT = '\u001f';
const RECORD = '\u001e';
const GROUP = '\u001d';
const FILE = '\u001c';

/** Hashes of one set that are read; further ones are not seen. */
export const caps2HashesMax = 10;

/** Reads the `<c/>` of a presence; null where there is none, or none with a whole hash. */
export function readCaps2(presence: Element): Caps2 | null {
  const stated = presence.getChild('c', NS_CAPS2)?.getChildren('hash', NS_HASHES) ?? [];
  const hashes = stated.slice(0, caps2HashesMax).flatMap((hash) => readHashOrNull(hash) ?? []);
  return hashes.length > 0 ? { hashes } : null;
}

export function writeCaps2(caps: Caps2): Element {
  return xml('c', { xmlns: NS_CAPS2 }, caps.hashes.map(writeHash));
}

/** The disco node at which the hash's own disco#info is asked for (§4.3). */
export function caps2Node(hash: Hash): string {
  return `${NS_CAPS2}#${hash.algo}.${hash.value}`;
}

/** The hash by which to ask: SHA-256 (XEP-0414 wants everybody to have it), else any that can be verified, else null. */
export function verifiableHash(caps: Caps2): Hash | null {
  const usable = caps.hashes.filter(({ algo }) => hashText(algo, '') !== null);
  return usable.find(({ algo }) => algo === 'sha-256') ?? usable[0] ?? null;
}

/**
 * The hash of a disco#info as it came (§4.1); null where the algorithm is not known or too weak, or where the
 * specification wants no hash of such an answer.
 * @throws {ParseError} where the element is no disco#info or exceeds its limits.
 */
export function caps2HashOfElement(element: Element, algo = 'sha-256'): Hash | null {
  const input = caps2InputOfElement(element);
  return input === null ? null : hashText(algo, input);
}

/**
 * True where the disco#info is the one that the hash names, so that what it covers may be cached under the hash.
 * @throws {ParseError} where the element is no disco#info or exceeds its limits.
 */
export function caps2Verify(hash: Hash, element: Element): boolean {
  const input = caps2InputOfElement(element);
  return input !== null && isHashOf(hash, input);
}

/** What is hashed (§4.1); null where its rules 1 to 3 abort. @throws {ParseError} */
export function caps2InputOfElement(element: Element): string | null {
  const raw = readRawInfo(element);
  const isHashable =
    !raw.hasOthers && !raw.isVague && raw.forms.every((form) => form.formType !== null && !form.hasTable);
  return isHashable ? hashInput(raw) : null;
}

function hashInput(raw: RawInfo): string {
  const features = raw.features.map((feature) => feature + UNIT);
  const identities = raw.identities.map(
    ({ category, type, inheritedLang, name }) =>
      [category, type, inheritedLang, name].map((part) => part + UNIT).join('') + RECORD,
  );
  return [features, identities, raw.forms.map(formInput)].map((part) => joined(part) + FILE).join('');
}

function formInput({ formType, fields }: RawForm): string {
  const all = [{ var: 'FORM_TYPE', values: [formType ?? ''] }, ...fields];
  return (
    joined(
      all.map((field) => field.var + UNIT + joined(field.values.map((value) => value + UNIT)) + RECORD),
    ) + GROUP
  );
}

/** Joined from lesser to greater. */
function joined(parts: readonly string[]): string {
  return sortedByOctets(parts, String).join('');
}

function readHashOrNull(element: Element): Hash | null {
  try {
    return readHash(element);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}
