import type { AgentJson, ListingJson } from '../../functions/serialize.ts';
import { until } from './directory.ts';

export type { AgentJson, ListingJson };

/** An agent as the functions at this address show it; null where it is not listed. */
export async function agentOverHttp(http: string, jid: string): Promise<AgentJson | null> {
  const response = await fetch(`${http}/v1/agents/${encodeURIComponent(jid)}`);
  return response.ok ? ((await response.json()) as AgentJson) : null;
}

/** What the functions at this address find by the query. */
export async function foundOverHttp(http: string, query: string): Promise<ListingJson[]> {
  const response = await fetch(`${http}/v1/listings?q=${encodeURIComponent(query)}`);
  return ((await response.json()) as { items: ListingJson[] }).items;
}

/** Waits until the agent's listings have these names, and returns them in the order of the names. */
export async function listedOverHttp(http: string, jid: string, names: string[]): Promise<ListingJson[]> {
  const wanted = JSON.stringify([...names].sort());
  let seen: ListingJson[] = [];
  const seenNames = () => JSON.stringify(seen.map(({ name }) => name));
  await until(`${jid} lists ${wanted}`, async () => {
    const listings = (await agentOverHttp(http, jid))?.listings ?? [];
    seen = listings.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return seenNames() === wanted;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it lists ${seenNames()}`);
  });
  return seen;
}
