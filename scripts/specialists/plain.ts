/** Plain ad-hoc commands: disco, capabilities in presence, a form per command, and nothing else. */
import type { Command } from './commands.ts';
import type { DiscoInfo } from './disco.ts';
import {
  NS_CAPS,
  NS_COMMANDS,
  NS_DATA,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_PING,
  NS_VALIDATE,
} from './namespaces.ts';
import type { Persona } from './persona.ts';
import { runSkill, type Skill } from './skill.ts';

export const plainResource = 'specialist';

/** The command that offers a skill. */
export function commandOf(skill: Skill, node: string): Command {
  return {
    node,
    name: skill.name,
    instructions: skill.description,
    fields: skill.fields,
    run: (answers) => runSkill(skill, answers),
  };
}

/** The disco#info of the agent itself. */
export function agentInfo(name: string): DiscoInfo {
  return {
    identities: [{ category: 'automation', type: 'agent', name }],
    features: [NS_CAPS, NS_COMMANDS, NS_DATA, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, NS_VALIDATE],
    forms: [],
  };
}

/** The disco#info of a command's node (XEP-0050 section 2.3). */
export function commandInfo(name: string): DiscoInfo {
  return {
    identities: [{ category: 'automation', type: 'command-node', name }],
    features: [NS_COMMANDS, NS_DATA],
    forms: [],
  };
}

export function plainPersona(skill: Skill): Persona {
  return {
    resource: plainResource,
    sendsCaps: true,
    info: agentInfo(skill.name),
    manner: 'strict',
    commands: [{ command: commandOf(skill, skill.id), info: commandInfo(skill.name) }],
    publications: [],
  };
}
