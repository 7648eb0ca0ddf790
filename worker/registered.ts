/** What a registration changes of what a visit found. */

import type { AgentIndex } from '../db/write-index.ts';
import { applyCorrections, correctionOf, permitRelay } from '../market/corrections.ts';
import type { Source } from '../market/listing.ts';
import { qualityOf } from '../market/quality.ts';
import type { Permission, RegistrationRecord } from '../market/registration.ts';
import { versionOf } from '../market/version.ts';

/**
 * The index with the agent's corrections and permissions.
 * @param consented the agent still consents in some way
 * @param stated what its forms say of relaying a node
 */
export function asRegistered(
  index: AgentIndex,
  registration: RegistrationRecord | null,
  consented: boolean,
  stated: (node: string) => Permission | null,
): AgentIndex {
  // What the registration says is read whole at each visit: a listing that it corrected can be absent like any other.
  const read: Source[] = [...index.read, 'registration'];
  if (!registration || registration.state === 'withdrawn') return { ...index, read };
  const { corrections, relay, presence, granted, state } = registration;
  const listings = index.listings.flatMap((indexed) => {
    const [listing] = permitRelay(
      applyCorrections([indexed.listing], corrections),
      relay,
      (node) => stated(node) === 'deny',
    );
    if (!listing) return [];
    const sources = listing.sources.includes('registration')
      ? { ...indexed.sources, registration: granted }
      : indexed.sources;
    return [{ ...indexed, listing, sources, version: versionOf(listing), quality: qualityOf(listing) }];
  });
  return {
    ...index,
    name: correctionOf(corrections, '').name ?? index.name,
    presenceDenied: presence === null ? index.presenceDenied : presence === 'deny',
    listings,
    // Until a lapsed lease is renewed the agent is not asked for what it offers to us: its silence says nothing.
    read: state === 'lapsed' && !consented ? [] : read,
  };
}
