import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { StackError } from './errors.ts';
import type { FirstCrawl } from './first-crawl.ts';
import { root } from './paths.ts';

/** What the person at the terminal reads when the first crawl is through. */
export function invitation(http: string, { wanted, missing, unwanted }: FirstCrawl, logDir: string): string {
  const jids = (listings: { jid: string }[]) => [...new Set(listings.map(({ jid }) => jid))].join(', ');
  const faults = [
    ...(missing.length > 0 ? [`Still not indexed: ${jids(missing)}`] : []),
    ...(unwanted.length > 0 ? [`Indexed against their will: ${jids(unwanted)}`] : []),
  ];
  const outcome =
    faults.length === 0
      ? `All ${wanted} sample listings are indexed.`
      : `${faults.join('; ')}; see ${relative(root, logDir)}. The stack goes on.`;
  return `${outcome}

Guildhall is at ${http}

Try these three; docs/trade.md goes through them with curl, and "1. A token" of it says how a chat client gets the token:
  A call: "3. Call it", of
    curl "${http}/v1/listings?q=convert%20currency"
  A negotiated contract: "4. Agree on a price", with
    curl "${http}/v1/listings?q=write%20a%20verse"
  A rating: "7. Rate it", of
    curl "${http}/v1/listings?q=print%20a%20banner"

Or look around: ${process.platform === 'darwin' ? 'open' : 'xdg-open'} ${http}/

Ctrl-C ends it, a later start goes on from here, and "npm run reset" clears everything.`;
}

/** One sentence for the person at the terminal; what only helps us goes to a file. */
export function report(error: unknown, logFile: string): void {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof StackError) {
    process.stderr.write(`${message}\n`);
    return;
  }
  mkdirSync(dirname(logFile), { recursive: true });
  writeFileSync(logFile, `${stack}\n`, { flag: 'a' });
  process.stderr.write(`The stack cannot go on: ${message} (${relative(root, logFile)} has the rest).\n`);
}
