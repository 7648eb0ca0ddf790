import { type SQL, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { visitTimes } from '../../worker/visit.ts';
import { startAgent, type TestAgent, type TestCommand } from '../support/agent.ts';
import { createDirectory, spawnWorker, type TestDirectory, until } from '../support/directory.ts';
import { textField } from '../support/fields.ts';
import { type OwnServer, ownNetwork } from '../support/network.ts';
import { rowsOf } from '../support/rows.ts';

/** Longer than a failed visit waits for its repetition, and the repetition takes. */
const retriedMs = 2 * visitTimes.failedBaseMs;

let directory: TestDirectory;

/** Servers of its own: the count is of what these agents offer, and nothing that others left. */
let servers: OwnServer[];

beforeAll(async () => {
  ({ servers } = await ownNetwork());
  directory = await createDirectory(servers[0]);
});

const command = (name: string): TestCommand => ({ name, fields: [textField('x')] });

const rows = <Row>(statement: SQL) => rowsOf<Row>(directory.db, statement);

const exited = (child: ReturnType<typeof spawnWorker>) =>
  new Promise((resolve) => child.once('exit', resolve));

describe('a worker killed with -9 in mid-crawl', () => {
  test('loses nothing and doubles nothing', async () => {
    const agents: TestAgent[] = [];
    for (let at = 0; at < 12; at++) {
      const commands = { one: command(`One of ${at}`), two: command(`Two of ${at}`) };
      const agent = await startAgent({
        directory: directory.jid,
        server: servers[at % 2 ? servers.length - 1 : 0] as OwnServer,
        commands,
      });
      agent.intercept = async () => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return undefined;
      };
      agents.push(agent);
    }
    const indexed = async () =>
      (await rows<{ count: number }>(sql`select count(*)::int from listing`))[0]?.count ?? 0;

    for (let kill = 0; kill < 3; kill++) {
      const child = spawnWorker(directory);
      const before = await indexed();
      await until('some agent is indexed, or all are', async () => {
        const now = await indexed();
        return now > before || now === 24;
      });
      child.kill('SIGKILL');
      await exited(child);
    }

    const child = spawnWorker(directory);
    // A question that the kill left without an answer fails its visit, which is repeated on the schedule of failures.
    await until('every agent is indexed', async () => (await indexed()) === 24, 4 * retriedMs);
    await until('no lease is held', async () => {
      const [row] = await rows<{ count: number }>(
        sql`select count(*)::int from entity where lease_by is not null`,
      );
      return row?.count === 0;
    });
    child.kill('SIGTERM');
    await exited(child);

    const consents = await rows<{ jid: string }>(sql`select jid from consent`);
    expect(consents.map(({ jid }) => jid).sort()).toEqual(agents.map(({ jid }) => jid).sort());
    // Every change has a number of its own, and none is missing.
    const [numbers] = await rows<{ listings: number; distinct: number; head: number; most: number }>(sql`
      select (select count(*)::int from listing) as listings, count(distinct seq)::int as distinct,
        (select seq::int from change_head) as head, max(seq)::int as most from change`);
    expect(numbers).toEqual({ listings: 24, distinct: 24, head: 24, most: 24 });
    // A look that was begun is not repeated within the minute, whoever died.
    for (const agent of agents) {
      for (const count of agent.executed.values()) expect(count).toBeLessThanOrEqual(1);
    }
  });
});
