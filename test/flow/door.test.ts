import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { takeDoor } from '../../db/door.ts';
import { NS_PING } from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import { startAgent } from '../support/agent.ts';
import { tune } from '../support/commands.ts';
import {
  asComponent,
  createDirectory,
  runFunctions,
  runWorker,
  spawnWorker,
  type TestDirectory,
  type TestWorker,
  until,
} from '../support/directory.ts';
import { type OwnServer, ownNetwork } from '../support/network.ts';
import { listedOverHttp } from '../support/overview.ts';
import { startProxy } from '../support/proxy.ts';

let home: OwnServer;

beforeAll(async () => {
  ({ home } = await ownNetwork());
});

const loggedBy = ({ logged }: TestWorker) => logged.map(({ event }) => event);

/** Whether the directory's address answers. */
async function answers({ jid, address }: TestDirectory): Promise<boolean> {
  const asker = await startAgent({ directory: jid, server: home, subscribe: false });
  try {
    const pong = await asker.ask('get', xml('ping', { xmlns: NS_PING }), address);
    return pong.attrs.type === 'result';
  } catch {
    return false;
  } finally {
    await asker.stop();
  }
}

describe.each([
  ['an account', (server: OwnServer) => ({ service: server.service, domain: server.domain, ca: server.ca })],
  ['a component', asComponent],
])('two workers of a directory that is %s', (_, at) => {
  test('are never the directory at the same time; the second takes over when the first ends, and when it is killed', async () => {
    const directory = await createDirectory(at(home));
    const first = await runWorker(directory);
    await until('the first is the directory', async () => first.session.ready);
    const second = await runWorker(directory);
    await until('the second stands by', async () => loggedBy(second).includes('standing-by'));
    await wait(1_500);
    expect(second.session.ready).toBe(false);
    expect(loggedBy(first).filter((event) => event === 'xmpp-disconnected')).toEqual([]);

    await first.stop();
    await until('the second is the directory', async () => second.session.ready);
    expect(await answers(directory)).toBe(true);
    await second.stop();

    const killed = spawnWorker(directory);
    await until('a process is the directory', () => answers(directory));
    const third = await runWorker(directory);
    await until('the third stands by', async () => loggedBy(third).includes('standing-by'));
    killed.kill('SIGKILL');
    await until('the third is the directory', async () => third.session.ready);
    const { url: http } = await runFunctions(directory);
    const agent = await startAgent({ directory: directory.jid, server: home, commands: { tune } });
    await listedOverHttp(http, agent.jid, ['Name that tune']);
    await third.stop();
  });
});

/** The way to the database, which can be cut without a word. */
async function startCuttable(databaseUrl: string) {
  const url = new URL(databaseUrl);
  const { service, freeze, end } = await startProxy(`xmpp://${url.host}`);
  url.host = new URL(service).host;
  return { url: url.href, freeze, end };
}

test('a worker that loses the door while it stops leaves the network no later than one that runs', async () => {
  const directory = await createDirectory(asComponent(home));
  const { url, freeze, end } = await startCuttable(directory.databaseUrl);
  const environment = { ...directory.environment, DATABASE_URL_DIRECT: url };
  const worker = await runWorker({ ...directory, environment }, { limits: { pingPeriodMs: 400 } });
  await until('it is the directory', async () => worker.session.ready);
  await wait(1_000);
  freeze();
  // By now it asks a database that says nothing, and waits for that.
  await wait(500);
  const stopping = worker.stop();
  await until('it has left the network', async () => !worker.session.ready);
  end('reset');
  await stopping;
});

test('the door is given up within seconds where the database says nothing any more', async () => {
  const directory = await createDirectory(asComponent(home));
  const { url, freeze, end } = await startCuttable(directory.databaseUrl);
  const hold = await takeDoor(url);
  expect(await takeDoor(url)).toBeNull();
  freeze();
  await Promise.race([
    hold?.release(),
    wait(4_000).then(() => {
      throw new Error('it is not given up');
    }),
  ]);
  end('reset');
});

test('a worker that loses its hold on the door leaves the network, and comes back when it has it again', async () => {
  const directory = await createDirectory(asComponent(home));
  const worker = await runWorker(directory);
  await until('it is the directory', async () => worker.session.ready);
  await directory.db.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'guildhall-door' and datname = current_database()`);
  await until('it lost the door', async () => loggedBy(worker).includes('door-lost'));
  await until(
    'it is back',
    async () =>
      worker.session.ready && loggedBy(worker).filter((event) => event === 'xmpp-online').length === 2,
  );
});
