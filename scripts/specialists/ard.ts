/**
 * An agent that has no commands and answers messages, described by a catalogue entry of Agentic Resource Discovery
 * (ARD, 0.9 draft) in a JSON container (XEP-0335) on PEP.
 */
import { xml } from '@xmpp/xml';
import { readAnswers } from './answers.ts';
import { xmlSafe } from './forms.ts';
import { NS_CAPS, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_JSON, NS_LISTING, NS_PING } from './namespaces.ts';
import type { Persona } from './persona.ts';
import { agentInfo, plainResource } from './plain.ts';
import { runSkill, type Skill, UserError } from './skill.ts';

export function ardPersona(skill: Skill, bareJid: string): Persona {
  return {
    resource: plainResource,
    sendsCaps: true,
    info: { ...agentInfo(skill), features: [NS_CAPS, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PING] },
    manner: 'strict',
    commands: [],
    publications: [
      {
        node: NS_LISTING,
        itemId: skill.id,
        open: true,
        payload: () =>
          xml('json', { xmlns: NS_JSON }, xmlSafe(JSON.stringify(catalogueEntry(skill, bareJid)))),
      },
    ],
    consents: true,
    registers: true,
    chat: (text) => chatReply(skill, text),
  };
}

/** The entry, with the members that `ai-catalog.schema.json` gives it. */
export function catalogueEntry(skill: Skill, bareJid: string) {
  const domain = bareJid.slice(bareJid.indexOf('@') + 1);
  return {
    identifier: `urn:air:${domain}:samples:${skill.id}`,
    displayName: skill.name,
    type: 'application/xmpp+xml',
    url: `xmpp:${bareJid}?message`,
    description: skill.description,
    version: '1.0.0',
    tags: skill.tags,
    representativeQueries: skill.queries,
  };
}

/** What the skill makes of a message, which fills in its first field. */
export async function chatReply(skill: Skill, text: string): Promise<string> {
  const [first] = skill.fields;
  if (!first) throw new Error(`${skill.name} has no field that a message could fill in`);
  try {
    const answers = readAnswers(skill.fields, new Map([[first.name, text.split('\n')]]));
    const outputs = await runSkill(skill, answers);
    return outputs.flatMap(({ values }) => values).join('\n');
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
