import { describe, expect, test } from 'vitest';
import { agentCard, aiSnsNode } from '../../scripts/specialists/ai-sns.ts';
import { expectedListings, personaOf, specialists } from '../../scripts/specialists/catalogue.ts';
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

  test('expects one listing for each, at its own domain', () => {
    expect(expectedListings()).toContainEqual({ name: 'Convert currency', jid: 'currency@agents.test' });
    expect(expectedListings()).toContainEqual({ name: 'Convert units', jid: 'units@works.test' });
    expect(expectedListings(['only.test']).every(({ jid }) => jid.endsWith('@only.test'))).toBe(true);
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
          persona.publications.length && 'pep',
        ]
          .filter(Boolean)
          .join('+'),
      );
    expect(new Set(places)).toEqual(new Set(['agent+command', 'command', 'pep']));
  });
});
