/** From the directory's values to the JSON of the contract. */

import type { z } from '@hono/zod-openapi';
import type { AgentRecord, CountedAgent } from '../db/agents.ts';
import type { ListingRecord, ListingStatus } from '../market/listing.ts';
import { scoreUnit, type Why } from '../market/ranking.ts';
import type { ShownScore } from '../market/reputation/shown-score.ts';
import type { SearchPage } from '../operations/search.ts';
import type { AgentPage } from '../operations/show.ts';
import type { AgentSchema, CountedAgentSchema, HitSchema, ListingSchema, RatingSchema } from './schemas.ts';

export type ListingJson = z.infer<typeof ListingSchema>;
export type HitJson = z.infer<typeof HitSchema>;
export type AgentJson = z.infer<typeof AgentSchema>;

export function listingJson(record: ListingRecord): ListingJson {
  const { listing, status, rating, firstSeen, updated, seq } = record;
  const verified = status.verified.toISOString();
  const { node: _, sources, call, provider, ...said } = listing;
  return {
    ...said,
    provider,
    call: call && {
      ...call,
      jid: call.protocol === 'http-jsonrpc' ? null : (status.callJid ?? provider.jid),
    },
    availability: availabilityJson(status),
    rating: rating && scoreJson(rating),
    sources: sources.map((source) => ({
      source,
      verified: new Date(status.sources[source] ?? verified).toISOString(),
    })),
    stale: status.stale,
    firstSeen: firstSeen.toISOString(),
    updated: updated.toISOString(),
    seq,
  };
}

export function scoreJson({ score, low, high, count, aspects }: ShownScore): z.infer<typeof RatingSchema> {
  return { score, low, high, count, ...aspects };
}

type Availability = Pick<ListingStatus, 'online' | 'uptime' | 'replyMs' | 'lastSeen'>;

function availabilityJson({ online, uptime, replyMs, lastSeen }: Availability): ListingJson['availability'] {
  if (online === null) return null;
  return {
    online,
    uptime: { '1d': uptime.d1, '7d': uptime.d7, '30d': uptime.d30 },
    replyMs,
    lastSeen: lastSeen?.toISOString() ?? null,
  };
}

/** @param explain whether the hit names the shares of its score */
export function hitJson({ record, score, why }: SearchPage['items'][number], explain: boolean): HitJson {
  const shares = Object.fromEntries(
    Object.entries(why).map(([share, units]) => [share, units / scoreUnit]),
  ) as Why;
  return { ...listingJson(record), score: score / scoreUnit, ...(explain && { why: shares }) };
}

export function agentJson({ agent, listings }: AgentPage): AgentJson {
  return { ...aboutJson(agent), listings: listings.map(listingJson) };
}

export function countedAgentJson(agent: CountedAgent): z.infer<typeof CountedAgentSchema> {
  return { ...aboutJson(agent), listings: agent.listings };
}

function aboutJson(agent: AgentRecord): Omit<AgentJson, 'listings'> {
  const { jid, name, domain, firstSeen } = agent;
  return {
    ...{ jid, name, domain, availability: availabilityJson(agent), firstSeen: firstSeen.toISOString() },
    record: {
      provider: agent.asProvider && scoreJson(agent.asProvider),
      client: agent.asClient && scoreJson(agent.asClient),
    },
  };
}
