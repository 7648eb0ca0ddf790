/**
 * Personal eventing (XEP-0163). Where the account lists its nodes those that we understand are read; where it does not
 * (it shows the list to subscribers only) the ones that describe offers are asked for by name: open ones are readable
 * whoever asks, and while the agent is offline.
 */

import {
  emptyProfile,
  type Facts,
  type Profile,
  type StatedEntry,
  type StatedListing,
} from '../../market/facts.ts';
import { avatarLink, readAvatar } from '../../protocol/avatar.ts';
import { readForm } from '../../protocol/data-form.ts';
import { readA2aCard } from '../../protocol/dialects/a2a-card.ts';
import type { AgentCard } from '../../protocol/dialects/ai-sns.ts';
import { readArdEntry } from '../../protocol/dialects/ard-entry.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { pointOf, readGeoloc } from '../../protocol/geoloc.ts';
import {
  NODE_VCARD4,
  NS_AGENTCARD,
  NS_AGENTCARD_0,
  NS_AVATAR_METADATA,
  NS_GEOLOC,
  NS_JSON,
  NS_LISTING,
} from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { type PubsubItem, pubsubItemsQuery, readPubsubItems } from '../../protocol/pubsub.ts';
import { readVcard4 } from '../../protocol/vcard4.ts';
import type { Element } from '../../protocol/xml.ts';
import { type Answer, type Asker, answered } from '../ask.ts';
import { type Fault, type Found, nothing, type Source, sourceLimits } from './source.ts';

const OFFER_NODES = [NS_AGENTCARD, NS_AGENTCARD_0, NS_LISTING];
const PROFILE_NODES = [NS_GEOLOC, NS_AVATAR_METADATA, NODE_VCARD4];

export const pep: Source = async (asker, { subject, isAccount }) => {
  if (!isAccount) return nothing;
  const { jid } = subject;
  const list = await asker.items(jid);
  if (list.kind === 'silent') return nothing;
  const items = answered(list)?.items ?? null;
  const nodes = items && new Set(items.filter((item) => item.jid === jid).map((item) => item.node));
  const wanted = [...OFFER_NODES, ...(nodes ? PROFILE_NODES : [])].filter(
    (node) => !nodes || nodes.has(node),
  );
  // A node of a shared service to which the account points is as good as its own.
  const pointers = (items ?? []).flatMap((item) => (item.jid !== jid && item.node !== null ? [item] : []));
  const read = await Promise.all([
    ...wanted.map(async (node) => ({ node, where: jid, items: await readNode(asker, jid, node) })),
    ...pointers.slice(0, sourceLimits.pointersMax).map(async (item) => {
      const node = item.node ?? '';
      return { node: NS_LISTING, where: `${item.jid} ${node}`, items: await readNode(asker, item.jid, node) };
    }),
  ]);
  const isKnown = (of: string[]) => read.every(({ node, items }) => !of.includes(node) || isSaid(items));
  const faults: Fault[] = [];
  const found = new Payloads(read, faults);
  const facts: Partial<Facts> = {
    ...(isKnown([NS_AGENTCARD, NS_AGENTCARD_0]) && { cards: found.cards() }),
    ...(isKnown([NS_LISTING]) && { listings: found.listings(), entries: found.entries() }),
    ...(nodes && isKnown(PROFILE_NODES) && { profile: found.profile() }),
  };
  return { facts, children: [], faults } satisfies Found;
};

/** Reads a node's items; for all kinds of pubsub services. */
export function readNode(asker: Asker, service: string, node: string): Promise<Answer<PubsubItem[]>> {
  return asker.ask(service, 'get', pubsubItemsQuery(node, sourceLimits.itemsMax), (element) => {
    const read = readPubsubItems(element);
    if (read.node !== node) throw new ParseError('the answer is about another node');
    return read.items;
  });
}

/** What may not be read is not published to us. */
function isSaid(answer: Answer<PubsubItem[]>): boolean {
  return answer.kind === 'answer' || answer.kind === 'refused';
}

type ReadNode = { node: string; where: string; items: Answer<PubsubItem[]> };

/** What the nodes hold, each payload by the codec that knows it. */
class Payloads {
  #read: ReadNode[];
  #faults: Fault[];

  constructor(read: ReadNode[], faults: Fault[]) {
    this.#read = read;
    this.#faults = faults;
  }

  cards(): AgentCard[] {
    return this.#all([NS_AGENTCARD, NS_AGENTCARD_0], (payload) => readA2aCard(payload));
  }

  listings(): StatedListing[] {
    return this.#all([NS_LISTING], (payload, item) =>
      payload.is('json', NS_JSON) ? null : { item, listing: readListingForm(readForm(payload)) },
    );
  }

  entries(): StatedEntry[] {
    return this.#all([NS_LISTING], (payload, item) =>
      payload.is('json', NS_JSON) && item !== null ? { item, entry: readArdEntry(payload) } : null,
    );
  }

  profile(): Profile {
    const [location] = this.#all([NS_GEOLOC], (payload) => pointOf(readGeoloc(payload)));
    const [avatar] = this.#all([NS_AVATAR_METADATA], (payload) => avatarLink(readAvatar(payload)));
    const [vcard] = this.#all([NODE_VCARD4], (payload) => readVcard4(payload));
    return {
      ...emptyProfile,
      location: location ?? null,
      avatar: avatar ?? null,
      name: vcard?.fn ?? vcard?.nicknames[0] ?? null,
      note: vcard?.note ?? null,
      url: vcard?.urls[0] ?? null,
    };
  }

  #all<T>(nodes: string[], read: (payload: Element, item: string | null) => T | null): T[] {
    return this.#read
      .filter(({ node }) => nodes.includes(node))
      .flatMap(({ where, node, items }) => {
        if (items.kind === 'malformed') this.#faults.push({ where: `${where} ${node}`, what: items.why });
        return (answered(items) ?? []).flatMap((item) => this.#one(`${where} ${node}`, item, read) ?? []);
      });
  }

  #one<T>(
    where: string,
    { id, payload }: PubsubItem,
    read: (payload: Element, item: string | null) => T | null,
  ): T | null {
    if (!payload) return null;
    try {
      return read(payload, id);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#faults.push({ where: `${where} item ${id ?? ''}`, what: error.message });
      return null;
    }
  }
}
