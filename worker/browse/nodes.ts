/**
 * The names of the tree's nodes: `tags`, `tags/VALUE` and so on down to `listings/ID`. The first slash separates; what
 * follows is the value as it is: XML carries every character that one can have.
 */

import type { ShelfName } from '../../operations/browse.ts';
import { NS_AGENT_DIRECTORY } from '../../protocol/dialects/agent-gateway/namespaces.ts';
import { token } from '../../protocol/text.ts';

/** The shelves in the order in which the root lists them: that of their names, as every list is ordered. */
export const shelfNodes = ['agents', 'categories', 'domains', 'inputs', 'tags'] as const;
export type ShelfNode = (typeof shelfNodes)[number];

export const shelfTitles: { [node in ShelfNode]: string } = {
  agents: 'By agent',
  categories: 'By category',
  domains: 'By domain',
  inputs: 'By type of input',
  tags: 'By tag',
};

/** What a shelf's values are; agents are counted, and not kept. */
export const shelfOf: { [node in Exclude<ShelfNode, 'agents'>]: ShelfName } = {
  categories: 'category',
  domains: 'domain',
  inputs: 'accepts',
  tags: 'tag',
};

/** A listing's id has at most 4,096 characters; no value of a shelf has as many. */
export const nodeCharsMax = 4_200;

export type Place =
  /** The endpoints of Agent Gateways, listed as a gateway lists its own. */
  | { of: 'endpoints' }
  | { of: 'shelf'; shelf: ShelfNode }
  | { of: 'listings'; shelf: ShelfNode; value: string }
  | { of: 'listing'; id: string };

/** Null where no node can have that name. */
export function readNode(node: string): Place | null {
  if (token(node, nodeCharsMax) === null) return null;
  if (node === NS_AGENT_DIRECTORY) return { of: 'endpoints' };
  const slash = node.indexOf('/');
  const name = slash < 0 ? node : node.slice(0, slash);
  const value = slash < 0 ? null : node.slice(slash + 1);
  const shelf = shelfNodes.find((known) => known === name);
  if (shelf && value === null) return { of: 'shelf', shelf };
  if (!value) return null;
  if (shelf) return { of: 'listings', shelf, value };
  return name === 'listings' ? { of: 'listing', id: value } : null;
}

export function valueNode(shelf: ShelfNode, value: string): string {
  return `${shelf}/${value}`;
}

export function listingNode(id: string): string {
  return `listings/${id}`;
}
