/** Settings that the functions have wherever they run. */

import { z } from 'zod';

const onOrOff = 'takes on or off';
const megabytes = 'takes a whole number from 0 to 1024';
const address =
  'takes the address at which people reach the directory, such as https://guildhall.example.org: no path, no query';
const reads = 'takes a whole number from 0 to 1000000';

/** An address with a name as long as DNS takes (RFC 1035 §2.3.4). */
const originCharsMax = 300;

export const settings = {
  READS_PER_MINUTE: z
    .string()
    .regex(/^\d{1,7}$/, reads)
    .default('600')
    .transform(Number)
    .refine((count) => count <= 1_000_000, reads),
  /** What answers take at most that are kept in memory; 0 keeps none. */
  ANSWERS_KEPT_MB: z
    .string()
    .regex(/^\d{1,4}$/, megabytes)
    .default('16')
    .transform(Number)
    .refine((count) => count <= 1024, megabytes),
  /** An origin; empty is as good as none. */
  PUBLIC_URL: z
    .string()
    .optional()
    .transform((text) => text || null)
    .refine((text) => text === null || isOrigin(text), address)
    .transform((text) => text && new URL(text).origin),
  ACCESS_LOG: z.enum(['on', 'off'], onOrOff).default('on'),
};

function isOrigin(text: string): boolean {
  if (!URL.canParse(text) || text.length > originCharsMax) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(text);
  return (
    ['https:', 'http:'].includes(protocol) && `${username}${password}${pathname}${search}${hash}` === '/'
  );
}

/** @throws {Error} naming the variable and what it takes. */
export function parseSetting<Name extends keyof typeof settings>(
  name: Name,
  text: string | undefined,
): z.output<(typeof settings)[Name]> {
  const read = settings[name].safeParse(text);
  if (!read.success) throw new Error(`${name}: ${read.error.issues[0]?.message}`);
  return read.data as z.output<(typeof settings)[Name]>;
}
