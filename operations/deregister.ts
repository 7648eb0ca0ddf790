/** Deregistering: everything that is said of the agent goes at once. */

import { type Withdrawal, withdrawRegistration } from '../db/registrations.ts';
import type { Caller, Deps } from './deps.ts';

/**
 * Deletes what is listed of the caller, whatever it rested on, with its registration and corrections. An agent that
 * deregisters wants to be out of the directory, not out of one table of it: what it goes on stating to everybody
 * does not bring it back, only its own next registration or subscription does.
 */
export async function deregister({ db }: Deps, caller: Caller): Promise<Withdrawal> {
  return withdrawRegistration(db, caller.jid);
}
