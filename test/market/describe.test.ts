import { expect, describe as group, test } from 'vitest';
import { type Agent, describe } from '../../market/describe.ts';
import type { CommandFacts, DatedFacts, Facts } from '../../market/facts.ts';
import { fitLimits } from '../../market/fit.ts';
import { versionOf } from '../../market/version.ts';
import { readForm } from '../../protocol/data-form.ts';
import { readAgentCard, readCommandMeta } from '../../protocol/dialects/ai-sns.ts';
import { type ListingForm, readListingForm } from '../../protocol/dialects/listing-form.ts';
import type { DiscoInfo } from '../../protocol/disco.ts';
import { NS_COMMANDS, NS_DIRECTORY, NS_NOINDEX } from '../../protocol/namespaces.ts';
import { textField } from '../support/fields.ts';
import { fixture } from '../support/xml.ts';

const bot = info('client', 'bot');
const listingForm = readListingForm(readForm(fixture('guildhall/listing.xml')));
const card = readAgentCard(fixture('ai-sns/card.xml'));

group('who is listed:', () => {
  test('an agent that offers commands and consented', () => {
    const { listings } = describe(facts({ commands: [command('urn:x:convert')] }));
    expect(listings.map(({ listing, onConsent }) => [listing.kind, listing.node, onConsent])).toEqual([
      ['command', 'urn:x:convert', true],
    ]);
  });

  test('not an agent that offers commands and did not consent', () => {
    expect(describe(facts({ consented: false, commands: [command('urn:x:convert')] })).listings).toEqual([]);
  });

  test('an agent that states a listing form, whether it consented or not', () => {
    const { listings } = describe(
      facts({ consented: false, commands: [{ ...command('urn:x:convert'), listing: listingForm }] }),
    );
    expect(listings.map(({ listing, onConsent }) => [listing.name, onConsent])).toEqual([
      ['Convert currency', false],
    ]);
  });

  test("never a server's commands, a person's client, or administrative nodes", () => {
    const commands = [command('urn:x:convert')];
    expect(describe(facts({ info: info('server', 'im'), commands })).listings).toEqual([]);
    for (const type of ['pc', 'phone', 'web', 'handheld', 'console']) {
      expect(describe(facts({ info: info('client', type), commands })).listings).toEqual([]);
    }
    const administrative = [
      'http://jabber.org/protocol/admin#add-user',
      'http://jabber.org/protocol/rc#set-status',
    ];
    expect(describe(facts({ commands: administrative.map(command) })).listings).toEqual([]);
  });

  test('never the commands by which AI-SNS agents talk among themselves', () => {
    const nodes = ['tasks', 'greeting', 'exchange_business_card', 'weather'].map(
      (name) => `urn:xmpp:a2a:cmd:${name}`,
    );
    const { listings } = describe(facts({ commands: nodes.map(command) }));
    expect(listings.map(({ listing }) => listing.node)).toEqual(['urn:xmpp:a2a:cmd:weather']);
  });

  test('with its presence withheld where any of its forms says so', () => {
    const shy = { ...listingForm, presence: 'deny' as const };
    expect(describe(facts({ stated: [{ item: 'x', listing: shy }] })).presenceDenied).toBe(true);
    expect(describe(facts({ commands: [{ ...command('n'), listing: shy }] })).presenceDenied).toBe(true);
    expect(describe(facts({ commands: [command('n')] })).presenceDenied).toBe(false);
  });

  test("never another directory's own commands", () => {
    const directory = { ...bot, features: [NS_DIRECTORY] };
    expect(describe(facts({ info: directory, commands: [command('search')] })).listings).toEqual([]);
  });

  test("never what another directory's card says, also where the card is all that can be read", () => {
    const listed = describe(facts({ cards: [card] })).listings;
    expect(listed.length).toBeGreaterThan(0);
    const own = { ...card, extensions: [NS_DIRECTORY] };
    expect(describe(facts({ cards: [own] })).listings).toEqual([]);
  });

  test('an agent that is contradictory about itself is taken at its most restrictive word', () => {
    const both = { ...bot, identities: [...bot.identities, ...info('client', 'phone').identities] };
    expect(describe(facts({ info: both, commands: [command('n')] })).listings).toEqual([]);
  });

  test('nothing of an agent that states noindex, which is told apart from an agent that offers nothing', () => {
    const shy = { ...bot, features: [NS_NOINDEX] };
    expect(describe(facts({ info: shy, cards: [card] }))).toMatchObject({ noindex: true, listings: [] });
    expect(describe(facts({}))).toMatchObject({ noindex: false, listings: [] });
    const denied = { ...listingForm, command: null, index: 'deny' as const };
    expect(describe(facts({ stated: [{ item: null, listing: denied }] }))).toMatchObject({ noindex: true });
  });
});

group('one offer seen through two sources', () => {
  test('is one listing of kind command', () => {
    const { listings } = describe(facts({ cards: [card], commands: [command('urn:xmpp:a2a:cmd:stats')] }));
    const stats = listings.filter(({ listing }) => listing.node === 'urn:xmpp:a2a:cmd:stats');
    expect(stats.map(({ listing }) => [listing.kind, listing.name, listing.sources])).toEqual([
      ['command', 'Text statistics', ['agent-card', 'command']],
    ]);
  });

  test('keeps its id while its command cannot be seen', () => {
    const online = describe(facts({ cards: [card], commands: [command('urn:xmpp:a2a:cmd:stats')] }));
    const offline = describe(facts({ info: null, cards: [card] }));
    const ids = (described: typeof online) => described.listings.map(({ listing }) => listing.id).sort();
    expect(ids(offline)).toEqual(ids(online));
  });

  test('takes its inputs from the most specific statement', () => {
    const meta = readCommandMeta(readForm(fixture('ai-sns/meta.xml')));
    const node = 'urn:xmpp:a2a:cmd:stats';
    const { listings } = describe(facts({ cards: [card], commands: [{ ...command(node), meta }] }));
    const stats = listings.find(({ listing }) => listing.node === node)?.listing;
    expect(stats?.inputs.map((input) => input.name)).toEqual(['text']);
    expect(stats?.sources).toContain('command-meta');
  });
});

group('a listing', () => {
  test('too large for a page of listings loses what is bulkiest, and stays', () => {
    const fields = Array.from({ length: 150 }, (_, at) => textField(`f${at}`, { desc: 'x'.repeat(400) }));
    const huge = { ...command('huge'), firstForm: { title: null, instructions: null, fields } };
    const [described] = describe(facts({ commands: [huge] })).listings;
    expect(JSON.stringify(described?.listing).length).toBeLessThan(fitLimits.listingCharsMax);
    expect(described?.listing).toMatchObject({ name: 'huge', inputs: [], inputSchema: null });
  });

  test('keeps its inputs where only a default is too long', () => {
    const fields = [textField('text', { values: ['x'.repeat(40_000)] })];
    const long = { ...command('long'), firstForm: { title: null, instructions: null, fields } };
    const [described] = describe(facts({ commands: [long] })).listings;
    expect(described?.listing.inputs).toMatchObject([{ name: 'text', default: null }]);
  });

  test('has the typed inputs and the JSON Schema of its form', () => {
    const firstForm = readForm(fixture('xep-0004/form.xml'));
    const [described] = describe(facts({ commands: [{ ...command('n'), firstForm }] })).listings;
    expect(described?.listing.inputs.map(({ name, type, required }) => [name, type, required])).toEqual([
      ['amount', 'number', true],
      ['to', 'enum', true],
      ['code', 'string', false],
      ['round', 'boolean', false],
    ]);
    expect(described?.listing.inputSchema).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        amount: {
          title: 'Amount',
          description: 'How much to convert',
          type: 'number',
          minimum: 0,
          maximum: 1000000,
          default: 1,
        },
        to: { title: 'Into', type: 'string', enum: ['EUR', 'JPY'], default: 'EUR' },
        code: { type: 'string' },
        round: { type: 'boolean', default: true },
      },
      required: ['amount', 'to'],
      additionalProperties: false,
    });
  });

  test('whose command takes nothing differs from one whose inputs nobody stated', () => {
    const commands = [{ ...command('ping'), takesNothing: true }, command('secret')];
    const { listings } = describe(facts({ commands }));
    expect(listings.map(({ listing }) => listing.inputSchema)).toEqual([
      expect.objectContaining({ properties: {} }),
      null,
    ]);
  });

  test("takes what its form leaves out from the agent's", () => {
    const agentForm: ListingForm = { ...listingForm, name: 'FX desk', command: null };
    const own: ListingForm = {
      ...listingForm,
      name: 'Rates',
      price: null,
      location: null,
      lang: [],
      category: null,
    };
    const { name, listings } = describe(
      facts({
        stated: [{ item: null, listing: agentForm }],
        commands: [{ ...command('rates'), listing: own }],
      }),
    );
    expect(name).toBe('FX desk');
    expect(listings.map(({ listing }) => listing)).toEqual([
      expect.objectContaining({
        name: 'Rates',
        price: listingForm.price,
        location: listingForm.location,
        lang: listingForm.lang,
        category: 'finance',
        provider: {
          jid: 'fx@works.test',
          name: 'FX desk',
          domain: 'works.test',
          description: listingForm.description,
          url: null,
          contacts: [],
        },
        call: { protocol: 'xmpp-command', node: 'rates', url: null, relay: true },
      }),
    ]);
  });

  test('is published where its form stands alone', () => {
    const alone = { ...listingForm, command: null };
    const { listings } = describe(facts({ commands: [], stated: [{ item: 'agent', listing: alone }] }));
    expect(listings.map(({ listing }) => [listing.kind, listing.node, listing.call])).toEqual([
      ['published', 'agent', null],
    ]);
  });

  test('over HTTP is a skill', () => {
    const { listings } = describe(facts({ cards: [card] }));
    const web = listings.find(({ listing }) => listing.kind === 'skill')?.listing;
    expect(web?.call).toEqual({
      protocol: 'http-jsonrpc',
      node: null,
      url: 'https://hermes.example/rpc',
      relay: false,
    });
  });

  test('has a version that changes with what it says and with nothing else', () => {
    const one = describe(facts({ commands: [command('n')] })).listings[0]?.listing;
    const same = describe(facts({ commands: [command('n')] })).listings[0]?.listing;
    const other = describe(facts({ commands: [{ ...command('n'), name: 'Other' }] })).listings[0]?.listing;
    if (!one || !same || !other) throw new Error('each of them lists one');
    expect(versionOf(same)).toBe(versionOf(Object.fromEntries(Object.entries(one).reverse()) as typeof one));
    expect(versionOf(other)).not.toBe(versionOf(one));
  });

  test('with an input named like a member of every object keeps it', () => {
    const firstForm = {
      title: null,
      instructions: null,
      fields: [{ ...readForm(fixture('xep-0004/form.xml')).fields[1], var: '__proto__' } as never],
    };
    const [described] = describe(facts({ commands: [{ ...command('n'), firstForm }] })).listings;
    expect(Object.keys(described?.listing.inputSchema?.properties as object)).toEqual(['__proto__']);
  });
});

type Some = Partial<Omit<Facts, 'disco' | 'listings'>> & {
  consented?: boolean;
  info?: DiscoInfo | null;
  stated?: Facts['listings'];
};

/** An agent of which these ways of learning said this; it consented unless the test says otherwise. */
function facts({ consented = true, info = bot, stated = [], ...some }: Some): Agent {
  const values: Partial<Facts> = { disco: info, listings: stated, ...some };
  const dated = Object.entries(values).map(([way, value]) => [way, { value, seen: new Date() }]);
  return { jid: 'fx@works.test', consented, facts: Object.fromEntries(dated) as DatedFacts };
}

function command(node: string): CommandFacts {
  const unsaid = { info: null, meta: null, listing: null, firstForm: null };
  return { node, name: node, callJid: 'fx@works.test/agent', takesNothing: false, heard: true, ...unsaid };
}

function info(category: string, type: string): DiscoInfo {
  return {
    node: null,
    identities: [{ category, type, name: null, lang: null }],
    features: [NS_COMMANDS],
    forms: [],
  };
}
