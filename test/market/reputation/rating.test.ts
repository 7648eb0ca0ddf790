import { describe, expect, test } from 'vitest';
import { areRelated, partyOf } from '../../../market/reputation/party.ts';
import { dealOf, foldRating, mayRate, type RatingEvent } from '../../../market/reputation/rating.ts';
import { daysAgo } from './samples.ts';

const said = (seq: number, score: number, days: number): RatingEvent => ({
  seq,
  at: daysAgo(days),
  opinion: { score, aspects: {} },
});

describe('rating', () => {
  test('is open to both sides of what was completed or resolved', () => {
    for (const state of ['completed', 'resolved'] as const)
      for (const by of ['client', 'provider'] as const)
        expect(mayRate({ state, fault: null }, by)).toBe(true);
  });

  test('is open, of what failed, to the side that did not make it fail', () => {
    expect(mayRate({ state: 'failed', fault: 'provider' }, 'client')).toBe(true);
    expect(mayRate({ state: 'failed', fault: 'provider' }, 'provider')).toBe(false);
    expect(mayRate({ state: 'failed', fault: 'client' }, 'provider')).toBe(true);
    expect(mayRate({ state: 'failed', fault: 'nobody' }, 'client')).toBe(false);
  });

  test.each([
    'offered',
    'accepted',
    'working',
    'delivered',
    'declined',
    'cancelled',
    'disputed',
    'unknown',
  ] as const)('is closed while or because a contract is %s', (state) => {
    expect(mayRate({ state, fault: null }, 'client')).toBe(false);
  });
});

describe('a dealing', () => {
  const parties = { client: partyOf('a@one.example'), provider: partyOf('b@two.example') };
  const price = (amount: string) => ({ amount, currency: 'EUR', unit: 'call' });

  test('is what a contract that came to a good end shows, with a price or without', () => {
    expect(dealOf({ state: 'completed', price: price('0.05') }, parties)).toEqual({
      ...parties,
      isPaid: true,
    });
    expect(dealOf({ state: 'resolved', price: null }, parties)).toEqual({ ...parties, isPaid: false });
    expect(dealOf({ state: 'completed', price: price('0.00') }, parties)).toEqual({
      ...parties,
      isPaid: false,
    });
  });

  test('is nothing where the contract failed or goes on', () => {
    for (const state of ['failed', 'working', 'disputed'] as const)
      expect(dealOf({ state, price: price('1') }, parties)).toBeNull();
  });
});

describe('what a side says', () => {
  test('is nothing before it says anything', () => {
    expect(foldRating([])).toBeNull();
  });

  test('is its last word, since its first, in whatever order they are read', () => {
    const events = [said(1, 2, 10), said(2, 4, 3)];
    const expected = { score: 4, aspects: {}, at: daysAgo(10) };
    expect(foldRating(events)).toEqual(expected);
    expect(foldRating(events.toReversed())).toEqual(expected);
  });

  test('is nothing once it is withdrawn', () => {
    expect(foldRating([said(1, 2, 10), { seq: 2, at: daysAgo(1), opinion: null }])).toBeNull();
  });
});

describe('a party', () => {
  test('belongs to a registrable domain, and to the hosting domain above it', () => {
    expect(partyOf('a@bots.shop.example.co.uk')).toMatchObject({
      site: 'example.co.uk',
      host: 'example.co.uk',
    });
    expect(partyOf('a@me.duckdns.org')).toMatchObject({ site: 'me.duckdns.org', host: 'duckdns.org' });
  });

  test('is where its account is, by whatever alias it goes', () => {
    const alias = partyOf('a@far.example', { account: 'me@home.example' });
    expect(alias).toMatchObject({ jid: 'a@far.example', site: 'home.example' });
    expect(areRelated(alias, partyOf('me@home.example'))).toBe(true);
  });

  test('is not related to others on its server', () => {
    expect(areRelated(partyOf('a@public.example'), partyOf('b@public.example'))).toBe(false);
  });
});
