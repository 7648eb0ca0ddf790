/**
 * XEP-0115: Entity Capabilities (1.6).
 * https://xmpp.org/extensions/xep-0115.html
 */

import { createHash } from 'node:crypto';
import { type Form, field, form, formNamespace } from './data-form.ts';
import type { DiscoInfo } from './disco.ts';
import { hashText } from './hashes.ts';
import { NS_CAPS } from './namespaces.ts';
import { type RawForm, type RawInfo, readRawInfo, sortedByOctets, textsOf } from './raw-info.ts';
import { token } from './text.ts';
import { type Element, xml } from './xml.ts';

export type Caps = { hash: string; node: string; ver: string };

const capsCharsMax = 512;

/** Reads the `<c/>` of a presence; null where there is none of the current form. */
export function readCaps(presence: Element): Caps | null {
  const element = presence.getChild('c', NS_CAPS);
  const hash = token(element?.attrs.hash, capsCharsMax);
  const node = token(element?.attrs.node, capsCharsMax);
  const ver = token(element?.attrs.ver, capsCharsMax);
  return hash && node && ver ? { hash, node, ver } : null;
}

export function writeCaps(caps: Caps): Element {
  return xml('c', { xmlns: NS_CAPS, ...caps });
}

/** The verification string of a disco#info (§5.1), SHA-1 in base64. */
export function capsVer(info: DiscoInfo): string {
  const identities = sortedByOctets(
    info.identities.map(({ category, type, lang, name }) => [category, type, lang ?? '', name ?? '']),
    (parts) => parts.join('\0'),
  ).map((parts) => `${parts.join('/')}<`);
  // Sorted without what follows each: of two features one may begin with the other.
  const features = sortedByOctets(info.features, String).map((feature) => `${feature}<`);
  const forms = info.forms
    .map((form) => ({ type: formNamespace(form), form }))
    .filter(({ type }) => type !== null)
    .sort((a, b) => byOctets(a.type ?? '', b.type ?? ''))
    .map(({ form }) => formText(form));
  const text = [...identities, ...features, ...forms].join('');
  return createHash('sha1').update(text).digest('base64');
}

function formText(form: Form): string {
  const fields = form.fields
    .filter((field) => field.var !== null && field.var !== 'FORM_TYPE')
    .sort((a, b) => byOctets(a.var ?? '', b.var ?? ''))
    .map(
      (field) =>
        `${field.var}<${[...field.values]
          .sort(byOctets)
          .map((value) => `${value}<`)
          .join('')}`,
    );
  return `${formNamespace(form)}<${fields.join('')}`;
}

/** The order of i;octet (RFC 4790), in which the specification wants everything sorted. */
function byOctets(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * The verification string of a disco#info as it came (§5.1, checked by §5.4), base64. Null where the algorithm is not
 * known or the answer is ill-formed, which makes it nothing that a hash could stand for.
 * @throws {ParseError} where the element is no disco#info or exceeds its limits.
 */
export function capsVerOfElement(element: Element, algo = 'sha-1'): string | null {
  const raw = readRawInfo(element);
  if (!isWellFormed(raw)) return null;
  const text = verificationText(raw);
  // §8.1 makes SHA-1 mandatory, which nothing newer may use.
  if (algo === 'sha-1') return createHash('sha1').update(text).digest('base64');
  return hashText(algo, text)?.value ?? null;
}

/**
 * True where the disco#info may be cached under its verification string for whoever states it: no other disco#info
 * reads the same. The string joins names with `<` and `/`, so an identity can be passed off as a feature, or the last
 * features as a form. Refused is whatever could be either; a refusal costs no more than asking again. What remains
 * (§8.3) is an answer whose own features would be refused: somebody else's may stand in for it.
 * @throws {ParseError} where the element is no disco#info or exceeds its limits.
 */
export function isSafeForCaps(element: Element): boolean {
  const raw = readRawInfo(element);
  return (
    isWellFormed(raw) &&
    !textsOf(raw).some((text) => text.includes('<')) &&
    raw.identities.every(({ category, type, lang }) => !`${category}${type}${lang}`.match(/[/:]/)) &&
    raw.features.every((feature) => /[:/]/.test(feature) && !LOOKS_LIKE_IDENTITY.test(feature)) &&
    raw.forms.every(isSafeForm)
  );
}

/**
 * True where the disco#info is the one that the capabilities name, so that it may be cached under them.
 * @throws {ParseError} where the element is no disco#info or exceeds its limits.
 */
export function capsVerify(caps: Caps, element: Element): boolean {
  return isSafeForCaps(element) && capsVerOfElement(element, caps.hash) === caps.ver;
}

/**
 * What of a disco#info its hash covers, which is all that may be cached: titles, labels and options of forms are not
 * covered, nor is the node it was asked for under. Holds for XEP-0390 as well.
 */
export function hashedPart(info: DiscoInfo): DiscoInfo {
  return {
    node: null,
    identities: info.identities,
    features: info.features,
    forms: info.forms.map((from) =>
      form(
        'result',
        from.fields.flatMap((each) => {
          if (each.var === null) return [];
          return [field(each.var, each.values, each.var === 'FORM_TYPE' ? 'hidden' : 'text-single')];
        }),
      ),
    ),
  };
}

/** `category/type/lang/name`, as the verification string writes an identity. */
const LOOKS_LIKE_IDENTITY = /^[^:/]*\/[^/]*\/[^/]*\//;

/** §5.4, rules 3.3 to 3.5. */
function isWellFormed(raw: RawInfo): boolean {
  const identities = raw.identities.map(({ category, type, lang, name }) =>
    [category, type, lang, name].join('\0'),
  );
  const formTypes = raw.forms.map((each) => each.formType).filter((type) => type !== null);
  return !raw.isVague && [identities, raw.features, formTypes].every(isUnique);
}

function isSafeForm({ formType, fields, hasTable }: RawForm): boolean {
  return (
    formType !== null &&
    !hasTable &&
    fields.length > 0 &&
    isUnique(fields.map((each) => each.var)) &&
    fields.every((each) => each.values.length > 0 && !/[:/]/.test(each.var))
  );
}

/** §5.1. A form without a FORM_TYPE is no part of it. */
function verificationText(raw: RawInfo): string {
  const identities = sortedByOctets(
    raw.identities.map(({ category, type, lang, name }) => [category, type, lang, name]),
    (parts) => parts.join('\0'),
  ).map((parts) => parts.join('/'));
  const forms = sortedByOctets(
    raw.forms.filter(({ formType }) => formType !== null),
    ({ formType }) => formType ?? '',
  ).flatMap(({ formType, fields }) => [
    formType,
    ...sortedByOctets(fields, (each) => each.var).flatMap((each) => [
      each.var,
      ...sortedByOctets(each.values, String),
    ]),
  ]);
  return [...identities, ...sortedByOctets(raw.features, String), ...forms]
    .map((text) => `${text}<`)
    .join('');
}

function isUnique(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
