import type { Element } from '../../protocol/xml.ts';

/** The stanza's query of that kind, where it is one for the node; without a node, for the entity itself. */
export function queryIn(iq: Element, xmlns: string, node?: string): Element | undefined {
  const query = iq.getChild('query', xmlns);
  return query && (query.attrs.node || undefined) === node ? query : undefined;
}
