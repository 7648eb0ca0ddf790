/** What every operation is given. */

import type { Database } from '../db/database.ts';

export type Deps = { db: Database };
