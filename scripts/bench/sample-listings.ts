/** Listings made up by a fixed seed, with words as unevenly spread as in what people write. */

import type { AgentIndex } from '../../db/write-index.ts';
import type { Input, InputType, Listing, ListingKind } from '../../market/listing.ts';
import { listingId } from '../../market/listing-id.ts';
import { qualityOf } from '../../market/quality.ts';
import { versionOf } from '../../market/version.ts';

const types: InputType[] = ['string', 'string', 'string', 'number', 'integer', 'date', 'enum', 'boolean'];
const kinds: ListingKind[] = ['command', 'command', 'command', 'skill', 'tool', 'published'];
const languages = ['en', 'en', 'en', 'en', 'de', 'fr', 'es', 'pt-br', 'zh', 'ja'];
const currencies = ['EUR', 'USD', 'JPY', 'GBP', 'CHF', 'NOK', 'BRL', 'INR'];
const vocabulary = 20_000;

/** One registrant has every fiftieth listing, and puts its word on each of them. */
export const crowd = { domain: 'crowd.example', share: 50, rank: 19_000 } as const;

/** A pseudo-random number generator (mulberry32): the same numbers at every run. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const syllables = 'ka ro mi tel su ven dor lin pa gos fer an bel cu zi hor'.split(' ');

/** The word of that rank, made of syllables so that trigrams are as alike as in real words. */
export function wordOf(rank: number): string {
  let text = '';
  for (let rest = rank + 17; rest > 0; rest = Math.floor(rest / syllables.length))
    text += syllables[rest % syllables.length];
  return text;
}

/** So many of the first ranks are about as frequent as each other: no word is in every sentence, stop words aside. */
const flatRanks = 10;

/** A rank below `count` by the law of Zipf and Mandelbrot. */
export function zipf(random: () => number, count: number): number {
  return Math.floor(flatRanks * ((1 + count / flatRanks) ** random() - 1));
}

function oneOf<Value>(values: readonly Value[], random: () => number): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

/** Names of inputs repeat from agent to agent much more than other words do. */
export function inputName(rank: number): string {
  return wordOf(100 + rank);
}

/** What a listing requires is mostly one or two of the names that everybody uses. */
function inputOf(random: () => number, place: number): Input {
  const type = oneOf(types, random);
  const options =
    type === 'enum' ? currencies.filter(() => random() < 0.5).map((value) => ({ value, label: null })) : [];
  return {
    label: null,
    description: null,
    default: null,
    min: null,
    max: null,
    pattern: null,
    secret: false,
    name: inputName(zipf(random, 2_000)),
    type,
    required: random() < (place === 0 ? 0.9 : 0.4),
    multiple: false,
    multiline: false,
    options,
  };
}

/** One agent with one listing. */
export function agentOf(at: number, random: () => number): AgentIndex {
  const words = (count: number) =>
    Array.from({ length: count }, () => wordOf(zipf(random, vocabulary))).join(' ');
  const isCrowd = at % crowd.share === 0;
  const domain = isCrowd ? crowd.domain : `d${zipf(random, 5_000)}.example`;
  const jid = `agent${at}@${domain}`;
  const kind = oneOf(kinds, random);
  const inputs = Array.from({ length: Math.floor(random() * 6) }, (_, place) => inputOf(random, place));
  const price = {
    amount: (random() ** 3 * 20).toFixed(2),
    currency: oneOf(currencies, random),
    unit: 'call',
  };
  const listing: Listing = {
    id: listingId({ jid, kind, node: 'n' }),
    kind,
    node: 'n',
    provider: { jid, name: null, domain, description: null, url: null, contacts: [] },
    name: isCrowd ? `${wordOf(crowd.rank)} ${words(2)}` : words(3),
    names: [],
    description: random() < 0.8 ? words(10 + Math.floor(random() * 40)) : null,
    lang: [oneOf(languages, random)],
    category: random() < 0.5 ? wordOf(zipf(random, 30)) : null,
    tags: [...new Set(Array.from({ length: Math.floor(random() * 5) }, () => wordOf(zipf(random, 500))))],
    inputs: inputs.filter(({ name }, place) => inputs.findIndex((other) => other.name === name) === place),
    inputSchema: random() < 0.8 ? { type: 'object' } : null,
    outputs: [],
    outputSchema: null,
    price: random() < 0.3 ? price : null,
    location: random() < 0.2 ? { lat: random() * 140 - 60, lon: random() * 360 - 180 } : null,
    call: { protocol: 'xmpp-command', node: 'n', url: null, relay: false },
    flags: [],
    features: [],
    queries: [],
    terms: null,
    link: null,
    linkType: null,
    icon: null,
    sources: ['command'],
    provenance: {},
  };
  const indexed = {
    listing,
    version: versionOf(listing),
    quality: qualityOf(listing),
    onConsent: false,
    callJid: null,
    sources: { command: new Date() },
  };
  const about = { jid, domain, name: null, presenceDenied: false, isDenied: false, reachable: true };
  return { ...about, read: ['command'], facts: {}, listings: [indexed] };
}
