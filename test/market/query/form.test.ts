import { describe, expect, test } from 'vitest';
import { isProblem } from '../../../market/problem.ts';
import { parseQueryForm, queryForm } from '../../../market/query/form.ts';
import { parseQuery } from '../../../market/query/parse.ts';
import { field, form } from '../../../protocol/data-form.ts';

const submit = (fields: { [name: string]: string | string[] }) =>
  form(
    'submit',
    Object.entries(fields).map(([name, values]) => field(name, values)),
  );

describe('a query form', () => {
  test.each<[{ [name: string]: string | string[] }, string]>([
    [{}, ''],
    [{ FORM_TYPE: 'urn:example', q: '', tag: [], kind: ['', ' '] }, ''],
    [{ q: ['convert', '"exact rate" -tag:x'] }, 'convert "exact rate" -tag:x'],
    [
      { q: 'x', tag: ['Finance', '', 'working days'], online: '1' },
      'x tag:finance,"working days" online:true',
    ],
    [
      { online: ['0'], input: 'to=EUR', near: '52.5, 13.4, 10' },
      'online:false input:to=EUR near:52.5,13.4,10',
    ],
    [{ price: '<=2', currency: 'EUR', limit: '5' }, 'price:<=2 currency:EUR'],
  ])('%j is the same as %s', (fields, text) => {
    expect(parseQueryForm(submit(fields), ['limit'])).toEqual(parseQuery(text));
  });

  test.each<[{ [name: string]: string | string[] }, [string, RegExp][]]>([
    [{ limit: '5' }, [['limit', /no field of a query/]]],
    [{ tags: 'x' }, [['tags', /did you mean tag\?/]]],
    [{ kind: ['command', 'comand'] }, [['kind', /did you mean command\?/]]],
    [{ online: 'yes' }, [['online', /expected true or false, such as true, not 'yes'/]]],
    [{ q: '"a' }, [['q', /^Character 1/]]],
    [{ price: '<=2' }, [['price', /needs a currency/]]],
    [{ q: 'price:<=2' }, [['q', /needs a currency/]]],
    [{ near: ['1,2,3', '4,5,6'] }, [['near', /several places/]]],
    [{ tag: Array(51).fill('x') }, [['tag', /more than 50 values/]]],
    [
      { rating: '4', updated: '>=2026-02-30' },
      [
        ['rating', /did you mean >=4\?/],
        ['updated', /a date/],
      ],
    ],
  ])('%.60j is refused, naming the field', (fields, errors) => {
    expect(parseQueryForm(submit(fields))).toMatchObject({
      problem: 'invalid-query',
      errors: errors.map(([pointer, detail]) => ({ pointer, detail: expect.stringMatching(detail) })),
    });
  });

  test('is written with a field for each qualifier', () => {
    const query = parseQuery('convert tag:a,b -tag:c online:true');
    if (isProblem(query)) throw new Error(query.detail);
    expect(queryForm(query).fields.map(({ var: name, values }) => [name, values])).toEqual([
      ['q', ['convert -tag:c']],
      ['tag', ['a', 'b']],
      ['online', ['true']],
    ]);
  });

  test('leaves fixed fields and those without a name alone', () => {
    const fixed = { ...field('note', 'Search'), type: 'fixed' as const };
    const nameless = { ...field('', 'x'), var: null };
    expect(parseQueryForm(form('submit', [fixed, nameless]))).toEqual({ terms: [], qualifiers: [] });
  });
});
