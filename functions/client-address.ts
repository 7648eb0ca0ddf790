/** By which address one client is told from others. */

import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network of an address: an IPv4 address itself, of an IPv6 address its first 64 bits, since whoever has one has all
 * that begin so (RFC 6177). Null where it is none.
 */
export function clientNetwork(address: string | null | undefined): string | null {
  const bare = (address ?? '')
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1')
    .replace(/%.*$/, '');
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return null;
  const mapped = /^::ffff:(\d+(?:\.\d+){3})$/i.exec(bare);
  if (mapped?.[1]) return mapped[1];
  return `${groupsOf(bare).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros; an IPv4 address at its end, which nobody asks for, as 0. */
function groupsOf(address: string): string[] {
  const plain = address.toLowerCase().replace(/\d+(\.\d+){3}$/, '0:0');
  const [head = '', tail] = plain.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...after];
  return all.map((group) => group.replace(/^0+(?=.)/, ''));
}

/**
 * The address behind so many proxies, each of which appended the address that it saw to `X-Forwarded-For`: what stands
 * further left is whatever the client wrote. Without proxies, the connection's own.
 */
export function forwardedAddress(
  connection: string | undefined,
  forwardedFor: string | undefined,
  proxies: number,
): string | undefined {
  if (proxies === 0) return connection;
  const said = (forwardedFor ?? '').split(',').map((address) => address.trim());
  return said.at(-proxies) || connection;
}
