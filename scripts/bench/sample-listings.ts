/** Listings made up by a fixed seed, with words as unevenly spread as in what people write. */

import type { AgentIndex } from '../../db/write-index.ts';
import type { Input, InputType, Listing } from '../../market/listing.ts';
import { listingId } from '../../market/listing-id.ts';
import { qualityOf } from '../../market/quality.ts';
import { versionOf } from '../../market/version.ts';

const types: InputType[] = ['string', 'number', 'integer', 'date', 'enum', 'boolean'];
const vocabulary = 20_000;

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

/** The word of that rank, made of syllables so that trigrams are as alike as in real words. */
export function wordOf(rank: number): string {
  const syllables = [
    'ka',
    'ro',
    'mi',
    'tel',
    'su',
    'ven',
    'dor',
    'lin',
    'pa',
    'gos',
    'fer',
    'an',
    'bel',
    'cu',
    'zi',
    'hor',
  ];
  let text = '';
  for (let rest = rank + 17; rest > 0; rest = Math.floor(rest / syllables.length))
    text += syllables[rest % syllables.length];
  return text;
}

/** Ranks by Zipf's law: the second word is half as frequent as the first. */
function zipf(random: () => number): number {
  return Math.min(vocabulary - 1, Math.floor(Math.exp(random() * Math.log(vocabulary)))) - 1;
}

/** One agent with one listing. */
export function agentOf(at: number, random: () => number): AgentIndex {
  const words = (count: number) =>
    Array.from({ length: count }, () => wordOf(Math.max(0, zipf(random)))).join(' ');
  const jid = `agent${at}@d${at % 500}.example`;
  const inputs = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, place): Input => {
    const type = types[Math.floor(random() * types.length)] ?? 'string';
    const options = type === 'enum' ? ['EUR', 'USD', 'JPY'].map((value) => ({ value, label: null })) : [];
    const unsaid = {
      label: null,
      description: null,
      default: null,
      min: null,
      max: null,
      pattern: null,
      secret: false,
    };
    return {
      ...unsaid,
      name: `${wordOf(zipf(random) % 300)}${place}`,
      type,
      required: place < 2,
      multiple: false,
      multiline: false,
      options,
    };
  });
  const listing: Listing = {
    id: listingId({ jid, kind: 'command', node: 'n' }),
    kind: 'command',
    node: 'n',
    provider: { jid, name: null, domain: `d${at % 500}.example`, description: null, url: null, contacts: [] },
    name: words(3),
    names: [],
    description: random() < 0.8 ? words(25) : null,
    lang: ['en'],
    category: random() < 0.5 ? wordOf(zipf(random) % 20) : null,
    tags: Array.from({ length: Math.floor(random() * 4) }, () => wordOf(zipf(random) % 500)),
    inputs,
    inputSchema: { type: 'object' },
    outputs: [],
    outputSchema: null,
    price: random() < 0.3 ? { amount: (random() * 5).toFixed(2), currency: 'EUR', unit: 'call' } : null,
    location: null,
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
  return {
    jid,
    domain: listing.provider.domain,
    name: null,
    presenceDenied: false,
    isDenied: false,
    read: ['command'],
    reachable: true,
    facts: {},
    listings: [
      {
        listing,
        version: versionOf(listing),
        quality: qualityOf(listing),
        onConsent: false,
        callJid: null,
        sources: { command: new Date() },
      },
    ],
  };
}
