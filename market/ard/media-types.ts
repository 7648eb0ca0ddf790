/** The media types of Agentic Resource Discovery (ARD, v0.9 draft) that the directory speaks of. */

/** What every listing is, at its own address. */
export const LISTING_TYPE = 'application/vnd.guildhall.listing+json';
export const REGISTRY_TYPE = 'application/ai-registry+json';

/**
 * Cards that an agent may state by HTTP. An agent's word makes no registry and no catalogue: a client would search
 * there next.
 */
export const cardTypes = [
  'application/a2a-agent-card+json',
  'application/agent-card+json',
  'application/mcp-server-card+json',
] as const;
export type CardType = (typeof cardTypes)[number];

export const entryTypes = [LISTING_TYPE, ...cardTypes] as const;
export type EntryType = (typeof entryTypes)[number];

/** The one of `types` that the text names, whatever its case. */
export function typeNamed(text: string): EntryType | null {
  const written = text.trim().toLowerCase();
  return entryTypes.find((type) => type === written) ?? null;
}
