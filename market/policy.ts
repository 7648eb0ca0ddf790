/** Which domains the operator lets the crawler visit. */

import { isSpecialUseDomain, tryJid } from '../protocol/jid.ts';

export type Policy = {
  /** May be visited without the entity's consent. */
  allows(domain: string): boolean;
  /** Must not be visited whatever the entity consents to. */
  excludes(domain: string): boolean;
  /** The domains that the operator named: where a crawl starts. */
  seeds: string[];
};

/**
 * Reads `CRAWL_DOMAINS`: a comma list of `domain` (and what is below it), `*` for every public domain, and `!domain`.
 * The directory's own domain is always named, where it is known.
 * @throws {Error} naming the entry that is none of these.
 */
export function parsePolicy(text: string, ownDomain: string | null): Policy {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
  const named = entries.filter((entry) => entry !== '*' && !entry.startsWith('!')).map(domainOf);
  const excluded = entries.filter((entry) => entry.startsWith('!')).map((entry) => domainOf(entry.slice(1)));
  const seeds = [...new Set([...(ownDomain === null ? [] : [domainOf(ownDomain)]), ...named])];
  const everywhere = entries.includes('*');
  const excludes = (domain: string) => excluded.some((root) => isWithin(domain, root));
  return {
    seeds: seeds.filter((seed) => !excludes(seed)),
    excludes,
    allows: (domain) =>
      !excludes(domain) &&
      (seeds.some((root) => isWithin(domain, root)) || (everywhere && !isSpecialUseDomain(domain))),
  };
}

/** The domain of the server whose component has that domain: the one above, where that is no top level. */
export function serverOf(component: string): string {
  const above = component.slice(component.indexOf('.') + 1);
  return above.includes('.') ? above : component;
}

function isWithin(domain: string, root: string): boolean {
  return domain === root || domain.endsWith(`.${root}`);
}

function domainOf(entry: string): string {
  const jid = tryJid(entry);
  if (!jid || jid.local || jid.resource) {
    throw new Error(
      `CRAWL_DOMAINS: '${entry}' is no domain; it takes a comma list of domains, '*' and '!domain'`,
    );
  }
  return jid.domain;
}
