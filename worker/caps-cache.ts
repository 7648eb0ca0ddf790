/** Root disco#info by verified capabilities (XEP-0115, XEP-0390): a known hash saves the question, and nothing else. */

import { findCaps, keepCaps } from '../db/caps.ts';
import type { AnnouncedCaps } from '../db/consent.ts';
import type { Database } from '../db/database.ts';
import { type Caps, capsVerify, hashedPart } from '../protocol/caps.ts';
import { type Caps2, caps2Verify, verifiableHash } from '../protocol/caps2.ts';
import { type DiscoInfo, readInfo } from '../protocol/disco.ts';
import { ParseError } from '../protocol/parse-error.ts';
import type { Element } from '../protocol/xml.ts';

/** The two specifications hash differently, so that their hashes are kept apart. */
const CAPS = 'caps:';
const CAPS2 = 'caps2:';

/** What a presence announces, in the form in which it is kept. */
export function announced(caps: Caps | null, caps2: Caps2 | null): AnnouncedCaps[] {
  const hash = caps2 && verifiableHash(caps2);
  return [
    ...(hash ? [{ algorithm: `${CAPS2}${hash.algo}`, ver: hash.value }] : []),
    ...(caps ? [{ algorithm: `${CAPS}${caps.hash}`, ver: caps.ver }] : []),
  ];
}

/** What a look remembers of capabilities. */
export type CapsCache = {
  /** The disco#info that these capabilities stand for, where one has been verified. */
  find(caps: AnnouncedCaps[]): Promise<DiscoInfo | null>;
  /** Takes note of what is really said where these capabilities were announced. */
  learn(caps: AnnouncedCaps[], element: Element): Promise<void>;
};

/** Keeps in the database what elements say, under the hashes that they really have. */
export function capsCacheIn(db: Database): CapsCache {
  return {
    find: (caps) => findCaps(db, caps),
    async learn(caps, element) {
      const verified = caps.filter((one) => stands(one, element));
      if (verified.length > 0) await keepCaps(db, verified, hashedPart(readInfo(element)));
    },
  };
}

/** True where the element is what these capabilities stand for, and nothing else reads the same. */
export function stands({ algorithm, ver }: AnnouncedCaps, element: Element): boolean {
  try {
    if (algorithm.startsWith(CAPS2)) {
      return caps2Verify({ algo: algorithm.slice(CAPS2.length), value: ver }, element);
    }
    return capsVerify({ hash: algorithm.slice(CAPS.length), node: '', ver }, element);
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}
