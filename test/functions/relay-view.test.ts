import { describe, expect, test } from 'vitest';
import { exampleInput } from '../../functions/pages/example-input.ts';
import { formValues } from '../../functions/pages/form-values.ts';
import { relayView } from '../../functions/pages/relay-view.ts';
import { checkInput } from '../../market/input-check.ts';
import type { Input, InputType } from '../../market/listing.ts';
import { testApp } from '../support/app.ts';
import { inputOf } from '../support/inputs.ts';
import { listingOf } from '../support/listings.ts';

const types: InputType[] = [
  'string',
  'number',
  'integer',
  'boolean',
  'enum',
  'date',
  'date-time',
  'uri',
  'email',
  'jid',
];
const options = [{ value: "it's <b>", label: null }];
const inputs: Input[] = types.flatMap((type) => [
  inputOf(type, { type, required: true, ...(type === 'enum' && { options }) }),
  inputOf(`several-${type}`, { type, required: true, multiple: true, ...(type === 'enum' && { options }) }),
  inputOf(`optional-${type}`, { type, ...(type === 'enum' && { options }) }),
]);
const none = new URLSearchParams();

describe('the example of an input', () => {
  test('is one that the listing takes, whatever the types are', () => {
    const example = exampleInput(inputs, formValues(inputs, none));
    expect(checkInput({ inputs, inputSchema: null }, example)).toEqual([]);
    expect(Object.keys(example)).toEqual(expect.arrayContaining(types));
    expect(example).not.toHaveProperty('optional-string');
  });

  test('has what was filled in, as the types have it', () => {
    const filled = new URLSearchParams('filled=1&in.number=2.5&in.several-integer=1%0A2&in.string=2');
    const example = exampleInput(inputs, formValues(inputs, filled));
    expect(example).toMatchObject({ number: 2.5, 'several-integer': [1, 2], string: '2' });
  });

  test('keeps what is no number as it was written', () => {
    const amount = [inputOf('amount', { type: 'number', required: true })];
    expect(exampleInput(amount, [['1e999']])).toEqual({ amount: '1e999' });
  });
});

describe('the request on the page of a listing', () => {
  const call = (relay: boolean) => ({ protocol: 'xmpp-command' as const, node: 'n', url: null, relay });
  const view = (relay: boolean) => {
    const listing = listingOf('fx@works.test', { node: 'n', inputs, call: call(relay) });
    return String(relayView(listing, formValues(inputs, none), 'https://guildhall.example'));
  };

  test('is there only where the agent lets the directory call it', () => {
    expect(view(true)).toContain('curl');
    expect(view(true)).toContain('data-call="urn:air:works.test:u.fx:command.n-');
    expect(view(false)).not.toMatch(/curl|<form/);
    expect(view(false)).toContain('has not said that the directory may call it');
  });

  test('is one that a shell reads as it is meant', () => {
    expect(view(true)).toContain('it&#39;\\&#39;&#39;s &lt;b&gt;');
  });

  test('leads to where tokens are explained', async () => {
    const [, anchor = ''] = /href="\/docs#([^"]+)"/.exec(view(true)) ?? [];
    expect(await (await testApp().request('/docs')).text()).toContain(` id="${anchor}"`);
  });

  test('has a form whose controls have no names and that has no address: without the script it sends nothing', () => {
    const [form = ''] = /<form[\s\S]*<\/form>/.exec(view(true)) ?? [];
    expect(form).toMatch(/^<form[^>]* hidden>/);
    expect(form).not.toMatch(/ (name|action|method)=/);
  });
});
