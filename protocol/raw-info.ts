/**
 * A disco#info as it came, which is what capability hashes are taken over (XEP-0115 §5, XEP-0390 §4): nothing in it is
 * cleaned, so it serves for hashing alone. `readInfo` gives the values that may be kept.
 */

import { formLimits } from './data-form.ts';
import { discoLimits } from './disco.ts';
import { NS_DATA, NS_DISCO_INFO } from './namespaces.ts';
import { ParseError } from './parse-error.ts';
import { boundedChildren, depthMax, type Element, expectElement } from './xml.ts';

export type RawIdentity = {
  category: string;
  type: string;
  name: string;
  lang: string;
  inheritedLang: string;
};
export type RawField = { var: string; values: string[] };
export type RawForm = {
  /** Null where no hidden field states one (XEP-0068). */
  formType: string | null;
  /** Every field but the FORM_TYPE. */
  fields: RawField[];
  hasTable: boolean;
};

export type RawInfo = {
  identities: RawIdentity[];
  features: string[];
  forms: RawForm[];
  /** It holds elements that are neither identities, features nor forms. */
  hasOthers: boolean;
  /** What the hash covers is not certain: a name is missing, a form states several FORM_TYPEs, a text is no XML. */
  isVague: boolean;
};

/** All text that goes into a hash; more is not worth verifying. */
export const hashInputCharsMax = 262_144;

/** Both specifications join texts by characters that XML does not allow in them, or rest on there being such. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** @throws {ParseError} where the element is no disco#info or exceeds its limits. */
export function readRawInfo(element: Element): RawInfo {
  expectElement(element, 'query', NS_DISCO_INFO);
  const identities = boundedChildren(element, 'identity', NS_DISCO_INFO, discoLimits.identitiesMax);
  const features = boundedChildren(element, 'feature', NS_DISCO_INFO, discoLimits.featuresMax);
  const forms = boundedChildren(element, 'x', NS_DATA, discoLimits.formsMax).map(readRawForm);
  const others = element.getChildElements().length - identities.length - features.length - forms.length;
  const raw: RawInfo = {
    identities: identities.map(readRawIdentity),
    features: features.map((feature) => feature.attrs.var ?? ''),
    forms: forms.map(({ form }) => form),
    hasOthers: others > 0,
    isVague: features.some((feature) => !feature.attrs.var) || forms.some((form) => form.isVague),
  };
  const all = textsOf(raw).join('');
  if (all.length > hashInputCharsMax)
    throw new ParseError(`more than ${hashInputCharsMax} characters to hash`);
  return { ...raw, isVague: raw.isVague || NOT_XML.test(all) };
}

/** Every text that the hash covers. */
export function textsOf(raw: RawInfo): string[] {
  return [
    ...raw.identities.flatMap((identity) => Object.values(identity)),
    ...raw.features,
    ...raw.forms.flatMap((form) => [
      form.formType ?? '',
      ...form.fields.flatMap((field) => [field.var, ...field.values]),
    ]),
  ];
}

/** In the order of i;octet (RFC 4790) of their keys' UTF-8. */
export function sortedByOctets<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  return values
    .map((value) => ({ value, octets: Buffer.from(keyOf(value)) }))
    .sort((a, b) => Buffer.compare(a.octets, b.octets))
    .map(({ value }) => value);
}

function readRawIdentity(element: Element): RawIdentity {
  const { category = '', type = '', name = '', 'xml:lang': lang = '' } = element.attrs;
  return { category, type, name, lang, inheritedLang: inheritedLang(element) };
}

/** The language that holds for the element: its own, or the nearest above it, up to the stream's (XML 1.0 §2.12). */
function inheritedLang(element: Element): string {
  let at: Element | null = element;
  for (let depth = 0; at && depth < depthMax; depth++) {
    const lang = at.attrs['xml:lang'];
    if (lang !== undefined) return lang;
    at = at.parent;
  }
  return '';
}

function readRawForm(element: Element): { form: RawForm; isVague: boolean } {
  const all = boundedChildren(element, 'field', NS_DATA, formLimits.fieldsMax);
  const types = all.filter((field) => field.attrs.var === 'FORM_TYPE');
  // XEP-0068: only a hidden field counts; in a submitted form its type may be left out.
  const isStated = types.some((field) => field.attrs.type === 'hidden' || element.attrs.type === 'submit');
  const stated = types.flatMap(valuesOf);
  const fields = all
    .filter((field) => field.attrs.var !== 'FORM_TYPE')
    .map((field) => ({ var: field.attrs.var ?? '', values: valuesOf(field) }));
  return {
    form: {
      formType: isStated ? (stated[0] ?? null) : null,
      fields,
      hasTable: ['reported', 'item'].some((name) => element.getChild(name, NS_DATA) !== undefined),
    },
    isVague: stated.length > 1 || types.length > 1 || fields.some((field) => field.var === ''),
  };
}

function valuesOf(field: Element): string[] {
  return boundedChildren(field, 'value', NS_DATA, formLimits.valuesMax).map((value) => value.text());
}
