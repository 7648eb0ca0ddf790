import { beforeAll, expect, test } from 'vitest';
import { subscribers } from '../../db/consent.ts';
import { writeForm } from '../../protocol/data-form.ts';
import { infoQuery, readInfo } from '../../protocol/disco.ts';
import { NS_CAPS, NS_DISCO_INFO, NS_LISTING, NS_PING } from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { startAgent, type TestAgent } from '../support/agent.ts';
import { convert, tune } from '../support/commands.ts';
import { asComponent, type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { listingForm } from '../support/fields.ts';
import { type OwnNetwork, type OwnServer, ownNetwork } from '../support/network.ts';
import { agentOverHttp, listedOverHttp } from '../support/overview.ts';

let network: OwnNetwork;
let directory: RunningDirectory;

beforeAll(async () => {
  network = await ownNetwork();
  directory = await startDirectory(asComponent(network.home), { limits: { pingPeriodMs: 1_000 } });
});

/** An agent, and every presence that came to it from the directory. */
async function startHearing(
  server: OwnServer,
  more: Partial<Parameters<typeof startAgent>[0]> = {},
): Promise<{ agent: TestAgent; heard: Element[] }> {
  const heard: Element[] = [];
  const agent = await startAgent({ directory: directory.jid, server, subscribe: false, ...more });
  agent.onPresence = (stanza) => {
    if (stanza.attrs.from === directory.jid) heard.push(stanza);
  };
  return { agent, heard };
}

const types = (heard: Element[]) => heard.map(({ attrs }) => attrs.type ?? 'available');

const isOnline = async (jid: string) =>
  (await agentOverHttp(directory.http, jid))?.availability?.online === true;

test('an agent that subscribes is subscribed to, told of the presence, and listed with what it offers, on either server', async () => {
  for (const server of [network.home, network.far]) {
    const { agent, heard } = await startHearing(server, { commands: { convert } });
    agent.subscribe();
    const listings = await listedOverHttp(directory.http, agent.jid, ['Convert feet']);
    expect(listings).toHaveLength(1);
    await until('it is online', () => isOnline(agent.jid));
    await until('it hears of the directory', async () => types(heard).includes('available'));
    expect(types(heard)).toEqual(expect.arrayContaining(['subscribe', 'available']));
    const caps = heard.find(({ attrs }) => !attrs.type)?.getChild('c', NS_CAPS);
    expect(caps?.attrs).toMatchObject({ hash: 'sha-1', ver: expect.stringMatching(/^[\w+/]{27}=$/) });
  }
});

test("a change of what an agent publishes reaches the component as the server's notification", async () => {
  const { agent } = await startHearing(network.far);
  agent.subscribe();
  await until('it is online', async () =>
    (await subscribers(directory.db)).some((one) => one.jid === agent.jid && one.shows),
  );
  await agent.publish(NS_LISTING, 'agent', writeForm(listingForm({ name: 'First name' })));
  await listedOverHttp(directory.http, agent.jid, ['First name']);
  await agent.publish(NS_LISTING, 'agent', writeForm(listingForm({ name: 'Second name' })));
  await listedOverHttp(directory.http, agent.jid, ['Second name']);
});

test('an agent that goes and comes is seen to, and one that withdraws is no longer watched', async () => {
  const { agent } = await startHearing(network.far, { commands: { tune } });
  agent.subscribe();
  await listedOverHttp(directory.http, agent.jid, ['Name that tune']);
  await until('it is online', () => isOnline(agent.jid));
  agent.offline();
  await until('it is offline', async () => !(await isOnline(agent.jid)));
  agent.online();
  await until('it is online again', () => isOnline(agent.jid));
  agent.unsubscribe();
  await until('its listing is gone', async () => !(await agentOverHttp(directory.http, agent.jid)));
  expect((await subscribers(directory.db)).map(({ jid }) => jid)).not.toContain(agent.jid);
});

test("a stranger's probe is answered with its having no subscription, and its questions are answered too", async () => {
  const { agent, heard } = await startHearing(network.home);
  agent.send(xml('presence', { to: directory.jid, type: 'unsubscribe' }));
  const pong = await agent.ask('get', xml('ping', { xmlns: NS_PING }), directory.jid);
  expect(pong.attrs).toMatchObject({ type: 'result', from: directory.jid });
  const answer = await agent.ask('get', infoQuery(), directory.jid);
  expect(readInfo(answer.getChild('query', NS_DISCO_INFO) as Element).features).toContain(
    'urn:guildhall:directory:0',
  );
  // Who never subscribed has nothing to be told of.
  expect(heard).toEqual([]);
});

test('the domain has nobody but the directory', async () => {
  const { agent } = await startHearing(network.far);
  for (const to of [`somebody@${directory.jid}`, `${directory.jid}/somewhere`]) {
    await expect(agent.ask('get', xml('ping', { xmlns: NS_PING }), to)).rejects.toThrow(
      'service-unavailable',
    );
  }
});

test('the server lists the component, and the crawl does not visit the directory itself', async () => {
  const visits = directory.logged.filter(({ event }) => event === 'visit').map(({ details }) => details.jid);
  expect(visits).toContain(network.home.domain);
  const own = directory.logged.filter(
    ({ details }) => details.jid === directory.jid && 'listings' in details,
  );
  expect(own.every(({ details }) => details.listings === 0 && details.reachable === false)).toBe(true);
});

test('subscriptions outlive the server: everybody is told and asked anew, and who stayed away is offline', async () => {
  const { agent, heard } = await startHearing(network.far, { commands: { tune } });
  const { agent: leaving } = await startHearing(network.far, { commands: { convert } });
  for (const one of [agent, leaving]) {
    one.subscribe();
    await until('it is online', () => isOnline(one.jid));
  }
  network.home.kill();
  await until('the component is down', async () => !directory.session.ready);
  await leaving.stop();
  heard.length = 0;
  await network.home.restart();
  await until('the component is back', async () => directory.session.ready);
  await until('the agent is told', async () => types(heard).includes('available'));
  await until('the one that left is offline', async () => !(await isOnline(leaving.jid)));
  await until('the one that stayed is online', () => isOnline(agent.jid));
});
