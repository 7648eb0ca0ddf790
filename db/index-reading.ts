/** One look at the index, and the state that it was in then. */

import type { Database } from './database.ts';
import { indexState } from './index-state.ts';

export type IndexReading = {
  /** Through this the index is read. */
  readonly db: Database;
  /**
   * The name of the state that the index was in, or of one before it, whatever of it is read through `db`. Where it is not
   * known yet it is read.
   */
  state: () => Promise<string>;
  /** The first statement through `db` brings the name along; otherwise `state` must have ended before there is one. */
  isBrought: boolean;
};

const ways = new WeakMap<Database, () => IndexReading>();

/** Has every look through this connection begin in this way. */
export function readsIndexBy(db: Database, begin: () => IndexReading): void {
  ways.set(db, begin);
}

/** Begins a look at the index. */
export function readIndex(db: Database): IndexReading {
  const begin = ways.get(db);
  if (begin) return begin();
  let state: Promise<string> | undefined;
  return {
    db,
    state: () => {
      state ??= indexState(db);
      return state;
    },
    isBrought: false,
  };
}
