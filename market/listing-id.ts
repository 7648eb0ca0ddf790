/**
 * A listing's public id: an ARD identifier (`urn:air:…`, ARD 0.9) that names the domain, the account and the offer,
 * ends in a hash of all three, and stays the same as long as the offer has the same kind and node.
 */

import { createHash } from 'node:crypto';
import { asciiDomain, parseJid } from '../protocol/jid.ts';
import type { ListingKind } from './listing.ts';

/** What ARD requires of every identifier. */
export const ID_PATTERN = /^urn:air:[a-zA-Z0-9.-]+(:[a-zA-Z0-9._-]+)+$/;
export const idCharsMax = 4096;

const slugCharsMax = 40;
/** 26 characters of base32 are 130 bits. */
const hashChars = 26;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

export type ListingSource = { jid: string; kind: ListingKind; node: string };

/**
 * @param source the provider's bare JID, the kind, and the node (or skill id, tool name, item id) of the offer
 * @throws {ParseError} where the JID is none.
 */
export function listingId(source: ListingSource): string {
  const jid = parseJid(source.jid);
  // An IPv6 literal has characters that no id may have; the hash keeps such ids distinct.
  const domain = asciiDomain(jid.domain).replaceAll(/[^a-zA-Z0-9.-]/g, '-');
  const account = jid.local ? `u.${escapePart(jid.local)}` : 'c';
  return `urn:air:${domain}:${account}:${source.kind}.${slug(source.node)}-${hash(source)}`;
}

/** Every character outside `[A-Za-z0-9.-]` becomes `_HH`, one for each byte of its UTF-8. */
export function escapePart(text: string): string {
  return [...text]
    .map((char) => (/^[A-Za-z0-9.-]$/.test(char) ? char : escapeBytes(new TextEncoder().encode(char))))
    .join('');
}

/** The inverse of `escapePart`. */
export function unescapePart(text: string): string {
  return decodeURIComponent(text.replaceAll(/_([0-9A-F]{2})/g, '%$1'));
}

function escapeBytes(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `_${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** The node's last segment, in characters that read well in an address. */
function slug(node: string): string {
  const segments = node.split(/[:/#.\s]+/).filter(Boolean);
  const words = (segments.at(-1) ?? '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return words.slice(0, slugCharsMax).replaceAll(/^-+|-+$/g, '') || 'x';
}

function hash({ jid, kind, node }: ListingSource): string {
  const digest = createHash('sha256').update([jid, kind, node].join('\0')).digest();
  let bits = 0n;
  for (const byte of digest) bits = (bits << 8n) | BigInt(byte);
  return Array.from(
    { length: hashChars },
    (_, at) => BASE32[Number((bits >> BigInt(256 - 5 * (at + 1))) & 31n)],
  ).join('');
}
