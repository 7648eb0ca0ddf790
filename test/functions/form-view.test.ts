import { describe, expect, test } from 'vitest';
import { executeStanza, submitStanza } from '../../functions/pages/call-stanzas.ts';
import { formValues } from '../../functions/pages/form-values.ts';
import { listingPage } from '../../functions/pages/listing-page.ts';
import { readCommandRequest } from '../../protocol/commands.ts';
import { inputSaying, none, record } from '../support/stranger-pages.ts';

describe('the form of a listing', () => {
  const inputs = [
    inputSaying('amount', { type: 'number', default: '10' }),
    inputSaying('to', { type: 'enum', default: null, options: [{ value: 'EUR', label: 'Euro' }] }),
    inputSaying('also', { type: 'enum', multiple: true, default: ['a', 'b'], required: false }),
    inputSaying('round', { type: 'boolean', default: 'true' }),
    inputSaying('text', { options: [], multiline: true, default: 'one\ntwo' }),
    inputSaying('who', { type: 'jid', multiple: true, default: null, required: false }),
    inputSaying('token', { secret: true, default: null }),
  ];
  const submit = (parameters: URLSearchParams) => {
    const element = submitStanza('fx@works.test/a', 'convert', { inputs }, formValues(inputs, parameters));
    const fields = readCommandRequest(element.getChildElements()[0] as never).form?.fields ?? [];
    return Object.fromEntries(fields.map((field) => [field.var, field.values]));
  };

  test('is submitted with every input, in the order of the form, holding its defaults', () => {
    expect(Object.entries(submit(none))).toEqual([
      ['amount', ['10']],
      ['to', ['…']],
      ['also', ['a', 'b']],
      ['round', ['1']],
      ['text', ['one', 'two']],
      ['who', []],
      ['token', ['…']],
    ]);
  });

  test('is submitted with what was filled in, when it comes back in the address', () => {
    const parameters = new URLSearchParams({
      filled: '1',
      'in.amount': '3',
      'in.text': 'a\r\nb',
      'in.who': 'x@y\nz@y',
    });
    expect(submit(parameters)).toMatchObject({
      amount: ['3'],
      also: [],
      round: ['0'],
      text: ['a', 'b'],
      who: ['x@y', 'z@y'],
    });
  });

  test('shows a required mark, a type and a label for every control', () => {
    const of = record('x');
    of.listing.inputs = inputs;
    const markup = String(listingPage(of, formValues(inputs, none), ''));
    const form = markup.slice(markup.indexOf('<form class="inputs"'), markup.indexOf('</form>'));
    expect(form.match(/class="field/g)).toHaveLength(inputs.length);
    expect(form.match(/<(label for="i|legend)/g)).toHaveLength(inputs.length);
    expect(form.match(/class="required"/g)).toHaveLength(inputs.filter(({ required }) => required).length);
  });

  test('never puts a secret into the address', () => {
    const of = record('x');
    of.listing.inputs = inputs;
    expect(String(listingPage(of, formValues(inputs, none), ''))).not.toContain('in.token');
  });

  test('is asked for with a stanza that names the node', () => {
    const element = executeStanza('fx@works.test/a', 'urn:x:"<convert>');
    expect(element.attrs).toMatchObject({ type: 'set', to: 'fx@works.test/a' });
    expect(readCommandRequest(element.getChildElements()[0] as never)).toMatchObject({
      node: 'urn:x:"<convert>',
      action: 'execute',
    });
  });

  test('has a pattern shown and never run by the browser', () => {
    const of = record('(a+)+$');
    expect(String(listingPage(of, [], ''))).not.toMatch(/<(input|textarea)[^>]* pattern=/);
  });
});
