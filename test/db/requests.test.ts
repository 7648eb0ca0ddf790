import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { findContract } from '../../db/read-contracts.ts';
import { findRequest, requestHistory } from '../../db/read-requests.ts';
import { grantRegistration, withdrawRegistration } from '../../db/registrations.ts';
import { emptyRequests } from '../../db/retention.ts';
import { writeIndex } from '../../db/write-index.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { emptyQuery, type Query } from '../../market/query/ast.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { requestLimits } from '../../market/request/limits.ts';
import { foldRequests } from '../../market/request/move.ts';
import type { CallForProposals } from '../../market/request/request.ts';
import { showContract } from '../../operations/contracts/show.ts';
import {
  award,
  cancelRequest,
  moveOverdueRequests,
  propose,
  refuse,
} from '../../operations/requests/move.ts';
import { openRequest, type RequestWish } from '../../operations/requests/open.ts';
import { browseRequests, showRequest } from '../../operations/requests/show.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { ownDatabase } from '../support/database.ts';
import { listingForm } from '../support/fields.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
const deps = () => ({ db: database.db, policy: parsePolicy('', 'agents.test') });
const caller = (jid: string) => ({ jid, domain: jid.split('@')[1] ?? jid });

let count = 0;
/** A word that only this test's listings have. */
let word = '';
let ann = caller('');
beforeEach(() => {
  word = `word${'abcdefghijklmnopqrstuvwxyz'[count % 26]}${count++}`;
  ann = caller(`ann${count}@site${count}.test`);
});

/** A provider with a listing that has the test's word, which consents if it is said how. */
async function provider(name: string, consent: 'subscribed' | 'registered' | 'none' = 'subscribed') {
  const jid = `${name}-${word}@works.test`;
  await writeIndex(database.db, [indexOf(jid, [{ node: 'n', name: `Work ${word}` }])], 0);
  if (consent === 'subscribed') await grantConsent(database.db, jid);
  if (consent === 'registered') await register(jid, null);
  return jid;
}

const register = (jid: string, relay: 'allow' | 'deny' | null) =>
  grantRegistration(database.db, caller(jid), { leaseHours: 24, relay, presence: null, about: null });
const queryOf = (text: string) => parseQuery(text) as Query;
const hour = () => new Date(Date.now() + 3_600_000);

async function call(more: Partial<RequestWish> = {}, key: string | null = null, by = ann) {
  const wanted = { query: queryOf(word), listings: null } as const;
  return openRequest(
    deps(),
    by,
    { wanted, need: 'A menu.', input: {}, budget: null, deadline: hour(), max: 5, ...more },
    key,
  );
}

async function called(more: Partial<RequestWish> = {}): Promise<CallForProposals> {
  return good(await call(more));
}

function good<T>(outcome: T | Problem): T {
  if (isProblem(outcome)) throw new Error(`${outcome.problem}: ${outcome.detail}`);
  return outcome;
}
const codeOf = (outcome: unknown) => (isProblem(outcome) ? outcome.problem : 'taken');
const terms = (amount = '10') => ({ price: { amount, currency: 'eur' } });
const proposed = async (jid: string, id: string, amount = '10', key: string | null = null) =>
  good(await propose(deps(), caller(jid), id, terms(amount), key)).own?.proposal?.id ?? '';
const askedIn = (request: CallForProposals) => request.asked.map((one) => one.provider).sort();
/** What there is to be told of the call: of which event, and at which place. */
async function jobsOf(id: string): Promise<string[]> {
  const jobs = await rowsOf<{ told: string }>(
    database.db,
    sql`select (payload->>'seq') || ':' || (payload->>'place') as told from job
      where task = 'tell-request' and payload->>'request' = ${id} order by told`,
  );
  return jobs.map(({ told }) => told);
}
const shift = (id: string, seconds: number) =>
  database.db.execute(sql`
    update request set deadline = deadline - ${seconds} * interval '1 second', due = due - ${seconds} * interval '1 second'
    where id = ${id}`);

describe('who is asked', () => {
  test('has a listing that matches, consents, and is asked once', async () => {
    const [sub, reg] = [await provider('sub'), await provider('reg', 'registered')];
    await provider('none', 'none');
    const two = await provider('two');
    await writeIndex(
      database.db,
      [
        indexOf(two, [
          { node: 'n', name: `Work ${word}` },
          { node: 'm', name: `More ${word}` },
        ]),
      ],
      0,
    );
    const request = await called();
    expect(askedIn(request)).toEqual([reg, sub, two].sort());
    expect(request.query).toBe(word);
    expect(await jobsOf(request.id)).toEqual(['1:1', '1:2', '1:3']);
    expect(await findRequest(database.db, request.id)).toEqual(request);
  });

  test('states nothing against it, is not oneself, and did not deregister', async () => {
    const [denies, gone, fine] = [await provider('denies'), await provider('gone'), await provider('fine')];
    await register(denies, 'deny');
    await grantConsent(database.db, ann.jid);
    await writeIndex(database.db, [indexOf(ann.jid, [{ node: 'n', name: `Work ${word}` }])], 0);
    await withdrawRegistration(database.db, gone);
    expect(askedIn(await called())).toEqual([fine]);
  });

  test('may be a stranger that states relay=allow', async () => {
    const jid = `allows-${word}@works.test`;
    const [item] = [{ item: 'agent', listing: readListingForm(listingForm({ name: 'x', relay: 'allow' })) }];
    const index = indexOf(jid, [{ node: 'n', name: `Work ${word}` }]);
    await writeIndex(database.db, [{ ...index, facts: { listings: [item] } }], 0);
    expect(askedIn(await called())).toEqual([jid]);
  });

  test('is live, and has all of the words', async () => {
    const [stale, live] = [await provider('stale'), await provider('live')];
    await database.db.execute(sql`
      update listing_status set verified = now() - interval '2 days'
      where id = ${listingOf(stale, { node: 'n' }).id}`);
    expect(askedIn(await called())).toEqual([live]);
    const wanted = { query: queryOf(`${word} menus`), listings: null } as const;
    expect(codeOf(await call({ wanted }))).toBe('nobody-to-ask');
    expect(codeOf(await call({ wanted: { query: queryOf(`${word}x`), listings: null } }))).toBe(
      'nobody-to-ask',
    );
  });

  test('is named by its listings, in that order, up to the limit', async () => {
    const jids = [await provider('a'), await provider('b'), await provider('c')];
    const ids = jids.map((jid) => listingOf(jid, { node: 'n' }).id).reverse();
    const wanted = { query: null, listings: [...ids, 'urn:air:x:nothing'] };
    const request = await called({ wanted, max: 2 });
    expect(request.asked.map((one) => one.provider)).toEqual([...jids].reverse().slice(0, 2));
    expect(request.query).toBeNull();
  });

  test('is not asked by one client again and again without an answer to it, nor by one domain', async () => {
    const jid = await provider('busy');
    const wanted = { query: null, listings: [listingOf(jid, { node: 'n' }).id] };
    const first = await called({ wanted });
    for (let at = 1; at < requestLimits.unansweredPerPairMax; at++) await called({ wanted });
    expect(codeOf(await call({ wanted }))).toBe('nobody-to-ask');
    // One that is answered does not count.
    await proposed(jid, first.id);
    await called({ wanted });
    expect(codeOf(await call({ wanted }))).toBe('nobody-to-ask');
    const others = Array.from({ length: 4 }, (_, at) => caller(`bob${at}@${ann.domain}`));
    const outcomes: string[] = [];
    for (const bob of others)
      for (let at = 0; at < 5; at++) outcomes.push(codeOf(await call({ wanted }, null, bob)));
    expect(outcomes.filter((code) => code === 'taken')).toHaveLength(requestLimits.unansweredPerSiteMax - 5);
    expect(codeOf(await call({ wanted }, null, caller(`eve@${word}.test`)))).toBe('taken');
  });

  test('bounds what one client calls for', async () => {
    const jid = await provider('p');
    const wanted = { query: null, listings: [listingOf(jid, { node: 'n' }).id] };
    for (let at = 0; at < requestLimits.pendingPerClientMax; at++) {
      const { id } = await called({ wanted });
      await proposed(jid, id);
    }
    expect(codeOf(await call({ wanted }))).toBe('limit-reached');
  });
});

describe('a call', () => {
  test.each<[what: string, more: () => Partial<RequestWish>]>([
    ['no need', () => ({ need: ' \u200b' })],
    ['a need that is too long', () => ({ need: 'x'.repeat(requestLimits.needCharsMax + 1) })],
    ['too much input', () => ({ input: { a: 'x'.repeat(requestLimits.inputCharsMax) } })],
    ['a budget that is none', () => ({ budget: { amount: '-1', currency: 'EUR' } })],
    ['a budget without a currency', () => ({ budget: { amount: '1', currency: '' } })],
    ['a deadline that is over', () => ({ deadline: new Date(Date.now() - 1) })],
    ['a deadline at once', () => ({ deadline: new Date(Date.now() + 1_000) })],
    ['a deadline in a year', () => ({ deadline: new Date(Date.now() + 366 * 86_400_000) })],
    ['nobody to ask', () => ({ max: 0 })],
    ['too many to ask', () => ({ max: requestLimits.askedMax + 1 })],
    ['no listings', () => ({ wanted: { query: null, listings: [] } })],
  ])('with %s is refused', async (_what, more) => {
    expect(codeOf(await call(more()))).toBe('invalid-body');
  });

  test('with an input that holds what no message can carry is refused', async () => {
    expect(codeOf(await call({ input: { a: '\u0000' } }))).toBe('input-refused');
    expect(
      codeOf(await call({ wanted: { query: emptyQuery, listings: null }, input: { a: '\ufffe' } })),
    ).toBe('input-refused');
  });

  test('that is repeated with its key is made once, also after its deadline', async () => {
    await provider('p');
    const deadline = hour();
    const first = good(await call({ deadline }, 'k'));
    const again = await Promise.all([call({ deadline }, 'k'), call({ deadline }, 'k')]);
    expect(again.map((one) => good(one).id)).toEqual([first.id, first.id]);
    expect(codeOf(await call({ deadline, need: 'Another.' }, 'k'))).toBe('key-reused');
    const twice = await Promise.all([call({ deadline }, 'k2'), call({ deadline }, 'k2')]);
    expect(good(twice[0]).id).toBe(good(twice[1]).id);
  });

  test('is shown to who made it and to those that are asked, each with its own part', async () => {
    const [fx, gy] = [await provider('fx'), await provider('gy')];
    const { id } = await called();
    await proposed(gy, id, '7.77');
    const eve = caller('eve@agents.test');
    for (const outcome of [
      await showRequest(deps(), eve, id),
      await propose(deps(), eve, id, terms(), null),
      await refuse(deps(), eve, id, null, null),
      await award(deps(), eve, id, 'p', null),
      await cancelRequest(deps(), eve, id, null, null),
      await showRequest(deps(), ann, `${id}x`),
      await showRequest(deps(), ann, 'x'.repeat(5_000)),
    ]) {
      expect(codeOf(outcome)).toBe('request-not-found');
    }
    const seen = JSON.stringify(good(await showRequest(deps(), caller(fx), id)));
    expect(seen).not.toContain(gy);
    expect(seen).not.toContain('7.77');
    expect(JSON.stringify(good(await showRequest(deps(), ann, id)))).toContain('7.77');
    const mine = async (who: string, side: 'client' | 'provider' | null) =>
      good(await browseRequests(deps(), caller(who), { side, states: [], limit: 9, cursor: null })).items
        .length;
    expect([await mine(ann.jid, null), await mine(ann.jid, 'provider')]).toEqual([1, 0]);
    expect([await mine(fx, null), await mine(fx, 'client'), await mine(eve.jid, null)]).toEqual([1, 0, 0]);
    expect(
      JSON.stringify(
        good(await browseRequests(deps(), caller(fx), { side: null, states: [], limit: 9, cursor: null })),
      ),
    ).not.toContain('7.77');
  });

  test('is listed page by page, none twice', async () => {
    const jid = await provider('p');
    const wanted = { query: null, listings: [listingOf(jid, { node: 'n' }).id] };
    const ids = [await called({ wanted }), await called({ wanted }), await called({ wanted })].map(
      ({ id }) => id,
    );
    const page = (cursor: string | null, who = ann) =>
      browseRequests(deps(), who, { side: null, states: ['open'], limit: 2, cursor });
    const first = good(await page(null));
    const second = good(await page(first.cursor));
    expect([...first.items, ...second.items].map(({ request }) => request.id)).toEqual([...ids].reverse());
    expect(second.cursor).toBeNull();
    expect(codeOf(await page('nonsense'))).toBe('invalid-cursor');
    expect(codeOf(await page(first.cursor, caller(jid)))).toBe('invalid-cursor');
  });
});

describe('a proposal', () => {
  test('of each of many at the same time is taken', async () => {
    const jids = await Promise.all(Array.from({ length: 20 }, (_, at) => provider(`p${at}`)));
    const { id } = await called({ max: 20 });
    await Promise.all(jids.map((jid, at) => proposed(jid, id, String(at + 1))));
    const request = await findRequest(database.db, id);
    expect(request?.asked.map((one) => one.standing)).toEqual(jids.map(() => 'proposed'));
    const history = await requestHistory(database.db, id, 100);
    expect(history.map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, at) => at + 1));
    // The row is what the events add up to.
    if (!request) throw new Error('no call');
    const { state: _, ...opening } = request;
    expect(foldRequests(opening, history)).toEqual(request);
    expect((await jobsOf(id)).filter((told) => told.endsWith(':0'))).toHaveLength(20);
  });

  test('replaces the one before it; the same once more, or by its key, changes nothing', async () => {
    const fx = await provider('fx');
    const { id } = await called();
    const first = await proposed(fx, id, '10', 'k');
    expect(await proposed(fx, id, '10')).toBe(first);
    const second = await proposed(fx, id, '20');
    expect(second).not.toBe(first);
    expect(await proposed(fx, id, '10', 'k')).toBe(second);
    expect((await requestHistory(database.db, id, 9)).length).toBe(3);
    expect(codeOf(await award(deps(), ann, id, first, null))).toBe('proposal-not-standing');
    good(await refuse(deps(), caller(fx), id, 'No time.', null));
    good(await refuse(deps(), caller(fx), id, 'No time.', null));
    expect((await requestHistory(database.db, id, 9)).length).toBe(4);
    expect(codeOf(await award(deps(), ann, id, second, null))).toBe('proposal-not-standing');
    expect((await findRequest(database.db, id))?.asked[0]).toMatchObject({
      standing: 'refused',
      words: 'No time.',
      proposal: null,
    });
  });

  test('is refused after the deadline, whether or not the clock has ticked', async () => {
    const fx = await provider('fx');
    const { id } = await called();
    await proposed(fx, id, '10');
    await shift(id, 3_601);
    expect(codeOf(await propose(deps(), caller(fx), id, terms('5'), null))).toBe('request-not-open');
    expect(await moveOverdueRequests(deps(), 100)).toBe(1);
    expect(codeOf(await propose(deps(), caller(fx), id, terms('5'), null))).toBe('request-not-open');
    expect(codeOf(await refuse(deps(), caller(fx), id, null, null))).toBe('request-not-open');
  });

  test.each<[what: string, said: object]>([
    ['no price', {}],
    ['a price that is none', { price: { amount: '1e3', currency: 'EUR' } }],
    ['a price below nothing', { price: { amount: '-1', currency: 'EUR' } }],
    ['a price without a currency', { price: { amount: '1', currency: '' } }],
    ['a time that is over', { ...terms(), answerBy: '2020-01-01T00:00:00Z' }],
    ['a time that is none', { ...terms(), deliverBy: 'soon' }],
    ['words without end', { ...terms(), words: 'x'.repeat(5_000) }],
    ['words that no message can carry', { ...terms(), words: 'a\u0000b' }],
  ])('with %s is refused', async (_what, said) => {
    const fx = await provider('fx');
    const { id } = await called();
    expect(codeOf(await propose(deps(), caller(fx), id, said, null))).toBe('invalid-body');
  });

  test('is for providers to make, and an award for the client', async () => {
    const fx = await provider('fx');
    const { id } = await called();
    const proposal = await proposed(fx, id);
    expect(codeOf(await propose(deps(), ann, id, terms(), null))).toBe('request-not-open');
    expect(codeOf(await award(deps(), caller(fx), id, proposal, null))).toBe('request-not-open');
    expect(codeOf(await cancelRequest(deps(), caller(fx), id, null, null))).toBe('request-not-open');
  });
});

describe('an award', () => {
  test('makes one contract, with the terms that were proposed', async () => {
    const [fx, gy, hz] = [await provider('fx'), await provider('gy'), await provider('hz')];
    const { id } = await called({ input: { words: 300 } });
    const deliverBy = new Date(Date.now() + 86_400_000).toISOString();
    const made = good(
      await propose(deps(), caller(fx), id, { ...terms('12.50'), deliverBy, words: 'By hand.' }, null),
    );
    await proposed(gy, id);
    const proposal = made.own?.proposal?.id ?? '';
    const { request } = good(await award(deps(), ann, id, proposal, 'k'));
    const contract = request.awarded?.contract ?? '';
    expect(await findContract(database.db, contract, fx)).toMatchObject({
      ...{ kind: 'direct', opening: 'award', state: 'accepted', client: ann.jid, provider: fx },
      ...{ price: { amount: '12.50', currency: 'EUR' }, words: 'By hand.', deliverBy: new Date(deliverBy) },
      input: { request: id, need: 'A menu.', input: { words: 300 } },
      listing: { id: listingOf(fx, { node: 'n' }).id },
    });
    // Told are the one that was taken, the one that was not, and the one that may still be at it.
    const told = (await jobsOf(id)).filter((job) => job.startsWith(`${request.version}:`));
    expect(told).toHaveLength(3);
    expect(good(await award(deps(), ann, id, proposal, 'k')).request.awarded?.contract).toBe(contract);
    expect(codeOf(await award(deps(), ann, id, proposal, null))).toBe('request-not-open');
    expect(codeOf(await award(deps(), ann, id, 'other', 'k'))).toBe('key-reused');
    expect(codeOf(await propose(deps(), caller(hz), id, terms(), null))).toBe('request-not-open');
    expect(codeOf(await cancelRequest(deps(), ann, id, null, null))).toBe('request-not-open');
    expect(await contractsOf(ann.jid)).toBe(1);
  });

  test('of several at the same time is made once', async () => {
    const [fx, gy] = [await provider('fx'), await provider('gy')];
    const { id } = await called();
    const proposals = [await proposed(fx, id), await proposed(gy, id)];
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, at) => award(deps(), ann, id, proposals[at % 2] ?? '', null)),
    );
    expect(outcomes.map(codeOf).sort()).toEqual([...Array(7).fill('request-not-open'), 'taken']);
    expect(await contractsOf(ann.jid)).toBe(1);
    const keyed = await Promise.all(
      Array.from({ length: 4 }, () => award(deps(), ann, id, proposals[0] ?? '', 'late')),
    );
    expect(new Set(keyed.map(codeOf))).toEqual(new Set(['request-not-open']));
  });

  test('that is repeated by its key at the same time gives everybody the same', async () => {
    const fx = await provider('fx');
    const { id } = await called();
    const proposal = await proposed(fx, id);
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, () => award(deps(), ann, id, proposal, 'k')),
    );
    const contracts = outcomes.map((one) => good(one).request.awarded?.contract);
    expect(new Set(contracts).size).toBe(1);
    expect(await contractsOf(ann.jid)).toBe(1);
  });

  test('against a proposal that is replaced at the same time takes what was read, or nothing', async () => {
    for (let round = 0; round < 5; round++) {
      const fx = await provider(`fx${round}`);
      const { id } = await called({ wanted: { query: null, listings: [listingOf(fx, { node: 'n' }).id] } });
      const first = await proposed(fx, id, '10');
      const [taken] = await Promise.all([
        award(deps(), ann, id, first, null),
        propose(deps(), caller(fx), id, terms('99'), null),
      ]);
      if (isProblem(taken)) expect(taken.problem).toBe('proposal-not-standing');
      else {
        const contract = await findContract(database.db, taken.request.awarded?.contract ?? '', ann.jid);
        expect(contract?.price?.amount).toBe('10');
      }
      await cancelRequest(deps(), ann, id, null, null);
    }
  });

  test('of a proposal that is valid no more is refused', async () => {
    const fx = await provider('fx');
    const { id } = await called();
    const answerBy = new Date(Date.now() + 400).toISOString();
    const made = good(await propose(deps(), caller(fx), id, { ...terms(), answerBy }, null));
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(codeOf(await award(deps(), ann, id, made.own?.proposal?.id ?? '', null))).toBe(
      'proposal-not-standing',
    );
  });
});

describe('silence', () => {
  test('closes a call without proposals at its deadline, and tells its client alone', async () => {
    const fx = await provider('fx');
    const { id } = await called();
    await shift(id, 3_601);
    await moveOverdueRequests(deps(), 100);
    expect(await findRequest(database.db, id)).toMatchObject({ state: 'closed', version: 2 });
    expect(await jobsOf(id)).toEqual(['1:1', '2:0']);
    expect(codeOf(await propose(deps(), caller(fx), id, terms(), null))).toBe('request-not-open');
  });

  test('ends a call that is not awarded in time, and tells its client and who proposed', async () => {
    const [fx] = [await provider('fx'), await provider('gy')];
    const { id } = await called();
    const proposal = await proposed(fx, id);
    await shift(id, 3_601);
    expect(await Promise.all([moveOverdueRequests(deps(), 100), moveOverdueRequests(deps(), 100)])).toContain(
      1,
    );
    expect(await findRequest(database.db, id)).toMatchObject({ state: 'deciding', version: 3 });
    await shift(id, requestLimits.decideHours * 3_600);
    expect(codeOf(await award(deps(), ann, id, proposal, null))).toBe('request-not-open');
    await moveOverdueRequests(deps(), 100);
    const ended = await findRequest(database.db, id);
    expect(ended).toMatchObject({ state: 'expired', version: 4 });
    const place = ended?.asked.find((one) => one.provider === fx)?.place;
    const told = (await jobsOf(id)).filter((job) => job.startsWith(`${ended?.version}:`));
    expect(told).toEqual(['4:0', `4:${place}`]);
  });
});

test.each(['\u0000', '\ud800', '\ufffe', "';--", 'x'.repeat(5_000)])(
  'whatever is sent in place of an id or a word is refused, and no fault: %j',
  async (odd) => {
    const fx = await provider('fx');
    const { id } = await called();
    for (const at of [odd, `${id}${odd}`, `${id.slice(0, -1)}${odd.slice(0, 1)}`]) {
      expect(codeOf(await showRequest(deps(), ann, at))).toBe('request-not-found');
      expect(codeOf(await showContract(deps(), ann, at))).toBe('contract-not-found');
      expect(codeOf(await propose(deps(), caller(fx), at, terms(), null))).toBe('request-not-found');
    }
    expect(codeOf(await award(deps(), ann, id, odd, 'k'))).toBe('proposal-not-standing');
    expect(codeOf(await call({ wanted: { query: null, listings: [odd] } }, 'k1'))).toBe('nobody-to-ask');
    expect(
      isProblem(
        await propose(
          deps(),
          caller(fx),
          id,
          { price: { amount: odd, currency: odd, unit: odd }, words: odd, answerBy: odd },
          'k2',
        ),
      ),
    ).toBe(true);
    await call({ need: odd }, 'k3');
    await refuse(deps(), caller(fx), id, odd, 'k4');
    await cancelRequest(deps(), ann, id, odd, 'k5');
    const seen = good(await showRequest(deps(), ann, id));
    expect(seen.request.state).toBe('cancelled');
    expect(seen.request.reason === null || seen.request.reason.length <= requestLimits.wordsCharsMax).toBe(
      true,
    );
  },
);

describe('a call that ended long ago', () => {
  test('keeps who was asked and what came of it, and nothing that was said', async () => {
    const [fx, gy] = [await provider('fx'), await provider('gy')];
    const { id } = await called({ need: 'theirs', input: { a: 'theirs' } });
    const fresh = await called();
    const said = { ...terms('12'), words: 'theirs' };
    const taken = good(await propose(deps(), caller(fx), id, said, null)).own?.proposal?.id ?? '';
    good(await refuse(deps(), caller(gy), id, 'theirs', null));
    good(await award(deps(), ann, id, taken, null));
    await cancelRequest(deps(), ann, fresh.id, 'Just now.', null);
    expect(await emptyRequests(database.db, 100)).toBe(0);
    const longAgo = sql`now() - ${contractLimits.keptDays + 1} * interval '1 day'`;
    await database.db.execute(
      sql`update request set since = ${longAgo} where client = ${ann.jid} and id = ${id}`,
    );
    expect(await emptyRequests(database.db, 100)).toBe(1);
    expect(await emptyRequests(database.db, 100)).toBe(0);
    const request = await findRequest(database.db, id);
    const history = await requestHistory(database.db, id, 9);
    const kept = JSON.stringify([request, history]);
    expect(kept).not.toContain('theirs');
    expect(request).toMatchObject({ state: 'awarded', need: '', input: {}, query: null });
    expect(request?.asked.find((one) => one.provider === fx)?.proposal).toMatchObject({
      ...{ id: taken, words: null, price: { amount: '12', currency: 'EUR' } },
    });
    if (!request) throw new Error('no call');
    // The history still adds up to the call, but for the time that the test has moved.
    const { state: _, ...opening } = request;
    expect({ ...foldRequests(opening, history), since: request.since }).toEqual(request);
    expect((await findRequest(database.db, fresh.id))?.reason).toBe('Just now.');
    expect(good(await showRequest(deps(), ann, id)).moves).toEqual([]);
  });

  test('is emptied a few at a time, and never while it can be awarded', async () => {
    await provider('fx');
    const [first, second, open] = [await called(), await called(), await called()];
    for (const { id } of [first, second]) await cancelRequest(deps(), ann, id, 'theirs', null);
    const longAgo = sql`now() - ${contractLimits.keptDays + 1} * interval '1 day'`;
    await database.db.execute(sql`update request set since = ${longAgo} where client = ${ann.jid}`);
    expect([await emptyRequests(database.db, 1), await emptyRequests(database.db, 9)]).toEqual([1, 1]);
    expect((await findRequest(database.db, open.id))?.need).toBe('A menu.');
  });
});

test('what happened is only added to', async () => {
  await provider('fx');
  const { id } = await called();
  await expect(
    database.db.execute(sql`update request_event set seq = 9 where request = ${id}`),
  ).rejects.toThrow();
  await expect(database.db.execute(sql`delete from request_event where request = ${id}`)).rejects.toThrow();
});

async function contractsOf(client: string): Promise<number> {
  return (await rowsOf(database.db, sql`select from contract where client = ${client}`)).length;
}
