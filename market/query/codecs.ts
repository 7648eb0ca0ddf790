/** Every qualifier in one table: what it takes, how a value is read, and how it is written. */

import { inputTypes, listingKinds } from '../listing.ts';
import { type Qualifier, type QualifierName, queryLimits, type Values } from './ast.ts';
import { charsOf, queryLine, queryText, queryToken, shown } from './clean.ts';
import { isCurrency } from './currencies.ts';
import { nearest } from './nearest.ts';
import { readTime } from './times.ts';
import * as values from './values.ts';

type Codec<Value> = {
  /** What a value is, after "takes". */
  takes: string;
  examples: [string, ...string[]];
  /** Where values are chosen from a short list: that list. */
  choices?: readonly string[];
  /** Null where the text is no such value. */
  read: (text: string) => Value | null;
  write: (value: Value) => string;
};

const same = (text: string) => text;

const codecs: { [Name in QualifierName]: Codec<Values[Name]> } = {
  input: {
    takes: 'the name of an input, or NAME=OPTION for a choice that offers the option',
    examples: ['amount', 'to=EUR'],
    read: values.readAskedInput,
    write: values.writeAskedInput,
  },
  accepts: {
    takes: `a type of input (${inputTypes.join(', ')})`,
    examples: ['date'],
    choices: inputTypes,
    read: values.readOneOf(inputTypes),
    write: same,
  },
  returns: {
    takes: 'the name of a result',
    examples: ['total'],
    read: values.readInputName,
    write: same,
  },
  tag: {
    takes: 'a tag',
    examples: ['finance', 'working days'],
    read: (text) => queryToken(text) || null,
    write: same,
  },
  category: {
    takes: 'a category',
    examples: ['finance'],
    read: (text) => queryToken(text) || null,
    write: same,
  },
  lang: {
    takes: 'a language tag of BCP 47',
    examples: ['en', 'pt-br'],
    read: values.readLanguage,
    write: same,
  },
  kind: {
    takes: `a kind of listing (${listingKinds.join(', ')})`,
    examples: ['command'],
    choices: listingKinds,
    read: values.readOneOf(listingKinds),
    write: same,
  },
  domain: {
    takes: 'a domain name',
    examples: ['example.org'],
    read: values.readDomain,
    write: same,
  },
  agent: {
    takes: 'the JID of an agent',
    examples: ['fx@example.org'],
    read: values.readAgent,
    write: same,
  },
  feature: {
    takes: 'a feature of service discovery',
    examples: ['urn:xmpp:ping'],
    read: (text) => queryText(text) || null,
    write: same,
  },
  online: {
    takes: 'true or false',
    examples: ['true'],
    choices: ['true', 'false'],
    read: values.readFlag,
    write: String,
  },
  rating: {
    takes: 'a comparison (>=, >, <=, <, =) with a rating from 0 to 5',
    examples: ['>=4'],
    read: values.readComparison(values.readNumber(5, 4)),
    write: values.writeComparison,
  },
  price: {
    takes: 'a comparison (>=, >, <=, <, =) with an amount of at most 12 digits and 8 decimals',
    examples: ['<=2', '<0.05'],
    read: values.readComparison(values.readAmount),
    write: values.writeComparison,
  },
  currency: {
    takes: 'the code of a currency that exists (ISO 4217)',
    examples: ['EUR'],
    read: readCurrency,
    write: same,
  },
  uptime: {
    takes: 'a comparison (>=, >, <=, <, =) with a share of the time from 0 to 1',
    examples: ['>=0.99'],
    read: values.readComparison(values.readNumber(1, 6)),
    write: values.writeComparison,
  },
  near: {
    takes: `LAT,LON,KM: a latitude from -90 to 90, a longitude from -180 to 180, and over 0 up to ${values.kmMax} kilometres`,
    examples: ['52.52,13.4,50'],
    read: values.readNear,
    write: values.writeNear,
  },
  updated: {
    takes: 'a comparison (>=, >, <=, <, =) with a date, or with a date and time with its zone (RFC 3339)',
    examples: ['>=2026-11-01', '<2026-11-01T12:00:00Z'],
    read: values.readComparison(readTime),
    write: values.writeComparison,
  },
};

/** What a value of the qualifier is, to say it in a message or a form. */
export function qualifierHelp(name: QualifierName): Pick<Codec<unknown>, 'takes' | 'examples' | 'choices'> {
  return codecs[name];
}

/** The values as texts, each of which `readValue` reads. */
export function writeValues<Name extends QualifierName>({ name, values }: Qualifier<Name>): string[] {
  return values.map(codecs[name].write);
}

export type Refused = { refused: string };

/** The value, or what there was instead: a phrase that goes on after what was expected. */
export function readValue<Name extends QualifierName>(name: Name, text: string): Values[Name] | Refused {
  const { valueCharsMax } = queryLimits;
  const { read, write } = codecs[name];
  const isLong = text.length > 2 * valueCharsMax;
  const value = isLong ? null : read(text);
  // Reading may lengthen a text, so it is measured afterwards.
  if (isLong || (value !== null && charsOf(write(value)) > valueCharsMax))
    return { refused: `not a value of ${charsOf(text)} characters; at most ${valueCharsMax} are read` };
  return value ?? { refused: insteadOf(name, text) };
}

function insteadOf(name: QualifierName, text: string): string {
  const { choices = [], examples, read } = codecs[name];
  const got = shown(text);
  if (got === '') return 'not an empty value';
  // Of comparisons, the operator is what people leave out.
  const [operator = ''] = /^[<>]=/.exec(examples[0]) ?? [];
  const compared = operator && read(`${operator}${text}`) !== null ? `${operator}${got}` : null;
  const meant = compared ?? nearest(queryLine(text), choices);
  return `not '${got}'${meant ? `; did you mean ${meant}?` : ''}`;
}

export function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

function readCurrency(text: string): string | null {
  const code = queryLine(text).toUpperCase();
  return isCurrency(code) ? code : null;
}
