import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { writeIndex } from '../../db/write-index.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { saidData } from '../../market/contract/said.ts';
import { listingId } from '../../market/listing-id.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { moveOwn } from '../../operations/contracts/move.ts';
import { offerLimits } from '../../operations/contracts/offers.ts';
import { openWitness } from '../../operations/contracts/witness.ts';
import { bareJid, parseJid } from '../../protocol/jid.ts';
import { ownDatabase } from '../support/database.ts';
import { indexOf } from '../support/listings.ts';

const database = ownDatabase();
const deps = () => ({ db: database.db, policy: parsePolicy('', 'agents.test') });
const caller = (jid: string) => ({ jid, domain: jid.split('@')[1] ?? jid });
const ann = caller('ann@agents.test');

const wish = { side: 'client' as const, terms: { what: 'a logo' }, listing: null, price: null };
const offer = (more: { other: string; listing?: string }) =>
  openWitness(deps(), ann, { ...wish, ...more }, null);
const accept = (jid: string, id: string) =>
  moveOwn(deps(), caller(jid), id, { move: 'accept', data: {} }, null);

async function contracted(promise: Promise<Contract | Problem>): Promise<Contract> {
  const outcome = await promise;
  if (isProblem(outcome)) throw new Error(`${outcome.problem}: ${outcome.detail}`);
  return outcome;
}
const codeOf = async (promise: Promise<unknown>) => {
  const outcome = await promise;
  return isProblem(outcome) ? outcome.problem : null;
};

describe('a contract that is witnessed', () => {
  test.each<[what: string, written: string, kept: string]>([
    ['in capitals', 'FX@WORKS.TEST', 'fx@works.test'],
    ['with a resource', 'fx@works.test/Phone of FX', 'fx@works.test'],
    ['with the dot of the root', 'fx@works.test.', 'fx@works.test'],
    ['in full width', 'ｆｘ@works.test', 'fx@works.test'],
    ['with A-labels', 'fx@xn--bcher-kva.test', 'fx@bücher.test'],
    ['with A-labels in capitals', 'FX@XN--BCHER-KVA.TEST./x', 'fx@bücher.test'],
    ['decomposed', 'fx@bu\u0308cher.test', 'fx@bücher.test'],
    ['as an address of XMPP', 'xmpp:fx@works.test', 'fx@works.test'],
    ['of a component', 'FX.Works.Test', 'fx.works.test'],
  ])('is with the same party %s', async (_what, written, kept) => {
    await grantConsent(database.db, kept);
    const made = await contracted(offer({ other: written }));
    expect(made.provider).toBe(kept);
    // As the door of XMPP says who sent a stanza.
    const jid = bareJid(parseJid(kept.includes('@') ? `${kept.toUpperCase()}/Other` : kept.toUpperCase()));
    expect(await contracted(accept(jid, made.id))).toMatchObject({
      state: 'accepted',
    });
  });

  test.each([
    ['another script', 'f\u0445@works.test'],
    ['a letter more', 'fxx@works.test'],
    ['another domain that looks alike', 'fx@w\u043erks.test'],
    ['the address as the local part of another', 'fx\\40works.test@agents.test'],
  ])('is with nobody else: %s', async (_what, other) => {
    await grantConsent(database.db, 'fx@works.test');
    expect(['address-not-known', 'invalid-body']).toContain(await codeOf(offer({ other })));
    const { id } = await contracted(offer({ other: 'fx@works.test' }));
    const jid = bareJid(parseJid(other));
    expect(await codeOf(accept(jid, id))).toBe('contract-not-found');
  });

  test('is not offered again and again to who does not accept, nor to ever more of them', async () => {
    const { unacceptedPerOtherMax, unacceptedPerOpenerMax } = offerLimits;
    const eve = caller('eve@agents.test');
    const offers = async (other: string) => {
      await grantConsent(database.db, other);
      return openWitness(deps(), eve, { ...wish, other }, null);
    };
    const first = await contracted(offers('kept@works.test'));
    for (let at = 1; at < unacceptedPerOtherMax; at++) {
      const { id } = await contracted(offers('kept@works.test'));
      await contracted(moveOwn(deps(), eve, id, { move: 'cancel', data: {} }, null));
    }
    expect(await codeOf(offers('kept@works.test'))).toBe('limit-reached');
    await contracted(accept('kept@works.test', first.id));
    expect(await codeOf(offers('kept@works.test'))).toBeNull();
    for (let at = unacceptedPerOtherMax; at < unacceptedPerOpenerMax; at++) {
      await contracted(offers(`p${at}@works.test`));
    }
    expect(await codeOf(offers('another@works.test'))).toBe('limit-reached');
    await database.db.execute(sql`update contract set created = created - interval '24 hours'`);
    expect(await codeOf(offers('another@works.test'))).toBeNull();
  });

  test('takes no words that the database or a stanza cannot hold', async () => {
    await grantConsent(database.db, 'fx@works.test');
    const { id } = await contracted(offer({ other: 'fx@works.test' }));
    await contracted(accept('fx@works.test', id));
    for (const said of [{ text: 'a\u0000' }, { values: { a: '\uffff' } }, { text: 'x'.repeat(70_000) }]) {
      const data = saidData('deliver', said);
      expect(
        await codeOf(moveOwn(deps(), caller('fx@works.test'), id, { move: 'deliver', data }, null)),
      ).toBe('invalid-body');
    }
  });

  test('is about a listing of the provider alone, as it was then', async () => {
    const jid = 'fx@lists.test';
    await grantConsent(database.db, jid);
    await writeIndex(database.db, [indexOf(jid, [{ node: 'fx' }])], 0);
    const own = listingId({ jid, kind: 'command', node: 'fx' });
    const made = await contracted(offer({ other: jid, listing: own }));
    expect(made.listing).toMatchObject({ id: own, version: expect.any(String) });
    expect(await codeOf(offer({ other: 'fx@works.test', listing: own }))).toBe('invalid-body');
    expect(await codeOf(offer({ other: jid, listing: 'urn:air:x.test:c:command.x' }))).toBe(
      'listing-not-found',
    );
  });
});
