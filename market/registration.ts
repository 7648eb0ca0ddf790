/** What a registered agent wants said of itself: corrections over what its other statements say. */

import type { Permission } from '../protocol/dialects/listing-form.ts';
import type { Price } from './listing.ts';

export type { Permission };

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

/** What an agent asks for when it registers or renews. */
export type Wish = {
  /** How long the lease is to run, in hours. */
  leaseHours: number;
  /** What the agent permits, over whatever its forms say; null where it says nothing. */
  relay: Permission | null;
  presence: Permission | null;
  /** What holds for all of its listings; null leaves it as it was. */
  about: Correction | null;
  /** The resource that asks, which is online now. */
  resource?: string;
};

export type RegistrationRecord = {
  jid: string;
  /** When it was last made or renewed. */
  granted: Date;
  leaseUntil: Date;
  /** The resource from which it registered. */
  resource: string;
  relay: Permission | null;
  presence: Permission | null;
  corrections: Corrections;
  /** `withdrawn`: the agent deregistered, and is left out until it registers or subscribes again. */
  state: 'live' | 'lapsed' | 'withdrawn';
};

/** Corrections kept of one agent. */
export const correctionsMax = 500;
