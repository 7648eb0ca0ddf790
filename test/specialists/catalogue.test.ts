import { describe, expect, test } from 'vitest';
import { agentCard, aiSnsNode } from '../../scripts/specialists/ai-sns.ts';
import {
  expectedListings,
  neverListed,
  personaOf,
  sampleRooms,
  specialists,
} from '../../scripts/specialists/catalogue.ts';
import { formElement } from '../../scripts/specialists/forms.ts';
import { commandOf } from '../../scripts/specialists/plain.ts';

const personas = specialists.map((specialist) => ({
  specialist,
  persona: personaOf(specialist, `${specialist.account}@agents.test`),
}));

describe('the catalogue', () => {
  test('has at least three specialists of every dialect, on both servers', () => {
    expect(specialists.length).toBeGreaterThanOrEqual(12);
    for (const dialect of ['plain', 'ai-sns', 'guildhall']) {
      const speakers = specialists.filter((specialist) => specialist.dialect === dialect);
      expect(speakers.length, dialect).toBeGreaterThanOrEqual(3);
      expect(new Set(speakers.map((specialist) => specialist.domainIndex)), dialect).toEqual(new Set([0, 1]));
    }
  });

  test('names everybody once', () => {
    expect(new Set(specialists.map((specialist) => specialist.account)).size).toBe(specialists.length);
    expect(new Set(specialists.map((specialist) => specialist.skill.name)).size).toBe(specialists.length);
    expect(new Set(specialists.map((specialist) => specialist.skill.id)).size).toBe(specialists.length);
  });

  test('expects their listings, each at its own domain', () => {
    expect(expectedListings()).toContainEqual({ name: 'Convert currency', jid: 'currency@agents.test' });
    expect(expectedListings()).toContainEqual({ name: 'Convert units', jid: 'units@works.test' });
    expect(expectedListings(['only.test']).every(({ jid }) => /@(\w+\.)?only\.test$/.test(jid))).toBe(true);
  });

  test('expects what the components host', () => {
    expect(expectedListings()).toContainEqual({ name: 'Change case', jid: 'phrases@gateway.works.test' });
    const bot = { name: 'Old and new style dates', jid: 'calendar@oldtimer.agents.test' };
    expect(expectedListings()).toContainEqual(bot);
  });

  test('expects nothing of those who want to be in no directory', () => {
    expect(neverListed()).toEqual([{ name: 'Caesar cipher', jid: 'cipher@works.test' }]);
    expect(expectedListings().filter(({ jid }) => jid === 'cipher@works.test')).toEqual([]);
  });

  test('has a specialist that is met in a room, and one that is published by others, without consent', () => {
    for (const found of ['room', 'pubsub']) {
      const those = personas.filter(({ specialist }) => specialist.found === found);
      expect(those.map(({ persona }) => persona.consents)).toEqual([false]);
    }
    const host = personas.find(({ persona }) => persona.room);
    expect(host?.specialist.found).toBe('room');
    expect(sampleRooms(['agents.test', 'works.test'])).toEqual(['specialists@rooms.works.test']);
    expect(sampleRooms(['only.test'])).toEqual(['specialists@rooms.only.test']);
  });

  test('has one that can leave, and says so in a command', () => {
    const [leaver] = personas.filter(({ specialist }) => specialist.leaves);
    expect(leaver?.persona.commands.map(({ command }) => command.node)).toEqual(['check-digits', 'leave']);
    const jid = `${leaver?.specialist.account}@agents.test`;
    expect(expectedListings().filter((listing) => listing.jid === jid)).toHaveLength(2);
  });

  test('has all that consent register, but for one that only subscribes', () => {
    const consenting = personas.filter(({ persona }) => persona.consents);
    const subscribing = consenting.filter(({ persona }) => !persona.registers);
    expect(subscribing.map(({ specialist }) => specialist.account)).toEqual(['digits']);
    const others = personas.filter(({ persona }) => !persona.consents);
    expect(others.filter(({ persona }) => persona.registers)).toEqual([]);
  });

  test('has one with names in two languages, on the agent and on its command', () => {
    const named = personas.find(({ specialist }) => specialist.skill.names)?.persona;
    for (const info of [named?.info, named?.commands[0]?.info]) {
      expect(info?.identities.map(({ lang }) => lang)).toEqual(['zh', 'ar']);
    }
  });

  test.each(specialists)('$skill.name has a typed form whose defaults are allowed', ({ skill }) => {
    expect(skill.fields.length).toBeGreaterThanOrEqual(3);
    expect(new Set(skill.fields.map((field) => field.type)).size).toBeGreaterThanOrEqual(2);
    for (const field of skill.fields) {
      const allowed = field.options?.map((option) => option.value);
      for (const value of [field.default ?? []].flat()) {
        if (allowed) expect(allowed, field.name).toContain(value);
      }
    }
  });

  test.each(personas)('$specialist.skill.name fits into stanzas', ({ persona }) => {
    for (const { command } of persona.commands) {
      const form = formElement(command.name, command.instructions, command.fields).toString();
      expect(Buffer.byteLength(form)).toBeLessThan(20_000);
    }
  });
});

describe('a dialect', () => {
  test('plain states its capabilities and no listing of its own', () => {
    for (const { persona } of personas.filter(({ specialist }) => specialist.dialect === 'plain')) {
      expect(persona).toMatchObject({ sendsCaps: true, resource: 'specialist', publications: [] });
    }
  });

  test('AI-SNS describes the same fields on the card and on the command', () => {
    for (const { specialist, persona } of personas) {
      if (specialist.dialect !== 'ai-sns') continue;
      expect(persona).toMatchObject({ sendsCaps: false, resource: '' });
      expect(persona.commands.map(({ command }) => command.node)).toEqual([
        'urn:xmpp:a2a:cmd:tasks',
        aiSnsNode(specialist.skill),
      ]);
      const form = new Map(persona.commands[1]?.info.forms[0]?.fields);
      const command = commandOf(specialist.skill, aiSnsNode(specialist.skill));
      const card = agentCard(specialist.skill, command, 'a@b');
      expect(JSON.parse(form.get('form_fields_json')?.[0] ?? '')).toEqual(card.skills[0]?.form_fields);
    }
  });

  test('of Guildhall states the listing in every place that there is', () => {
    const places = personas
      .filter(({ specialist }) => specialist.dialect === 'guildhall')
      .map(({ persona }) =>
        [
          persona.info.forms.length && 'agent',
          persona.commands[0]?.info.forms.length && 'command',
          ...persona.publications.map(({ service }) => service ?? 'pep'),
        ]
          .filter(Boolean)
          .join('+'),
      );
    expect(new Set(places)).toEqual(new Set(['agent+command', 'command', 'pep', 'pubsub.agents.test']));
  });
});
