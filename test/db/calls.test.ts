import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { grantConsent } from '../../db/consent.ts';
import { claimDatabase } from '../../db/directory.ts';
import { contractToCarryOn } from '../../db/read-contracts.ts';
import { grantRegistration, withdrawRegistration } from '../../db/registrations.ts';
import { writeIndex } from '../../db/write-index.ts';
import type { Contract } from '../../market/contract/contract.ts';
import type { MoveName } from '../../market/contract/rules.ts';
import type { Facts } from '../../market/facts.ts';
import type { Call, Listing } from '../../market/listing.ts';
import { listingId } from '../../market/listing-id.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { openCall } from '../../operations/contracts/call.ts';
import { moveAsDirectory, moveOverdue, moveOwn } from '../../operations/contracts/move.ts';
import { browseContracts, showContract } from '../../operations/contracts/show.ts';
import { openWitness } from '../../operations/contracts/witness.ts';
import { readListingForm, writeListingForm } from '../../protocol/dialects/listing-form.ts';
import { everyData } from '../support/contracts.ts';
import { ownDatabase } from '../support/database.ts';
import { listingForm } from '../support/fields.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf } from '../support/listings.ts';
import { rowsOf } from '../support/rows.ts';

const database = ownDatabase();
const deps = () => ({ db: database.db, policy: parsePolicy('', 'agents.test') });
const caller = (jid: string) => ({ jid, domain: jid.split('@')[1] ?? jid });
const ann = caller('ann@agents.test');

const call: Call = { protocol: 'xmpp-command', node: 'fx', url: null, relay: false };
const inputs = [inputOf('amount', { type: 'number', required: true })];
type More = Partial<Listing> & { relay?: 'allow' | 'deny'; registers?: 'allow' | 'deny' | null };

let made = 0;
/** An agent with one listing; it registers unless it is said that it does not. */
async function agent({
  relay,
  registers = null,
  ...more
}: More & { unregistered?: true } = {}): Promise<string> {
  const jid = `fx${made++}@works.test`;
  const node = more.node ?? 'fx';
  const form = readListingForm(
    listingForm([['name', 'x'], ...(relay ? [['relay', relay] as [string, string]] : [])]),
  );
  const facts: Partial<Facts> = relay
    ? { disco: { node: null, identities: [], features: [], forms: [writeListingForm(form)] } }
    : {};
  const { unregistered, ...listing } = more;
  await writeIndex(database.db, [{ ...indexOf(jid, [{ call, inputs, ...listing, node }]), facts }], 0);
  if (!unregistered)
    await grantRegistration(
      database.db,
      { jid, domain: 'works.test' },
      { leaseHours: 24, relay: registers, presence: null, about: null },
    );
  return jid;
}

const idOf = (jid: string, node = 'fx', kind: Listing['kind'] = 'command') => listingId({ jid, kind, node });
const input = { amount: 3 };
const ask = (jid: string, more: object = {}, key: string | null = null, who = ann) =>
  openCall(deps(), who, { listing: idOf(jid), input, seq: null, ...more }, key);

async function contracted(promise: Promise<Contract | Problem>): Promise<Contract> {
  const outcome = await promise;
  if (isProblem(outcome)) throw new Error(`${outcome.problem}: ${outcome.detail}`);
  return outcome;
}
const codeOf = async (promise: Promise<unknown>) => {
  const outcome = await promise;
  return isProblem(outcome) ? outcome.problem : null;
};

describe('a call', () => {
  test('of an agent that registered is accepted, with its job, and visible to both', async () => {
    const jid = await agent();
    const contract = await contracted(ask(jid));
    expect(contract).toMatchObject({
      kind: 'call',
      state: 'accepted',
      client: ann.jid,
      provider: jid,
      protocol: 'xmpp-command',
      input,
      listing: { id: idOf(jid), name: 'fx' },
    });
    expect(await contractToCarryOn(database.db, contract.id)).toMatchObject({ thread: { node: 'fx' } });
    expect(
      await rowsOf(
        database.db,
        sql`select task, payload from job where payload->>'contract' = ${contract.id}`,
      ),
    ).toEqual([
      {
        task: 'call',
        payload: { contract: contract.id, provider: jid, client: ann.jid, state: 'accepted' },
      },
    ]);
    expect(await showContract(deps(), ann, contract.id)).toMatchObject({ side: 'client', moves: ['cancel'] });
    expect(await showContract(deps(), caller(jid), contract.id)).toMatchObject({
      side: 'provider',
      moves: [],
    });
    expect(await codeOf(showContract(deps(), caller('eve@agents.test'), contract.id))).toBe(
      'contract-not-found',
    );
  });

  test.each<[what: string, more: More & { unregistered?: true }, problem: string | null]>([
    ['registered', {}, null],
    ['registered, and states relay=deny', { relay: 'deny' }, 'relay-not-allowed'],
    ['registered with relay=deny', { registers: 'deny' }, 'relay-not-allowed'],
    [
      'registered with relay=deny, and states relay=allow',
      { registers: 'deny', relay: 'allow' },
      'relay-not-allowed',
    ],
    [
      'registered with relay=allow, and states relay=deny',
      { registers: 'allow', relay: 'deny' },
      'relay-not-allowed',
    ],
    ['registered with relay=allow', { registers: 'allow' }, null],
    ['did not register', { unregistered: true }, 'relay-not-allowed'],
    ['did not register, and states relay=allow', { unregistered: true, relay: 'allow' }, null],
    ['did not register, and states relay=deny', { unregistered: true, relay: 'deny' }, 'relay-not-allowed'],
  ])('of an agent that %s', async (_what, more, expected) => {
    expect(await codeOf(ask(await agent(more)))).toBe(expected);
  });

  test('of an agent that deregistered, or whose lease lapsed, is refused', async () => {
    const lapsed = await agent();
    await database.db.execute(sql`update registration set lease_until = now() where jid = ${lapsed}`);
    expect(await codeOf(ask(lapsed))).toBe('relay-not-allowed');
    const gone = await agent();
    await withdrawRegistration(database.db, gone);
    expect(await codeOf(ask(gone))).toBe('listing-not-found');
  });

  test.each<[what: string, more: More]>([
    ['over HTTP', { call: { protocol: 'http-jsonrpc', node: null, url: 'https://a.b/', relay: true } }],
    ['in no way', { call: null }],
    [
      'at an administrative node',
      { call: { ...call, node: 'http://jabber.org/protocol/admin#delete-user' } },
    ],
  ])('of what is called %s is refused', async (_what, more) => {
    expect(await codeOf(ask(await agent(more)))).toBe('not-callable');
  });

  test('of the directory itself, of its server, or of oneself is refused', async () => {
    const directory = await claimDatabase(database.db, 'guildhall@agents.test');
    for (const jid of [directory, 'agents.test']) {
      await writeIndex(database.db, [indexOf(jid, [{ node: 'fx', call }])], 0);
      expect(await codeOf(ask(jid))).toBe('not-callable');
    }
    const own = await agent();
    expect(await codeOf(ask(own, {}, null, caller(own)))).toBe('not-callable');
  });

  test('of a listing that nobody verified lately, or that is not there, is refused', async () => {
    const jid = await agent();
    await database.db.execute(
      sql`update listing_status set verified = now() - interval '2 days' where id = ${idOf(jid)}`,
    );
    expect(await codeOf(ask(jid))).toBe('listing-not-live');
    expect(await codeOf(ask('nobody@works.test'))).toBe('listing-not-found');
  });

  test('with an input that the listing does not take is refused before anything is sent', async () => {
    const jid = await agent();
    const before = await rowsOf(database.db, sql`select 1 from contract`);
    expect(await ask(jid, { input: { amount: 'three', more: 1 } })).toMatchObject({
      problem: 'input-refused',
      errors: [{ pointer: '/input/amount', detail: 'expected a number' }, { pointer: '/input/more' }],
    });
    expect(await rowsOf(database.db, sql`select 1 from contract`)).toHaveLength(before.length);
  });

  test('of a listing that changed since it was read is refused where the request says so', async () => {
    const jid = await agent();
    const [row] = await rowsOf<{ seq: number }>(
      database.db,
      sql`select seq::int from change where id = ${idOf(jid)}`,
    );
    expect(await codeOf(ask(jid, { seq: row?.seq }))).toBeNull();
    await writeIndex(
      database.db,
      [indexOf(jid, [{ node: 'fx', call, inputs, description: 'dearer now' }])],
      0,
    );
    expect(await codeOf(ask(jid, { seq: row?.seq }))).toBe('listing-changed');
    expect(await codeOf(ask(jid))).toBeNull();
  });
});

describe('an idempotency key', () => {
  test('gives the same contract again, and refuses another request', async () => {
    const jid = await agent();
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => contracted(ask(jid, {}, 'k-1'))),
    );
    expect(new Set(others.map(({ id }) => id))).toEqual(new Set([first?.id]));
    expect(await codeOf(ask(jid, { input: { amount: 4 } }, 'k-1'))).toBe('key-reused');
    expect(await codeOf(ask(jid, {}, 'no spaces'))).toBe('invalid-parameter');
    expect((await contracted(ask(jid, {}, 'k-1', caller('bob@agents.test')))).id).not.toBe(first?.id);
  });

  test('gives the contract even after the agent has withdrawn', async () => {
    const jid = await agent();
    const { id } = await contracted(ask(jid, {}, 'k-2'));
    await withdrawRegistration(database.db, jid);
    expect((await contracted(ask(jid, {}, 'k-2'))).id).toBe(id);
  });

  test('makes a move once, however often it is asked for', async () => {
    const { id } = await contracted(ask(await agent()));
    const cancel = (key: string | null) => moveOwn(deps(), ann, id, { move: 'cancel', data: {} }, key);
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => contracted(cancel('k-3'))));
    expect(new Set(outcomes.map(({ version }) => version))).toEqual(new Set([2]));
    expect(await codeOf(cancel('k-3'))).toBeNull();
    expect(await codeOf(cancel(null))).toBe('move-not-open');
    expect(await codeOf(moveOwn(deps(), ann, id, { move: 'dispute', data: { reason: 'x' } }, 'k-3'))).toBe(
      'key-reused',
    );
  });
});

describe('a move', () => {
  const asking = {
    ...everyData.ask,
    title: 'Which day?',
    text: null,
    inputs: [inputOf('day', { type: 'date', required: true })],
    schema: {
      type: 'object',
      required: ['day'],
      properties: { day: { type: 'string' } },
      additionalProperties: false,
    },
    missing: ['day'],
  };

  async function asked() {
    const contract = await contracted(ask(await agent()));
    const step = async (of: Contract, move: 'start' | 'ask' | 'deliver', data: object) => {
      const after = await moveAsDirectory(deps(), of, { move, data: data as never, thread: { at: move } });
      if (!after || isProblem(after)) throw new Error('the move was not made');
      return after;
    };
    return { contract: await step(await step(contract, 'start', {}), 'ask', { ask: asking }), step };
  }

  test('of the directory is made from the version that it knows, and tells the client', async () => {
    const { contract, step } = await asked();
    expect(contract).toMatchObject({ state: 'input-required', ask: { title: 'Which day?' } });
    const told = { contract: contract.id, seq: '3', party: 'client' };
    expect(
      await rowsOf(database.db, sql`select task from job where payload = ${JSON.stringify(told)}::jsonb`),
    ).toEqual([{ task: 'tell' }]);
    await contracted(
      moveOwn(deps(), ann, contract.id, { move: 'input', data: { input: { day: '2026-11-20' } } }, null),
    );
    expect(await moveAsDirectory(deps(), contract, { move: 'deliver', data: everyData })).toBeNull();
    const now = await contractToCarryOn(database.db, contract.id);
    expect(now).toMatchObject({ contract: { state: 'working' }, thread: { at: 'ask' } });
    if (!now) return;
    const done = await step(now.contract, 'deliver', { result: everyData.result });
    expect(done).toMatchObject({ state: 'completed', result: { values: { sum: 3 } } });
    const shown = await showContract(deps(), ann, contract.id);
    expect(shown).toMatchObject({ moves: ['dispute'], due: null });
    if (isProblem(shown)) return;
    expect(shown.history.map(({ move, by }) => `${by} ${move}`)).toEqual([
      'client call',
      'directory start',
      'directory ask',
      'client input',
      'directory deliver',
    ]);
  });

  test('that gives what the stage does not take is refused, and one that gives part of it is not', async () => {
    const { contract } = await asked();
    const give = (given: object) =>
      moveOwn(deps(), ann, contract.id, { move: 'input', data: { input: given as never } }, null);
    expect(await give({ day: 'tomorrow', other: 1 })).toMatchObject({
      problem: 'input-refused',
      errors: [{ pointer: '/input/other' }, { pointer: '/input/day' }],
    });
    expect(await codeOf(give({}))).toBeNull();
  });

  test('of somebody else finds no contract', async () => {
    const { contract } = await asked();
    const move = { move: 'cancel' as const, data: {} };
    expect(await codeOf(moveOwn(deps(), caller('eve@agents.test'), contract.id, move, null))).toBe(
      'contract-not-found',
    );
    expect(await codeOf(moveOwn(deps(), caller(contract.provider), contract.id, move, null))).toBe(
      'move-not-open',
    );
  });

  test('is made through whatever progress comes meanwhile', async () => {
    const first = await contracted(ask(await agent()));
    let working = await moveAsDirectory(deps(), first, { move: 'start', data: {} });
    const noise = (async () => {
      for (let at = 0; at < 20 && working && !isProblem(working); at++)
        working = await moveAsDirectory(deps(), working, { move: 'progress', data: everyData });
    })();
    expect(
      await contracted(moveOwn(deps(), ann, first.id, { move: 'cancel', data: {} }, null)),
    ).toMatchObject({
      state: 'cancelled',
    });
    await noise;
    expect(await showContract(deps(), ann, first.id)).toMatchObject({ contract: { state: 'cancelled' } });
  });

  test('follows of itself when a time is over, once', async () => {
    const { id } = await contracted(ask(await agent()));
    await database.db.execute(
      sql`update contract set since = since - interval '1 hour', due = now() - interval '1 second' where id = ${id}`,
    );
    const moved = await Promise.all([moveOverdue(deps(), 10), moveOverdue(deps(), 10)]);
    expect(moved.reduce((sum, one) => sum + one)).toBe(1);
    expect(await showContract(deps(), ann, id)).toMatchObject({
      contract: { state: 'failed', fault: 'nobody', reason: 'The call did not go out.' },
      moves: [],
    });
  });
});

describe('a contract that is witnessed', () => {
  const wish = { side: 'client' as const, terms: { what: 'a logo' }, listing: null, price: null };
  const provider = caller('painter@works.test');
  const offer = (more: object = {}, key: string | null = null) =>
    openWitness(deps(), ann, { ...wish, other: provider.jid, ...more }, key);
  const make = (who: typeof ann, id: string, move: MoveName, data: object = {}) =>
    contracted(moveOwn(deps(), who, id, { move, data: data as never }, null));

  test('is offered to those alone that the directory knows, and never to oneself', async () => {
    expect(await codeOf(offer())).toBe('address-not-known');
    expect(await codeOf(offer({ other: ann.jid }))).toBe('invalid-body');
    expect(await codeOf(offer({ other: '@' }))).toBe('invalid-body');
    expect(await codeOf(offer({ terms: { what: 'a\u0000' } }))).toBe('input-refused');
  });

  test('is what both sides confirm, from the offer to its end', async () => {
    await grantConsent(database.db, provider.jid);
    const { id, state } = await contracted(offer({}, 'w-1'));
    expect(state).toBe('offered');
    expect((await contracted(offer({}, 'w-1'))).id).toBe(id);
    const told = sql`select 1 from job where task = 'tell' and payload->>'contract' = ${id} and payload->>'party' = 'provider'`;
    expect(await rowsOf(database.db, told)).toHaveLength(1);
    expect(await codeOf(moveOwn(deps(), ann, id, { move: 'accept', data: {} }, null))).toBe('move-not-open');
    expect(await make(provider, id, 'accept')).toMatchObject({ state: 'accepted' });
    expect(await make(provider, id, 'deliver', { result: everyData.result })).toMatchObject({
      state: 'delivered',
    });
    expect(await make(ann, id, 'complete')).toMatchObject({ state: 'completed' });
  });

  test('can be opened by the provider, and is then for the client to confirm', async () => {
    await grantConsent(database.db, ann.jid);
    const made = await contracted(
      openWitness(deps(), provider, { ...wish, side: 'provider', other: ann.jid }, null),
    );
    expect(made).toMatchObject({ client: ann.jid, provider: provider.jid });
    expect(await showContract(deps(), ann, made.id)).toMatchObject({ moves: ['accept', 'decline'] });
    expect(await showContract(deps(), provider, made.id)).toMatchObject({ moves: ['cancel'] });
  });
});

describe('the list of contracts', () => {
  test('has pages whose cursors belong to the list', async () => {
    const me = caller('lister@agents.test');
    const jid = await agent();
    const ids: string[] = [];
    for (let at = 0; at < 5; at++) ids.push((await contracted(ask(jid, {}, null, me))).id);
    const query = { side: null, states: [], limit: 2 };
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof browseContracts>> = await browseContracts(deps(), me, {
        ...query,
        cursor,
      });
      if (isProblem(page)) throw new Error(page.detail);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.cursor;
      if (cursor)
        expect(await codeOf(browseContracts(deps(), ann, { ...query, cursor }))).toBe('invalid-cursor');
    } while (cursor);
    expect(seen.sort()).toEqual(ids.sort());
  });
});
