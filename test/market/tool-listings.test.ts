import { describe, expect, test } from 'vitest';
import { type ToolFacts, type ToolProvider, toolListings } from '../../market/tool-listings.ts';
import { object } from '../support/schemas.ts';

const tool: ToolFacts = {
  name: 'tide.next',
  title: 'Next tide',
  description: 'When the next high water comes.',
  tags: ['Tides'],
  icon: 'https://tides.example/wave.png',
  version: '2026.1',
  hints: { readOnly: true, destructive: null, idempotent: null, openWorld: null },
  inputSchema: JSON.stringify(object({ place: { type: 'string' } }, { required: ['place'] })),
  outputSchema: JSON.stringify(object({ tide: { type: 'number', default: 1 } })),
};
const provider: ToolProvider = {
  provider: {
    jid: 'tides@gate.test',
    name: 'Tide tables',
    domain: 'gate.test',
    description: null,
    url: null,
    contacts: [],
  },
  features: ['http://jabber.org/protocol/disco#info', 'urn:xmpp:agent-task:0'],
};

describe('the listing of a tool', () => {
  test('says whose it is, what it takes and gives, and how to invoke it', () => {
    const [listed] = toolListings(provider, [tool]);
    expect(listed?.onConsent).toBe(false);
    expect(listed?.listing).toMatchObject({
      kind: 'tool',
      node: 'tide.next',
      name: 'Next tide',
      provider: { jid: 'tides@gate.test', name: 'Tide tables', domain: 'gate.test' },
      tags: ['tides'],
      inputs: [{ name: 'place', type: 'string', required: true }],
      outputs: [{ name: 'tide', type: 'number', default: null }],
      call: { protocol: 'agent-task', node: 'tide.next', url: null },
      features: ['urn:xmpp:agent-task:0'],
      sources: ['manifest'],
    });
    expect(listed?.listing.id).toMatch(/^urn:air:gate\.test:u\.tides:tool\.next-[a-z2-7]{26}$/);
    expect(listed?.listing.provenance.inputs?.[0]?.source).toBe('manifest');
  });

  test('whose schema is not believed differs from one that takes nothing', () => {
    const nothing = JSON.stringify({ type: 'object' });
    const [unknown, empty] = toolListings(provider, [
      { ...tool, inputSchema: null },
      { ...tool, name: 'other', inputSchema: nothing },
    ]);
    expect([unknown?.listing.inputs, unknown?.listing.inputSchema]).toEqual([[], null]);
    expect([empty?.listing.inputs, empty?.listing.inputSchema?.type]).toEqual([[], 'object']);
  });

  test('without a title has its name', () => {
    expect(toolListings(provider, [{ ...tool, title: null }])[0]?.listing.name).toBe('tide.next');
  });
});
