import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { contractNotices } from '../../db/contract-notices.ts';
import { insertContract } from '../../db/contracts.ts';
import { contractHistory, contractToCarryOn } from '../../db/read-contracts.ts';
import { grantRegistration } from '../../db/registrations.ts';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import type { Contract } from '../../market/contract/contract.ts';
import { awarded } from '../../market/contract/negotiated.ts';
import { statedTerms } from '../../market/contract/terms.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { moveOverdue, moveOwn } from '../../operations/contracts/move.ts';
import { openOffer } from '../../operations/contracts/offer.ts';
import { offerLimits } from '../../operations/contracts/offers.ts';
import { ownDatabase } from '../support/database.ts';
import { indexOf, listingOf } from '../support/listings.ts';

const database = ownDatabase();
const deps = () => ({ db: database.db, policy: parsePolicy('', 'agents.test') });
const caller = (jid: string) => ({ jid, domain: jid.split('@')[1] ?? jid });
const ann = caller('ann@agents.test');
let last = 0;

async function provider(): Promise<{ jid: string; listing: string }> {
  const jid = `fx${++last}@works.test`;
  await writeIndex(database.db, [indexOf(jid, [{ node: 'logo' }])], 0);
  return { jid, listing: listingOf(jid, { node: 'logo' }).id };
}

const offerTo = (listing: string, terms = {}) =>
  openOffer(deps(), ann, { listing, input: {}, terms, seq: null }, null);

async function contracted(promise: ReturnType<typeof offerTo>): Promise<Contract> {
  const outcome = await promise;
  if (isProblem(outcome)) throw new Error(`${outcome.problem}: ${outcome.detail}`);
  return outcome;
}

describe('an offer', () => {
  test('is made to who consents, by subscription or registration; a token alone is no consent', async () => {
    const [subscribed, registered, known] = [await provider(), await provider(), await provider()];
    await grantConsent(database.db, subscribed.jid);
    const wish = { leaseHours: 24, relay: 'deny' as const, presence: null, about: null };
    await grantRegistration(database.db, caller(registered.jid), wish);
    const token = { id: 't', jid: known.jid, hash: 'h', label: null, days: 1, scopes: ['read' as const] };
    await insertToken(database.db, token, 10);
    expect((await contracted(offerTo(subscribed.listing))).state).toBe('offered');
    expect((await contracted(offerTo(registered.listing))).state).toBe('offered');
    expect(await offerTo(known.listing)).toMatchObject({ problem: 'offers-not-taken' });
    expect(await offerTo('urn:x')).toMatchObject({ problem: 'listing-not-found' });
  });

  test('is told as long as the agent consents; who made a move in it is told of the rest', async () => {
    const fx = await provider();
    await grantConsent(database.db, fx.jid);
    const made = await contracted(offerTo(fx.listing));
    const heard = async () => {
      const [notice] = await contractNotices(database.db, [{ contract: made.id, seq: 1, party: 'provider' }]);
      return notice?.mayHear;
    };
    expect(await heard()).toBe(true);
    await database.db.execute(sql`delete from consent where jid = ${fx.jid}`);
    expect(await heard()).toBe(false);
    expect(await offerTo(fx.listing)).toMatchObject({ problem: 'offers-not-taken' });
    await moveOwn(deps(), caller(fx.jid), made.id, { move: 'accept', data: {} }, null);
    expect(await heard()).toBe(true);
  });

  test('is read back with its terms, and with those that took their place', async () => {
    const fx = await provider();
    await grantConsent(database.db, fx.jid);
    const day = 86_400_000;
    const [answerBy, deliverBy] = [1, 2].map((days) => new Date(Date.now() + days * day).toISOString());
    const price = { amount: '0.000000000000000001', currency: 'ETH' };
    const made = await contracted(offerTo(fx.listing, { price, answerBy, deliverBy, words: 'Soon.' }));
    const read = async () => (await contractToCarryOn(database.db, made.id))?.contract;
    expect(await read()).toEqual(made);
    const terms = statedTerms({ price: null, answerBy: null, deliverBy: null, words: null });
    const moved = await moveOwn(deps(), caller(fx.jid), made.id, { move: 'propose', data: { terms } }, null);
    expect(await read()).toEqual(moved);
    expect(moved).toMatchObject({ price: null, deliverBy: null, words: null, offeredBy: 'provider' });
  });

  test('is made no more where too many of one registrable domain wait, whoever of it makes them', async () => {
    const fx = await provider();
    await grantConsent(database.db, fx.jid);
    const from = (at: number, domain: string) => {
      const wish = { listing: fx.listing, input: {}, terms: {}, seq: null };
      return openOffer(deps(), { jid: `c${at}@${domain}`, domain }, wish, null);
    };
    for (let at = 0; at < offerLimits.waitingPerSiteMax; at++) {
      await contracted(from(at, at % 2 ? 'evil.example' : `s${at}.evil.example`));
    }
    expect(await from(999, 'new.evil.example')).toMatchObject({ problem: 'limit-reached' });
    const made = await contracted(from(0, 'notevil.example'));
    expect(made.state).toBe('offered');
    await database.db.execute(sql`update contract set state = 'expired' where client = 'c1@evil.example'`);
    expect((await contracted(from(999, 'new.evil.example'))).state).toBe('offered');
  });

  test('of which two answers come at once is answered once', async () => {
    const fx = await provider();
    await grantConsent(database.db, fx.jid);
    const { id } = await contracted(offerTo(fx.listing));
    const terms = statedTerms({ price: null, answerBy: null, deliverBy: null, words: 'Later.' });
    const outcomes = await Promise.all([
      moveOwn(deps(), caller(fx.jid), id, { move: 'accept', data: {} }, null),
      moveOwn(deps(), caller(fx.jid), id, { move: 'propose', data: { terms } }, null),
      moveOwn(deps(), ann, id, { move: 'cancel', data: {} }, null),
    ]);
    const kept = outcomes.filter((outcome) => !isProblem(outcome));
    // Terms that are proposed can be answered; what was answered or withdrawn cannot.
    expect(kept.length).toBeGreaterThan(0);
    const history = await contractHistory(database.db, id, 9);
    expect(history.map(({ seq }) => seq)).toEqual(history.map((_, at) => at + 1));
    expect(kept).toHaveLength(history.length - 1);
  });

  test('that is due ends by the clock, once however many clocks there are', async () => {
    const fx = await provider();
    await grantConsent(database.db, fx.jid);
    const { id } = await contracted(offerTo(fx.listing));
    await database.db.execute(sql`
      update contract set since = since - interval '72 hours', due = due - interval '72 hours' where id = ${id}`);
    await Promise.all([moveOverdue(deps(), 10), moveOverdue(deps(), 10)]);
    const history = await contractHistory(database.db, id, 9);
    expect(history.map(({ by, move }) => `${by} ${move}`)).toEqual(['client offer', 'directory expire']);
  });
});

test('what is awarded begins accepted, with the terms of the proposal', async () => {
  const terms = {
    price: { amount: '3', currency: 'EUR', unit: 'contract' },
    answerBy: null,
    deliverBy: new Date(Date.now() + 3_600_000),
    words: 'As proposed.',
  };
  const of = { client: ann.jid, provider: 'fx@works.test', listing: null, input: { a: 1 }, terms };
  const { contract, event } = awarded(of, new Date());
  const all = { contract, event, thread: null, jobs: [], key: null };
  expect(await insertContract(database.db, all, 10)).toBe('made');
  expect((await contractToCarryOn(database.db, contract.id))?.contract).toMatchObject({
    ...{ state: 'accepted', opening: 'award', ...terms },
  });
});
