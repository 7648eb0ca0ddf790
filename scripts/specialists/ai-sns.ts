/**
 * AI-SNS (OpenClaw, Hermes Agent Network) as its agents behave: a resource made up by the server, no capabilities in
 * presence, a card on PEP for subscribers, and a metadata form on every command.
 */
import { xml } from '@xmpp/xml';
import type { Command } from './commands.ts';
import type { DiscoInfo } from './disco.ts';
import { xmlSafe } from './forms.ts';
import { NS_AGENTCARD, NS_COMMANDS, NS_DATA, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING } from './namespaces.ts';
import type { Persona } from './persona.ts';
import { commandOf } from './plain.ts';
import type { Field, Skill } from './skill.ts';
import { tasksCommand } from './tasks.ts';

const NS_A2A = 'urn:xmpp:a2a:1';
const NS_BUSINESS_CARD = 'urn:xmpp:a2a:business_card:1';
const FORM_CMD_META = 'urn:xmpp:a2a:cmd:meta';
const commandPrefix = 'urn:xmpp:a2a:cmd:';
const cardItemId = 'current';

type FormField = { var: string; type: string; label: string; default?: string; options?: string[] };

/** The node under which AI-SNS offers a configured command. */
export function aiSnsNode(skill: Skill): string {
  return `${commandPrefix}${skill.id.replaceAll('-', '_')}`;
}

export function aiSnsPersona(skill: Skill, bareJid: string): Persona {
  const command = commandOf(skill, aiSnsNode(skill));
  const tasks = tasksCommand(`${commandPrefix}tasks`, skill);
  return {
    resource: '',
    sendsCaps: false,
    info: {
      identities: [{ category: 'client', type: 'bot', name: skill.name }],
      features: [NS_DISCO_INFO, NS_DISCO_ITEMS, NS_COMMANDS, NS_DATA, NS_PING, NS_A2A, NS_BUSINESS_CARD],
      forms: [],
    },
    manner: 'lenient',
    commands: [
      { command: tasks, info: commandMeta(tasks, 'builtin') },
      { command, info: commandMeta(command, 'config') },
    ],
    publications: [
      {
        node: NS_AGENTCARD,
        itemId: cardItemId,
        open: false,
        payload: () =>
          xml(
            'agentcard',
            { xmlns: NS_AGENTCARD },
            xmlSafe(JSON.stringify(agentCard(skill, command, bareJid))),
          ),
      },
    ],
    consents: true,
    registers: true,
  };
}

/** The card, with the keys that AI-SNS gives it. */
export function agentCard(skill: Skill, command: Command, bareJid: string) {
  return {
    name: skill.name,
    description: skill.description,
    url: `xmpp:${bareJid}`,
    version: '1.0.0',
    protocolVersion: '0.3',
    capabilities: { streaming: false, pushNotifications: false },
    defaultInputModes: ['text/plain', 'application/json'],
    defaultOutputModes: ['text/plain', 'application/json'],
    skills: [
      {
        id: command.node,
        name: skill.name,
        description: skill.description,
        command_node: command.node,
        source: 'config',
        tags: skill.tags,
        form_fields: skill.fields.map(formField),
      },
    ],
  };
}

function commandMeta(command: Command, source: string): DiscoInfo {
  return {
    identities: [{ category: 'automation', type: 'command-node', name: command.name }],
    features: [],
    forms: [
      {
        formType: FORM_CMD_META,
        fields: [
          ['description', [command.instructions]],
          ['source', [source]],
          ['form_fields_json', [JSON.stringify(command.fields.map(formField))]],
        ],
      },
    ],
  };
}

function formField(field: Field): FormField {
  const value = [field.default ?? []].flat().join('\n');
  return {
    var: field.name,
    type: field.type,
    label: field.label,
    ...(value && { default: value }),
    ...(field.options && { options: field.options.map((option) => option.value) }),
  };
}
