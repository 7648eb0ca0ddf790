import { hasAddresses } from '../../scripts/stack/network.ts';
import { whyNotBindable } from '../../scripts/stack/ports.ts';

const s2sPort = 5269;
const firstHost = 12;
const lastHost = 250;

/**
 * Two loopback addresses whose server-to-server port nobody uses, so that test runs stand beside each other
 * and beside a development stack; undefined where loopback has a single address.
 */
export async function freeAddresses(): Promise<[string, string] | undefined> {
  if (!(await hasAddresses([`127.0.0.${firstHost}`]))) return undefined;
  // From a place that differs between runs, since another that starts now looks for the same.
  const places = (lastHost - firstHost) / 2;
  const offset = process.pid % places;
  for (let step = 0; step < places; step++) {
    const host = firstHost + 2 * ((offset + step) % places);
    const pair: [string, string] = [`127.0.0.${host}`, `127.0.0.${host + 1}`];
    const reasons = await Promise.all(pair.map((address) => whyNotBindable(address, s2sPort)));
    if (reasons.every((reason) => reason === undefined)) return pair;
  }
  throw new Error(`port ${s2sPort} is in use on every loopback address`);
}
