/** Asking for an entity to be crawled. */

import { seedEntity, seedLimits } from '../db/seeds.ts';
import { providerAddress } from '../market/address.ts';
import { type Problem, problem } from '../market/problem.ts';
import type { Deps } from './deps.ts';

/** @param address a JID, whose resource is ignored, or a domain; returns the entity's address, prepared */
export async function seed({ db, policy }: Deps, address: string): Promise<string | Problem> {
  const jid = providerAddress(address);
  if (!jid) {
    return problem(
      'invalid-body',
      'The address is none; expected a JID such as fx@works.test, or a domain such as works.test.',
    );
  }
  const domain = jid.slice(jid.indexOf('@') + 1);
  if (!policy.allows(domain)) {
    return problem(
      'domain-not-crawled',
      `${domain} is not crawled; expected a domain that the operator names, or the agent's own subscription or registration.`,
    );
  }
  const { taken, retryAfterSeconds } = await seedEntity(db, { jid, domain });
  if (taken) return jid;
  const detail = `${seedLimits.perHourMax} entities an hour are taken, and as many were asked for.`;
  return { ...problem('too-many-requests', detail), retryAfterSeconds };
}
