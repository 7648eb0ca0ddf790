/** Who has dealt with whom: the graph that a rater's standing is read from. */

import { areRelated, type Party } from './party.ts';
import type { Deal } from './rating.ts';

export type Counterparty = { owner: string; host: string; isPaid: boolean };

/**
 * With whom each owner has dealt, by owner; `isPaid` where one of the dealings had a price. A set: the same deals make the
 * same graph in any order and however often each is added, so that it can be kept up deal by deal.
 */
export type Dealings = Map<string, Map<string, Counterparty>>;

export function dealingsOf(deals: Iterable<Deal>): Dealings {
  const dealings: Dealings = new Map();
  for (const deal of deals) addDeal(dealings, deal);
  return dealings;
}

/** Dealings within one host, as within one owner, say nothing of either. */
export function addDeal(dealings: Dealings, { client, provider, isPaid }: Deal): void {
  if (client.host === provider.host || areRelated(client, provider)) return;
  note(dealings, client, provider, isPaid);
  note(dealings, provider, client, isPaid);
}

function note(dealings: Dealings, { owner }: Party, other: Party, isPaid: boolean): void {
  const known = dealings.get(owner) ?? new Map<string, Counterparty>();
  const wasPaid = known.get(other.owner)?.isPaid === true;
  known.set(other.owner, { owner: other.owner, host: other.host, isPaid: isPaid || wasPaid });
  dealings.set(owner, known);
}

/** For each host that somebody dealt with, the most that one of its owners counts there: accounts cost nothing, hosts do. */
export function strongestByHost(
  counterparties: Iterable<Counterparty>,
  measure: (one: Counterparty) => number,
): Map<string, number> {
  const strongest = new Map<string, number>();
  for (const one of counterparties)
    strongest.set(one.host, Math.max(strongest.get(one.host) ?? 0, measure(one)));
  return strongest;
}
