/**
 * Guildhall's own listing: a XEP-0004 result form of FORM_TYPE `urn:guildhall:listing:0`, in the disco#info of an
 * agent or command node (XEP-0128) or as an item of the PEP or pubsub node of the same name.
 */

import { type Field, type Form, field, form, formNamespace, formValue, formValues } from '../data-form.ts';
import { safeImage, safeLink } from '../link.ts';
import { NS_LISTING } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { cleanLine, cleanText, token } from '../text.ts';

export type Permission = 'allow' | 'deny';

export type ListingForm = {
  name: string;
  description: string | null;
  category: string | null;
  tags: string[];
  lang: string[];
  /** The command that the form describes. */
  command: string | null;
  price: { amount: string; currency: string; unit: string } | null;
  location: { lat: number; lon: number } | null;
  terms: string | null;
  icon: string | null;
  queries: string[];
  relay: Permission | null;
  presence: Permission | null;
  index: Permission | null;
};

export const listingFormLimits = {
  nameCharsMax: 200,
  descriptionCharsMax: 4000,
  tagsMax: 30,
  tagCharsMax: 60,
  langsMax: 20,
  queriesMax: 20,
  queryCharsMax: 300,
  commandCharsMax: 1024,
} as const;

/** A decimal amount, exact: at most 12 digits before the point and 8 after it. */
const AMOUNT = /^\d{1,12}(\.\d{1,8})?$/;
const CURRENCY = /^[A-Z]{3,5}$/;
/** BCP 47, as far as its shape goes. */
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,4}$/i;

/** @throws {ParseError} where the form is no listing form or has no name. */
export function readListingForm(from: Form): ListingForm {
  if (formNamespace(from) !== NS_LISTING) throw new ParseError(`FORM_TYPE '${NS_LISTING}' expected`);
  const limits = listingFormLimits;
  const name = cleanLine(formValue(from, 'name') ?? '', limits.nameCharsMax);
  if (!name) throw new ParseError("the listing form has no 'name'");
  return {
    name,
    description: cleanText(formValue(from, 'description') ?? '', limits.descriptionCharsMax) || null,
    category: tag(formValue(from, 'category')),
    tags: unique(formValues(from, 'tags').map(tag)).slice(0, limits.tagsMax),
    lang: unique(
      formValues(from, 'lang').map((lang) => (LANGUAGE.test(lang) ? lang.toLowerCase() : null)),
    ).slice(0, limits.langsMax),
    command: token(formValue(from, 'command'), limits.commandCharsMax),
    price: readPrice(from),
    location: readLocation(from),
    terms: safeLink(formValue(from, 'terms')) ?? (cleanLine(formValue(from, 'terms') ?? '', 500) || null),
    icon: safeImage(formValue(from, 'icon')),
    queries: unique(formValues(from, 'query').map((query) => cleanLine(query, limits.queryCharsMax))).slice(
      0,
      limits.queriesMax,
    ),
    relay: permission(formValue(from, 'relay')),
    presence: permission(formValue(from, 'presence')),
    index: permission(formValue(from, 'index')),
  };
}

export function writeListingForm(of: ListingForm): Form {
  const fields: [string, string | string[] | null | undefined][] = [
    ['name', of.name],
    ['description', of.description],
    ['category', of.category],
    ['tags', of.tags],
    ['lang', of.lang],
    ['command', of.command],
    ['price_amount', of.price?.amount],
    ['price_currency', of.price?.currency],
    ['price_unit', of.price?.unit],
    ['lat', of.location && String(of.location.lat)],
    ['lon', of.location && String(of.location.lon)],
    ['terms', of.terms],
    ['icon', of.icon],
    ['query', of.queries],
    ['relay', of.relay],
    ['presence', of.presence],
    ['index', of.index],
  ];
  const stated = fields.flatMap(([name, value]): Field[] => {
    if (value === null || value === undefined || value.length === 0) return [];
    return [field(name, value, Array.isArray(value) ? 'text-multi' : 'text-single')];
  });
  return form('result', [field('FORM_TYPE', NS_LISTING, 'hidden'), ...stated]);
}

/** Null where it has no amount, or one that is not of the form that prices have. */
export function readPrice(from: Form): ListingForm['price'] {
  const amount = formValue(from, 'price_amount') ?? '';
  const currency = (formValue(from, 'price_currency') ?? '').toUpperCase();
  if (!AMOUNT.test(amount) || !CURRENCY.test(currency)) return null;
  return { amount, currency, unit: cleanLine(formValue(from, 'price_unit') ?? '', 60) || 'call' };
}

function readLocation(from: Form): ListingForm['location'] {
  const lat = degrees(formValue(from, 'lat'), 90);
  const lon = degrees(formValue(from, 'lon'), 180);
  return lat === null || lon === null ? null : { lat, lon };
}

function degrees(text: string | null, max: number): number | null {
  if (!text || !/^-?\d{1,3}(\.\d{1,12})?$/.test(text)) return null;
  const value = Number(text);
  return Math.abs(value) <= max ? value : null;
}

function tag(text: string | null): string | null {
  return cleanLine(text ?? '', listingFormLimits.tagCharsMax).toLowerCase() || null;
}

function permission(text: string | null): Permission | null {
  return text === 'allow' || text === 'deny' ? text : null;
}

function unique(values: (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null && value !== ''))] as string[];
}
