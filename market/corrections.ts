/** A registration's corrections, applied over what the agent's other statements say. */

import { Claims } from './claims.ts';
import type { Listing, Source } from './listing.ts';
import type { Correction, Corrections, Permission } from './registration.ts';

/**
 * The listings as the agent wants them said, hidden ones left out. What a listing's own correction says wins over every
 * other statement; what the agent says of itself fills in where nothing else says anything, but for its name, which
 * is the provider's. Applying the same corrections again changes nothing.
 */
export function applyCorrections(listings: Listing[], corrections: Corrections): Listing[] {
  const about = correctionOf(corrections, '');
  return listings.flatMap((listing) => {
    const own = correctionOf(corrections, listing.node);
    if (own.hidden || about.hidden) return [];
    return [attributed(listing, correct(withDefaults(listing, about), own))];
  });
}

const source: Source = 'registration';
const parts = ['name', 'description', 'category', 'tags', 'lang', 'price', 'terms'] as const;

/** Notes of every part that was changed that the registration says it; what the others say is kept beside it. */
function attributed(before: Listing, after: Listing): Listing {
  const changed = parts.filter((part) => JSON.stringify(before[part]) !== JSON.stringify(after[part]));
  if (changed.length === 0 && before.provider.name === after.provider.name) return before;
  const claims = new Claims();
  for (const part of changed) claims.take<unknown>(part, [[source, after[part] ?? '']]);
  const provenance = Object.fromEntries(
    changed.map((part) => [part, [...(claims.provenance[part] ?? []), ...(before.provenance[part] ?? [])]]),
  );
  return {
    ...after,
    sources: [...new Set([...after.sources, source])].sort(),
    provenance: { ...before.provenance, ...provenance },
  };
}

/**
 * What the agent permits by its registration; null leaves it as its forms say. What they deny stays denied.
 * @param isDenied whether a form denies it for the node
 */
export function permitRelay(
  listings: Listing[],
  relay: Permission | null,
  isDenied: (node: string) => boolean,
): Listing[] {
  if (relay === null) return listings;
  return listings.map((listing) =>
    listing.call && listing.call.protocol !== 'http-jsonrpc'
      ? { ...listing, call: { ...listing.call, relay: relay === 'allow' && !isDenied(listing.node) } }
      : listing,
  );
}

/** A node can be called like a member that every object has. */
export function correctionOf(corrections: Corrections, node: string): Correction {
  return (Object.hasOwn(corrections, node) && corrections[node]) || {};
}

function withDefaults(listing: Listing, about: Correction): Listing {
  return {
    ...listing,
    provider: { ...listing.provider, name: about.name ?? listing.provider.name },
    category: listing.category ?? about.category ?? null,
    tags: listing.tags.length > 0 ? listing.tags : (about.tags ?? []),
    lang: listing.lang.length > 0 ? listing.lang : (about.lang ?? []),
    price: listing.price ?? about.price ?? null,
    terms: listing.terms ?? about.terms ?? null,
  };
}

function correct(listing: Listing, own: Correction): Listing {
  const { name, description, category, tags, lang, price, terms } = own;
  return {
    ...listing,
    name: name ?? listing.name,
    // A name that the agent corrects holds whatever the language.
    names: name === undefined ? listing.names : [],
    description: description === undefined ? listing.description : description,
    category: category === undefined ? listing.category : category,
    tags: tags ?? listing.tags,
    lang: lang ?? listing.lang,
    price: price === undefined ? listing.price : price,
    terms: terms === undefined ? listing.terms : terms,
  };
}
