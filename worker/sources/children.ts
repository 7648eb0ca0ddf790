/** Service discovery items (XEP-0030) of servers and components: whom they name. */

import { agentsQuery, readAgents } from '../../protocol/agents.ts';
import { type DiscoItem, hasIdentity } from '../../protocol/disco.ts';
import { type Asker, answered } from '../ask.ts';
import { readItemPages } from '../item-pages.ts';
import { type Fault, nothing, type Source, sourceLimits } from './source.ts';

export const children: Source = async (asker, { subject, isAccount, addresses }) => {
  const at = addresses[0];
  const info = at?.info ?? null;
  // The items of a chat service are rooms, and those of a pubsub service nodes: neither are entities.
  if (isAccount || !at || at.silent) return nothing;
  if (info && (hasIdentity(info, 'conference') || hasIdentity(info, 'pubsub', 'service'))) return nothing;
  const { entities, refused, faults } = await walk(asker, subject.jid);
  // What disco refuses its ancestor may still answer.
  const old = refused ? await asker.ask(subject.jid, 'get', agentsQuery(), readAgents) : null;
  const listed = old ? (answered(old) ?? []).map((agent) => agent.jid) : [];
  return { facts: {}, children: [...entities, ...listed].slice(0, sourceLimits.childrenMax), faults };
};

type Walk = {
  entities: string[];
  /** The entity has no disco#items at all. */
  refused: boolean;
  faults: Fault[];
};

/** Walks the entity's own tree of nodes: each node once, to a bounded depth and number. */
async function walk(asker: Asker, jid: string): Promise<Walk> {
  const entities = new Set<string>();
  const seen = new Set<string | null>([null]);
  const faults: Fault[] = [];
  let refused = false;
  let level: (string | null)[] = [null];
  for (let depth = 0; level.length > 0 && depth < sourceLimits.treeDepthMax; depth++) {
    const pages = await Promise.all(level.map((node) => readItemPages(asker, jid, node)));
    level = [];
    if (depth === 0) refused = pages[0]?.refused !== null;
    for (const page of pages) {
      faults.push(...page.faults.map((what) => ({ where: `${jid} disco#items`, what })));
      for (const item of page.items) {
        if (isEntity(item, jid) && entities.size < sourceLimits.childrenMax) entities.add(item.jid);
        if (item.jid !== jid || seen.has(item.node) || seen.size > sourceLimits.treeNodesMax) continue;
        seen.add(item.node);
        level.push(item.node);
      }
    }
  }
  return { entities: [...entities], refused, faults };
}

function isEntity(item: DiscoItem, jid: string): boolean {
  return item.node === null && item.jid !== jid;
}
