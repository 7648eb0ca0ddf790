import { describe, expect, test } from 'vitest';
import { entryOf, readIdentifier, typesOf } from '../../../market/ard/entry.ts';
import { marksOf } from '../../../market/ard/marks.ts';
import { cardTypes, LISTING_TYPE } from '../../../market/ard/media-types.ts';
import type { ListingRecord } from '../../../market/listing.ts';
import { entryListing } from '../../../market/offers.ts';
import { readArdEntry, writeArdEntry } from '../../../protocol/dialects/ard-entry.ts';
import { expectArd } from '../../support/ard.ts';
import { listingOf } from '../../support/listings.ts';

function recordOf(some: Parameters<typeof listingOf>[1], jid = 'fx@works.test'): ListingRecord {
  const uptime = { d1: null, d7: null, d30: null };
  const seen = { online: null, lastSeen: null, uptime, replyMs: null, callJid: null };
  return {
    listing: listingOf(jid, some),
    status: { ...seen, verified: new Date(0), sources: {}, stale: true },
    rating: null,
    firstSeen: new Date(0),
    updated: new Date(0),
    seq: 1,
  };
}

/** What the agent of a catalogue entry is listed with. */
function stated(type: string, url: string) {
  const { provider } = listingOf('fx@works.test', { node: 'x' });
  const facts = { disco: null, profile: { location: null, avatar: null } } as never;
  const entry = readArdEntry(writeArdEntry({ displayName: 'FX', type, url }));
  return entryListing({ provider, facts, agentForm: null }, 'x', entry);
}

describe('a listing', () => {
  test('with nothing but a name is an entry', () => {
    const entry = entryOf(recordOf({ node: 'x' }), LISTING_TYPE, 'https://guildhall.example');
    expectArd('CatalogEntry', entry);
    expect(Object.keys(entry).sort()).toEqual([
      'displayName',
      'identifier',
      'metadata',
      'type',
      'updatedAt',
      'url',
    ]);
  });

  test.each(['bücher@bücher.test', 'a/b@[::1]', '192.0.2.7', 'ü ñ@例え.テスト'])(
    'of %s has an identifier and an address that the specification takes',
    (jid) => {
      const record = recordOf({ node: 'Größe 値段/<x>' }, jid.replace(/[ /]/g, '.'));
      expectArd('CatalogEntry', entryOf(record, LISTING_TYPE, 'https://guildhall.example'));
    },
  );

  test.each(cardTypes)('whose agent states a card of type %s by HTTP has two entries', (type) => {
    const listing = stated(type, 'https://works.test/card.json');
    expect(typesOf(listing)).toEqual([LISTING_TYPE, type]);
    expect(marksOf(listing)).toContain(`card=${type}`);
    const entry = entryOf({ ...recordOf({ node: 'x' }), listing }, type, 'https://guildhall.example');
    expectArd('CatalogEntry', entry);
    expect(entry).toMatchObject({ type, url: 'https://works.test/card.json' });
    expect(readIdentifier(entry.identifier)).toEqual({ listing: listing.id, isCard: true });
  });

  test.each([
    ['application/ai-registry+json', 'https://works.test/search'],
    ['application/ai-catalog+json', 'https://works.test/catalog.json'],
    ['text/html', 'https://works.test/'],
    [cardTypes[0], 'xmpp:fx@works.test?message'],
    [cardTypes[0], 'javascript:alert(1)'],
  ])('whose agent states %s at %s has one', (type, url) => {
    expect(typesOf(stated(type, url))).toEqual([LISTING_TYPE]);
  });

  test('keeps its marks apart from what an agent can choose', () => {
    const marks = marksOf(listingOf('fx@works.test', { node: 'x', name: 'publisher=bank.example' }));
    expect(marks).toEqual(['publisher=works.test', expect.stringMatching(/^name=[\w-]{22}$/)]);
  });
});
