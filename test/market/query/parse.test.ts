import { describe, expect, test } from 'vitest';
import { emptyQuery, nearOf, type Query, qualifierNames, soleCurrency } from '../../../market/query/ast.ts';
import { formatQuery } from '../../../market/query/format.ts';
import { parseQuery } from '../../../market/query/parse.ts';
import { queryOf as read } from '../../support/queries.ts';

const word = (text: string) => ({ text, phrase: false, excluded: false });
const phrase = (text: string) => ({ text, phrase: true, excluded: false });

describe('a query', () => {
  test('has words, phrases, exclusions and qualifiers', () => {
    expect(
      read('convert "exact rate" -crypto -"no fee" tag:Finance,"working days" -domain:Works.Test'),
    ).toEqual({
      terms: [
        word('convert'),
        phrase('exact rate'),
        { text: 'crypto', phrase: false, excluded: true },
        { text: 'no fee', phrase: true, excluded: true },
      ],
      qualifiers: [
        { name: 'tag', excluded: false, values: ['finance', 'working days'] },
        { name: 'domain', excluded: true, values: ['works.test'] },
      ],
    });
  });

  test.each(['', '   ', '\t\n', '""', '\0', '\u200b "\u202e"'])('%j asks for everything', (text) => {
    expect(read(text)).toEqual(emptyQuery);
  });

  test.each<[string, Query['terms']]>([
    ['a\0b \u202e\0 "x\u200b\ty"', [word('ab'), phrase('x y')]],
    ['e\u200b\u0301', [word('é')]],
    ['\ud800x\udc00', [word('x')]],
    ['say"hello there"now', [word('say'), phrase('hello there'), word('now')]],
    ['"a \\" b" "\\\\" "C:\\temp"', [phrase('a " b'), phrase('\\'), phrase('C:\\temp')]],
    ['a - b', [word('a'), phrase('-'), word('b')]],
    ['--x', [{ text: '-x', phrase: true, excluded: true }]],
    // What only looks like syntax once it is cleaned is a phrase.
    ['\0-x \u200btag:x', [phrase('-x'), phrase('tag:x')]],
    ['12:30 3.5 C++ #42 50% <b>x</b>', ['12:30', '3.5', 'C++', '#42', '50%', '<b>x</b>'].map(word)],
    ['天気 ΑΣ 😀', [word('天気'), word('ΑΣ'), word('😀')]],
    ['twice twice "twice"', [word('twice'), phrase('twice')]],
  ])('%j has these terms', (text, terms) => {
    expect(read(text)).toEqual({ terms, qualifiers: [] });
  });
});

describe('one form', () => {
  test.each([
    ['tag:b,a tag:b tag:a,b', 'tag:a,b tag:b'],
    ['domain:x.test  x tag:a', 'x tag:a domain:x.test'],
    ['TAG:A', 'tag:a'],
    ['tag:"A","b c"', 'tag:a,"b c"'],
    ['tag:a,a,A', 'tag:a'],
    ['-tag:a tag:b', 'tag:b -tag:a'],
    ['tag:"say \\"hi\\", you"', 'tag:"say \\"hi\\", you"'],
    ['tag:a\\b', 'tag:a\\b'],
    ['input:to="US dollar"', 'input:"to=US dollar"'],
    ['input:to=EUR,amount', 'input:amount,to=EUR'],
    ['currency:usd price:<=02.50', 'price:<=2.5 currency:USD'],
    ['price:=0.00 currency:EUR', 'price:=0 currency:EUR'],
    ['rating:>=4.50,<1', 'rating:<1,>=4.5'],
    ['near:52.520000001,-0.0000000001,10.00', 'near:52.52,0,10'],
    ['near:"52.5, 13.4, 10"', 'near:52.5,13.4,10'],
    ['updated:>=2026-11-01T10:00:00.120+02:00', 'updated:>=2026-11-01T08:00:00.120Z'],
    ['agent:FX@Works.Test/a81', 'agent:fx@works.test'],
    ['domain:xn--bcher-kva.example,BÜCHER.example', 'domain:bücher.example'],
    ['lang:PT-BR', 'lang:pt-br'],
    ['online:TRUE', 'online:true'],
    [
      'feature:urn:xmpp:ping,http://jabber.org/protocol/muc',
      'feature:http://jabber.org/protocol/muc,urn:xmpp:ping',
    ],
  ])('%s is written %s', (text, written) => {
    expect(formatQuery(read(text))).toBe(written);
    expect(read(written)).toEqual(read(text));
  });
});

const known = qualifierNames.map((name) => `${name}:`).join(', ');

describe('a refusal', () => {
  test.each([
    ['a "never closed', `Character 3: this quotation mark is never closed; expected another '"'.`],
    ['-"x', `Character 2: this quotation mark is never closed; expected another '"'.`],
    [
      'colour:red',
      `Character 1: 'colour:' is no qualifier; expected one of ${known}, or the word in quotation marks.`,
    ],
    [
      '😀 tags:x',
      `Character 3: 'tags:' is no qualifier; did you mean tag:? Expected one of ${known}, or the word in quotation marks.`,
    ],
    [
      'ok tag:',
      `Character 8: 'tag:' takes a tag, such as tag:finance or tag:"working days", not an empty value.`,
    ],
    [
      'tag:a, b',
      `Character 7: 'tag:' takes a tag, such as tag:finance or tag:"working days", not an empty value.`,
    ],
    [
      'tag:"a"b',
      'Character 8: expected a comma, a space or the end; put the whole value in quotation marks.',
    ],
    [
      'domain:a.test,no_such',
      `Character 15: 'domain:' takes a domain name, such as domain:example.org, not 'no_such'.`,
    ],
    [
      'rating:4',
      `Character 8: 'rating:' takes a comparison (>=, >, <=, <, =) with a rating from 0 to 5, such as rating:>=4, not '4'; did you mean >=4?`,
    ],
    [
      'kind:comand',
      `Character 6: 'kind:' takes a kind of listing (command, skill, tool, published), such as kind:command, not 'comand'; did you mean command?`,
    ],
    [
      'x price:<2',
      `Character 3: 'price:' needs a currency to compare in; expected currency: too, such as currency:EUR.`,
    ],
    ['near:1,2,3 near:4,5,6', `Character 12: 'near:' names several places; expected one.`],
    ['x'.repeat(201), 'Character 1: a word or phrase of 201 characters; at most 200 are read.'],
    ['x'.repeat(100_000), 'Character 2001: the query has 100000 characters; at most 2000 are read.'],
    ['😀'.repeat(2001), 'Character 2001: the query has 2001 characters; at most 2000 are read.'],
    ['word '.repeat(10_000), 'Character 2001: the query has 50000 characters; at most 2000 are read.'],
    ['w '.repeat(51), 'Character 101: more than 50 words; expected at most that many.'],
    ['tag:a '.repeat(51), 'Character 301: more than 50 qualifiers; expected at most that many.'],
    [`tag:${'a,'.repeat(60)}`, "Character 105: more than 50 values of 'tag:'; expected at most that many."],
    [
      `tag:${'x'.repeat(501)}`,
      `Character 5: 'tag:' takes a tag, such as tag:finance or tag:"working days", not a value of 501 characters; at most 500 are read.`,
    ],
    [
      Array.from({ length: 50 }, (_, at) => `"${'\\ '.repeat(18)}${at}"`).join(''),
      'Character 1: the query has 2939 characters when written out; at most 2000 are read.',
    ],
  ])('of %.40s says where and why', (text, detail) => {
    expect(parseQuery(text)).toMatchObject({ problem: 'invalid-query', detail, errors: [] });
  });

  test.each([
    ['tga', 'tag'],
    ['language', 'lang'],
    ['Output', 'returns'],
    ['jid', 'agent'],
    ['catgory', 'category'],
    ['location', 'near'],
    ['since', 'updated'],
    ['constructor', null],
    ['http', null],
    ['größe', null],
  ])('of %s: suggests %s', (written, name) => {
    const detail = (parseQuery(`${written}:x`) as { detail: string }).detail;
    expect(/did you mean (\w+):\?/.exec(detail)?.[1] ?? null).toBe(name);
  });

  test('of something long and hostile is short and clean', () => {
    const query = parseQuery(`kind:"${'<script>\u202e\0'.repeat(100)}"`) as { detail: string };
    expect(query.detail.length).toBeLessThan(300);
    expect(query.detail).not.toMatch(/[\0\u202e]/);
  });
});

test('the one currency and the place are found', () => {
  expect(soleCurrency(read('currency:EUR'))).toBe('EUR');
  expect(soleCurrency(read('currency:EUR,USD'))).toBeNull();
  expect(soleCurrency(read('currency:EUR currency:USD'))).toBeNull();
  expect(soleCurrency(emptyQuery)).toBeNull();
  expect(nearOf(read('near:1,2,3'))).toEqual({ lat: 1, lon: 2, km: 3 });
  expect(nearOf(emptyQuery)).toBeNull();
});
