/** The registries to which the operator refers clients that search further (ARD v0.9 §8). */

import { z } from 'zod';
import { REGISTRY_TYPE } from '../market/ard/media-types.ts';
import { ID_PATTERN } from '../market/listing-id.ts';

export type Referral = { identifier: string; displayName: string; type: string; url: string };

export const referralsMax = 20;

export const referralsMessage = `takes a JSON list of at most ${referralsMax} registries, each {"identifier": "urn:air:…", "displayName": "…", "url": "https://…/search"}`;

const ReferralsSchema = z
  .array(
    z.strictObject({
      identifier: z.string().max(500).regex(ID_PATTERN),
      displayName: z.string().trim().min(1).max(200),
      url: z.url({ protocol: /^https?$/ }).max(2000),
    }),
  )
  .max(referralsMax);

/** Reads the setting `ARD_REFERRALS`; empty is none. */
export const ReferralsSetting = z
  .string()
  .default('')
  .transform((text, context): Referral[] => {
    const read = ReferralsSchema.safeParse(text.trim() === '' ? [] : jsonOf(text));
    if (read.success) return read.data.map((registry) => ({ ...registry, type: REGISTRY_TYPE }));
    context.addIssue({ code: 'custom', message: referralsMessage });
    return z.NEVER;
  });

/** @throws {Error} naming the variable and what it takes. */
export function parseReferrals(text: string | undefined): Referral[] {
  const read = ReferralsSetting.safeParse(text);
  if (!read.success) throw new Error(`ARD_REFERRALS: ${referralsMessage}`);
  return read.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
