/** The directory's values in plain words. */

import type { Input, ListingKind, ListingRecord, Price, Source } from '../../market/listing.ts';

export type State = { name: 'online' | 'offline' | 'stale' | 'unknown'; text: string };

/** What is known of whether the offer can be had now; a stale listing says nothing reliable about that. */
export function stateOf({ status }: Pick<ListingRecord, 'status'>): State {
  if (status.stale) return { name: 'stale', text: 'Stale' };
  return presenceState(status.online);
}

export function presenceState(online: boolean | null): State {
  if (online === null) return { name: 'unknown', text: 'Presence not shared' };
  return online ? { name: 'online', text: 'Online' } : { name: 'offline', text: 'Offline' };
}

export function priceText(price: Price): string {
  return /^0+(\.0+)?$/.test(price.amount) ? 'Free' : `${price.amount} ${price.currency} per ${price.unit}`;
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });

/** The English name of a BCP 47 tag, or the tag where there is none. */
export function languageName(tag: string): string {
  try {
    return languageNames.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/**
 * The language of the listing's own text. `lang` says which languages the service speaks; only where it is one
 * is it likely to be that of its description too.
 */
export function textLanguage(lang: string[]): string | null {
  return lang.length === 1 ? (lang[0] ?? null) : null;
}

const day = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });

export function dateText(date: Date): string {
  return `${day.format(date)}, ${time.format(date)} UTC`;
}

export function locationText({ lat, lon }: { lat: number; lon: number }): string {
  return `${Math.abs(lat)}° ${lat < 0 ? 'S' : 'N'}, ${Math.abs(lon)}° ${lon < 0 ? 'W' : 'E'}`;
}

/** An input's type as people read it. */
export function typeText(input: Pick<Input, 'type' | 'multiple' | 'secret'>): string {
  const type = input.type === 'enum' ? 'choice' : input.secret ? 'secret' : input.type;
  return input.multiple ? `${type}, several` : type;
}

export const kindText: { [kind in ListingKind]: string } = {
  command: 'Ad-hoc command',
  skill: 'Skill of an agent card',
  tool: 'Tool',
  published: 'Published listing',
};

export const sourceText: { [source in Source]: string } = {
  command: "The agent's list of commands",
  'command-meta': 'What the command says of itself',
  'first-form': "The command's form, looked at once",
  'listing-form': 'A listing form that the agent states',
  'agent-card': "The agent's card",
  registration: 'What the agent told the directory when it registered',
  manifest: "The gateway's manifest",
  'ard-entry': 'A catalogue entry that the agent publishes',
  pubsub: 'A publish-subscribe service',
  vcard: "The agent's vCard",
  location: 'The location that the agent publishes',
  avatar: "The agent's avatar",
  contact: 'The contact addresses of its server',
  disco: "The agent's service discovery",
};
