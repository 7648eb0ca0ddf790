import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalName, nameKeys, nameLimits } from '../../../market/query/names.ts';
import { nameSynonyms, relatedNames, wordSynonyms } from '../../../market/query/synonyms.ts';

describe('one name', () => {
  test.each([
    ['amount', 'Amount', 'AMOUNT', 'amounts', 'sum', 'value', 'Betrag', '金額', '金额'],
    [
      'from currency',
      'fromCurrency',
      'from_currency',
      'source-ccy',
      'Source currency',
      'SOURCE.CURRENCY',
      'srcCurr',
    ],
    ['to lang', 'targetLanguage', 'to_locale', 'Target language', 'destLang'],
    ['lat', 'latitude', 'Latitude'],
    ['lon', 'lng', 'longitude', 'long'],
    ['city', 'town', 'place', 'location', 'Stadt', 'cities', 'cityName'],
    ['date', 'day', 'Datum', 'dates'],
    ['time', 'when', 'datetime', 'dateTime', 'date_time', 'timestamp'],
    ['text', 'content', 'body', 'message', 'input'],
    ['url', 'uri', 'link', 'href', 'URLs', 'web address'],
    ['email', 'mail', 'e-mail', 'eMail', 'E-Mail address', 'email_address', 'emails'],
    ['jid', 'JID', 'xmpp', 'xmppAddress', 'Jabber ID'],
    ['query', 'q', 'search', 'term', 'searchTerm', 'keywords'],
    ['name', 'title', 'full name'],
    ['country', 'nation', 'countries', 'country_code'],
    ['count', 'number', 'limit', 'max', 'maxResults', 'quantity', 'qty'],
    ['format', 'output', 'outputFormat', 'file type'],
    ['id', 'identifier', 'ID', 'IDs'],
    ['file', 'document', 'attachment', 'files'],
    ['image', 'picture', 'photo', 'images'],
    ['phone', 'tel', 'telephone', 'phone_number', 'phoneNumber'],
    ['zip', 'postcode', 'postal code', 'postalCode', 'ZIP-Code', 'PLZ'],
    ['start', 'begin', 'from date', 'startDate', 'begin date', 'date_from'],
    ['end', 'until', 'finish', 'to_date', 'endDate'],
    ['colour', 'color', 'Colours', 'COLOR'],
    ['unit', 'units', 'measure'],
    ['html body', 'HTMLBody', 'htmlBody', 'html_body'],
    ['user id', 'userIDs', 'user_id', 'UserId', 'username id'],
    ['address 1', 'address1', 'address_1', 'Address 1'],
    ['resume', 'Résumé', 'résumés'],
    ['валюта', 'Валюта', 'ВАЛЮТА'],
    ['が', 'か\u3099', 'が'],
    ['의견', '의견'.normalize('NFD')],
  ])('%s', (canonical, ...spellings) => {
    for (const spelling of spellings) expect.soft(canonicalName(spelling ?? ''), spelling).toBe(canonical);
  });

  test.each([
    ['fromCurrency', 'toCurrency'],
    ['lat', 'lon'],
    ['default value', 'default amount'],
    ['address', 'status'],
    ['й', 'и'],
    ['start', 'end'],
    ['message id', 'body id'],
    ['ключ', 'が'],
  ])('is not another: %s and %s', (one, other) => {
    expect(canonicalName(one)).not.toBe(canonicalName(other));
  });

  test.each(['', ' ', '---', '__', '💰', '\0', '\ud800', '\u0301'])(
    'is none without a letter or digit: %j',
    (name) => {
      expect(canonicalName(name)).toBe('');
      expect(nameKeys({ name, label: null })).toEqual([]);
    },
  );

  const part = fc.oneof(
    fc.constantFrom(...[...wordSynonyms, ...nameSynonyms].flat().flatMap((name) => name.split(' '))),
    fc.constantFrom(
      's',
      'es',
      'ies',
      'max',
      'result',
      'URLs',
      'x',
      '1',
      'İ',
      'ß',
      '\ufdfa',
      'org',
      'x'.repeat(70),
      'ﬁ',
      '½',
      'Ⅳ',
      'ǅ',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
  );
  const separator = fc.constantFrom('', ' ', '_', '-', '.');
  const names = fc.array(fc.tuple(part, separator), { maxLength: 20 }).map((parts) => parts.flat().join(''));

  test('made canonical again stays as it is', () => {
    fc.assert(
      fc.property(names, (name) => {
        const canonical = canonicalName(name);
        expect(canonicalName(canonical)).toBe(canonical);
      }),
      { numRuns: 5_000 },
    );
  });

  test('is the same in camel, snake, kebab and title case', () => {
    const word = fc
      .oneof(fc.stringMatching(/^[a-z]{2,9}$/), fc.constantFrom(...wordSynonyms.flat()))
      .map((name) => name.split(' ')[0] ?? '')
      // In camel case, two words of one letter look like an abbreviation.
      .filter((name) => name.length > 1);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const title = words.map((each) => each.slice(0, 1).toUpperCase() + each.slice(1));
        const camel = [words[0], ...title.slice(1)].join('');
        const spellings = [
          words.join('_'),
          words.join('-'),
          title.join(' '),
          camel,
          words.join('_').toUpperCase(),
        ];
        expect([...new Set(spellings.map(canonicalName))]).toEqual([canonicalName(words.join(' '))]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is bounded, whatever the length', () => {
    const long = Array.from({ length: 1000 }, (_, at) => `word${at}`).join(' ');
    expect(canonicalName(long).split(' ').length).toBeLessThanOrEqual(nameLimits.wordsMax);
    expect(canonicalName('x'.repeat(1_000_000))).toHaveLength(nameLimits.wordCharsMax);
    expect(canonicalName('\ufdfa'.repeat(1_000)).length).toBeLessThan(nameLimits.charsMax);
    expect(nameKeys({ name: long, label: long }).length).toBeLessThanOrEqual(nameLimits.keysMax);
  });

  test('is among the keys of its input, first', () => {
    fc.assert(
      fc.property(names, fc.option(names), (name, label) => {
        const keys = nameKeys({ name, label });
        expect(keys).toEqual([...new Set(keys)]);
        if (canonicalName(name) !== '') expect(keys[0]).toBe(canonicalName(name));
        for (const key of keys) expect(canonicalName(key)).toBe(key);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the keys of an input', () => {
  test.each<[string, string | null, string[]]>([
    ['amount', null, ['amount', 'count', 'price']],
    ['field1', 'Amount to convert (in EUR)', ['field 1', 'amount to convert', 'amount', 'convert']],
    ['f2', 'Source currency', ['f 2', 'from currency', 'from', 'currency']],
    ['http://example.org/form#targetLang', null, ['http example organization form to lang', 'to lang']],
    ['order.amount', null, ['order amount', 'amount', 'count', 'price']],
    ['x', 'Please enter your e-mail address', ['x', 'please enter your email', 'email']],
    ['field3', '変換する金額', ['field 3', '変換する金額', '変換 する 金額', '変換', 'する', 'amount']],
    ['address', 'Where to?', ['address', 'where to', 'jid', 'city', 'where', 'to']],
  ])('%s, labelled %s', (name, label, keys) => {
    expect(nameKeys({ name, label })).toEqual(keys);
  });

  test('hold no words of a long label', () => {
    const keys = nameKeys({
      name: 'n',
      label: 'Currency rate table used when the bank day has ended already',
    });
    expect(keys).not.toContain('currency');
  });

  test('find by one name what may be meant by another', () => {
    expect(nameKeys({ name: 'jid', label: null })).toContain(canonicalName('address'));
    expect(nameKeys({ name: 'address', label: null })).toContain(canonicalName('xmpp address'));
  });
});

describe('the synonyms', () => {
  test('stand on one line each', () => {
    for (const lines of [wordSynonyms, nameSynonyms]) {
      const firsts = lines.map(([first]) => first);
      expect(new Set(firsts).size).toBe(firsts.length);
      const others = lines.flatMap(([, ...rest]) => rest);
      expect(others.filter((name, at) => others.indexOf(name) !== at)).toEqual([]);
      expect(others.filter((name) => firsts.includes(name))).toEqual([]);
    }
  });

  test('never lengthen a name', () => {
    expect(wordSynonyms.filter(([first]) => first?.includes(' '))).toEqual([]);
  });

  test('are all read as the first of their line', () => {
    for (const [first = '', ...others] of [...wordSynonyms, ...nameSynonyms]) {
      for (const name of [first, ...others]) expect.soft(canonicalName(name), name).toBe(first);
    }
  });

  test('are related by their first names', () => {
    for (const name of relatedNames.flat()) expect.soft(canonicalName(name), name).toBe(name);
  });
});
