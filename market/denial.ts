/** What is kept of an agent that does not want to be indexed: that it does not, and nothing else. */

import { type ListingForm, writeListingForm } from '../protocol/dialects/listing-form.ts';
import { NS_NOINDEX } from '../protocol/namespaces.ts';
import { type Facts, formsIn, type StatedListing } from './facts.ts';

/** The facts without anything but the denial, so that it still holds where it cannot be read. */
export function denialIn(facts: Partial<Facts>): Partial<Facts> {
  const denial: Partial<Facts> = {};
  if (facts.disco) {
    const features = facts.disco.features.filter((feature) => feature === NS_NOINDEX);
    const forms = formsIn(facts.disco).filter(denies).map(bare).map(writeListingForm);
    denial.disco = { node: null, identities: [], features, forms };
  }
  if (facts.listings) denial.listings = facts.listings.flatMap(denialOf);
  return denial;
}

function denialOf({ item, listing }: StatedListing): StatedListing[] {
  return denies(listing) ? [{ item, listing: bare(listing) }] : [];
}

function denies(form: ListingForm): boolean {
  return form.index === 'deny' && form.command === null;
}

function bare({ presence, relay }: ListingForm): ListingForm {
  const unsaid = {
    description: null,
    category: null,
    command: null,
    price: null,
    location: null,
    terms: null,
  };
  return {
    ...unsaid,
    name: '-',
    icon: null,
    tags: [],
    lang: [],
    queries: [],
    relay,
    presence,
    index: 'deny',
  };
}
