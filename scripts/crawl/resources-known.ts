/** Where a directory's HTTP answers say that an agent is online: a hint for the look, and no more. */

import { z } from 'zod';
import { tryJid } from '../../protocol/jid.ts';
import type { Resource } from '../../worker/sources/source.ts';

const timeoutMs = 3_000;

const Agent = z.object({
  listings: z.array(z.object({ call: z.object({ jid: z.string().nullish() }).nullish() })),
});

/** None where the directory does not know the agent, or does not answer. */
export async function resourcesKnownTo(http: string, jid: string): Promise<Resource[]> {
  try {
    const address = `${http}/v1/agents/${encodeURIComponent(jid)}`;
    const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
    const { listings } = Agent.parse(await response.json());
    const named = listings.map(({ call }) => tryJid(call?.jid)?.resource ?? '').filter(Boolean);
    return [...new Set(named)].map((resource) => ({ resource, caps: [] }));
  } catch {
    return [];
  }
}
