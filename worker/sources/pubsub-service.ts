/**
 * Shared pubsub services (XEP-0060): the listing forms in their nodes. What such an item says counts only for the
 * account that the service names as its publisher, and only where service and account are of one domain: anybody else
 * could claim anything.
 */

import { type Form, formNamespace, formValue, readForm } from '../../protocol/data-form.ts';
import { readListingForm } from '../../protocol/dialects/listing-form.ts';
import { hasIdentity } from '../../protocol/disco.ts';
import { bareJid, type Jid, tryJid } from '../../protocol/jid.ts';
import { NS_LISTING, NS_PUBSUB } from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { type PubsubItem, pubsubSubscription } from '../../protocol/pubsub.ts';
import { type Asker, answered } from '../ask.ts';
import { readItemPages } from '../item-pages.ts';
import { readNode } from './pep.ts';
import { type Fault, nothing, type Publication, type Source, sourceLimits } from './source.ts';

export const pubsubService: Source = async (asker, { subject, addresses, own }) => {
  const [at] = addresses;
  if (!at?.info || !hasIdentity(at.info, 'pubsub', 'service')) return nothing;
  const nodes = await readItemPages(asker, subject.jid, null);
  if (!nodes.complete) return nothing;
  const named = nodes.items.flatMap(({ jid, node }) => (jid === subject.jid && node !== null ? [node] : []));
  const faults: Fault[] = [];
  const publications: Publication[] = [];
  for (const node of await listingNodes(asker, subject.jid, named)) {
    const items = await readNode(asker, subject.jid, node);
    // A node that does not answer now leaves the others' word incomplete: nothing is replaced.
    if (items.kind === 'silent') return { ...nothing, faults };
    publications.push(
      ...(answered(items) ?? []).flatMap((item) => readItem(subject.jid, node, item, faults)),
    );
    // Its notifications tell of changes at once; where they are refused the next visit does.
    void asker.ask(subject.jid, 'set', pubsubSubscription(node, own), () => null);
  }
  return { facts: {}, children: [], faults, publications };
};

/** Nodes of the listing's name, and those whose metadata says that they hold listings. */
async function listingNodes(asker: Asker, service: string, nodes: string[]): Promise<string[]> {
  const wanted = nodes.slice(0, sourceLimits.treeNodesMax).map(async (node) => {
    if (node === NS_LISTING) return node;
    const metadata = answered(await asker.info(service, node))?.forms.find(isMetadata);
    return metadata && formValue(metadata, 'pubsub#type') === NS_LISTING ? node : null;
  });
  return (await Promise.all(wanted)).filter((node) => node !== null);
}

function isMetadata(form: Form): boolean {
  return formNamespace(form) === `${NS_PUBSUB}#meta-data`;
}

function readItem(
  service: string,
  node: string,
  { id, publisher, payload }: PubsubItem,
  faults: Fault[],
): Publication[] {
  const where = `${service} ${node} item ${id ?? ''}`;
  const jid = tryJid(publisher);
  if (!id || !payload) return [];
  if (!jid || !attests(service, jid)) {
    faults.push({
      where,
      what: 'the service does not attest a publisher of its own domain, so nobody said it',
    });
    return [];
  }
  try {
    return [{ node, item: id, jid: bareJid(jid), listing: readListingForm(readForm(payload)) }];
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    faults.push({ where, what: error.message });
    return [];
  }
}

/** A service attests for the accounts of the domain that it belongs to. */
function attests(service: string, publisher: Jid): boolean {
  return publisher.local !== '' && (service === publisher.domain || service.endsWith(`.${publisher.domain}`));
}
