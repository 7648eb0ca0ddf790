import { beforeAll, describe, expect, test } from 'vitest';
import { writeAvatar } from '../../protocol/avatar.ts';
import { writeCommandNotice } from '../../protocol/command-notice.ts';
import { writeContacts } from '../../protocol/contacts.ts';
import { writeForm } from '../../protocol/data-form.ts';
import { writeA2aCard } from '../../protocol/dialects/a2a-card.ts';
import {
  NODE_VCARD4,
  NS_AGENTCARD,
  NS_AVATAR_METADATA,
  NS_DISCO_INFO,
  NS_GEOLOC,
  NS_LISTING,
  NS_VCARD4,
} from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import { startAgent, type TestCommand } from '../support/agent.ts';
import { tune } from '../support/commands.ts';
import { type RunningDirectory, startDirectory, until } from '../support/directory.ts';
import { listingForm, textField } from '../support/fields.ts';
import { agentOverHttp, listedOverHttp } from '../support/overview.ts';
import { queryIn } from '../support/questions.ts';
import { visit, visitsOf } from '../support/visits.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

const listed = (jid: string, names: string[]) => listedOverHttp(directory.http, jid, names);

const poem: TestCommand = { name: 'Write a poem', fields: [textField('theme')] };

describe('a message with the list of commands', () => {
  test('is a reason to look, and what it says of others is not believed', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { tune } });
    await listed(agent.jid, ['Name that tune']);
    agent.commands.set('poem', poem);
    agent.commands.delete('tune');
    const items = [
      { jid: agent.fullJid, node: 'poem', name: 'Said only in the message' },
      { jid: 'victim@works.test/x', node: 'stolen', name: 'Stolen' },
    ];
    agent.send(writeCommandNotice(directory.jid, items));
    await listed(agent.jid, ['Write a poem']);
  });
});

describe('what an agent publishes of itself', () => {
  test('shows where it is, what it looks like, who it is and whom to write to', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { tune }, subscribe: false });
    agent.infoForms = [
      writeContacts({ support: ['mailto:help@agents.test'], abuse: ['http://insecure.test'] }),
    ];
    const bytes = { id: 'a'.repeat(40), bytes: 1234, widthPixels: 64, heightPixels: 64 };
    await agent.publish(
      NS_AVATAR_METADATA,
      'a'.repeat(40),
      writeAvatar([
        { ...bytes, type: 'image/svg+xml', url: 'https://agents.test/a.svg' },
        { ...bytes, type: 'image/png', url: 'https://agents.test/a.png' },
      ]),
    );
    const place = [xml('lat', {}, '48.2'), xml('lon', {}, '16.37'), xml('locality', {}, 'Vienna')];
    await agent.publish(NS_GEOLOC, 'current', xml('geoloc', { xmlns: NS_GEOLOC }, place));
    const said = (name: string, type: string, text: string) => xml(name, {}, xml(type, {}, text));
    await agent.publish(
      NODE_VCARD4,
      'current',
      xml(
        'vcard',
        { xmlns: NS_VCARD4 },
        said('fn', 'text', 'Orpheus'),
        said('note', 'text', 'Knows every tune.'),
        said('url', 'uri', 'https://orpheus.test/'),
        said('email', 'text', 'private@agents.test'),
      ),
    );
    agent.subscribe();
    const [listing] = await listed(agent.jid, ['Name that tune']);
    expect(listing).toMatchObject({
      location: { lat: 48.2, lon: 16.37 },
      icon: 'https://agents.test/a.png',
      provider: {
        name: 'Orpheus',
        description: 'Knows every tune.',
        url: 'https://orpheus.test/',
        contacts: ['mailto:help@agents.test'],
      },
    });
    expect(listing?.sources.map(({ source }) => source)).toEqual([
      'avatar',
      'command',
      'first-form',
      'location',
    ]);
    expect(JSON.stringify(listing)).not.toContain('private@');
  });

  test('keeps the names of a command in every language', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { tune }, subscribe: false });
    const names = [
      ['en', 'Name that tune'],
      ['zh', '猜歌名'],
      ['ar', 'سمِّ اللحن'],
    ];
    agent.intercept = (iq) =>
      queryIn(iq, NS_DISCO_INFO, 'tune') &&
      xml(
        'query',
        { xmlns: NS_DISCO_INFO, node: 'tune' },
        names.map(([lang, name]) =>
          xml('identity', { category: 'automation', type: 'command-node', name, 'xml:lang': lang }),
        ),
      );
    agent.subscribe();
    const [listing] = await listed(agent.jid, ['Name that tune']);
    expect(listing?.names).toEqual(names.map(([lang, text]) => ({ lang, text: text?.normalize('NFC') })));
  });
});

describe('a listing over HTTP', () => {
  test('says for each part which source said it and when; the more specific holds, and both are kept', async () => {
    const started = Date.now();
    const agent = await startAgent({ directory: directory.jid, commands: { tune } });
    agent.features.push('urn:xmpp:ai:0');
    const card = {
      name: 'Orpheus',
      skills: [
        { id: 'tune', name: 'Tune of the card', description: 'Hums.', command_node: 'tune', tags: ['Music'] },
      ],
    };
    await agent.publish(
      NS_AGENTCARD,
      'current',
      xml('agentcard', { xmlns: NS_AGENTCARD }, JSON.stringify(card)),
    );
    const stated = {
      name: 'Tune of the form',
      command: 'tune',
      tags: 'ears',
      price_amount: '1',
      price_currency: 'EUR',
    };
    await agent.publish(NS_LISTING, 'tune', writeForm(listingForm(stated)));
    const listing = await until('every statement is seen', async () => {
      const [shown] = (await agentOverHttp(directory.http, agent.jid))?.listings ?? [];
      return shown?.provenance.inputs && shown.provenance.price && shown;
    });
    expect(listing.provenance).toMatchObject({
      name: [
        { source: 'listing-form', said: 'Tune of the form' },
        { source: 'agent-card', said: 'Tune of the card' },
        { source: 'command', said: 'Name that tune' },
        { source: 'command', said: 'Name that tune' },
      ],
      description: [
        { source: 'agent-card', said: 'Hums.' },
        { source: 'first-form', said: 'Name that tune' },
      ],
      tags: [
        { source: 'listing-form', said: '["ears"]' },
        { source: 'agent-card', said: '["music"]' },
      ],
      price: [{ source: 'listing-form' }],
      inputs: [{ source: 'first-form' }],
    });
    expect(listing.features).toContain('urn:xmpp:ai:0');
    expect(listing.sources.map(({ source }) => source)).toEqual([
      'agent-card',
      'command',
      'first-form',
      'listing-form',
    ]);
    for (const { verified } of listing.sources) {
      expect(Date.parse(verified)).toBeGreaterThanOrEqual(started - 1_000);
      expect(Date.parse(verified)).toBeLessThanOrEqual(Date.now() + 1_000);
    }
  });

  test('is flagged where its name is drawn to look like another', async () => {
    const agent = await startAgent({
      directory: directory.jid,
      commands: {
        plain: { ...tune, name: 'Paypal' },
        // The second letter is Cyrillic.
        disguised: { ...tune, name: 'P\u0430ypal' },
        russian: { ...tune, name: 'Перевод' },
      },
    });
    const listings = await listed(agent.jid, ['Paypal', 'P\u0430ypal', 'Перевод']);
    expect(listings.map(({ name, flags }) => [name, flags])).toEqual([
      ['Paypal', []],
      ['P\u0430ypal', ['look-alike-name']],
      ['Перевод', []],
    ]);
  });
});

describe('an agent that is away', () => {
  test('is not taken for seen when its server answers with what it publishes', async () => {
    const agent = await startAgent({ directory: directory.jid, commands: { tune } });
    const card = { name: 'Away', skills: [{ id: 'add', name: 'Add' }] };
    await agent.publish(NS_AGENTCARD, 'current', writeA2aCard(card));
    await listed(agent.jid, ['Add', 'Name that tune']);
    await agent.stop();
    const seen = () => agentOverHttp(directory.http, agent.jid).then((shown) => shown?.availability);
    const away = await until('it is offline', async () => {
      const availability = await seen();
      return availability?.online === false && availability;
    });
    await visit(directory, agent.jid);
    expect(visitsOf(directory, agent.jid).at(-1)?.details).toMatchObject({ listings: 2, reachable: true });
    expect((await seen())?.lastSeen).toBe(away.lastSeen);
  });
});
