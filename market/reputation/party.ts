/** Who stands behind an address, as far as the directory can tell. */

import { providerDomain } from '../address.ts';
import { hostingDomainOf, siteOf } from '../site.ts';

/** `owner`: the account or the component's domain behind it; two parties with the same one are one. */
export type Party = { jid: string; owner: string; site: string; host: string };

/** What the directory knows of an address beyond its text. */
export type Behind = {
  /** The account that the address is an alias of. */
  account?: string | null;
  /** The domain of the component that hands the address out. */
  component?: string | null;
};

/**
 * @param jid a prepared bare JID. One without a local part is a component itself. The parts of a component's domain are
 * not accounts that anybody else could have, so that all of its addresses are one owner's.
 */
export function partyOf(jid: string, { account = null, component = null }: Behind = {}): Party {
  const owner = account ?? component ?? jid;
  const domain = providerDomain(owner);
  return { jid, owner, site: siteOf(domain), host: hostingDomainOf(domain) };
}

/** True where one rates itself by another name: nothing between the two counts. */
export function areRelated(one: Party, other: Party): boolean {
  return one.owner === other.owner || isComponentOf(one, other) || isComponentOf(other, one);
}

/** An address without a local part speaks for all addresses of its domain. */
function isComponentOf({ owner }: Party, other: Party): boolean {
  return (
    !owner.includes('@') && (providerDomain(other.owner) === owner || providerDomain(other.jid) === owner)
  );
}
