import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 500;
const requestTimeoutMs = 5_000;
const pageSize = 100;

interface Wanted {
  name: string;
  jid: string;
}

export interface FirstCrawl {
  wanted: number;
  missing: Wanted[];
  /** What was listed and must not be. */
  unwanted: Wanted[];
}

/** Asks the directory until it lists all that is wanted, or the time is over. */
export async function awaitListings(
  http: string,
  wanted: Wanted[],
  {
    never,
    timeoutMs,
    signal,
    onProgress,
  }: { never: Wanted[]; timeoutMs: number; signal: AbortSignal; onProgress: (found: number) => void },
): Promise<FirstCrawl> {
  const until = Date.now() + timeoutMs;
  let missing = wanted;
  let unwanted: Wanted[] = [];
  while (missing.length > 0 && Date.now() < until) {
    signal.throwIfAborted();
    const listed = await listedNow(http);
    if (listed) {
      missing = wanted.filter((one) => !listed.has(key(one)));
      unwanted = never.filter((one) => listed.has(key(one)));
    }
    onProgress(wanted.length - missing.length);
    if (missing.length > 0) await sleep(pollMs, undefined, { signal });
  }
  return { wanted: wanted.length, missing, unwanted };
}

/** Undefined while the directory does not answer yet. */
async function listedNow(http: string): Promise<Set<string> | undefined> {
  const listed = new Set<string>();
  let cursor: string | null = null;
  try {
    do {
      const url = new URL('/v1/listings', http);
      url.searchParams.set('limit', String(pageSize));
      if (cursor !== null) url.searchParams.set('cursor', cursor);
      const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) });
      if (!response.ok) return undefined;
      const page = (await response.json()) as {
        items: { name: string; provider: { jid: string } }[];
        cursor: string | null;
      };
      for (const { name, provider } of page.items) listed.add(key({ name, jid: provider.jid }));
      cursor = page.cursor;
    } while (cursor !== null);
    return listed;
  } catch {
    return undefined;
  }
}

function key({ name, jid }: Wanted): string {
  return `${jid} ${name}`;
}
