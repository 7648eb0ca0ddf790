import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fittingResult, formResult, resultLimits, toolResult } from '../../market/call-result.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { answerStage, askOf, valuesOf } from '../../market/form-answer.ts';
import { type Field, form, readForm, writeForm } from '../../protocol/data-form.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { textField } from '../support/fields.ts';
import { inputOf } from '../support/inputs.ts';

const options = [
  { value: 'EUR', label: 'Euro' },
  { value: 'USD', label: null },
];
const stage = form('form', [
  textField('FORM_TYPE', { type: 'hidden', values: ['urn:x'] }),
  textField('amount', {
    required: true,
    validation: { datatype: 'xs:decimal', method: 'basic', min: null, max: null, regex: null },
  }),
  textField('to', { type: 'list-single', required: true, options }),
  textField('exact', { type: 'boolean', values: ['0'], required: true }),
  textField('words', { type: 'text-multi' }),
  textField('tags', { type: 'list-multi', options }),
  textField('', { var: null, type: 'fixed', values: ['About you'] }),
  textField('who', { type: 'jid-single' }),
]);
const submitted = (given: JsonObject) =>
  answerStage(stage, given).submit?.fields.map(({ var: name, values }) => [name, ...values]);

describe('a stage of a form', () => {
  test('is answered from what was given, from its presets, and with what was hidden', () => {
    expect(submitted({ amount: 3.5, to: 'EUR', tags: ['EUR', 'USD'], words: 'a\nb\r\nc', other: 1 })).toEqual(
      [
        ['FORM_TYPE', 'urn:x'],
        ['amount', '3.5'],
        ['to', 'EUR'],
        ['exact', '0'],
        ['words', 'a', 'b', 'c'],
        ['tags', 'EUR', 'USD'],
      ],
    );
    expect(submitted({ amount: 3, to: 'USD', exact: true, who: null })).toEqual([
      ['FORM_TYPE', 'urn:x'],
      ['amount', '3'],
      ['to', 'USD'],
      ['exact', '1'],
    ]);
  });

  test('is a submission that any reader of forms reads', () => {
    const { submit, used } = answerStage(stage, { amount: 1, to: 'EUR', nothing: 2 });
    if (!submit) throw new Error('nothing was submitted');
    expect(readForm(writeForm(submit))).toMatchObject({ type: 'submit' });
    expect(used).toEqual(['amount', 'to']);
  });

  test.each<[JsonObject, string[]]>([
    [{}, ['amount', 'to']],
    [{ amount: '3', to: 'EUR' }, ['amount']],
    [{ amount: 3, to: 'GBP' }, ['to']],
    [{ amount: 3, to: 'EUR', who: '@' }, ['who']],
    [{ amount: 3, to: null }, ['to']],
    [{ amount: 3, to: 'EUR', words: 'a\u0000' }, ['words']],
  ])('asks for what lacks or is not taken: %j', (given, names) => {
    const { submit, errors } = answerStage(stage, given);
    expect(submit).toBeNull();
    expect(errors.map(({ pointer }) => pointer.slice(1))).toEqual(names);
    const ask = askOf(stage, errors);
    expect(ask).toMatchObject({ missing: names, schema: { required: ['amount', 'to', 'exact'] } });
    expect(ask.inputs.map(({ name }) => name)).toEqual(['amount', 'to', 'exact', 'words', 'tags', 'who']);
  });

  test('with a name from the depths of JavaScript is a stage like any other', () => {
    const odd = form('form', [
      textField('__proto__', { required: true }),
      textField('constructor', { required: true }),
    ]);
    expect(answerStage(odd, {}).errors.map(({ pointer }) => pointer)).toEqual(['/__proto__', '/constructor']);
    const given = JSON.parse('{"__proto__":"a","constructor":"b"}') as JsonObject;
    expect(answerStage(odd, given).submit?.fields.map(({ values }) => values)).toEqual([['a'], ['b']]);
  });

  test('that has only presets needs nothing', () => {
    const confirm = form('form', [textField('sure', { type: 'boolean', required: true, values: ['1'] })]);
    expect(answerStage(confirm, {}).submit?.fields).toMatchObject([{ var: 'sure', values: ['1'] }]);
    expect(answerStage(form('form', []), {}).submit?.fields).toEqual([]);
  });
});

describe('a value written to a field', () => {
  test.each<[Json, string[]]>([
    [true, ['1']],
    [false, ['0']],
    [1e21, ['1000000000000000000000']],
    [1e-7, ['0.0000001']],
    [-0, ['0']],
    [12.25, ['12.25']],
    ['a\nb', ['a\nb']],
    [
      ['a', 1],
      ['a', '1'],
    ],
    [{ a: [1] }, ['{"a":[1]}']],
  ])('%j', (value, values) => {
    expect(valuesOf(value, inputOf('x'))).toEqual(values);
  });

  test('and read back in its type is what it was', () => {
    const types = fc.oneof(
      fc.boolean().map((value) => ['xs:boolean', value] as const),
      fc.integer().map((value) => ['xs:integer', value] as const),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((value) => {
        return ['xs:decimal', Math.round(value * 1e6) / 1e6] as const;
      }),
    );
    fc.assert(
      fc.property(types, ([datatype, value]) => {
        const of: Field = textField('x', {
          values: valuesOf(value, inputOf('x')),
          validation: { datatype, method: 'basic', min: null, max: null, regex: null },
        });
        expect(formResult(form('result', [of]), [], null).values).toEqual({ x: value === 0 ? 0 : value });
      }),
    );
  });
});

describe('a result', () => {
  const decimal = { datatype: 'xs:decimal', method: 'basic', min: null, max: null, regex: null } as const;

  test('of a form is typed as its fields are, without what is hidden', () => {
    const of = form('result', [
      textField('FORM_TYPE', { type: 'hidden', values: ['urn:x'] }),
      textField('sum', { values: ['3.50'], validation: decimal }),
      textField('odd', { values: ['n/a'], validation: decimal }),
      textField('exact', { type: 'boolean', values: ['true'] }),
      textField('lines', { type: 'text-multi', values: ['a', 'b'] }),
      textField('who', { type: 'jid-multi', values: ['a@b.test'] }),
      textField('none', { values: [] }),
      textField('', { var: null, type: 'fixed', values: ['Prices of yesterday'] }),
    ]);
    const result = formResult({ ...of, instructions: 'Read this.' }, [{ type: 'info', text: 'n' }], {
      type: 'object',
      properties: { sum: { type: 'number' } },
    });
    expect(result).toMatchObject({
      values: { sum: 3.5, odd: 'n/a', exact: true, lines: 'a\nb', who: ['a@b.test'], none: null },
      text: 'Read this.\nPrices of yesterday',
      notes: [{ type: 'info', text: 'n' }],
      matches: true,
    });
    expect(formResult(of, [], { type: 'object', required: ['more'] }).matches).toBe(false);
  });

  test('of a table is its rows', () => {
    const table = {
      ...form('result', []),
      reported: [textField('n', { validation: decimal }), textField('t')],
      items: [
        [textField('n', { values: ['1'] }), textField('t', { values: ['one'] })],
        [textField('n', { values: ['2'] }), textField('other', { values: ['x'] })],
      ],
    };
    expect(formResult(table, [], null)).toMatchObject({ values: null, rows: [{ n: 1, t: 'one' }, { n: 2 }] });
  });

  test('without a form is its notes', () => {
    expect(formResult(null, [{ type: 'info', text: 'Done.' }], null)).toMatchObject({
      values: null,
      text: null,
      notes: [{ text: 'Done.' }],
      matches: null,
    });
  });

  test('of a tool is its structured content, its texts and its links', () => {
    const result = toolResult(
      {
        content: [
          { type: 'text', text: 'Light\u202e rain' },
          { type: 'resource_link', uri: 'https://tides.example/a.png', mimeType: 'image/png' },
          { type: 'resource_link', uri: 'javascript:alert(1)', mimeType: 'text/html' },
          { type: 'image', data: 'aGVsbG8=', mimeType: 'image/png' },
          null,
        ],
        structuredContent: { tide: 1.4, note: 'a\u0000b' },
      },
      { type: 'object', required: ['tide'] },
    );
    expect(result).toMatchObject({
      values: { tide: 1.4, note: 'ab' },
      text: 'Light rain',
      media: [{ type: 'image/png', url: 'https://tides.example/a.png' }],
      matches: true,
    });
    expect(result.notes).toHaveLength(1);
    expect(toolResult({}, null)).toMatchObject({ values: null, text: null, media: [] });
  });

  test('of any JSON is bounded, and can be stored', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { values } = toolResult({ structuredContent: value as Json }, null);
        const text = JSON.stringify(values);
        expect(text).not.toContain('\\u0000');
        expect(text.isWellFormed()).toBe(true);
      }),
    );
    const many = toolResult({ structuredContent: Array(resultLimits.valuesMax * 3).fill(1) }, null);
    expect(JSON.stringify(many.values).length).toBeLessThan(resultLimits.valuesMax * 6);
  });

  test('that is too large is kept as far as it may be, which it says', () => {
    const long = 'x'.repeat(60_000);
    const table = {
      ...form('result', [textField('a', { values: ['b'] })]),
      reported: [textField('t')],
      items: Array(10).fill([textField('t', { values: [long] })]),
    };
    const kept = fittingResult(formResult(table, [], null));
    expect(kept).toMatchObject({ values: { a: 'b' }, rows: [], notes: [{ type: 'warn' }] });
    const wide = form('result', [textField('t', { type: 'list-multi', values: Array(6).fill(long) })]);
    expect(fittingResult(formResult(wide, [], null)).values).toBeNull();
    expect(JSON.stringify(kept).length).toBeLessThan(contractLimits.dataCharsMax);
  });
});
