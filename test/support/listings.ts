import { grantConsent } from '../../db/consent.ts';
import type { Database } from '../../db/database.ts';
import { type AgentIndex, writeIndex } from '../../db/write-index.ts';
import type { Listing } from '../../market/listing.ts';
import { listingId } from '../../market/listing-id.ts';
import { qualityOf } from '../../market/quality.ts';
import { versionOf } from '../../market/version.ts';

type Some = Partial<Listing> & { node: string; onConsent?: boolean };

/** A listing with nothing but what the test is about. */
export function listingOf(jid: string, { onConsent: _, ...some }: Some): Listing {
  const domain = jid.split('@').at(-1) ?? jid;
  return {
    id: listingId({ jid, kind: some.kind ?? 'command', node: some.node }),
    kind: 'command',
    provider: { jid, name: null, domain, description: null, url: null, contacts: [] },
    name: some.node,
    description: null,
    lang: [],
    category: null,
    tags: [],
    inputs: [],
    inputSchema: null,
    outputs: [],
    outputSchema: null,
    price: null,
    location: null,
    call: { protocol: 'xmpp-command', node: some.node, url: null, relay: false },
    features: [],
    flags: [],
    queries: [],
    terms: null,
    link: null,
    linkType: null,
    icon: null,
    sources: ['command'],
    names: [],
    provenance: {},
    ...some,
  };
}

/** What a complete look at an agent with these listings gives to the index. */
export function indexOf(jid: string, listings: Some[]): AgentIndex {
  return {
    jid,
    domain: jid.split('@').at(-1) ?? jid,
    name: null,
    presenceDenied: false,
    isDenied: false,
    read: ['command'],
    reachable: true,
    facts: {},
    listings: listings.map((some) => {
      const listing = listingOf(jid, some);
      return {
        listing,
        version: versionOf(listing),
        quality: qualityOf(listing),
        onConsent: some.onConsent ?? false,
        callJid: `${jid}/agent`,
        sources: { command: new Date() },
      };
    }),
  };
}

/** Writes agents with one listing each; they consent unless it is said that they do not. */
export async function writeAgents(
  db: Database,
  jids: string[],
  { consented = true, presenceDenied = false } = {},
): Promise<void> {
  await writeIndex(
    db,
    jids.map((jid) => ({ ...indexOf(jid, [{ node: 'n' }]), presenceDenied })),
    0,
  );
  if (consented) for (const jid of jids) await grantConsent(db, jid);
}
