/**
 * The tree that service discovery walks (XEP-0030): from the root to the shelves, their values, the listings on each,
 * and from a listing to the specialist's own address.
 */

import { shownForm } from '../../market/listing-form.ts';
import { isProblem } from '../../market/problem.ts';
import type { Qualifier, Query } from '../../market/query/ast.ts';
import { isRefused, readValue } from '../../market/query/codecs.ts';
import type { Shelves } from '../../operations/browse.ts';
import {
  type AgentShelf,
  type ShelvedAgent,
  shelvedAgents,
  shelvedListings,
} from '../../operations/browse.ts';
import type { Deps } from '../../operations/deps.ts';
import { showAgent, showListing } from '../../operations/show.ts';
import { NS_AGENT_DIRECTORY } from '../../protocol/dialects/agent-gateway/namespaces.ts';
import type { DiscoInfo, DiscoItem, DiscoItems } from '../../protocol/disco.ts';
import { NS_DISCO_INFO, NS_DISCO_ITEMS, NS_RSM } from '../../protocol/namespaces.ts';
import type { RsmQuestion } from '../../protocol/rsm.ts';
import type { StanzaError } from '../../protocol/stanza-error.ts';
import { stanzaErrorOf } from '../commands/refusal.ts';
import { specialistItem } from '../listing-item.ts';
import type { KeptShelves } from './kept-shelves.ts';
import {
  listingNode,
  nodeCharsMax,
  readNode,
  type ShelfNode,
  shelfNodes,
  shelfOf,
  shelfTitles,
  valueNode,
} from './nodes.ts';
import { type Keyed, type OrderedPlace, type Page, pageOf, pageOfAll, placeOf, sizeOf } from './pages.ts';

/** What stands at the root beside the shelves, by its node. */
export type Beside = { node: string; name: string };

export class Tree {
  #deps: Deps;
  #shelves: Pick<KeptShelves, 'get'>;
  #root: Map<string, string>;

  constructor(deps: Deps, shelves: Pick<KeptShelves, 'get'>, beside: Beside[] = []) {
    this.#deps = deps;
    this.#shelves = shelves;
    this.#root = new Map([
      ...shelfNodes.map((node): [string, string] => [node, shelfTitles[node]]),
      [NS_AGENT_DIRECTORY, endpointsTitle],
      ...beside.map(({ node, name }): [string, string] => [node, name]),
    ]);
  }

  /** What disco#info says of a node. */
  async info(node: string): Promise<DiscoInfo | StanzaError> {
    const place = readNode(node);
    switch (place?.of) {
      case undefined:
        return notFound;
      case 'endpoints':
        return branch(node, endpointsTitle);
      case 'shelf':
        return branch(node, shelfTitles[place.shelf]);
      case 'listings': {
        const title = await this.#titleOf(place.shelf, place.value);
        return typeof title === 'string' ? branch(node, title) : title;
      }
      case 'listing': {
        const record = await showListing(this.#deps, place.id);
        if (isProblem(record)) return stanzaErrorOf(record);
        return { ...branch(node, record.listing.name), forms: [shownForm(record)] };
      }
    }
  }

  /**
   * The items of a node, or of the root where there is none.
   * @param own the address at which the directory was asked
   */
  async items(
    node: string | null,
    question: RsmQuestion | null,
    own: string,
  ): Promise<DiscoItems | StanzaError> {
    const place = placeOf(question);
    if (place.from === 'index') return unordered;
    const size = sizeOf(question);
    const page = await this.#page(node, size, place, own);
    if ('condition' in page) return page;
    const { items, rsm } = page;
    // Who does not ask for a page hears of pages only where there are more.
    const isWhole = question === null && rsm.count !== null && items.length >= rsm.count;
    return { node, items, rsm: isWhole ? null : rsm };
  }

  async #page(
    node: string | null,
    size: number,
    at: OrderedPlace,
    own: string,
  ): Promise<Page<DiscoItem> | StanzaError> {
    const place = node === null ? null : readNode(node);
    if (node !== null && place === null) return notFound;
    switch (place?.of) {
      case undefined:
        return pageOfAll([...this.#root.keys()].sort(), size, at, (node) =>
          keyed({ jid: own, node, name: this.#root.get(node) ?? null }, node),
        );
      case 'endpoints':
        // As at a gateway, the items are the endpoints' own addresses.
        return this.#byAddress('endpoints', null, size, at, ({ jid, name }) => ({
          jid,
          node: null,
          name,
        }));
      case 'shelf':
        return place.shelf === 'agents'
          ? this.#agents(size, at, own)
          : this.#values(place.shelf, size, at, own);
      case 'listings':
        return this.#listings(place.shelf, place.value, size, at, own);
      case 'listing': {
        const record = await showListing(this.#deps, place.id);
        if (isProblem(record)) return stanzaErrorOf(record);
        return pageOfAll(['call'], size, at, (key) => keyed(specialistItem(record), key));
      }
    }
  }

  async #values(shelf: Exclude<ShelfNode, 'agents'>, size: number, at: OrderedPlace, own: string) {
    const counts = (await this.#shelves.get())[shelfOf[shelf]];
    return pageOfAll([...counts.keys()], size, at, (value) =>
      keyed({ jid: own, node: valueNode(shelf, value), name: `${value} (${counts.get(value)})` }, value),
    );
  }

  async #agents(size: number, at: OrderedPlace, own: string): Promise<Page<DiscoItem> | StanzaError> {
    const { agents: count } = await this.#shelves.get();
    return this.#byAddress('agents', count, size, at, ({ jid, name }) => ({
      jid: own,
      node: valueNode('agents', jid),
      name: name ?? jid,
    }));
  }

  /** A page of agents in the order of their addresses, which are also the places that pages go on from. */
  async #byAddress(
    shelf: AgentShelf,
    count: number | null,
    size: number,
    at: OrderedPlace,
    itemOf: (agent: ShelvedAgent) => DiscoItem,
  ): Promise<Page<DiscoItem> | StanzaError> {
    const isBackwards = at.from === 'before' || at.from === 'end';
    const jid = 'key' in at ? at.key : null;
    if (jid !== null && jid.length > nodeCharsMax) return noSuchPage;
    const found =
      size === 0 ? [] : await shelvedAgents(this.#deps, shelf, isBackwards ? 'before' : 'after', jid, size);
    const items = found.map((agent) => keyed(itemOf(agent), agent.jid));
    return pageOf(items, count, isBackwards ? 'end' : 'start');
  }

  async #listings(
    shelf: ShelfNode,
    value: string,
    size: number,
    at: OrderedPlace,
    own: string,
  ): Promise<Page<DiscoItem> | StanzaError> {
    const query = queryOf(shelf, value);
    if (query === null) return notFound;
    if (at.from === 'before' || at.from === 'end') return unordered;
    const cursor = at.from === 'after' ? at.key : null;
    const found = await shelvedListings(this.#deps, query, Math.max(1, size), cursor);
    if (isProblem(found)) return found.problem === 'invalid-cursor' ? noSuchPage : stanzaErrorOf(found);
    if (found.length === 0 && cursor === null) return notFound;
    const items = found
      .slice(0, size)
      .map(({ record: { listing }, cursor: key }) =>
        keyed({ jid: own, node: listingNode(listing.id), name: listing.name }, key),
      );
    return pageOf(items, countOf(await this.#shelves.get(), shelf, value));
  }

  /** What a value's node is called; a refusal where no listing has the value. */
  async #titleOf(shelf: ShelfNode, value: string): Promise<string | StanzaError> {
    if (shelf === 'agents') {
      const shown = await showAgent(this.#deps, value);
      return isProblem(shown) ? notFound : (shown.agent.name ?? shown.agent.jid);
    }
    const query = queryOf(shelf, value);
    const found = query ? await shelvedListings(this.#deps, query, 1, null) : [];
    if (isProblem(found)) return stanzaErrorOf(found);
    return found.length > 0 ? value : notFound;
  }
}

const endpointsTitle = 'Endpoints of Agent Gateways';

const notFound: StanzaError = { type: 'cancel', condition: 'item-not-found', text: 'There is no such node.' };
/** XEP-0059 §2.2: what is said of a page whose place is unknown. */
const noSuchPage: StanzaError = {
  type: 'cancel',
  condition: 'item-not-found',
  text: 'No page of this list begins there; expected the <last/> of one, or none.',
};
const unordered: StanzaError = {
  type: 'cancel',
  condition: 'feature-not-implemented',
  text: 'This list is read forwards, by <after/>.',
};

/** Every node of the tree leads on. */
function branch(node: string, name: string): DiscoInfo {
  const identity = { category: 'hierarchy', type: 'branch', name, lang: null };
  return { node, identities: [identity], features: [NS_DISCO_INFO, NS_DISCO_ITEMS, NS_RSM], forms: [] };
}

function keyed(item: DiscoItem, key: string): Keyed<DiscoItem> {
  const chars = item.jid.length + (item.node?.length ?? 0) + (item.name?.length ?? 0);
  return { item, key, chars };
}

/** The query that a value's node stands for; null where it can have no such value. */
function queryOf(shelf: ShelfNode, value: string): Query | null {
  switch (shelf) {
    case 'tags':
      return of({ name: 'tag', excluded: false, values: [value.toLowerCase()] });
    case 'categories':
      return of({ name: 'category', excluded: false, values: [value.toLowerCase()] });
    case 'domains': {
      const domain = readValue('domain', value);
      return isRefused(domain) ? null : of({ name: 'domain', excluded: false, values: [domain] });
    }
    case 'inputs': {
      const type = readValue('accepts', value);
      return isRefused(type) ? null : of({ name: 'accepts', excluded: false, values: [type] });
    }
    case 'agents': {
      const jid = readValue('agent', value);
      return isRefused(jid) ? null : of({ name: 'agent', excluded: false, values: [jid] });
    }
  }
}

function of(qualifier: Qualifier): Query {
  return { terms: [], qualifiers: [qualifier] };
}

/** How many listings stand there, as it was known last; null where it is not kept. */
function countOf(shelves: Shelves, shelf: ShelfNode, value: string): number | null {
  if (shelf === 'agents') return null;
  const counts = shelves[shelfOf[shelf]];
  if (shelf !== 'domains') return counts.get(value.toLowerCase()) ?? null;
  // A domain's listings are those of the domains below it, too.
  const within = [...counts].filter(([domain]) => domain === value || domain.endsWith(`.${value}`));
  return within.length > 0 ? within.reduce((sum, [, count]) => sum + count, 0) : null;
}
