/** Tokens for whoever can be asked over XMPP (XEP-0070): the challenge, the address's answer, the pick-up. */

import { randomBytes } from 'node:crypto';
import {
  answerChallenge,
  challengeLimits,
  challengeState,
  insertChallenge,
  outstandingChallenge,
  takeChallenge,
} from '../db/challenges.ts';
import { askedAddress } from '../market/address.ts';
import { challengeRules, codeProblem, confirmOutcome } from '../market/challenge.ts';
import { type Problem, problem } from '../market/problem.ts';
import { hashToken, type TokenScope, tokenLimits, tokenPrefix } from '../market/token.ts';
import type { Deps } from './deps.ts';
import type { IssuedToken } from './tokens.ts';

export type ChallengeWish = {
  address: string;
  /** The client's own, by which the person who confirms knows the request. */
  code: string;
  scopes: TokenScope[];
  days: number;
  label: string | null;
  url: string;
  requester: string;
};

export type Challenge = { id: string; verifier: string; expires: Date };

/** Has the address asked. The verifier in the answer is the only way to the token. */
export async function startChallenge(
  { db, policy }: Deps,
  wish: ChallengeWish,
): Promise<Challenge | Problem> {
  const refused = codeProblem(wish.code);
  if (refused) return refused;
  const whom = askedAddress(wish.address);
  if (!whom) {
    const detail = 'expected a JID such as ann@example.org';
    return problem('invalid-body', `Not accepted: jid: ${detail}`, [{ pointer: '/jid', detail }]);
  }
  const { jid, domain, address } = whom;
  const id = randomBytes(16).toString('base64url');
  const verifier = randomBytes(challengeRules.verifierBytes).toString('base64url');
  const { code, scopes, label, url } = wish;
  const days = Math.min(Math.max(wish.days, tokenLimits.daysMin), tokenLimits.daysMax);
  const requester = wish.requester.slice(0, challengeRules.requesterCharsMax);
  const outcome = policy.excludes(domain)
    ? { outcome: 'unknown' as const }
    : await insertChallenge(db, {
        ...{ id, jid, address, code, scopes, days, label, url, requester },
        thread: randomBytes(16).toString('base64url'),
        verifierHash: hashToken(verifier),
      });
  switch (outcome.outcome) {
    case 'asked':
      return { id, verifier, expires: outcome.expires };
    case 'unknown':
      return problem(
        'address-not-known',
        `${jid} has had nothing to do with the directory; expected a token by its command 'token'.`,
      );
    case 'pending':
      return {
        ...problem('limit-reached', 'The address is being asked already; expected a later try.'),
        retryAfterSeconds: challengeLimits.minutes * 60,
      };
    case 'too-many':
      return {
        ...problem(
          'too-many-requests',
          `An address is asked ${challengeLimits.perHourMax} times an hour, and ${challengeLimits.perRequesterMax} requests of one requester wait at the same time.`,
        ),
        retryAfterSeconds: 3_600,
      };
  }
}

/** Null while the address has not answered. */
export async function pickUp(
  { db }: Deps,
  id: string,
  verifier: string,
): Promise<IssuedToken | { waiting: true; expires: Date } | Problem> {
  const verifierHash = hashToken(verifier);
  const known = await challengeState(db, id, verifierHash);
  if (!known) {
    return problem(
      'challenge-not-found',
      'No challenge has this id and verifier; expected both as the challenge was answered with.',
    );
  }
  if (known.state === 'waiting') return { waiting: true, expires: known.expires };
  if (known.state !== 'granted')
    return problem('challenge-ended', `${ENDS[known.state]}; expected a new challenge.`);
  const token = `${tokenPrefix}${randomBytes(tokenLimits.secretBytes).toString('base64url')}`;
  const tokenId = randomBytes(tokenLimits.idBytes).toString('hex');
  const max = tokenLimits.livePerAgentMax;
  const taken = await takeChallenge(db, { id, verifierHash, tokenId, tokenHash: hashToken(token) }, max);
  if (taken) return { id: tokenId, token, expires: taken.expires };
  const now = await challengeState(db, id, verifierHash);
  return now?.state === 'granted'
    ? problem('limit-reached', `An agent has at most ${max} tokens; expected one to be revoked first.`)
    : problem('challenge-ended', 'The token was picked up before; expected a new challenge.');
}

const ENDS = {
  denied: 'The address denied it',
  failed: 'The address could not be asked',
  expired: 'The address did not answer in time, or nobody picked the token up',
  taken: 'The token was picked up before',
} as const;

/**
 * Takes what an address answered; true where it was an answer to its challenge.
 * @param jid the bare JID of the stanza's sender, as the server stamped it
 */
export async function takeAnswer(
  { db }: Pick<Deps, 'db'>,
  jid: string,
  answer: Parameters<typeof confirmOutcome>[1],
): Promise<boolean> {
  const waiting = await outstandingChallenge(db, { jid });
  const outcome = waiting && confirmOutcome(waiting, answer);
  return outcome ? answerChallenge(db, waiting.id, outcome) : false;
}
