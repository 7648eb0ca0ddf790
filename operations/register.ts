/** Registering: an agent's consent by command, under a lease. */

import { findRegistration, grantRegistration } from '../db/registrations.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { RegistrationRecord, Wish } from '../market/registration.ts';
import type { Caller, Deps } from './deps.ts';

export const leaseLimits = { hoursMin: 1, hoursDefault: 168, hoursMax: 720, hoursAskedMax: 87_600 } as const;

export type Registered = {
  leaseUntil: Date;
  /** What was granted, which may be less than was asked for. */
  leaseHours: number;
};

/** Registers the caller, or renews its registration. It is visited at once. */
export async function register(
  { db, policy }: Deps,
  caller: Caller,
  wish: Wish,
): Promise<Registered | Problem> {
  if (policy.excludes(caller.domain)) {
    return problem('domain-not-crawled', 'The operator excludes the domain of this address.');
  }
  const leaseHours = Math.min(Math.max(wish.leaseHours, leaseLimits.hoursMin), leaseLimits.hoursMax);
  return { leaseUntil: await grantRegistration(db, caller, { ...wish, leaseHours }), leaseHours };
}

/** The caller's registration, unless it never registered or has deregistered. */
export async function ownRegistration({ db }: Deps, caller: Caller): Promise<RegistrationRecord | null> {
  const found = await findRegistration(db, caller.jid);
  return found?.state === 'withdrawn' ? null : found;
}
