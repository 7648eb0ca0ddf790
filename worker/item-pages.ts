/**
 * A list of disco#items read page by page (XEP-0030 with XEP-0059 §2.2), whatever the other side makes of paging:
 * bounded, each item once, and an end to pages that go round in circles.
 */

import { type DiscoItem, type DiscoItems, itemsQuery, readItems } from '../protocol/disco.ts';
import { ParseError } from '../protocol/parse-error.ts';
import type { Asker } from './ask.ts';

export const pageLimits = {
  /** Items asked for at once; some servers break above it. */
  pageItemsMax: 100,
  /** Pages of one list; a list that goes on is cut there. */
  pagesMax: 100,
  itemsMax: 5_000,
} as const;

export type ItemPages = {
  items: DiscoItem[];
  /** True where the end was reached: then what is not in it is not there. */
  complete: boolean;
  /** The condition of a list that was refused at its first page. */
  refused: string | null;
  faults: string[];
};

export async function readItemPages(asker: Asker, to: string, node: string | null): Promise<ItemPages> {
  const found = new Map<string, DiscoItem>();
  const keys = new Set<string>();
  const end = (complete: boolean, ...faults: string[]): ItemPages => ({
    items: [...found.values()],
    complete,
    refused: null,
    faults,
  });
  let after: string | null = null;
  for (let page = 0; page < pageLimits.pagesMax; page++) {
    const request = itemsQuery(node, { max: pageLimits.pageItemsMax, after });
    const answer = await asker.ask(to, 'get', request, (element) => readPage(element, node));
    switch (answer.kind) {
      case 'silent':
        return end(false);
      case 'refused':
        return page === 0
          ? { ...end(true), refused: answer.condition }
          : end(false, `page ${page + 1} of the list was refused: ${answer.condition}`);
      case 'malformed':
        return end(false, `page ${page + 1} of the list cannot be read: ${answer.why}`);
      case 'answer':
    }
    const { items, rsm } = answer.value;
    const before = found.size;
    for (const item of items) found.set(JSON.stringify([item.jid, item.node]), item);
    if (found.size > pageLimits.itemsMax)
      return end(false, `the list has more than ${pageLimits.itemsMax} items`);
    if (!rsm?.last || items.length === 0) return end(true);
    if (keys.has(rsm.last) || found.size === before)
      return end(false, 'the list goes round in circles: a page brings what an earlier one brought');
    keys.add(rsm.last);
    // The count may be approximate and the page smaller than asked for; only both together mean the end.
    const isShort = items.length < pageLimits.pageItemsMax;
    if (isShort && rsm.count !== null && found.size >= rsm.count) return end(true);
    after = rsm.last;
  }
  return end(false, `the list has more than ${pageLimits.pagesMax} pages`);
}

/** An answer about another node than was asked for is none; some libraries leave the node out. */
function readPage(element: Parameters<typeof readItems>[0], node: string | null): DiscoItems {
  const read = readItems(element);
  if (read.node !== null && read.node !== node) throw new ParseError('the answer is about another node');
  return read;
}
