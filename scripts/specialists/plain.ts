/** Plain ad-hoc commands: disco, capabilities in presence, a form per command, and nothing else. */
import type { Command } from './commands.ts';
import type { DiscoInfo, Identity } from './disco.ts';
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

type Named = Pick<Skill, 'name' | 'names'>;

/** The command that offers a skill. */
export function commandOf(skill: Skill, node: string): Command {
  return {
    node,
    name: skill.name,
    instructions: skill.description,
    fields: skill.fields,
    ...(skill.second && { second: skill.second }),
    run: (answers) => runSkill(skill, answers),
  };
}

/** The disco#info of the agent itself. */
export function agentInfo(skill: Named): DiscoInfo {
  return {
    identities: identitiesOf('agent', skill),
    features: [NS_CAPS, NS_COMMANDS, NS_DATA, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING, NS_VALIDATE],
    forms: [],
  };
}

/** The disco#info of a command's node (XEP-0050 section 2.3). */
export function commandInfo(skill: Named): DiscoInfo {
  return {
    identities: identitiesOf('command-node', skill),
    features: [NS_COMMANDS, NS_DATA],
    forms: [],
  };
}

export function plainPersona(skill: Skill): Persona {
  return {
    resource: plainResource,
    sendsCaps: true,
    info: agentInfo(skill),
    manner: 'strict',
    commands: [{ command: commandOf(skill, skill.id), info: commandInfo(skill) }],
    publications: [],
    consents: true,
    registers: true,
  };
}

/** One identity for each language in which the skill has a name (XEP-0030 section 3.1). */
function identitiesOf(type: string, { name, names }: Named): Identity[] {
  const identity = { category: 'automation', type };
  return names?.map(({ lang, text }) => ({ ...identity, name: text, lang })) ?? [{ ...identity, name }];
}
