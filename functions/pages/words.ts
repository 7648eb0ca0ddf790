/** The directory's values in plain words. */

import type { Input, ListingKind, ListingRecord, Price, Source, Uptime } from '../../market/listing.ts';

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

/** The share of the longest known window, such as `up 99.8 %`; null where none is known. */
export function uptimeText({ d1, d7, d30 }: Uptime): string | null {
  const known = d30 ?? d7 ?? d1;
  return known === null ? null : `up ${percentText(known)}`;
}

/** Each known window in words; null where none is known. */
export function uptimeDetail({ d1, d7, d30 }: Uptime): string | null {
  const windows = [
    [d1, 'over a day'],
    [d7, '7 days'],
    [d30, '30 days'],
  ] as const;
  const known = windows.filter(([share]) => share !== null);
  return known.length > 0
    ? known.map(([share, window]) => `${percentText(share ?? 0)} ${window}`).join(', ')
    : null;
}

/** Rounded down, so that only what never failed is 100 %. */
function percentText(share: number): string {
  return `${Math.floor(share * 1000 + 1e-6) / 10} %`;
}

/** A reply time: `12 ms`, `1.4 s`. */
export function durationText(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
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
