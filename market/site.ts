/** The registrable domain of an address: what one owner has, whatever the names below it. */

import { getDomain } from 'tldts';

/**
 * By the public suffix list, private suffixes too: two customers of one hosting domain are two owners. A name that the
 * list has nothing of (`agents.test`, an IP address) stands for itself.
 */
export function siteOf(domain: string): string {
  return getDomain(domain, { allowPrivateDomains: true }) ?? domain;
}

/**
 * The domain that somebody registered with a registry: of `NAME.hosting.example` the hosting domain, where `siteOf` takes
 * each NAME for an owner. Such names cost nothing, so that what must not be had by the hundred is counted by this.
 */
export function hostingDomainOf(domain: string): string {
  return getDomain(domain) ?? domain;
}
