/** The fields by which an agent says what is to be said of it, and how they are read. */

import { type Pointer, type Problem, problem } from '../../market/problem.ts';
import type { Correction } from '../../market/registration.ts';
import { type Field, field, form } from '../../protocol/data-form.ts';
import { listingFormLimits, readListingForm } from '../../protocol/dialects/listing-form.ts';
import { NS_LISTING } from '../../protocol/namespaces.ts';
import { textField } from './fields.ts';
import { several, single, type Values } from './values.ts';

/** All that can be corrected, as it stands. */
export type Said = Required<Omit<Correction, 'hidden' | 'name'>> & { name: string | null };

export function saidFields(said: Said, isNameRequired: boolean): Field[] {
  const { price } = said;
  const one = (value: string | null | undefined) => ({ values: value ? [value] : [] });
  return [
    textField('name', 'Name', { ...one(said.name), required: isNameRequired }),
    textField('description', 'Description', {
      type: 'text-multi',
      values: said.description ? said.description.split('\n') : [],
    }),
    textField('category', 'Category', one(said.category)),
    textField('tags', 'Tags, one a line', { type: 'text-multi', values: said.tags }),
    textField('lang', 'Languages, one a line, such as en', { type: 'text-multi', values: said.lang }),
    textField('price_amount', 'Price', {
      ...one(price?.amount),
      validation: { datatype: 'xs:decimal', method: 'range', min: '0', max: null, regex: null },
    }),
    textField('price_currency', 'Currency of the price, such as EUR', one(price?.currency)),
    textField('price_unit', 'What the price is for: call, minute, word or the like', one(price?.unit)),
    textField('terms', 'Terms: an https address, or a line of text', one(said.terms)),
  ];
}

/** Reads the fields, cleaned and bounded as a listing form is; what that would drop is named instead. */
export function readSaid(values: Values): Said | Problem {
  const copied = ['category', 'tags', 'lang', 'price_amount', 'price_currency', 'price_unit', 'terms'];
  const description = several(values, 'description').join('\n');
  const read = readListingForm(
    form('submit', [
      field('FORM_TYPE', NS_LISTING),
      // A listing form has a name in any case; an agent need not correct its own.
      field('name', single(values, 'name') || '-'),
      field('description', description),
      ...copied.map((name) => field(name, [...several(values, name)])),
    ]),
  );
  const errors = dropped(values, read.price !== null, read.lang.length, read.tags.length);
  if (errors.length > 0) return problem('invalid-parameter', 'A field is not accepted.', errors);
  const { category, tags, lang, price, terms } = read;
  const name = single(values, 'name') ? read.name : null;
  return { name, description: read.description, category, tags, lang, price, terms };
}

/** What differs from what was shown; a name cannot be taken away. */
export function changesOf(before: Said, after: Said): Correction {
  const { name, ...rest } = after;
  const changed = Object.entries(rest).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof Said]),
  );
  return { ...Object.fromEntries(changed), ...(name !== null && name !== before.name && { name }) };
}

/** Only what is said at all. */
export function presentOf(said: Said): Correction {
  const present = Object.entries(said).filter(
    ([, value]) => value !== null && (!Array.isArray(value) || value.length > 0),
  );
  return Object.fromEntries(present);
}

function dropped(values: Values, hasPrice: boolean, langs: number, tags: number): Pointer[] {
  const errors: Pointer[] = [];
  const distinct = (name: string) => new Set(several(values, name).map((value) => value.toLowerCase())).size;
  if (single(values, 'price_amount') && !hasPrice) {
    errors.push({
      pointer: 'price_currency',
      detail: 'expected three to five letters such as EUR, and a price of at most 12 digits and 8 decimals',
    });
  }
  if (distinct('lang') !== langs) {
    const detail = `expected at most ${listingFormLimits.langsMax} language tags such as en or pt-br`;
    errors.push({ pointer: 'lang', detail });
  }
  if (distinct('tags') > tags) {
    errors.push({
      pointer: 'tags',
      detail: `expected at most ${listingFormLimits.tagsMax} tags, each distinct within ${listingFormLimits.tagCharsMax} characters`,
    });
  }
  return errors;
}
