import { describe, expect, test } from 'vitest';
import type { Listing, ListingRecord } from '../../market/listing.ts';
import { inputLine, shownForm, shownFormLimits } from '../../market/listing-form.ts';
import { formValue, formValues } from '../../protocol/data-form.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { inputOf } from '../support/inputs.ts';
import { listingOf } from '../support/listings.ts';

const input = inputOf('amount', { type: 'number', required: true });

const at = new Date('2026-11-20T12:00:00.123Z');

function record(
  some: Partial<Listing>,
  online: boolean | null = true,
  rating: ListingRecord['rating'] = null,
): ListingRecord {
  const listing = listingOf('fx@works.test', { node: 'convert', name: 'Convert', ...some });
  const status = {
    callJid: null,
    online,
    lastSeen: null,
    uptime: { d1: null, d7: null, d30: null },
    replyMs: null,
    verified: at,
    sources: {},
    stale: false,
  };
  return { listing, status, rating, firstSeen: at, updated: at, seq: 1 };
}

describe('the form in which a listing is shown', () => {
  test('is one that can be read as a listing form, and says what the directory knows besides', () => {
    const form = shownForm(
      record({ tags: ['a', 'b'], price: { amount: '1', currency: 'EUR', unit: 'call' }, inputs: [input] }),
    );
    expect(readListingForm(form)).toMatchObject({
      name: 'Convert',
      tags: ['a', 'b'],
      command: 'convert',
      price: { amount: '1', currency: 'EUR', unit: 'call' },
    });
    const said = ['kind', 'jid', 'protocol', 'inputs', 'online', 'stale', 'updated'];
    expect(said.map((name) => formValue(form, name))).toEqual([
      'command',
      'fx@works.test',
      'xmpp-command',
      'amount: number, required',
      '1',
      '0',
      '2026-11-20T12:00:00Z',
    ]);
  });

  test('says nothing of a presence that is withheld', () => {
    expect(formValues(shownForm(record({}, null)), 'online')).toEqual([]);
  });

  test('stays short: without a long schema, and without an image in its address', () => {
    const form = shownForm(
      record({
        inputSchema: { type: 'object', title: 'x'.repeat(shownFormLimits.schemaCharsMax) },
        icon: 'data:image/png;base64,AAAA',
        inputs: Array.from({ length: 300 }, (_, n) => ({ ...input, name: `n${n}` })),
      }),
    );
    expect(formValues(form, 'input_schema')).toEqual([]);
    expect(formValues(form, 'icon')).toEqual([]);
    expect(formValues(form, 'inputs')).toHaveLength(shownFormLimits.inputsMax);
  });

  test('has nothing that XML forbids', () => {
    const form = shownForm(record({ inputSchema: { type: 'object', title: 'a\ufffeb\u0001c' } }));
    const [schema = ''] = formValues(form, 'input_schema');
    expect(JSON.parse(schema)).toEqual({ type: 'object', title: 'ab\u0001c' });
    expect(schema).not.toContain('\u0001');
  });

  test('has a line for each input', () => {
    expect(inputLine({ ...input, name: 'to: you', type: 'jid', required: false, multiple: true })).toBe(
      'to: you: jid, several',
    );
  });
});
