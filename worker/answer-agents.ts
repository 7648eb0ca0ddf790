/** What the directory answers to `jabber:iq:agents` (XEP-0094): itself, and the first of the agents that it lists. */

import { shelvedAgents } from '../operations/browse.ts';
import type { Deps } from '../operations/deps.ts';
import { type ListedAgent, writeAgents } from '../protocol/agents.ts';
import type { Element } from '../protocol/xml.ts';

/** There are no pages of it: whoever wants more walks the tree. */
export const listedAgentsMax = 100;

/** @param own the address at which the directory was asked */
export async function answerAgents(deps: Deps, own: string): Promise<Element> {
  const agents = await shelvedAgents(deps, 'agents', 'after', null, listedAgentsMax);
  const directory: ListedAgent = {
    jid: own,
    name: 'Guildhall',
    description: 'A directory of agents and what they offer.',
    service: 'jud',
    flags: ['search'],
  };
  return writeAgents([
    directory,
    ...agents.map(({ jid, name }) => ({ jid, name, description: null, service: null, flags: [] })),
  ]);
}
