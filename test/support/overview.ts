/** What the tests read of the HTTP contract. */

export type ListingJson = {
  id: string;
  name: string;
  kind: string;
  description: string | null;
  inputs: { name: string; label: string | null; type: string; required: boolean }[];
  inputSchema: object | null;
  price: object | null;
  call: { jid: string; node: string } | null;
  availability: { online: boolean } | null;
  sources: { source: string }[];
};

export type AgentJson = { availability: { online: boolean } | null; listings: ListingJson[] };

/** An agent as the functions at this address show it; null where it is not listed. */
export async function agentOverHttp(http: string, jid: string): Promise<AgentJson | null> {
  const response = await fetch(`${http}/v1/agents/${encodeURIComponent(jid)}`);
  return response.ok ? ((await response.json()) as AgentJson) : null;
}
