/** A conversation: what is asked in words is done by the same operations as everything else, and answered in words. */

import { isProblem } from '../../market/problem.ts';
import { emptyQuery, type Query } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import { parseQuery } from '../../market/query/parse.ts';
import { sortDefault } from '../../market/query/sort.ts';
import type { Deps } from '../../operations/deps.ts';
import { stats } from '../../operations/explore.ts';
import { match } from '../../operations/match.ts';
import { search } from '../../operations/search.ts';
import { showListing } from '../../operations/show.ts';
import { readGiven } from '../commands/match.ts';
import { Recent } from '../recent.ts';
import { searchNotes } from '../search-table.ts';
import type { ChatRequest } from './request.ts';
import { plain } from './styling.ts';
import { help, listingLines, matchLines, noteLines, problemText, resultLines } from './words.ts';

export const conversationLimits = {
  resultsPerReply: 5,
  /** Who last asked: of so many it is known what `more` and `show N` mean. */
  jidsMax: 1_000,
  idleMs: 1_800_000,
  /** Results of one conversation that `show N` still finds, and their ids' length together. */
  resultsMax: 50,
  idsCharsMax: 8_000,
  queryCharsMax: 300,
} as const;

/** The last results: where they go on, and their ids by number. */
type Shown = { query: Query; cursor: string | null; count: number; ids: Map<number, string> };

export class Conversation {
  #deps: Deps;
  #shown: Recent<Shown>;

  constructor(deps: Deps, now: () => number = Date.now) {
    this.#deps = deps;
    this.#shown = new Recent(conversationLimits.jidsMax, conversationLimits.idleMs, now);
  }

  /** Conversations that are remembered. */
  get size(): number {
    return this.#shown.size;
  }

  /** What is said to it, without the mark of the directory. @param jid who asks, bare */
  async answer(jid: string, request: ChatRequest): Promise<string> {
    switch (request.wants) {
      case 'help':
        return help;
      case 'status':
        return this.#status();
      case 'find':
        return this.#find(jid, request.query);
      case 'more':
        return this.#more(jid);
      case 'show':
        return this.#show(jid, request.what);
      case 'match':
        return this.#match(jid, request.lines);
    }
  }

  async #status(): Promise<string> {
    const { listings, agents, domains, online, stale } = await stats(this.#deps);
    return [
      `${count(listings, 'listing')} of ${count(agents, 'agent')} on ${count(domains, 'domain')}.`,
      `${count(online, 'agent')} online that show it; ${count(stale, 'listing')} not verified for a day.`,
    ].join('\n');
  }

  async #find(jid: string, text: string): Promise<string> {
    const query = parseQuery(text);
    if (isProblem(query)) return problemText(query);
    return this.#page(jid, { query, cursor: null, count: 0, ids: new Map() });
  }

  async #more(jid: string): Promise<string> {
    const shown = this.#shown.get(jid);
    if (!shown) return 'There is nothing to go on from; write find and what you look for.';
    if (shown.cursor === null) return 'That was all; write find and what else you look for.';
    return this.#page(jid, shown);
  }

  /** The next results, which are remembered. */
  async #page(jid: string, { query, cursor, count: before, ids }: Shown): Promise<string> {
    const limit = conversationLimits.resultsPerReply;
    const page = await search(this.#deps, { query, sort: sortDefault, limit, cursor });
    if (isProblem(page)) return problemText(page);
    const { items } = page;
    const numbered = items.map(({ record }, at) => ({ at: before + at + 1, record }));
    const known = new Map([...ids, ...numbered.map(({ at, record }) => [at, record.listing.id] as const)]);
    const last = before + items.length;
    this.#shown.set(jid, { query, cursor: page.cursor, count: last, ids: bounded(known) });
    const asked = plain(formatQuery(query), conversationLimits.queryCharsMax);
    const what = asked ? `for ${asked}` : 'of all listings';
    return [
      items.length > 0 ? `results ${before + 1} to ${last} ${what}` : `no results ${what}`,
      ...noteLines(searchNotes(page)),
      ...numbered.flatMap(({ at, record }) => resultLines(at, record)),
      ...(items.length > 0
        ? [page.cursor === null ? 'show N tells all of one' : 'more goes on, show N tells all of one']
        : []),
    ].join('\n');
  }

  async #show(jid: string, what: number | string): Promise<string> {
    const id = typeof what === 'string' ? what : this.#shown.get(jid)?.ids.get(what);
    if (id === undefined)
      return `You have no result ${what}; expected a number of the last results, or a listing's id.`;
    const record = await showListing(this.#deps, id);
    return isProblem(record) ? problemText(record) : listingLines(record).join('\n');
  }

  async #match(jid: string, lines: string[]): Promise<string> {
    const read = readGiven(lines);
    if (isProblem(read)) return `${problemText(read)}. As in: match amount=3, from=EUR`;
    const { items, approximate } = await match(this.#deps, read.given, conversationLimits.resultsPerReply);
    if (items.length === 0) return 'nothing takes these.';
    const ids = bounded(new Map(items.map(({ record }, at) => [at + 1, record.listing.id])));
    this.#shown.set(jid, { query: emptyQuery, cursor: null, count: items.length, ids });
    return [
      'what takes these',
      ...(approximate ? ['More may fit than were looked at.'] : []),
      ...items.flatMap((item, at) => matchLines(at + 1, item)),
      'show N tells all of one',
    ].join('\n');
  }
}

/** The last of them, as far as they fit. */
function bounded(ids: Map<number, string>): Map<number, string> {
  let chars = 0;
  const kept = [...ids]
    .reverse()
    .slice(0, conversationLimits.resultsMax)
    .filter(([, id]) => {
      chars += id.length;
      return chars <= conversationLimits.idsCharsMax;
    });
  return new Map(kept.reverse());
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
