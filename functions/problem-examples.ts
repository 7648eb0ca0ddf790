/** What each problem says in the OpenAPI document and on its page, as an example. */

import { ardError } from '../market/ard/refusal.ts';
import { type Problem, type ProblemCode, problem, problems } from '../market/problem.ts';

const tooLong = 'The address has more than 8192 characters; expected fewer, or POST /v1/listings/search.';
const noQualifier = "Character 1: 'colour:' is no qualifier; expected input, accepts, returns or another.";
const limit = 'expected a whole number from 1 to 100';
const names = 'expected an object of 1 to 12 named values';

const said: { [Code in ProblemCode]: Problem } = {
  'invalid-parameter': problem('invalid-parameter', `Not accepted: limit: ${limit}`, [
    { pointer: '/limit', detail: limit },
  ]),
  'invalid-query': problem('invalid-query', noQualifier),
  'invalid-cursor': problem(
    'invalid-cursor',
    'The cursor is none of this query; expected the cursor of its last page, or none.',
  ),
  'invalid-body': problem('invalid-body', `Not accepted: inputs: ${names}`, [
    { pointer: '/inputs', detail: names },
  ]),
  'body-too-large': problem(
    'body-too-large',
    'The body has more than 65536 bytes; expected at most that many.',
  ),
  'uri-too-long': problem('uri-too-long', tooLong),
  'listing-not-found': problem(
    'listing-not-found',
    'No listing has this id; expected one as search gives it.',
  ),
  'agent-not-found': problem('agent-not-found', 'Nothing is listed from this address.'),
  'not-registered': problem(
    'not-registered',
    'The address has no registration that runs; expected one by the command register.',
  ),
  'domain-not-crawled': problem(
    'domain-not-crawled',
    "works.test is not crawled; expected a domain that the operator names, or the agent's own subscription or registration.",
  ),
  'limit-reached': problem(
    'limit-reached',
    'An agent has at most 20 tokens; expected one to be revoked first.',
  ),
  'token-required': problem('token-required', 'Nobody is named; expected Authorization: Bearer and a token.'),
  'token-not-valid': problem(
    'token-not-valid',
    'The token is unknown, has expired, or was revoked; expected another.',
  ),
  'scope-not-granted': problem('scope-not-granted', 'The token is for read; expected one that is for trade.'),
  'token-not-found': problem(
    'token-not-found',
    'You have no token of this id that can be used; expected one as GET /v1/tokens lists it.',
  ),
  'contract-not-found': problem(
    'contract-not-found',
    'You are party to no contract of this id; expected one as GET /v1/contracts lists it.',
  ),
  'move-not-open': problem(
    'move-not-open',
    'The contract is working: the client cannot complete; expected cancel.',
  ),
  'rating-not-found': problem('rating-not-found', 'You have not rated this contract.'),
  'rating-not-open': problem(
    'rating-not-open',
    'You have rated this contract; expected a change of what you said.',
  ),
  'request-not-found': problem(
    'request-not-found',
    'You neither made nor were asked in a call of this id; expected one as your list has it.',
  ),
  'request-not-open': problem(
    'request-not-open',
    'The deadline was 2026-11-20T11:00:00.000Z; expected a call that is open.',
  ),
  'proposal-not-standing': problem(
    'proposal-not-standing',
    'The proposal was valid until 2026-11-20T12:00:00.000Z; expected one that stands now, as the call shows it.',
  ),
  'nobody-to-ask': problem(
    'nobody-to-ask',
    'Of the listings that match, no provider can be asked; expected a query that others match.',
  ),
  'input-refused': problem('input-refused', 'Not accepted: input/amount: expected a number', [
    { pointer: '/input/amount', detail: 'expected a number' },
  ]),
  'offers-not-taken': problem(
    'offers-not-taken',
    'fx@works.test is told of no offers of yours: it has neither subscribed nor registered; expected a listing of an agent that has.',
  ),
  'not-callable': problem(
    'not-callable',
    'The directory does not call this listing: it is called by http-jsonrpc; expected one whose call.protocol is xmpp-command.',
  ),
  'relay-not-allowed': problem(
    'relay-not-allowed',
    'fx@works.test has not registered; expected a listing whose agent lets the directory call it.',
  ),
  'listing-not-live': problem(
    'listing-not-live',
    'The listing was last verified at 2026-11-18T10:00:00Z; expected one that is not stale.',
  ),
  'listing-changed': problem(
    'listing-changed',
    "The listing's seq is 4712, not 4711; expected the seq of a fresh answer, or none.",
  ),
  'key-reused': problem(
    'key-reused',
    'The key was used for another request in the last 24 hours; expected a new one.',
  ),
  'address-not-known': problem(
    'address-not-known',
    "ann@agents.test has had nothing to do with the directory; expected a token by its command 'token'.",
  ),
  'address-not-set': problem(
    'address-not-set',
    "What is confirmed shows the address of the directory, and PUBLIC_URL, which says it, is not set; expected a token by its command 'token'.",
  ),
  'challenge-not-found': problem(
    'challenge-not-found',
    'No challenge has this id and verifier; expected both as the challenge was answered with.',
  ),
  'challenge-ended': problem('challenge-ended', 'The address denied it; expected a new challenge.'),
  'too-many-requests': problem(
    'too-many-requests',
    '600 entities an hour are taken, and as many were asked for.',
  ),
  'route-not-found': problem('route-not-found', 'Nothing is served here; /openapi.json lists what is.'),
  'method-not-allowed': problem('method-not-allowed', 'DELETE is not taken here; expected GET or HEAD.'),
  'too-many-streams': problem(
    'too-many-streams',
    'As many event streams are open as are held; expected a later try, or GET /v1/changes.',
  ),
  'query-too-slow': problem(
    'query-too-slow',
    'The database did not answer in time; expected a question that asks for less.',
  ),
  internal: problem('internal', 'The directory failed. The request id is 7f1c2f0e.'),
};

/** The problem as an answer has it. */
export function problemExample(code: ProblemCode) {
  const { title, status } = problems[code];
  const { detail, errors } = said[code];
  const type = `https://guildhall.example/problems/${code}`;
  return { type, title, status, detail, code, requestId: '7f1c2f0e', errors };
}

/** The same under `/ard`, in that standard's shape. */
export function ardErrorExample(code: ProblemCode) {
  return ardError(said[code]);
}
