/** A mirror that knows the directory by its HTTP contract alone. */

import type { ListingJson } from '../../functions/serialize.ts';

export type FeedItem = {
  seq: number;
  id: string;
  op: 'put' | 'delete';
  at: string;
  listing?: ListingJson | null;
};
export type FeedPage = { items: FeedItem[]; cursor: string | null; next: number; head: number };
export type Get = (path: string) => Promise<Response>;

export class Mirror {
  readonly listings = new Map<string, ListingJson>();
  readonly given: FeedItem[] = [];
  next = 0;
  readonly #get: Get;

  constructor(get: Get) {
    this.#get = get;
  }

  /** Reads and applies one page; returns whether more is there. */
  async readPage(query = ''): Promise<boolean> {
    const page = (await (await this.#get(`/v1/changes?since=${this.next}${query}`)).json()) as FeedPage;
    for (const item of page.items) await this.#apply(item);
    this.next = page.next;
    return page.cursor !== null;
  }

  async catchUp(query = ''): Promise<void> {
    while (await this.readPage(query));
  }

  /** What is mirrored, without what is observed rather than said: that has no changes in the feed. */
  get content(): { [id: string]: unknown } {
    const all = [...this.listings.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return Object.fromEntries(all.map((listing) => [listing.id, contentOf(listing)]));
  }

  async #apply(item: FeedItem): Promise<void> {
    this.given.push(item);
    const listing = item.op === 'delete' ? null : (item.listing ?? (await this.#fetch(item)));
    if (listing) this.listings.set(item.id, listing);
    else this.listings.delete(item.id);
  }

  async #fetch({ id, listing }: FeedItem): Promise<ListingJson | null> {
    if (listing === null) return null;
    const response = await this.#get(`/v1/listings/${encodeURIComponent(id)}`);
    return response.status === 404 ? null : ((await response.json()) as ListingJson);
  }
}

export function contentOf({ availability: _, rating, stale, sources, ...said }: ListingJson) {
  return { ...said, sources: sources.map(({ source }) => source), call: { ...said.call, jid: null } };
}
