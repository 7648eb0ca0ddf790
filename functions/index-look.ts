/** One look at the index for one request: what is read of it, and in which state it was. */

import { type IndexReading, readIndex } from '../db/index-reading.ts';
import type { AppContext } from './env.ts';

/** Has the route read the index by a look that names its state, the same one wherever this is called for the request. */
export function lookAtIndex(context: AppContext): IndexReading {
  const { deps, index: begun } = context.var;
  if (begun) return begun;
  const index = readIndex(deps.db);
  context.set('index', index);
  context.set('deps', {
    ...deps,
    get db() {
      return index.db;
    },
  });
  return index;
}
