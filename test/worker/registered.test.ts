import { describe, expect, test } from 'vitest';
import { asRegistered } from '../../worker/registered.ts';
import { indexOf } from '../support/listings.ts';

describe('what a visit found', () => {
  const index = indexOf('fx@works.test', [{ node: 'fx' }]);
  const registration = {
    jid: 'fx@works.test',
    granted: new Date(0),
    leaseUntil: new Date(1),
    relay: null,
    resource: '',
    presence: 'deny',
    corrections: { fx: { name: 'FX' } },
    state: 'live',
  } as const;

  test('is corrected, under a new version', () => {
    const { listings, presenceDenied } = asRegistered(index, registration, true, () => null);
    expect(listings).toMatchObject([
      { listing: { name: 'FX' }, sources: { registration: registration.granted } },
    ]);
    expect(listings[0]?.version).not.toBe(index.listings[0]?.version);
    expect(presenceDenied).toBe(true);
  });

  test('tells of absence, unless a lapsed lease kept it from being asked', () => {
    expect(asRegistered(index, null, false, () => null).read).toEqual(['command', 'registration']);
    expect(asRegistered(index, { ...registration, state: 'lapsed' }, true, () => null).read).toContain(
      'command',
    );
    expect(asRegistered(index, { ...registration, state: 'lapsed' }, false, () => null).read).toEqual([]);
  });
});
