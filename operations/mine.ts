/** What the directory says of the caller, and what the caller wants said instead. */

import { type SaidListing, saidOf, saveCorrection } from '../db/corrections.ts';
import { correctionOf } from '../market/corrections.ts';
import { type Problem, problem } from '../market/problem.ts';
import { type Correction, correctionsMax, type RegistrationRecord } from '../market/registration.ts';
import type { Caller, Deps } from './deps.ts';
import { ownRegistration } from './register.ts';

export type Mine = {
  registration: RegistrationRecord | null;
  listings: SaidListing[];
  /** Nodes whose listings the caller had hidden. */
  hidden: string[];
};

export async function mine(deps: Deps, caller: Caller): Promise<Mine> {
  const [registration, listings] = await Promise.all([
    ownRegistration(deps, caller),
    saidOf(deps.db, caller.jid),
  ]);
  const hidden = Object.entries(registration?.corrections ?? {})
    .filter(([node, correction]) => node !== '' && correction.hidden)
    .map(([node]) => node);
  return { registration, listings, hidden: hidden.sort() };
}

/**
 * Corrects what is said of one of the caller's listings, over what it has corrected before.
 * @param change only what is to be said otherwise; null forgets every correction of the listing
 */
export async function correct(
  deps: Deps,
  caller: Caller,
  node: string,
  change: Correction | null,
): Promise<Correction | Problem> {
  const registration = await ownRegistration(deps, caller);
  if (registration?.state !== 'live') return notRegistered;
  const correction = change && { ...correctionOf(registration.corrections, node), ...change };
  const outcome = await saveCorrection(deps.db, caller, node, correction, correctionsMax);
  switch (outcome) {
    case 'saved':
      return correction ?? {};
    case 'not-registered':
      return notRegistered;
    case 'too-many':
      return problem(
        'limit-reached',
        `${correctionsMax} corrections are kept of one agent; expected one to be forgotten first.`,
      );
  }
}

const notRegistered = problem(
  'not-registered',
  "Corrections are kept of agents whose registration's lease runs; expected the command 'register' first.",
);
