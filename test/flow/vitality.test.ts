import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NS_PING } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import type { Functions } from '../../scripts/stack/workerd.ts';
import { readConfig } from '../../worker/config.ts';
import { startWorker, type Worker } from '../../worker/worker.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { tune } from '../support/commands.ts';
import { createDirectory, runFunctions, type TestDirectory, until } from '../support/directory.ts';
import { observedOf } from '../support/observed.ts';
import { type AgentJson, agentOverHttp, foundOverHttp } from '../support/overview.ts';

type Availability = NonNullable<AgentJson['availability']>;

/** An hour of observations in some seconds. */
const periodMs = 200;
const commands = { tune };

let directory: TestDirectory;
let functions: Functions;
let worker: Worker;

beforeAll(async () => {
  directory = await createDirectory();
  [functions, worker] = await Promise.all([runFunctions(directory), start()]);
  afterAll(() => worker.stop());
});

function start(): Promise<Worker> {
  const environment = { ...directory.environment, IQ_TIMEOUT_MS: '1500', PING_PERIOD_MS: `${periodMs}` };
  return startWorker(
    readConfig(environment),
    (level, event, details) => process.env.TEST_LOG && console.log(level, event, JSON.stringify(details)),
  );
}

const reached = (what: string, jid: string, is: (availability: Availability) => boolean) =>
  until(`${jid}: ${what}`, async () => {
    const availability = (await agentOverHttp(functions.url, jid))?.availability;
    return availability && is(availability) && availability;
  });

const observed = (jid: string) => observedOf(directory.db, jid, 'reachable');

const isPing = (iq: Element) => iq.getChild('ping', NS_PING) !== undefined;
const pong = xml('ping', { xmlns: NS_PING });

test('an agent that is online is pinged, and its uptime and reply time appear over HTTP', async () => {
  const agent = await startAgent({ directory: directory.jid, domain: 'works.test', commands });
  agent.intercept = async (iq) => {
    if (!isPing(iq)) return undefined;
    await wait(150);
    return pong;
  };
  const availability = await reached('a reply time', agent.jid, ({ replyMs }) => (replyMs ?? 0) >= 150);
  expect(availability.online).toBe(true);
  expect(availability.replyMs).toBeLessThan(1_500);
  await reached('uptime', agent.jid, ({ uptime }) => uptime['1d'] === 1 && uptime['30d'] === 1);
  expect((await observed(agent.jid)).bad).toBe(0);
  const [found] = await foundOverHttp(functions.url, 'tune domain:works.test');
  expect(found?.availability).toMatchObject({ uptime: { '1d': 1, '7d': 1, '30d': 1 } });
  expect(found?.availability?.replyMs).toBeGreaterThanOrEqual(150);
});

test('an agent that refuses pings is reachable: a refusal is an answer', async () => {
  const agent = await startAgent({ directory: directory.jid, commands });
  const availability = await reached('uptime', agent.jid, ({ uptime }) => uptime['1d'] !== null);
  expect(availability).toMatchObject({ online: true, uptime: { '1d': 1 } });
});

test('an agent that leaves pings unanswered is taken for offline, and for online when it answers again', async () => {
  const agent = await startAgent({ directory: directory.jid, commands });
  await reached('online', agent.jid, ({ online, uptime }) => online && uptime['1d'] === 1);
  agent.intercept = (iq) => (isPing(iq) ? 'silence' : undefined);
  const doubted = await reached('offline', agent.jid, ({ online }) => !online);
  expect(doubted.uptime['1d']).toBeGreaterThan(0);
  await reached('less uptime', agent.jid, ({ uptime }) => (uptime['1d'] ?? 1) < 0.9);
  agent.intercept = () => undefined;
  await reached('online again', agent.jid, ({ online }) => online);
});

test("an agent's uptime falls while it is offline, and rises when it is back", async () => {
  const agent = await startAgent({ directory: directory.jid, commands });
  await reached('full uptime', agent.jid, ({ uptime }) => uptime['1d'] === 1);
  agent.offline();
  await reached('less uptime', agent.jid, ({ online, uptime }) => !online && (uptime['1d'] ?? 1) < 0.7);
  const low = await reached('little uptime', agent.jid, ({ uptime }) => (uptime['1d'] ?? 1) < 0.5);
  agent.online();
  await reached(
    'more uptime',
    agent.jid,
    ({ online, uptime }) => online && (uptime['1d'] ?? 0) > (low.uptime['1d'] ?? 1),
  );
});

test('an agent that withdraws its consent has its observations deleted', async () => {
  const agent = await startAgent({ directory: directory.jid, commands });
  await reached('uptime', agent.jid, ({ uptime }) => uptime['1d'] !== null);
  agent.unsubscribe();
  await until('nothing is kept', async () => {
    const { good, bad } = await observed(agent.jid);
    return good + bad === 0;
  });
});

test('an agent loses no uptime while the directory is down', async () => {
  const agent: TestAgent = await startAgent({ directory: directory.jid, commands });
  await reached('full uptime', agent.jid, ({ uptime }) => uptime['1d'] === 1);
  await worker.stop();
  const before = await observed(agent.jid);
  await wait(10 * periodMs);
  expect(await observed(agent.jid)).toEqual(before);
  worker = await start();
  await until('it is observed again', async () => (await observed(agent.jid)).good > before.good + 3);
  expect((await observed(agent.jid)).bad).toBe(0);
});
