/** What a registered agent wants said of itself: corrections over what its other statements say. */

import type { Price } from './listing.ts';

/** Only what is present is corrected; null says that there is none. */
export type Correction = {
  name?: string;
  description?: string | null;
  category?: string | null;
  tags?: string[];
  lang?: string[];
  price?: Price | null;
  terms?: string | null;
  /** The listing must not be shown at all. */
  hidden?: boolean;
};

/** By the listing's node; '' holds the agent's own, which are defaults for all of its listings. */
export type Corrections = { [node: string]: Correction };
