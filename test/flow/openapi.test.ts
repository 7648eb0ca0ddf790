import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { connectWorker } from '../../db/connect-worker.ts';
import { grantConsent } from '../../db/consent.ts';
import { grantRegistration } from '../../db/registrations.ts';
import { insertToken } from '../../db/tokens.ts';
import { writeIndex } from '../../db/write-index.ts';
import { createApp } from '../../functions/app.ts';
import {
  type Header,
  nameOf,
  type Parameter,
  parameterExample,
  type Reference,
  type Route,
  routesOf,
} from '../../functions/openapi-document.ts';
import { parsePolicy } from '../../market/policy.ts';
import { isProblem } from '../../market/problem.ts';
import { hashToken } from '../../market/token.ts';
import { startChallenge, takeAnswer } from '../../operations/challenges.ts';
import { openCall } from '../../operations/contracts/call.ts';
import { rate } from '../../operations/ratings/rate.ts';
import { propose } from '../../operations/requests/move.ts';
import { openRequest } from '../../operations/requests/open.ts';
import { afterwards } from '../support/afterwards.ts';
import { freshDatabase } from '../support/database.ts';
import { inputOf } from '../support/inputs.ts';
import { indexOf, listingOf } from '../support/listings.ts';
import { document, faultsOf } from '../support/openapi.ts';
import { callerOf, dealt } from '../support/ratings.ts';

const runsPerRoute = 60;
const routes = routesOf(document).map((route): [string, Route] => [`${route.method} ${route.path}`, route]);
const jid = 'fx@works.test';
const { id } = listingOf(jid, { node: 'fx' });
const faults: Error[] = [];
const token = 'guildhall_of-this-test';
const client = { jid: 'ann@agents.test', domain: 'agents.test' };
/** A contract of the bearer, and a challenge that was confirmed with its verifier. */
let contract = '';
/** Contracts that each way of rating takes, by its method and the end of its path. */
const rateable: { [route: string]: string } = {};
/** Calls for proposals of the bearer, one of them with a proposal, and one in which it is asked. */
const calls = { own: '', proposed: '', proposal: '', asked: '' };
let confirmed = { id: '', verifier: '' };

let app: ReturnType<typeof createApp>;

beforeAll(async () => {
  const { db, end } = connectWorker((await freshDatabase()).url, () => undefined);
  afterwards(end);
  const inputs = [inputOf('amount', { type: 'number', required: true })];
  await writeIndex(
    db,
    [
      indexOf(jid, [{ node: 'fx', name: 'Convert currency', tags: ['currency'], inputs }]),
      ...Array.from({ length: 4 }, (_, at) => indexOf(`n${at}@bulk.test`, [{ node: 'n', name: 'Bulk' }])),
    ],
    0,
  );
  const deps = { db, policy: parsePolicy('works.test', null) };
  await insertToken(
    db,
    { id: 't1', jid: client.jid, hash: hashToken(token), scopes: ['read', 'trade'], label: null, days: 1 },
    9,
  );
  await insertToken(db, { id: 't2', jid: client.jid, hash: 'h', scopes: ['read'], label: null, days: 1 }, 9);
  const wish = { leaseHours: 24, relay: null, presence: null, about: null };
  await grantRegistration(db, { jid, domain: 'works.test' }, wish);
  const made = await openCall(deps, client, { listing: id, input: { amount: 1 }, seq: null }, null);
  if (isProblem(made)) throw new Error(made.detail);
  contract = made.id;
  const ended = async () => (await dealt(db, { client: client.jid, provider: jid })).id;
  const say = async (who: string) => {
    const one = await ended();
    await rate(deps, callerOf(who), one, { score: 4 }, null);
    return one;
  };
  rateable['get rating'] = await say(client.jid);
  rateable['post rating'] = await ended();
  rateable['put rating'] = await say(client.jid);
  rateable['delete rating'] = await say(client.jid);
  rateable['post reply'] = await say(jid);
  await writeIndex(db, [indexOf(client.jid, [{ node: 'own', name: 'Own' }])], 0);
  await grantConsent(db, client.jid);
  const own = listingOf(client.jid, { node: 'own' }).id;
  const call = async (by: typeof client, listing: string) => {
    const wanted = { query: null, listings: [listing] };
    const deadline = new Date(Date.now() + 3_600_000);
    const wish = { wanted, need: 'A sum.', input: {}, budget: null, max: 1, deadline };
    const called = await openRequest(deps, by, wish, null);
    if (isProblem(called)) throw new Error(called.detail);
    return called.id;
  };
  calls.own = await call(client, id);
  calls.proposed = await call(client, id);
  calls.asked = await call({ jid: 'cid@agents.test', domain: 'agents.test' }, own);
  const price = { amount: '5', currency: 'EUR' };
  const proposed = await propose(deps, { jid, domain: 'works.test' }, calls.proposed, { price }, null);
  if (isProblem(proposed)) throw new Error(proposed.detail);
  calls.proposal = proposed.own?.proposal?.id ?? '';
  await grantConsent(db, 'bob@agents.test');
  const started = await startChallenge(deps, {
    ...{ address: 'bob@agents.test', code: '482913', scopes: ['read'], days: 1, label: null },
    ...{ url: 'https://guildhall.example/', requester: 'a test' },
  });
  if (isProblem(started)) throw new Error(started.detail);
  const granted = { granted: true, confirm: null, thread: null, words: null, condition: null };
  await takeAnswer(deps, 'bob@agents.test', granted);
  confirmed = started;
  app = createApp({
    deps: { db, policy: parsePolicy('works.test', null) },
    referrals: [
      { identifier: 'urn:air:a.test:registry:a', displayName: 'A', type: 'x/y', url: 'https://a.test/' },
    ],
    onError: (error) => faults.push(error),
  });
});

/** Words that some reader trips over. */
const oddities = [
  '',
  '0',
  '-1',
  '101',
  '1e9',
  'NaN',
  'true',
  '%00',
  '"open',
  'colour:red',
  'tag:',
  '💥',
  '\u202e',
];
const oddWord = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...oddities,
      'x'.repeat(5000),
      'x'.repeat(9000),
      'near:91,0,5',
      "displayName = 'x'",
    ),
  },
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.toWellFormed()),
  fc.string({ maxLength: 30 }),
);

/** Addresses of the route: some of its parameters, one of them spoilt, since a request is refused for its first fault. */
function urlOf(route: Route): fc.Arbitrary<string> {
  const { path, operation } = route;
  const { parameters = [] } = operation;
  const chosen = fc
    .subarray(parameters)
    .map((some) => parameters.filter((one) => one.required || some.includes(one)));
  // A path without something in its place is another path.
  const odd = oddWord.filter((text) => text !== '' && !/^\.+$/.test(text));
  const asked = fc.tuple(
    chosen,
    fc.option(fc.constantFrom(...parameters, null)),
    odd,
    fc.constantFrom(...ownPaths(route)),
  );
  return asked.map(([some, spoilt, word, own]) => {
    const good = (one: Parameter) =>
      one.in === 'path' && one.name !== 'move' ? own : String(parameterExample(one));
    const given = some.map((one): [Parameter, string] => [one, one === spoilt ? word : good(one)]);
    const filled = given.reduce(
      (whole, [{ name }, value]) => whole.replace(`{${name}}`, () => encodeURIComponent(value)),
      path,
    );
    const query = given.filter(([one]) => one.in === 'query');
    const search = new URLSearchParams(query.map(([{ name }, value]): [string, string] => [name, value]));
    return `https://guildhall.example${filled}${search.size > 0 ? `?${search}` : ''}`;
  });
}

/** What is there to be found below such a path. */
function ownPaths({ method, path }: Route): string[] {
  const rated = rateable[`${method.toLowerCase()} ${path.split('/').at(-1)}`];
  if (rated !== undefined) return [rated];
  if (path.startsWith('/v1/contracts/')) return [contract];
  if (path.endsWith('/proposals')) return [calls.asked];
  if (path.endsWith('/award')) return [calls.proposed];
  if (path.startsWith('/v1/requests/')) return [calls.own];
  if (path.startsWith('/v1/tokens/challenges/')) return [confirmed.id];
  return path.startsWith('/v1/tokens/') ? ['t2'] : [id, jid];
}

function initOf({ method, path, operation: { requestBody, security } }: Route): fc.Arbitrary<RequestInit> {
  const [media] = Object.values(requestBody?.content ?? {});
  const known = {
    ...(security && { authorization: `Bearer ${token}` }),
    ...(path.startsWith('/v1/tokens/challenges/') && { verifier: confirmed.verifier }),
  };
  if (!media) return fc.constant({ method, headers: known });
  const schema = media.schema?.$ref
    ? document.components?.schemas?.[nameOf({ $ref: media.schema.$ref })]
    : null;
  const example = {
    ...(schema?.example as { [name: string]: unknown }),
    ...(path === '/v1/contracts' && { listing: id, input: { amount: 5 } }),
    ...(path === '/v1/requests' && {
      query: 'currency',
      deadline: new Date(Date.now() + 600_000).toISOString(),
    }),
    ...(path.endsWith('/award') && { proposal: calls.proposal }),
  };
  const names = Object.keys(schema?.properties ?? {});
  const spoilt = fc
    .tuple(fc.constantFrom(...names, 'surprise'), fc.oneof(fc.jsonValue(), oddWord))
    .map(([name, value]) => JSON.stringify({ ...example, [name]: value }));
  const body = fc.oneof(
    { weight: 2, arbitrary: fc.constant(JSON.stringify(example)) },
    { weight: 6, arbitrary: spoilt },
    fc.json(),
    fc.constantFrom('', '{', 'null', '[]', `"${'x'.repeat(70_000)}"`),
  );
  const type = fc.oneof(
    { weight: 8, arbitrary: fc.constant('application/json') },
    fc.constantFrom('text/plain', 'application/x-www-form-urlencoded'),
  );
  return fc.record({ body, type }).map(({ body, type }) => ({
    method,
    body,
    headers: { 'content-type': type, ...known },
  }));
}

/** What the document has against an answer to a request of the route. */
async function undocumented({ operation }: Route, response: Response): Promise<string[]> {
  const answer = operation.responses?.[String(response.status)];
  if (!answer) return [`${response.status} is not declared: ${await response.text()}`];
  const missing = Object.entries(answer.headers ?? {})
    // These are there always; the others only in some answers of their kind.
    .filter(([name]) => ['X-Request-Id', 'ETag', 'Location'].includes(name))
    .flatMap(([name, header]) => headerFaults(name, header, response.headers.get(name)));
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const media = answer.content?.[type];
  if (!media) return [...missing, `${response.status} with ${type} is not declared`];
  if (type === 'text/event-stream') {
    // It goes on for as long as it is read.
    await response.body?.cancel();
    return missing;
  }
  const text = await response.text();
  const body = type === 'text/plain' ? text : (JSON.parse(text) as { code?: string });
  const code = typeof body === 'object' && type === 'application/problem+json' ? body.code : undefined;
  const isUndeclared = code !== undefined && !Object.hasOwn(media.examples ?? {}, code);
  return [
    ...missing,
    ...faultsOf(media.schema ?? {}, body),
    ...(isUndeclared ? [`the problem ${code} is not declared`] : []),
  ];
}

function headerFaults(name: string, header: Header | Reference, value: string | null): string[] {
  const described = '$ref' in header ? document.components?.headers?.[nameOf(header)] : header;
  return faultsOf(described?.schema ?? {}, value).map((fault) => `${name}: ${fault}`);
}

describe('whatever it is asked, every answer is one that the document declares:', () => {
  test.each(routes)('%s', async (_, route) => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(urlOf(route), initOf(route), async (url, init) => {
        const response = await app.request(url, init);
        statuses.add(response.status);
        expect(await undocumented(route, response)).toEqual([]);
      }),
      { numRuns: runsPerRoute },
    );
    expect(faults).toEqual([]);
    // Not everything was refused for the same reason.
    expect([...statuses].filter((status) => status < 300 || status === 503)).not.toEqual([]);
  });
});

describe('an answer with something in it is of the shape that the document states:', () => {
  const post = (body: object): RequestInit => ({
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });

  test.each<[string, string, string, RequestInit]>([
    ['searchListings', '/v1/listings?q=bulk&limit=2&explain=true', 'cursor', {}],
    ['searchListings', '/v1/listings?q=curency', 'mended', {}],
    ['searchListingsByBody', '/v1/listings/search', 'items', post({ q: 'convert' })],
    ['matchListings', '/v1/listings/match', 'items', post({ inputs: { amount: 5 } })],
    ['showListing', `/v1/listings/${id}`, 'id', {}],
    ['showAgent', `/v1/agents/${jid}`, 'listings', {}],
    ['seedAgent', '/v1/agents', 'jid', post({ jid })],
    ['countFacets', '/v1/facets?q=convert', 'facets', {}],
    ['suggest', '/v1/suggest?q=curr', 'items', {}],
    ['showStats', '/v1/stats', 'listings', {}],
    ['searchEntries', '/ard/search', 'results', post({ query: { text: 'convert currency' } })],
    ['exploreEntries', '/ard/explore', 'facets', post({ resultType: { facets: [{ field: 'tags' }] } })],
    ['listEntries', '/ard/agents?pageSize=2', 'pageToken', {}],
    ['showEntry', `/ard/agents/${id}`, 'identifier', {}],
  ])('%s at %s', async (operationId, path, filled, init) => {
    const [, route] = routes.find(([, { operation }]) => operation.operationId === operationId) ?? [];
    const response = await app.request(`https://guildhall.example${path}`, init);
    const body = (await response.clone().json()) as { [member: string]: unknown[] | string };
    expect([response.ok, route && (await undocumented(route, response))]).toEqual([true, []]);
    const value = body[filled];
    expect(typeof value === 'object' ? Object.keys(value).length : `${value}`.length).toBeGreaterThan(0);
  });
});

test('a search says which query it answered in place of a mistyped one, and whether words are lacking', async () => {
  const ask = async (q: string) => (await app.request(`/v1/listings?q=${encodeURIComponent(q)}`)).json();
  expect(await ask('convert currency')).toMatchObject({ mended: null, partial: false });
  expect(await ask('convert curency')).toMatchObject({ mended: 'convert currency', items: [{ id }] });
  expect(await ask('convert currency bulk')).toMatchObject({ partial: true });
});
