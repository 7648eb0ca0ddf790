/** The catalogue of problems: one table from which both doors take their errors (RFC 9457, RFC 6120 §8.3). */

import type { Condition, ErrorType } from '../protocol/stanza-error.ts';

type Entry = { status: number; title: string; condition: Condition; type: ErrorType; about: string };

export const problems = {
  'invalid-parameter': {
    status: 400,
    title: 'A parameter is not valid',
    condition: 'bad-request',
    type: 'modify',
    about: 'A parameter has a value that is not accepted. The errors name each one and what it takes.',
  },
  'invalid-query': {
    status: 400,
    title: 'The search query is not valid',
    condition: 'bad-request',
    type: 'modify',
    about: 'The query cannot be read. The detail says at which character, and what was expected there.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'The cursor is not valid',
    condition: 'bad-request',
    type: 'modify',
    about: 'A cursor is taken from an answer and goes with the same query. Start again without one.',
  },
  'invalid-body': {
    status: 400,
    title: 'The request body is not valid',
    condition: 'bad-request',
    type: 'modify',
    about: 'The body is not JSON, or not of the shape that the operation takes.',
  },
  'body-too-large': {
    status: 413,
    title: 'The request is too large',
    condition: 'not-acceptable',
    type: 'modify',
    about: 'The request exceeds a limit of size. The detail says which.',
  },
  'uri-too-long': {
    status: 414,
    title: 'The address is too long',
    condition: 'not-acceptable',
    type: 'modify',
    about: 'The address of the request, with its query, exceeds the limit. The detail says which.',
  },
  'listing-not-found': {
    status: 404,
    title: 'No such listing',
    condition: 'item-not-found',
    type: 'cancel',
    about: 'No listing has this id, or it has been removed.',
  },
  'agent-not-found': {
    status: 404,
    title: 'No such agent',
    condition: 'item-not-found',
    type: 'cancel',
    about: 'The directory lists nothing from this address.',
  },
  'not-registered': {
    status: 403,
    title: 'Only registered agents can do this',
    condition: 'registration-required',
    type: 'auth',
    about: "The agent has no registration whose lease runs. The directory's command 'register' makes one.",
  },
  'domain-not-crawled': {
    status: 403,
    title: 'This domain is not crawled',
    condition: 'forbidden',
    type: 'auth',
    about:
      'The operator does not have this domain crawled. An agent that subscribes to the directory is read wherever it is, unless its domain is excluded.',
  },
  'limit-reached': {
    status: 409,
    title: 'There is room for no more',
    condition: 'policy-violation',
    type: 'cancel',
    about:
      'A bounded number of such things is kept. The detail says how many, and how to make room for another.',
  },
  'token-required': {
    status: 401,
    title: 'A token is required',
    condition: 'not-authorized',
    type: 'auth',
    about:
      "Only a known caller can do this. Send Authorization: Bearer and a token, which the directory's command 'token' issues over XMPP, or POST /v1/tokens/challenges. A token in the address is not taken.",
  },
  'token-not-valid': {
    status: 401,
    title: 'The token is not valid',
    condition: 'not-authorized',
    type: 'auth',
    about: 'The token is unknown, has expired, or was revoked.',
  },
  'scope-not-granted': {
    status: 403,
    title: 'The token does not allow this',
    condition: 'forbidden',
    type: 'auth',
    about: 'A token is for certain scopes: read, or trade besides. The detail says which one is needed.',
  },
  'token-not-found': {
    status: 404,
    title: 'No such token',
    condition: 'item-not-found',
    type: 'cancel',
    about: 'No token of yours that can be used has this id.',
  },
  'contract-not-found': {
    status: 404,
    title: 'No such contract',
    condition: 'item-not-found',
    type: 'cancel',
    about:
      'No contract has this id, or you are no party to it: contracts are shown to their two parties only.',
  },
  'move-not-open': {
    status: 409,
    title: 'The contract does not take this move now',
    condition: 'unexpected-request',
    type: 'cancel',
    about:
      'Which moves a contract takes depends on its state and on who makes them. The detail says which are open to you.',
  },
  'rating-not-found': {
    status: 404,
    title: 'No such rating',
    condition: 'item-not-found',
    type: 'cancel',
    about: 'The contract has no rating by that side.',
  },
  'rating-not-open': {
    status: 409,
    title: 'The contract takes no such rating now',
    condition: 'unexpected-request',
    type: 'cancel',
    about:
      "A party rates a contract once that is completed, resolved, or failed by the other side's doing, can change that for some days, and answers the other's rating once. The detail says what is in the way.",
  },
  'request-not-found': {
    status: 404,
    title: 'No such call for proposals',
    condition: 'item-not-found',
    type: 'cancel',
    about:
      'No call for proposals has this id, or you neither made it nor were asked: calls are shown to their client and to those that were asked.',
  },
  'request-not-open': {
    status: 409,
    title: 'The call for proposals does not take this now',
    condition: 'unexpected-request',
    type: 'cancel',
    about:
      'Proposals are taken until the deadline, one of them until some time after it. The detail says what is over.',
  },
  'proposal-not-standing': {
    status: 409,
    title: 'The proposal does not stand',
    condition: 'conflict',
    type: 'modify',
    about:
      'A proposal is taken while it is valid and as it was read: one that was replaced has another id. Read the call again, and decide anew.',
  },
  'nobody-to-ask': {
    status: 422,
    title: 'There is nobody to ask',
    condition: 'item-not-found',
    type: 'modify',
    about:
      'No listing that matches is live and of a provider that lets itself be asked: one that registered, subscribed, or states relay=allow, and was not asked too often lately.',
  },
  'input-refused': {
    status: 422,
    title: 'The listing does not take this input',
    condition: 'not-acceptable',
    type: 'modify',
    about:
      "The input is not as the listing's schema says. The errors name each place and what is expected there.",
  },
  'offers-not-taken': {
    status: 403,
    title: 'The agent takes no offers',
    condition: 'forbidden',
    type: 'auth',
    about:
      'Offers are told only to agents that subscribed to the directory or registered with it, and that are not the offerer or the directory. The listing says how to reach the agent yourself.',
  },
  'not-callable': {
    status: 422,
    title: 'The listing cannot be called through the directory',
    condition: 'not-allowed',
    type: 'cancel',
    about:
      'The directory calls ad-hoc commands for others: never itself, its own server, administrative nodes, or your own listings.',
  },
  'relay-not-allowed': {
    status: 403,
    title: 'The agent does not let the directory call it',
    condition: 'forbidden',
    type: 'auth',
    about:
      'The directory calls for others only agents that registered or that state relay=allow, and none that states relay=deny. The listing says how to call it yourself.',
  },
  'listing-not-live': {
    status: 409,
    title: 'The listing is not live',
    condition: 'recipient-unavailable',
    type: 'wait',
    about: 'The listing was not verified lately, so that nobody knows whether the agent still offers it.',
  },
  'listing-changed': {
    status: 409,
    title: 'The listing has changed',
    condition: 'conflict',
    type: 'modify',
    about:
      'The listing is not as it was when the seq that the request names was read. Read it again, and decide anew.',
  },
  'key-reused': {
    status: 422,
    title: 'The idempotency key was used for something else',
    condition: 'conflict',
    type: 'modify',
    about: 'An Idempotency-Key names one request for a day. Another request takes another key.',
  },
  'address-not-known': {
    status: 403,
    title: 'The directory does not ask this address',
    condition: 'forbidden',
    type: 'auth',
    about:
      "Only addresses that had to do with the directory are asked to confirm, so that it bothers nobody for strangers. The directory's command 'token' issues a token to anybody.",
  },
  'address-not-set': {
    status: 503,
    title: 'Nobody can be asked to confirm here',
    condition: 'service-unavailable',
    type: 'cancel',
    about:
      "A confirmation shows at which address the request was made, and nobody but the requester vouches for it while the operator has not set PUBLIC_URL. The directory's command 'token' issues a token all the same.",
  },
  'challenge-not-found': {
    status: 404,
    title: 'No such challenge',
    condition: 'item-not-found',
    type: 'cancel',
    about: 'No challenge has this id and verifier, or it has been forgotten.',
  },
  'challenge-ended': {
    status: 410,
    title: 'The challenge has ended',
    condition: 'gone',
    type: 'cancel',
    about:
      'The challenge was denied, was not answered in time, could not be delivered, or was picked up before.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    condition: 'resource-constraint',
    type: 'wait',
    about:
      'More was asked than is done in the time that the detail names. Retry-After says when to try again.',
  },
  'too-many-streams': {
    status: 503,
    title: 'Too many streams are open',
    condition: 'resource-constraint',
    type: 'wait',
    about:
      'The server holds as many event streams as it can. Retry-After says when to try again; the change feed can be read without a stream.',
  },
  'route-not-found': {
    status: 404,
    title: 'No such address',
    condition: 'item-not-found',
    type: 'cancel',
    about: 'Nothing is served under this address. /openapi.json and /docs list what is.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    condition: 'not-allowed',
    type: 'cancel',
    about: 'The address exists, but not for this method. The Allow header lists the methods that it takes.',
  },
  'query-too-slow': {
    status: 503,
    title: 'The question takes too long',
    condition: 'resource-constraint',
    type: 'wait',
    about:
      'The database did not answer in the time that one question may take. Ask for less: more words or qualifiers, a smaller area, fewer values. Or try again when the directory has less to do.',
  },
  internal: {
    status: 500,
    title: 'Something went wrong inside',
    condition: 'internal-server-error',
    type: 'wait',
    about: 'The directory failed. The request id finds the cause in its log.',
  },
} as const satisfies { [code: string]: Entry };

export type ProblemCode = keyof typeof problems;
export type Pointer = { pointer: string; detail: string };

/** An expected refusal, as a value. */
export type Problem = {
  problem: ProblemCode;
  detail: string;
  errors: Pointer[];
  /** Where trying again makes sense: after how many seconds. */
  retryAfterSeconds?: number;
};

export function problem(code: ProblemCode, detail: string, errors: Pointer[] = []): Problem {
  return { problem: code, detail, errors };
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'problem' in value;
}
