/** Whether a provider is asked for proposals: being discoverable is not an invitation to be written to. */

import type { Permission, RegistrationRecord } from '../registration.ts';

export type AskableSigns = {
  /** What its forms state of relaying, for the listing in question. */
  stated: Permission | null;
  registration: Pick<RegistrationRecord, 'state' | 'relay'> | null;
  /** Its own subscription to the directory is in force. */
  subscribed: boolean;
};

/**
 * True where it subscribed, registered, or states `relay=allow`. A denial holds over all of these, wherever it is said, and
 * so does having deregistered.
 */
export function isAskable({ stated, registration, subscribed }: AskableSigns): boolean {
  const isLive = registration?.state === 'live';
  if (registration?.state === 'withdrawn') return false;
  if (stated === 'deny' || (isLive && registration.relay === 'deny')) return false;
  return subscribed || isLive || stated === 'allow';
}
