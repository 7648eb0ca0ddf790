import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { revisitMinMs } from '../../../db/queue.ts';
import { writeCommandNotice } from '../../../protocol/command-notice.ts';
import { NS_AGENTCARD, NS_PUBSUB_EVENT } from '../../../protocol/namespaces.ts';
import { xml } from '../../../protocol/xml.ts';
import { crawlLoopLimits } from '../../../worker/crawl.ts';
import { expectUnharmed, listedBy, startBot, startNeighbour } from '../../support/bot.ts';
import { startComponent } from '../../support/component.ts';
import { until } from '../../support/directory.ts';
import { type OwnServer, ownNetwork } from '../../support/network.ts';
import { rowsOf } from '../../support/rows.ts';
import { visitsOf } from '../../support/visits.ts';

/** The directory and those who mean well are on the first server; those who do not, on the last. */
let home: OwnServer;
let far: OwnServer;

beforeAll(async () => {
  ({ home, far } = await ownNetwork());
});

/** How often a second something is sent, for so long, as far as this machine keeps up. */
async function flood(perSecond: number, seconds: number, send: (at: number) => void): Promise<number> {
  const started = performance.now();
  let sent = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - started) / 1_000) {
    for (; sent < elapsed * perSecond; sent++) send(sent);
    await wait(5);
  }
  return sent;
}

/** What an entity that gives reason to is visited within the seconds, one visit under way at either end. */
const visitsMax = (seconds: number) => Math.ceil((seconds * 1_000) / revisitMinMs) + 2;

describe('a flood', () => {
  test('of 1,000 notifications a second costs its sender visits at the usual distance, and nobody else anything', async () => {
    const bot = await startBot(home);
    const agent = await startNeighbour(bot);
    await listedBy(bot, agent.jid, ['Name that tune']);
    const before = visitsOf(bot, agent.jid).length;
    const event = xml(
      'event',
      { xmlns: NS_PUBSUB_EVENT },
      xml('items', { node: NS_AGENTCARD }, xml('item', { id: 'current' })),
    );
    const items = [{ jid: agent.fullJid, node: 'tune', name: 'Tune' }];
    const seconds = 6;
    const flooding = flood(1_000, seconds, (at) =>
      agent.send(
        at % 2
          ? writeCommandNotice(bot.jid, items)
          : xml('message', { to: bot.jid, type: 'headline' }, event),
      ),
    );
    await expectUnharmed(bot);
    expect(await flooding).toBeGreaterThan(1_000);
    expect(visitsOf(bot, agent.jid).length - before).toBeLessThanOrEqual(visitsMax(seconds));
    await expectUnharmed(bot);
  });

  test('of presence from an agent that flaps on and off leads to few visits, and to the truth in the end', async () => {
    const bot = await startBot(home);
    const agent = await startNeighbour(bot);
    await listedBy(bot, agent.jid, ['Name that tune']);
    const before = visitsOf(bot, agent.jid).length;
    const seconds = 5;
    const flapping = flood(200, seconds, (at) => (at % 2 ? agent.online() : agent.offline()));
    await expectUnharmed(bot);
    await flapping;
    agent.offline();
    await until('it is offline', async () => {
      const rows = await rowsOf(bot.db, sql`select from presence where jid = ${agent.jid}`);
      return rows.length === 0;
    });
    expect(visitsOf(bot, agent.jid).length - before).toBeLessThanOrEqual(visitsMax(seconds));
    expect(agent.executed.get('tune')).toBe(1);
    await expectUnharmed(bot);
  });

  test('of presence from strangers is not even remembered', async () => {
    const bot = await startBot(home);
    const component = await startComponent(far.component, () => undefined);
    const stranger = (at: number) => `stranger${at}@${component.domain}/r${at}`;
    const sending = flood(1_000, 4, (at) =>
      component.send(
        xml(
          'presence',
          { from: stranger(at), to: at % 2 ? bot.jid : `${bot.jid}/guildhall` },
          xml('status', {}, 'Hi'),
        ),
      ),
    );
    await expectUnharmed(bot);
    await sending;
    await expectUnharmed(bot);
    const remembered = await rowsOf(
      bot.db,
      sql`
      select jid from entity where jid like 'stranger%' union select jid from presence where jid like 'stranger%'`,
    );
    expect(remembered).toEqual([]);
  });

  test('of strangers who subscribe holds up nobody else', async () => {
    const bot = await startBot(home);
    const component = await startComponent(far.component, () => undefined);
    const sending = flood(100, 3, (at) =>
      component.send(
        xml('presence', { type: 'subscribe', from: `many${at}@${component.domain}`, to: bot.jid }),
      ),
    );
    await expectUnharmed(bot);
    await sending;
    await expectUnharmed(bot);
    const [held] = await rowsOf<{ count: number }>(
      bot.db,
      sql`select count(*)::int as count from entity where domain = ${component.domain} and lease_by is not null`,
    );
    expect(held?.count).toBeLessThanOrEqual(crawlLoopLimits.visitsPerDomainMax);
  });
});
