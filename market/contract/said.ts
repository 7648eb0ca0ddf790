/** What a party says with a move, whichever door it comes through, as the data that the move carries. */

import type { JsonObject } from '../../protocol/json.ts';
import { safeLink } from '../../protocol/link.ts';
import type { Ask, MoveData, Progress, ResultMedia } from './contract.ts';
import type { MoveName } from './rules.ts';
import type { Settlement } from './settlement.ts';
import type { StatedTerms } from './terms.ts';

export type Said = {
  reason?: string | undefined;
  input?: JsonObject | undefined;
  /** What came of the work: by name, and in words. */
  values?: JsonObject | undefined;
  text?: string | undefined;
  ask?: Ask | undefined;
  progress?: Progress | undefined;
  terms?: StatedTerms | undefined;
  settlement?: Settlement | undefined;
  /** Where the result is to be had. */
  links?: ResultMedia[] | undefined;
};

export const resultLinksMax = 20;

/** Links to what was delivered; null where one is not to be followed safely, or there are too many. */
export function readLinks(texts: readonly string[]): ResultMedia[] | null {
  const links = texts.map((text) => safeLink(text)).filter((link) => link?.startsWith('https:'));
  if (links.length < texts.length || links.length > resultLinksMax) return null;
  return links.map((url) => ({ type: 'application/octet-stream', url: url as string }));
}

export function saidData(
  move: MoveName,
  { reason, input, values, text, ask, progress, terms, settlement, links }: Said,
): MoveData {
  const hasResult = values !== undefined || text !== undefined || links !== undefined;
  return {
    ...(reason !== undefined && { reason }),
    ...(input !== undefined && { input }),
    ...(ask && { ask }),
    ...(progress && { progress }),
    ...(terms && { terms }),
    ...(settlement && { settlement }),
    // Only a provider says of itself that it failed.
    ...(move === 'fail' && { fault: 'provider' as const }),
    ...(hasResult && {
      result: {
        values: values ?? null,
        text: text ?? null,
        media: links ?? [],
        ...{ rows: [], outputs: [], notes: [], matches: null },
      },
    }),
  };
}
