import { expect, test } from 'vitest';
import { valuesOf } from '../../market/facts.ts';
import type { Permission } from '../../market/registration.ts';
import { callProblem, statedRelay } from '../../market/relay.ts';
import { readForm } from '../../protocol/data-form.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { listingOf } from '../support/listings.ts';
import { fixture } from '../support/xml.ts';

const form = readListingForm(readForm(fixture('guildhall/listing.xml')));

/** What an agent states of itself, of its command `fx`, and of another command. */
function stating(own: Permission | null, fx: Permission | null, other: Permission | null = null) {
  const listings = [
    { item: 'agent', listing: { ...form, command: null, relay: own } },
    { item: 'fx', listing: { ...form, command: 'fx', relay: fx } },
    { item: 'other', listing: { ...form, command: 'other', relay: other } },
  ];
  return { ...valuesOf({}), listings };
}

test.each<[own: Permission | null, fx: Permission | null, stated: Permission | null]>([
  [null, null, null],
  ['allow', null, 'allow'],
  [null, 'allow', 'allow'],
  ['allow', 'deny', 'deny'],
  ['deny', 'allow', 'deny'],
  ['deny', null, 'deny'],
])('an agent that states %s of itself and %s of a command states %s', (own, fx, stated) => {
  expect(statedRelay(stating(own, fx), 'fx')).toBe(stated);
});

test('what is stated of another command does not count', () => {
  expect(statedRelay(stating('allow', null, 'deny'), 'fx')).toBe('allow');
});

test.each<[directory: string, provider: string, refused: boolean]>([
  ['guild@example.org', 'guild@example.org', true],
  ['guild@example.org', 'example.org', true],
  ['guild.example.org', 'guild.example.org', true],
  ['guild.example.org', 'example.org', true],
  ['guild.example.org', 'fx@example.org', false],
  ['guild.example.org', 'fx.example.org', false],
  ['guild.example.org', 'ample.org', false],
])('the directory %s does not call itself nor its servers: %s', (directory, jid, refused) => {
  const of = listingOf(jid, { node: 'fx' });
  expect(callProblem(of, 'ann@agents.test', directory) !== null).toBe(refused);
});
