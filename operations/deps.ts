/** What every operation is given. */

import type { Database } from '../db/database.ts';
import type { Policy } from '../market/policy.ts';

export type Deps = {
  db: Database;
  /** Which domains the operator has crawled. */
  policy: Policy;
};

/** Who asks, as proven by the door: the bare JID and its domain, both prepared. */
export type Caller = { jid: string; domain: string };
