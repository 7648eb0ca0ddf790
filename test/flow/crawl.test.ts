import { beforeAll, describe, expect, test } from 'vitest';
import { NS_AGENTCARD, NS_LISTING, NS_NOINDEX } from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import { startAgent, type TestCommand } from '../support/agent.ts';
import { convert, tune } from '../support/commands.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { foundOverHttp, listedOverHttp, agentOverHttp as showAgent } from '../support/overview.ts';
import { visitsOf } from '../support/visits.ts';
import { fixture } from '../support/xml.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

const agentOverHttp = (jid: string) => showAgent(directory.http, jid);
const listingsOf = async (jid: string) => (await agentOverHttp(jid))?.listings ?? [];
const namesOf = async (jid: string) => (await listingsOf(jid)).map(({ name }) => name).sort();

const listed = (jid: string, names: string[]) => listedOverHttp(directory.http, jid, names);

describe('an agent', () => {
  test('that appears is found over HTTP, with typed inputs, on either server', async () => {
    for (const domain of ['agents.test', 'works.test']) {
      const agent = await startAgent({ directory: directory.jid, domain, commands: { convert } });
      const [listing] = await listed(agent.jid, ['Convert feet']);
      // When it subscribes, and when it comes online.
      expect(visitsOf(directory, agent.jid).length).toBeLessThanOrEqual(2);
      expect(listing).toMatchObject({
        kind: 'command',
        inputs: [
          { name: 'amount', type: 'number', required: true },
          { name: 'unit', type: 'enum', required: false },
        ],
        inputSchema: { required: ['amount'] },
        call: { protocol: 'xmpp-command', jid: agent.fullJid, node: 'convert', relay: false },
        availability: { online: true },
        sources: [{ source: 'command' }, { source: 'first-form' }],
      });
      const found = await foundOverHttp(directory.http, `feet domain:${domain}`);
      expect(found.map(({ id }) => id)).toContain(listing?.id);
      expect(await (await fetch(`${directory.http}/v1/listings/${listing?.id}`)).json()).toEqual(listing);
    }
  });

  test('that comes back with a changed command is listed with the change, under the same id', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert } });
    const [before] = await listed(agent.jid, ['Convert feet']);
    agent.offline();
    await until(
      'the agent is offline',
      async () => (await listingsOf(agent.jid))[0]?.availability?.online === false,
    );
    agent.commands.set('convert', { ...convert, name: 'Convert miles' });
    agent.commands.set('tune', tune);
    agent.online();
    const after = await listed(agent.jid, ['Convert miles', 'Name that tune']);
    expect(after.find(({ name }) => name === 'Convert miles')?.id).toBe(before?.id);
  });

  test('that goes is marked offline, its resource no longer shown, its listing kept', async () => {
    const agent = await startAgent({ directory: directory.jid, domain: 'works.test', commands: { convert } });
    await listed(agent.jid, ['Convert feet']);
    await agent.stop();
    const [listing] = await until('the agent is offline', async () => {
      const listings = await listingsOf(agent.jid);
      return listings[0]?.availability?.online === false && listings;
    });
    expect(listing?.call?.jid).toBe(agent.jid);
  });

  test('that comes back with its command list empty for a moment loses nothing', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert, tune } });
    await listed(agent.jid, ['Convert feet', 'Name that tune']);
    const visits = () => visitsOf(directory, agent.jid).length;
    agent.offline();
    agent.commands.clear();
    const before = visits();
    agent.online();
    await until('the empty list is seen', async () => visits() > before);
    expect(await namesOf(agent.jid)).toEqual(['Convert feet', 'Name that tune']);
    agent.commands.set('convert', convert);
    agent.commands.set('tune', tune);
    agent.offline();
    agent.online();
    await until('the full list is seen', async () => visits() > before + 1);
    // Well past the time after which a lasting absence deletes.
    await until('the absence has been forgotten', async () => visits() > before + 1);
    expect(await namesOf(agent.jid)).toEqual(['Convert feet', 'Name that tune']);
  });

  test('that no longer offers a command loses it after two looks', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert, tune } });
    await listed(agent.jid, ['Convert feet', 'Name that tune']);
    agent.commands.delete('tune');
    agent.offline();
    agent.online();
    await listed(agent.jid, ['Convert feet']);
  });

  test('that withdraws its consent is listed no longer, and its presence is forgotten', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert } });
    await listed(agent.jid, ['Convert feet']);
    agent.unsubscribe();
    await until('nothing is listed', async () => (await agentOverHttp(agent.jid)) === null);
  });

  test('that never subscribed is neither listed nor looked at', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert }, subscribe: false });
    const sentinel = await startAgent({ directory: directory.jid, commands: { tune } });
    await listed(sentinel.jid, ['Name that tune']);
    expect(await agentOverHttp(agent.jid)).toBeNull();
    expect(agent.executed.size).toBe(0);
  });

  test('that states noindex is removed at once', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { convert } });
    await listed(agent.jid, ['Convert feet']);
    agent.features.push(NS_NOINDEX);
    agent.offline();
    agent.online();
    await until('nothing is listed', async () => (await agentOverHttp(agent.jid)) === null);
  });

  test('that publishes a card is listed from it, and a change of the card is found', async () => {
    const agent = await startAgent({ directory: directory.jid });
    await agent.publish(NS_AGENTCARD, 'current', fixture('ai-sns/card.xml'));
    await listed(agent.jid, ['Text statistics', 'Hash', 'Over HTTP']);
    const card = { name: 'Hermes', skills: [{ id: 'poem', name: 'Write a poem', command_node: 'poem' }] };
    await agent.publish(
      NS_AGENTCARD,
      'current',
      xml('agentcard', { xmlns: NS_AGENTCARD }, JSON.stringify(card)),
    );
    await until('the poem is listed', async () => (await namesOf(agent.jid)).includes('Write a poem'));
  });

  test('that publishes a listing form is listed with its price', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { 'urn:x:convert': convert } });
    await agent.publish(NS_LISTING, 'urn:x:convert', fixture('guildhall/listing.xml'));
    const [listing] = await listed(agent.jid, ['Convert currency']);
    expect(listing?.price).toEqual({ amount: '0.02', currency: 'EUR', unit: 'call' });
  });

  test('has each command looked at once, and never again where the look made it act', async () => {
    const acts: TestCommand = { name: 'Ring the bell', fields: [] };
    const agent = await startAgent({ directory: directory.jid, commands: { convert, bell: acts } });
    const listings = await listed(agent.jid, ['Convert feet', 'Ring the bell']);
    expect(listings.find(({ name }) => name === 'Ring the bell')?.inputSchema).toMatchObject({
      properties: {},
    });
    const visits = () => visitsOf(directory, agent.jid).length;
    for (let round = 0; round < 2; round++) {
      const before = visits();
      agent.offline();
      agent.online();
      await until('the agent is visited again', async () => visits() > before);
    }
    expect(Object.fromEntries(agent.executed)).toEqual({ convert: 1, bell: 1 });
  });
});
