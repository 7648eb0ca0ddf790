/**
 * Personal eventing (XEP-0163): the nodes that we understand, read by name. Open ones are readable whoever asks, and
 * while the agent is offline.
 */

import { readForm } from '../../protocol/data-form.ts';
import { readAgentCard } from '../../protocol/dialects/ai-sns.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { NS_AGENTCARD, NS_LISTING } from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { type PubsubItem, pubsubItemsQuery, readPubsubItems } from '../../protocol/pubsub.ts';
import type { Element } from '../../protocol/xml.ts';
import { type Answer, type Asker, answered } from '../ask.ts';
import { type Fault, nothing, type Source, sourceLimits } from './source.ts';

export const pep: Source = async (asker, { subject, isAccount }) => {
  if (!isAccount) return nothing;
  const faults: Fault[] = [];
  const [cards, listings] = await Promise.all([
    readNode(asker, subject.jid, NS_AGENTCARD),
    readNode(asker, subject.jid, NS_LISTING),
  ]);
  const where = (node: string) => `${subject.jid} ${node}`;
  return {
    facts: {
      ...(isKnown(cards) && {
        cards: readPayloads(cards, where(NS_AGENTCARD), faults, (payload) => readAgentCard(payload)),
      }),
      ...(isKnown(listings) && {
        listings: readPayloads(listings, where(NS_LISTING), faults, (payload, item) => ({
          item,
          listing: readListingForm(readForm(payload)),
        })),
      }),
    },
    children: [],
    faults,
  };
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
function isKnown(answer: Answer<PubsubItem[]>): boolean {
  return answer.kind === 'answer' || answer.kind === 'refused';
}

function readPayloads<T>(
  answer: Answer<PubsubItem[]>,
  where: string,
  faults: Fault[],
  read: (payload: Element, item: string | null) => T,
): T[] {
  return (answered(answer) ?? []).flatMap(({ id, payload }) => {
    try {
      return payload ? [read(payload, id)] : [];
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      faults.push({ where: `${where} item ${id ?? ''}`, what: error.message });
      return [];
    }
  });
}
