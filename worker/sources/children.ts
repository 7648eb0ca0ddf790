/** Service discovery items (XEP-0030) of servers and components: whom they name. */

import { type DiscoItem, hasIdentity } from '../../protocol/disco.ts';
import { type Asker, answered } from '../ask.ts';
import { type Fault, nothing, type Source, sourceLimits } from './source.ts';

export const children: Source = async (asker, { subject, isAccount, addresses }) => {
  const info = addresses[0]?.info;
  // The items of a chat service are rooms, and those of a pubsub service nodes: neither are entities.
  if (isAccount || !info || hasIdentity(info, 'conference') || hasIdentity(info, 'pubsub', 'service'))
    return nothing;
  const { entities, faults } = await walk(asker, subject.jid);
  return { facts: {}, children: entities, faults };
};

/** Walks the entity's own tree of nodes: each node once, to a bounded depth and number. */
async function walk(asker: Asker, jid: string): Promise<{ entities: string[]; faults: Fault[] }> {
  const entities = new Set<string>();
  const seen = new Set<string | null>([null]);
  const faults: Fault[] = [];
  let level: (string | null)[] = [null];
  for (let depth = 0; level.length > 0 && depth < sourceLimits.treeDepthMax; depth++) {
    const pages = await Promise.all(level.map((node) => asker.allItems(jid, node)));
    level = [];
    for (const page of pages) {
      if (page.kind === 'malformed') faults.push({ where: jid, what: `its disco#items: ${page.why}` });
      for (const item of answered(page) ?? []) {
        if (isEntity(item, jid) && entities.size < sourceLimits.childrenMax) entities.add(item.jid);
        if (item.jid !== jid || seen.has(item.node) || seen.size > sourceLimits.treeNodesMax) continue;
        seen.add(item.node);
        level.push(item.node);
      }
    }
  }
  return { entities: [...entities], faults };
}

function isEntity(item: DiscoItem, jid: string): boolean {
  return item.node === null && item.jid !== jid;
}
