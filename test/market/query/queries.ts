/** Arbitrary queries, in their one form. */

import fc from 'fast-check';
import { inputTypes, listingKinds } from '../../../market/listing.ts';
import {
  operators,
  type Qualifier,
  type QualifierName,
  type Query,
  qualifierNames,
  type Term,
} from '../../../market/query/ast.ts';
import { queryLine, queryText, queryToken } from '../../../market/query/clean.ts';
import { isRefused, readValue } from '../../../market/query/codecs.ts';
import { isPlainWord } from '../../../market/query/parse.ts';
import { isConflict, settle } from '../../../market/query/settle.ts';

/** Text that is hard to write down: quotes, backslashes, commas, hyphens, colons, marks, joiners, other planes. */
const hard = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...'ab"\\,-: =é字ด😀İßΣ\t\n\0\u200b\u0301'),
    minLength: 1,
    maxLength: 12,
  }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }),
);

const term: fc.Arbitrary<Term> = fc
  .record({ text: hard.map(queryLine).filter(Boolean), phrase: fc.boolean(), excluded: fc.boolean() })
  .map((given) => ({ ...given, phrase: given.phrase || !isPlainWord(given.text) }));

const day = fc
  .date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());
const operator = fc.constantFrom(...operators);
const share = (max: number, decimals: number) =>
  fc.integer({ min: 0, max: max * 10 ** decimals }).map((whole) => String(whole / 10 ** decimals));
const compared = (of: fc.Arbitrary<string>) => fc.tuple(operator, of).map((parts) => parts.join(''));

/** For each qualifier, texts of which most are values. */
const texts: { [Name in QualifierName]: fc.Arbitrary<string> } = {
  input: fc.oneof(
    hard,
    fc.tuple(hard, hard).map((parts) => parts.join('=')),
  ),
  accepts: fc.constantFrom(...inputTypes),
  returns: hard,
  tag: hard.map(queryToken),
  category: hard.map(queryToken),
  lang: fc.constantFrom('en', 'de', 'PT-br', 'zh-hant-tw'),
  kind: fc.constantFrom(...listingKinds),
  domain: fc.constantFrom('works.test', 'BÜCHER.example', '192.0.2.1', '[2001:db8::1]', 'a.b.c.example'),
  agent: fc.constantFrom(
    'fx@works.test',
    'fx@works.test/a81',
    'works.test',
    'a,b@works.test',
    '字@bücher.example',
  ),
  feature: hard.map(queryText),
  online: fc.constantFrom('true', 'false'),
  rating: compared(share(5, 4)),
  price: compared(
    fc
      .tuple(fc.integer({ min: 0, max: 999_999_999_999 }), fc.integer({ min: 0, max: 99_999_999 }))
      .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(8, '0')}`),
  ),
  currency: fc.constantFrom('EUR', 'usd', 'XBT'),
  uptime: compared(share(1, 6)),
  near: fc
    .tuple(
      fc.integer({ min: -90_000_000, max: 90_000_000 }),
      fc.integer({ min: -180_000_000, max: 180_000_000 }),
      fc.integer({ min: 1, max: 20_040_000_000 }),
    )
    .map(([lat, lon, km]) => [lat, lon, km].map((each) => (each / 1e6).toFixed(7)).join(',')),
  updated: compared(
    fc.oneof(
      day,
      day.map((text) => text.slice(0, 10)),
      day.map((text) => text.replace(/\.\d+Z/, '+00:00')),
    ),
  ),
};

const qualifier: fc.Arbitrary<Qualifier | null> = fc
  .constantFrom(...qualifierNames)
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      fc.boolean(),
      fc.array(texts[name], { minLength: 1, maxLength: name === 'near' ? 1 : 4 }),
    ),
  )
  .map(([name, excluded, given]) => {
    const values = given.map((text) => readValue(name, text)).filter((value) => !isRefused(value));
    const isSet = !['online', 'rating', 'price', 'currency', 'uptime', 'near', 'updated'].includes(name);
    return values.length > 0 ? ({ name, excluded: excluded && isSet, values } as Qualifier) : null;
  });

export const queries: fc.Arbitrary<Query> = fc
  .record({ terms: fc.array(term, { maxLength: 6 }), qualifiers: fc.array(qualifier, { maxLength: 8 }) })
  .map(({ terms, qualifiers }) => settle({ terms, qualifiers: qualifiers.filter((each) => each !== null) }))
  .filter((query): query is Query => !isConflict(query));
