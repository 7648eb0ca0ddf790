/** Where the functions are reached: the addresses that stand in answers, and in what an address is asked to confirm. */

import type { Context } from 'hono';

/** What the app's handlers know of it. */
export type Addressing = {
  /** The origin under which the functions are known; null where the operator has not said. */
  publicUrl: string | null;
  /** Whether the platform vouches for the host that a request names. */
  isOwnHost: (context: Context) => boolean;
};

/**
 * The address of the request under the functions' public address, where the operator has set one; else as it was asked
 * for, by a name that whoever asks may have chosen.
 */
export function addressOf(context: Context): URL {
  const asked = new URL(context.req.url);
  const { publicUrl } = context.var as unknown as Addressing;
  if (!publicUrl) return asked;
  // Part by part: a path that begins with two slashes would else name another host.
  const address = new URL(publicUrl);
  address.pathname = asked.pathname;
  address.search = asked.search;
  return address;
}

/** The same as text, for what only has to tell addresses apart. */
export function hrefOf(context: Context): string {
  const { url } = context.req;
  const { publicUrl } = context.var as unknown as Addressing;
  return publicUrl ? `${publicUrl}${url.slice(url.indexOf('/', url.indexOf('://') + 3))}` : url;
}

/**
 * The origin that a person can be shown as the directory's. Null where nobody but the requester vouches for the name: a
 * confirmation would then show whichever site somebody wants it to.
 */
export function vouchedOrigin(context: Context): string | null {
  const { publicUrl, isOwnHost } = context.var as unknown as Addressing;
  return publicUrl || isOwnHost(context) ? addressOf(context).origin : null;
}

/**
 * True where the request names the very address that its connection came to.
 * @param address to which the connection came
 */
export function isConnectionsOwn(host: string, address: string | undefined, port: number): boolean {
  const bare = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (bare === '') return false;
  const own = bare.includes(':') ? `[${bare}]` : bare;
  const isLoopback = bare === '::1' || bare.startsWith('127.');
  const names = isLoopback ? [own, 'localhost'] : [own];
  return names.some((name) => new URL(`http://${name}:${port}`).host === host);
}
