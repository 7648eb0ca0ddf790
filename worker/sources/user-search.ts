/** User directories (XEP-0055), where the operator names them: whom they list. */

import { NS_SEARCH } from '../../protocol/namespaces.ts';
import { readSearchOffer, readSearchResults, searchQuery, writeSearch } from '../../protocol/user-search.ts';
import { answered } from '../ask.ts';
import { nothing, type Source, sourceLimits } from './source.ts';

export const userSearch: Source = async (asker, { subject, addresses, userDirectories }) => {
  const { jid } = subject;
  if (!userDirectories.has(jid) || !addresses[0]?.info?.features.includes(NS_SEARCH)) return nothing;
  const offer = answered(await asker.ask(jid, 'get', searchQuery(), readSearchOffer));
  if (!offer) return nothing;
  const names = offer.form ? offer.form.fields.map((field) => field.var) : offer.fields;
  // Every directory seen takes one field that holds a wildcard for all.
  const everybody = names.find(
    (name) => name !== null && ['nick', 'user', 'fn', 'first', 'search'].includes(name),
  );
  if (!everybody)
    return { ...nothing, faults: [{ where: jid, what: 'its search has no field that asks for everybody' }] };
  const search = writeSearch(offer, new Map([[everybody, '*']]));
  const results = await asker.ask(jid, 'set', search, readSearchResults);
  if (results.kind === 'malformed')
    return { ...nothing, faults: [{ where: jid, what: `its search: ${results.why}` }] };
  const found = (answered(results) ?? []).map((result) => result.jid);
  return { facts: {}, children: [...new Set(found)].slice(0, sourceLimits.childrenMax), faults: [] };
};
