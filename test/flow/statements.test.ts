import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeVisitDue } from '../../db/queue.ts';
import { writeAvatar } from '../../protocol/avatar.ts';
import { capsVerOfElement, writeCaps } from '../../protocol/caps.ts';
import { caps2HashOfElement, writeCaps2 } from '../../protocol/caps2.ts';
import { writeCommandNotice } from '../../protocol/command-notice.ts';
import { writeContacts } from '../../protocol/contacts.ts';
import { field, form, writeForm } from '../../protocol/data-form.ts';
import { writeA2aCard } from '../../protocol/dialects/a2a-card.ts';
import { writeArdEntry } from '../../protocol/dialects/ard-entry.ts';
import { writeInfo } from '../../protocol/disco.ts';
import {
  FORM_CMD_META,
  NODE_VCARD4,
  NS_AGENTCARD,
  NS_AGENTCARD_0,
  NS_AVATAR_METADATA,
  NS_COMMANDS,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_GEOLOC,
  NS_LISTING,
  NS_PING,
  NS_VCARD4,
} from '../../protocol/namespaces.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import type { Functions } from '../../scripts/stack/workerd.ts';
import { startAgent, type TestAgent, type TestCommand } from '../support/agent.ts';
import { createDirectory, runFunctions, runWorker, type TestDirectory, until } from '../support/directory.ts';
import { textField } from '../support/fields.ts';
import { agentOverHttp, listedOverHttp } from '../support/overview.ts';

let directory: TestDirectory;
let functions: Functions;
let worker: Awaited<ReturnType<typeof runWorker>>;

beforeAll(async () => {
  directory = await createDirectory();
  [functions, worker] = await Promise.all([runFunctions(directory), runWorker(directory)]);
});

const visits = (jid: string) =>
  worker.logged.filter(({ event, details }) => event === 'visit' && details.jid === jid);

const listed = (jid: string, names: string[], timeoutMs?: number) =>
  listedOverHttp(functions.url, jid, names, timeoutMs);

const tune: TestCommand = { name: 'Name that tune', fields: [textField('tune')] };
const poem: TestCommand = { name: 'Write a poem', fields: [textField('theme')] };

const listingForm = (values: { [name: string]: string }) =>
  form('result', [
    field('FORM_TYPE', NS_LISTING, 'hidden'),
    ...Object.entries(values).map(([name, value]) => field(name, value)),
  ]);

/** The query, where it is one for the node. */
function queryIn(iq: Element, xmlns: string, node: string | undefined): Element | undefined {
  const query = iq.getChild('query', xmlns);
  return query && (query.attrs.node || undefined) === node ? query : undefined;
}

type Asked = { root: number; commands: number };

/** Counts what the agent is asked; pings are answered, since who is refused one is asked for disco#info instead. */
function countAsked(agent: TestAgent, rootInfo?: Element): Asked {
  const asked = { root: 0, commands: 0 };
  agent.intercept = (iq) => {
    const { from, id } = iq.attrs;
    if (iq.getChild('ping', NS_PING)) {
      agent.send(xml('iq', { type: 'result', to: from, id }));
      return 'silence';
    }
    if (queryIn(iq, NS_DISCO_ITEMS, NS_COMMANDS)) asked.commands++;
    if (!queryIn(iq, NS_DISCO_INFO, undefined)) return undefined;
    asked.root++;
    return rootInfo;
  };
  return asked;
}

/** An agent that announces the capabilities and is asked for them from its first presence on. */
async function announcing(
  caps: Element,
  rootInfo: Element,
  commands: { [node: string]: TestCommand },
): Promise<{ agent: TestAgent; asked: Asked }> {
  const agent = await startAgent({ directory: directory.jid, commands, subscribe: false });
  const asked = countAsked(agent, rootInfo);
  agent.send(xml('presence', {}, caps));
  agent.subscribe();
  return { agent, asked };
}

/** A disco#info that no other test's agent has; in the language that its server would take for that of its stream. */
function someInfo(...forms: Parameters<typeof writeInfo>[0]['forms']): Element {
  return writeInfo({
    node: null,
    identities: [{ category: 'automation', type: 'agent', name: null, lang: 'en' }],
    features: [NS_COMMANDS, `urn:a:test:${randomBytes(5).toString('hex')}`],
    forms,
  });
}

const sha1Of = (info: Element) =>
  writeCaps({ hash: 'sha-1', node: 'https://agents.example/', ver: capsVerOfElement(info) ?? '' });

async function isKept(ver: string): Promise<boolean> {
  const { rows } = (await directory.db.execute(sql`select from caps_info where ver = ${ver}`)) as unknown as {
    rows: unknown[];
  };
  return rows.length > 0;
}

describe('capabilities', () => {
  test.each<[string, (info: Element) => Element]>([
    ['XEP-0115', sha1Of],
    [
      'XEP-0390',
      (info) => {
        const hash = caps2HashOfElement(info);
        return writeCaps2({ hashes: hash ? [hash] : [] });
      },
    ],
  ])(
    '(%s) that were verified save the next agent the question, but for its commands',
    async (_xep, capsOf) => {
      const info = someInfo();
      const first = await announcing(capsOf(info), info, { tune });
      await listed(first.agent.jid, ['Name that tune']);
      const second = await announcing(capsOf(info), info, { poem });
      await listed(second.agent.jid, ['Write a poem']);
      expect([first.asked.root, second.asked.root]).toEqual([1, 0]);
      expect(second.asked.commands).toBeGreaterThan(0);
      // Its presence comes again, and its list of commands is another.
      second.agent.commands.set('tune', tune);
      second.agent.send(xml('presence', {}, capsOf(info)));
      await listed(second.agent.jid, ['Name that tune', 'Write a poem']);
      expect(second.asked.root).toBe(0);
    },
  );

  test('whose hash is a lie are kept for nobody', async () => {
    const [stated, real] = [someInfo(), someInfo()];
    const first = await announcing(sha1Of(stated), real, { tune });
    await listed(first.agent.jid, ['Name that tune']);
    const second = await announcing(sha1Of(stated), stated, { poem });
    await listed(second.agent.jid, ['Write a poem']);
    expect([first.asked.root, second.asked.root]).toEqual([1, 1]);
    expect(await isKept(capsVerOfElement(real) ?? '')).toBe(false);
  });

  test("whose text collides with another's by a '<' in a name do not stand in for the other's", async () => {
    const honest = someInfo(listingForm({ name: 'Honest poems' }));
    // The form's texts, joined as the hash joins them, as if they were one more feature.
    const forged = someInfo();
    forged.children = honest.getChildren('identity').concat(honest.getChildren('feature'));
    forged.append(xml('feature', { var: `${NS_LISTING}<name<Honest poems` }));
    const ver = capsVerOfElement(honest) ?? '';
    expect(capsVerOfElement(forged)).toBe(ver);
    const attacker = await announcing(sha1Of(honest), forged, { tune });
    await listed(attacker.agent.jid, ['Name that tune']);
    expect(await isKept(ver)).toBe(false);
    const victim = await announcing(sha1Of(honest), honest, { poem });
    const [listing] = await listed(victim.agent.jid, ['Write a poem']);
    expect([victim.asked.root, listing?.provider.name]).toEqual([1, 'Honest poems']);
  });
});

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
    await listed(agent.jid, ['Write a poem'], 15_000);
  });
});

describe('an A2A card', () => {
  const cardOf = (...names: string[]) => ({
    name: 'Ada',
    supportedInterfaces: [{ url: 'xmpp:ada@agents.test', protocolBinding: 'urn:xmpp:a2a:binding:1.0' }],
    skills: names.map((name) => ({ id: name.toLowerCase(), name, tags: ['Maths'], examples: ['2 + 2'] })),
  });

  test('is read under both node names, in either wrapping', async () => {
    const agent = await startAgent({ directory: directory.jid });
    await agent.publish(NS_AGENTCARD_0, 'current', writeA2aCard(cardOf('Add')));
    await listed(agent.jid, ['Add']);
    const older = xml('agentcard', { xmlns: NS_AGENTCARD }, JSON.stringify(cardOf('Subtract')));
    await agent.publish(NS_AGENTCARD, 'current', older);
    const [listing] = await listed(agent.jid, ['Add', 'Subtract']);
    expect(listing).toMatchObject({
      kind: 'skill',
      tags: ['maths'],
      inputSchema: null,
      provider: { name: 'Ada' },
      sources: [{ source: 'agent-card' }],
    });
  });

  test('is read again when it changes under the name of the draft binding', async () => {
    const agent = await startAgent({ directory: directory.jid });
    await agent.publish(NS_AGENTCARD_0, 'current', writeA2aCard(cardOf('Add')));
    await listed(agent.jid, ['Add']);
    await agent.publish(NS_AGENTCARD_0, 'current', writeA2aCard(cardOf('Add', 'Divide')));
    await listed(agent.jid, ['Add', 'Divide']);
  });
});

describe('an AI-SNS command', () => {
  test('whose form states its inputs is not executed to see them', async () => {
    const fields = [
      { var: 'city', type: 'text-single', label: 'City', required: true },
      { var: 'unit', options: ['C', { value: 'F', label: 'Fahrenheit' }], default: 'C' },
    ];
    const meta = form('result', [
      field('FORM_TYPE', FORM_CMD_META, 'hidden'),
      field('description', 'How warm it is.'),
      field('form_fields_json', JSON.stringify(fields)),
    ]);
    const commands = { 'urn:xmpp:a2a:cmd:weather': { name: 'Weather', fields: [], infoForms: [meta] } };
    const agent = await startAgent({ directory: directory.jid, commands });
    const [listing] = await listed(agent.jid, ['Weather']);
    expect(listing).toMatchObject({
      description: 'How warm it is.',
      inputs: [
        { name: 'city', type: 'string', required: true },
        { name: 'unit', type: 'enum', default: 'C', options: [{ value: 'C' }, { label: 'Fahrenheit' }] },
      ],
      provenance: { inputs: [{ source: 'command-meta' }] },
    });
    expect(agent.executed.size).toBe(0);
  });
});

describe('an AI-SNS skill that is called over HTTP', () => {
  test('has the inputs of its JSON Schema, and where to call it', async () => {
    const skill = {
      id: 'route',
      name: 'Find a route',
      transport: 'http_jsonrpc',
      endpoint: 'https://routes.test/rpc',
      params_schema: {
        type: 'object',
        properties: {
          from: { type: 'string', title: 'From' },
          stops: { type: 'integer', pattern: '^(a+)+$' },
        },
        required: ['from'],
      },
      example_request: { from: 'Vienna' },
      tags: ['Travel'],
    };
    const agent = await startAgent({ directory: directory.jid });
    const card = JSON.stringify({ name: 'Hermes', iconUrl: 'https://routes.test/icon.png', skills: [skill] });
    await agent.publish(NS_AGENTCARD, 'current', xml('agentcard', { xmlns: NS_AGENTCARD }, card));
    const [listing] = await listed(agent.jid, ['Find a route']);
    expect(listing).toMatchObject({
      kind: 'skill',
      inputs: [
        { name: 'from', type: 'string', required: true },
        { name: 'stops', type: 'integer', required: false },
      ],
      inputSchema: { type: 'object', required: ['from'] },
      call: { protocol: 'http-jsonrpc', url: 'https://routes.test/rpc' },
      queries: ['{"from":"Vienna"}'],
      icon: 'https://routes.test/icon.png',
      tags: ['travel'],
    });
    expect(JSON.stringify(listing?.inputSchema)).not.toContain('(a+)+');
  });
});

describe('an ARD entry in PEP', () => {
  test('is a listing, and one that carries a card is the skills of the card', async () => {
    const agent = await startAgent({ directory: directory.jid });
    await agent.publish(
      NS_LISTING,
      'almanac',
      writeArdEntry({
        identifier: 'urn:air:agents.test:u.ada:almanac',
        displayName: 'Almanac',
        description: 'What happened on a day.',
        type: 'text/html',
        tags: ['History'],
        representativeQueries: ['What happened on 4 May?'],
      }),
    );
    const [listing] = await listed(agent.jid, ['Almanac']);
    expect(listing).toMatchObject({
      kind: 'published',
      description: 'What happened on a day.',
      tags: ['history'],
      queries: ['What happened on 4 May?'],
      call: null,
      sources: [{ source: 'ard-entry' }],
    });
    const card = { name: 'Ada', skills: [{ id: 'add', name: 'Add' }] };
    await agent.publish(
      NS_LISTING,
      'card',
      writeArdEntry({ displayName: 'Ada', type: 'application/a2a-agent-card+json', data: card }),
    );
    await listed(agent.jid, ['Add', 'Almanac']);
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
      const [shown] = (await agentOverHttp(functions.url, agent.jid))?.listings ?? [];
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
    const seen = () => agentOverHttp(functions.url, agent.jid).then((shown) => shown?.availability);
    const away = await until('it is offline', async () => {
      const availability = await seen();
      return availability?.online === false && availability;
    });
    const { length } = visits(agent.jid);
    await makeVisitDue(directory.db, { jid: agent.jid, domain: 'agents.test' });
    await until('it is visited', async () => visits(agent.jid).length > length);
    expect(visits(agent.jid).at(-1)?.details).toMatchObject({ listings: 2, reachable: true });
    expect((await seen())?.lastSeen).toBe(away.lastSeen);
  });
});
