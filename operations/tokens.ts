/** Tokens by which a caller is known over HTTP. */

import { randomBytes } from 'node:crypto';
import {
  insertToken,
  liveTokens,
  revokeTokens,
  type TokenRecord,
  type TokenUse,
  useToken,
} from '../db/tokens.ts';
import { providerDomain } from '../market/address.ts';
import { type Problem, problem } from '../market/problem.ts';
import { hashToken, type TokenScope, tokenLimits, tokenPrefix } from '../market/token.ts';
import type { Caller, Deps } from './deps.ts';

export type TokenWish = { scopes: TokenScope[]; days: number; label: string | null };
export type IssuedToken = { id: string; token: string; expires: Date };

/** Issues a token to the caller. The answer is the only place where the token ever stands. */
export async function issueToken(
  { db }: Deps,
  { jid }: Caller,
  wish: TokenWish,
): Promise<IssuedToken | Problem> {
  const max = tokenLimits.livePerAgentMax;
  const days = Math.min(Math.max(wish.days, tokenLimits.daysMin), tokenLimits.daysMax);
  const id = randomBytes(tokenLimits.idBytes).toString('hex');
  const token = `${tokenPrefix}${randomBytes(tokenLimits.secretBytes).toString('base64url')}`;
  const { scopes, label } = wish;
  const expires = await insertToken(db, { id, jid, hash: hashToken(token), scopes, label, days }, max);
  if (!expires) {
    return problem('limit-reached', `An agent has at most ${max} tokens; expected one to be revoked first.`);
  }
  return { id, token, expires };
}

/** The caller's tokens that can be used; never the secrets, which are not kept. */
export async function listTokens({ db }: Deps, { jid }: Caller): Promise<TokenRecord[]> {
  return liveTokens(db, jid);
}

/** Ends tokens of the caller at once; returns the ids of those that were live. */
export async function revoke({ db }: Deps, { jid }: Caller, ids: string[]): Promise<string[]> {
  return revokeTokens(db, jid, ids);
}

export type Bearer = { caller: Caller; token: TokenUse };

/**
 * Ends one token at the word of a bearer: its own whatever it is for, so that whoever finds or loses one can end it; another
 * only by one for `trade`, since what may only read is not to shut its owner's programs out.
 * @param asked the id, or `current`
 */
export async function revokeAsBearer(
  deps: Deps,
  { caller, token }: Bearer,
  asked: string,
): Promise<string | Problem> {
  const id = asked === 'current' ? token.id : asked;
  if (id !== token.id && !token.scopes.includes('trade')) return notFor(token, 'trade');
  const [revoked] = await revoke(deps, caller, [id]);
  return (
    revoked ??
    problem(
      'token-not-found',
      'You have no token of this id that can be used; expected one as GET /v1/tokens lists it.',
    )
  );
}

/**
 * Who sends the token, if it is good for the scope. What is no token of ours is not looked up.
 * @param scope null where any will do
 */
export async function bearerOf(
  { db }: Deps,
  token: string,
  scope: TokenScope | null,
): Promise<Bearer | Problem> {
  const isOurs = token.startsWith(tokenPrefix) && token.length <= tokenPrefix.length + secretCharsMax;
  const used = isOurs ? await useToken(db, hashToken(token)) : null;
  if (!used) {
    return problem('token-not-valid', 'The token is unknown, has expired, or was revoked; expected another.');
  }
  if (scope && !used.scopes.includes(scope)) return notFor(used, scope);
  return { caller: { jid: used.jid, domain: providerDomain(used.jid) }, token: used };
}

function notFor({ scopes }: TokenUse, scope: TokenScope): Problem {
  return problem(
    'scope-not-granted',
    `The token is for ${scopes.join(' and ')}; expected one that is for ${scope}.`,
  );
}

/** Longer than the secret in any spelling of its bits. */
const secretCharsMax = 100;
