import { sql } from 'drizzle-orm';
import { expect, onTestFinished } from 'vitest';
import type { Listing } from '../../market/listing.ts';
import { startAgent, type TestAgent, type TestAgentOptions } from './agent.ts';
import { tune } from './commands.ts';
import { createDirectory, runWorker, type TestDirectory, type TestWorker, until } from './directory.ts';
import type { OwnServer } from './network.ts';
import { rowsOf } from './rows.ts';

/** A directory of one test's own, with nothing queued by the tests before, on the server that is its home. */
export type Bot = TestDirectory & TestWorker & { home: OwnServer };

export async function startBot(home: OwnServer): Promise<Bot> {
  const directory = await createDirectory(home);
  const worker = await runWorker(directory);
  onTestFinished(() => worker.stop());
  return { ...directory, ...worker, home };
}

/** An agent beside the directory, which offers one command unless it is said otherwise. */
export function startNeighbour(bot: Bot, more: Partial<TestAgentOptions> = {}): Promise<TestAgent> {
  return startAgent({ directory: bot.jid, server: bot.home, commands: { tune }, ...more });
}

/** What the directory holds of the agent. */
export async function listingsOf({ db }: Bot, jid: string): Promise<Listing[]> {
  const statement = sql`select body from listing where jid = ${jid} order by name`;
  return (await rowsOf<{ body: Listing }>(db, statement)).map(({ body }) => body);
}

/** Waits until the agent's listings have these names, and returns them. */
export async function listedBy(bot: Bot, jid: string, names: string[]): Promise<Listing[]> {
  const wanted = JSON.stringify([...names].sort());
  return until(`${jid} lists ${wanted}`, async () => {
    const listings = await listingsOf(bot, jid);
    return JSON.stringify(listings.map(({ name }) => name).sort()) === wanted && listings;
  });
}

/** What the directory knows of at the domain. */
export async function entitiesOf({ db }: Bot, domain: string): Promise<string[]> {
  const statement = sql`select jid from entity where domain = ${domain} order by jid`;
  return (await rowsOf<{ jid: string }>(db, statement)).map(({ jid }) => jid);
}

/** What must hold whatever was done to the directory: the same session stands, and others are served meanwhile. */
export async function expectUnharmed(bot: Bot): Promise<void> {
  const another = await startNeighbour(bot);
  await listedBy(bot, another.jid, ['Name that tune']);
  const sessions = bot.logged.filter(({ event }) => event === 'xmpp-online');
  const broken = bot.logged.filter(({ level }) => level === 'error');
  expect([sessions.length, bot.session.ready, broken]).toEqual([1, true, []]);
}
