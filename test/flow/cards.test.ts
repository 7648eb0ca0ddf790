import { beforeAll, describe, expect, test } from 'vitest';
import { writeA2aCard } from '../../protocol/dialects/a2a-card.ts';
import { writeArdEntry } from '../../protocol/dialects/ard-entry.ts';
import { FORM_CMD_META, NS_AGENTCARD, NS_AGENTCARD_0, NS_LISTING } from '../../protocol/namespaces.ts';
import { xml } from '../../protocol/xml.ts';
import { startAgent } from '../support/agent.ts';
import { type RunningDirectory, startDirectory } from '../support/directory.ts';
import { formOf } from '../support/fields.ts';
import { listedOverHttp } from '../support/overview.ts';

let directory: RunningDirectory;

beforeAll(async () => {
  directory = await startDirectory();
});

const listed = (jid: string, names: string[]) => listedOverHttp(directory.http, jid, names);

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
    const meta = formOf('result', FORM_CMD_META, {
      description: 'How warm it is.',
      form_fields_json: JSON.stringify(fields),
    });
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
