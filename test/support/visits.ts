import type { Database } from '../../db/database.ts';
import { makeVisitDue } from '../../db/queue.ts';
import { parseJid } from '../../protocol/jid.ts';
import { type Logged, until } from './directory.ts';

/** What a worker logged of its visits to the entity, in their order. */
export function visitsOf({ logged }: { logged: Logged }, jid: string): Logged {
  return logged.filter(({ event, details }) => event === 'visit' && details.jid === jid);
}

/** Makes a visit of the entity due, and waits for one that ends after now. */
export async function visit(bot: { db: Database; logged: Logged }, jid: string): Promise<void> {
  const before = visitsOf(bot, jid).length;
  await makeVisitDue(bot.db, { jid, domain: parseJid(jid).domain });
  await until(`${jid} is visited`, async () => visitsOf(bot, jid).length > before);
}
