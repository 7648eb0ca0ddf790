import { describe, expect, test } from 'vitest';
import { applyCorrections, correctionOf, permitRelay } from '../../market/corrections.ts';
import type { Listing } from '../../market/listing.ts';
import type { Corrections } from '../../market/registration.ts';
import { listingOf } from '../support/listings.ts';

const jid = 'fx@works.test';
const plain = listingOf(jid, { node: 'fx', name: 'Convert', description: 'Converts.' });
const stated = listingOf(jid, {
  node: 'news',
  tags: ['news'],
  category: 'press',
  provenance: { category: [{ source: 'listing-form', said: 'press' }] },
});

describe('corrections', () => {
  test('hold over what the listing states otherwise, and say who said it', () => {
    const corrections: Corrections = { news: { name: 'Daily news', category: null, tags: ['daily'] } };
    const [untouched, corrected] = applyCorrections([plain, stated], corrections) as [Listing, Listing];
    expect(untouched).toBe(plain);
    expect(corrected).toMatchObject({ name: 'Daily news', category: null, tags: ['daily'], names: [] });
    expect(corrected.sources).toEqual(['command', 'registration']);
    expect(corrected.provenance).toMatchObject({
      name: [{ source: 'registration', said: 'Daily news' }],
      category: [
        { source: 'registration', said: '' },
        { source: 'listing-form', said: 'press' },
      ],
    });
  });

  test('of the agent itself fill in where a listing says nothing', () => {
    const about = { name: 'FX desk', category: 'finance', tags: ['money'], lang: ['en'], terms: 'none' };
    const [filled, kept] = applyCorrections([plain, stated], { '': about }) as [Listing, Listing];
    expect(filled).toMatchObject({ name: 'Convert', category: 'finance', tags: ['money'], terms: 'none' });
    expect(filled.provider).toMatchObject({ jid, name: 'FX desk' });
    expect(kept).toMatchObject({ category: 'press', tags: ['news'], lang: ['en'] });
  });

  test('leave out what is hidden, one listing or all', () => {
    expect(applyCorrections([plain, stated], { fx: { hidden: true } })).toEqual([stated]);
    expect(applyCorrections([plain, stated], { '': { hidden: true } })).toEqual([]);
  });

  test('applied again change nothing', () => {
    const corrections: Corrections = { '': { category: 'finance' }, fx: { name: 'FX', description: null } };
    const once = applyCorrections([plain, stated], corrections);
    expect(applyCorrections(once, corrections)).toEqual(once);
  });

  test('of nodes that are called like members of every object are none', () => {
    expect(correctionOf({}, 'constructor')).toEqual({});
    expect(applyCorrections([listingOf(jid, { node: '__proto__' })], {})).toHaveLength(1);
  });
});

test('a permission to relay is for what XMPP calls, and a form that denies it holds', () => {
  const relayOf = (relay: 'allow' | 'deny' | null, listing: Listing, isDenied = false) =>
    permitRelay([listing], relay, () => isDenied)[0]?.call?.relay;
  const allowed: Listing = {
    ...plain,
    call: { protocol: 'xmpp-command', node: 'fx', url: null, relay: true },
  };
  expect([relayOf('allow', plain), relayOf('deny', allowed), relayOf(null, allowed)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(relayOf('allow', plain, true)).toBe(false);
  const http: Listing = {
    ...plain,
    call: { protocol: 'http-jsonrpc', node: null, url: 'https://x.test', relay: false },
  };
  expect(relayOf('allow', http)).toBe(false);
});
