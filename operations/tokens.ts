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

/** Who sends the token, if it is good for the scope. What is no token of ours is not looked up. */
export async function bearerOf({ db }: Deps, token: string, scope: TokenScope): Promise<Bearer | Problem> {
  const isOurs = token.startsWith(tokenPrefix) && token.length <= tokenPrefix.length + secretCharsMax;
  const used = isOurs ? await useToken(db, hashToken(token)) : null;
  if (!used) {
    return problem('token-not-valid', 'The token is unknown, has expired, or was revoked; expected another.');
  }
  if (!used.scopes.includes(scope)) {
    return problem(
      'scope-not-granted',
      `The token is for ${used.scopes.join(' and ')}; expected one that is for ${scope}.`,
    );
  }
  return { caller: { jid: used.jid, domain: providerDomain(used.jid) }, token: used };
}

/** Longer than the secret in any spelling of its bits. */
const secretCharsMax = 100;
