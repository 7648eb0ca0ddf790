/**
 * XMPP addresses (RFC 7622): parsed and prepared, so that two spellings of one address compare equal.
 *
 * The local part is prepared with NFKC and lower case, which agrees with both PRECIS (RFC 8265
 * UsernameCaseMapped) and the stringprep profile that many servers still run; the domain with IDNA.
 */

import { domainToASCII, domainToUnicode } from 'node:url';
import { ParseError } from './parse-error.ts';

/** A prepared address: `local` and `resource` are empty where the address has none. */
export type Jid = { local: string; domain: string; resource: string };

/** RFC 7622 §3.2–3.4: each part is at most 1,023 octets. */
const partBytesMax = 1023;
const LOCAL_FORBIDDEN = /["&'/:<>@\s\p{C}]/u;
const DOMAIN_LABELS = /^(?!-)[\p{L}\p{N}\p{M}-]+(\.[\p{L}\p{N}\p{M}-]+)*$/u;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^\[[0-9a-f:.]+\]$/i;

/**
 * Parses and prepares an address.
 * @throws {ParseError} where RFC 7622 does not allow the address.
 */
export function parseJid(text: string): Jid {
  if (text.length > 3 * partBytesMax + 2) throw new ParseError('the address is longer than RFC 7622 allows');
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : prepareLocal(bare.slice(0, at));
  const domain = prepareDomain(bare.slice(at + 1));
  const resource = slash < 0 ? '' : prepareResource(text.slice(slash + 1));
  return { local, domain, resource };
}

/** The prepared address, or null where it is not one. */
export function tryJid(text: string | null | undefined): Jid | null {
  if (!text) return null;
  try {
    return parseJid(text);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

export function formatJid(jid: Jid): string {
  const resource = jid.resource ? `/${jid.resource}` : '';
  return `${bareJid(jid)}${resource}`;
}

export function bareJid(jid: Jid): string {
  return jid.local ? `${jid.local}@${jid.domain}` : jid.domain;
}

/** The domain in its DNS form, with A-labels. */
export function asciiDomain(domain: string): string {
  return IPV4.test(domain) || IPV6.test(domain) ? domain : domainToASCII(domain);
}

/** True for IP literals and for names that are no public domains, which are crawled only when the operator names them. */
export function isSpecialUseDomain(domain: string): boolean {
  if (IPV4.test(domain) || IPV6.test(domain) || !domain.includes('.')) return true;
  return /\.(test|local|localhost|invalid|example|onion|internal|alt|arpa)$/.test(domain);
}

function prepareLocal(text: string): string {
  const local = text.normalize('NFKC').toLowerCase().normalize('NFKC');
  if (!local || LOCAL_FORBIDDEN.test(local))
    throw new ParseError('the local part is empty or has a forbidden character');
  return bounded(local, 'local part');
}

function prepareDomain(text: string): string {
  const domain = text.replace(/\.$/, '').normalize('NFC').toLowerCase();
  if (IPV4.test(domain) || IPV6.test(domain)) return domain;
  // A last label of digits alone would be read as a number of an IPv4 address.
  if (!DOMAIN_LABELS.test(domain) || /(^|\.)\d+$/.test(domain))
    throw new ParseError('the domain is not a host name');
  const ascii = domainToASCII(domain);
  if (!ascii || ascii.length > 253) throw new ParseError('the domain is not a host name');
  return bounded(domainToUnicode(ascii), 'domain');
}

function prepareResource(text: string): string {
  const resource = text.normalize('NFC').replaceAll(/\p{Zs}/gu, ' ');
  if (!resource || /\p{Cc}|\p{Cs}/u.test(resource))
    throw new ParseError('the resource is empty or has a control character');
  return bounded(resource, 'resource');
}

function bounded(part: string, name: string): string {
  if (new TextEncoder().encode(part).length > partBytesMax)
    throw new ParseError(`the ${name} is longer than 1,023 octets`);
  return part;
}
