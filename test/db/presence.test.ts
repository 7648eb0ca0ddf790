import { describe, expect, test } from 'vitest';
import { grantConsent, notePresence } from '../../db/consent.ts';
import { findListing, listingsOfAgent } from '../../db/listings.ts';
import { withdrawSubscription } from '../../db/removals.ts';
import { writeIndex } from '../../db/write-index.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { ownSearchIndex } from '../support/search-index.ts';

const database = ownSearchIndex();
const { find } = database;

describe('presence', () => {
  const id = listingOf('fx@works.test', { node: 'fx' }).id;
  const status = async () => (await findListing(database.db, id))?.status;

  test('is withheld without consent', async () => {
    await notePresence(database.db, [{ jid: 'fx@works.test', resource: 'agent', state: 'on' }]);
    expect(await status()).toMatchObject({ online: null, lastSeen: null, callJid: 'fx@works.test' });
  });

  test('shows the resource where the offer was seen, while it is online', async () => {
    await grantConsent(database.db, 'fx@works.test');
    await notePresence(database.db, [
      { jid: 'fx@works.test', resource: 'agent', state: 'on' },
      { jid: 'fx@works.test', resource: 'other', state: 'on' },
    ]);
    expect(await status()).toMatchObject({ online: true, callJid: 'fx@works.test/agent' });
    expect((await find('online:true')).names).toEqual(['Convert currency']);
    await notePresence(database.db, [{ jid: 'fx@works.test', resource: 'agent', state: 'off' }]);
    expect(await status()).toMatchObject({ online: false, callJid: 'fx@works.test' });
  });

  test('goes with the consent', async () => {
    await notePresence(database.db, [{ jid: 'fx@works.test', resource: 'agent', state: 'on' }]);
    await withdrawSubscription(database.db, 'fx@works.test');
    expect(await status()).toMatchObject({ online: null });
  });

  test('is withheld of an agent that denies it', async () => {
    await grantConsent(database.db, 'shy@works.test');
    await writeIndex(
      database.db,
      [{ ...indexOf('shy@works.test', [{ node: 'n' }]), presenceDenied: true }],
      0,
    );
    await notePresence(database.db, [{ jid: 'shy@works.test', resource: 'agent', state: 'on' }]);
    const [record] = await listingsOfAgent(database.db, 'shy@works.test', 10);
    expect(record?.status).toMatchObject({ online: null, lastSeen: null, callJid: 'shy@works.test' });
    expect((await find('online:true')).names).toEqual([]);
  });
});
