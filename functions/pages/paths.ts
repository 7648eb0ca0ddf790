/** The addresses of the pages, and what may become a link at all. */

import { isProblem } from '../../market/problem.ts';
import { emptyQuery, type Qualifier, type Query } from '../../market/query/ast.ts';
import { formatQuery } from '../../market/query/format.ts';
import { parseSort, type Sort, sortDefault } from '../../market/query/sort.ts';

export function listingPath(id: string): string {
  return `/listings/${encodeURIComponent(id)}`;
}

export function listingJsonPath(id: string): string {
  return `/v1/listings/${encodeURIComponent(id)}`;
}

export function agentPath(jid: string): string {
  return `/agents/${encodeURIComponent(jid)}`;
}

type Further = { sort?: Sort; cursor?: string | null };

export function searchPath(query: string, { sort = sortDefault, cursor = null }: Further = {}): string {
  const parameters = new URLSearchParams({
    ...(query && { q: query }),
    ...(sort !== sortDefault && { sort }),
    ...(cursor && { cursor }),
  });
  return parameters.size === 0 ? '/' : `/?${parameters}`;
}

/** The first page of a query in an order; in the usual one where the query lacks what the order needs. */
export function askedPath(query: Query, sort: Sort): string {
  return searchPath(formatQuery(query), { sort: isProblem(parseSort(sort, query)) ? sortDefault : sort });
}

export function tagPath(tag: string): string {
  return qualifierPath({ name: 'tag', excluded: false, values: [tag.toLowerCase()] });
}

export function categoryPath(category: string): string {
  return qualifierPath({ name: 'category', excluded: false, values: [category.toLowerCase()] });
}

export function domainPath(domain: string): string {
  return qualifierPath({ name: 'domain', excluded: false, values: [domain] });
}

function qualifierPath(qualifier: Qualifier): string {
  return searchPath(formatQuery({ ...emptyQuery, qualifiers: [qualifier] }));
}

/** Checked when it was read, and again here: a page never links to any other scheme. */
export function isLink(text: string): boolean {
  return /^(https|xmpp|mailto|payto):/.test(text);
}

/** Checked when it was read, and again here: an https address, or a bitmap that carries its own bytes. */
export function isImage(text: string): boolean {
  return /^(https:\/\/|data:image\/(png|jpeg|webp|gif);base64,)/.test(text);
}
