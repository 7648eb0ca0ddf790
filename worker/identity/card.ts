/** The directory as an agent card, so that agents that know cards see it as one of their own. */

import { NODE_TASKS, plumbingNodes, writeCardField } from '../../protocol/dialects/ai-sns.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { NS_A2A, NS_DIRECTORY } from '../../protocol/namespaces.ts';
import { xmppUri } from '../../protocol/xmpp-uri.ts';
import type { Command } from '../commands/step.ts';

export type CardCommand = Pick<Command, 'node' | 'name' | 'about'>;

export const ownDescription =
  'A directory of agents and what they offer: find specialists by words or by the values at hand, and be listed.';

const modes = ['text/plain', 'application/json'];

/** What both kinds of card say. The extension tells other directories that this is one of them, to be listed by none. */
function common(version: string): JsonObject {
  const extension = { uri: NS_DIRECTORY, description: 'This agent is a directory.', required: false };
  return {
    name: 'Guildhall',
    description: ownDescription,
    version,
    capabilities: { streaming: false, pushNotifications: false, extensions: [extension] },
    defaultInputModes: modes,
    defaultOutputModes: modes,
  };
}

/** The card of AI-SNS: its skills are the commands, each with the fields of its first stage. */
export function aiSnsCard(own: string, version: string, commands: readonly CardCommand[]): JsonObject {
  return {
    ...common(version),
    url: xmppUri(own),
    protocolVersion: '0.3',
    skills: offered(commands).map(({ node, name, about }) => ({
      id: node,
      name,
      description: about.description,
      command_node: node,
      source: 'config',
      tags: ['directory'],
      form_fields: about.fields.flatMap(writeCardField),
    })),
  };
}

/** The card of A2A 1.0: the one interface is the command that takes its requests. */
export function a2aCard(own: string, version: string, commands: readonly CardCommand[]): JsonObject {
  return {
    ...common(version),
    supportedInterfaces: [{ url: xmppUri(own, NODE_TASKS), protocolBinding: NS_A2A, protocolVersion: '0.3' }],
    skills: offered(commands).map(({ node, name, about }) => ({
      id: node,
      name,
      description: about.description,
      tags: ['directory'],
      command_node: node,
    })),
  };
}

/** Commands that say of themselves what they are for, but those that every agent of AI-SNS has. */
function offered(commands: readonly CardCommand[]) {
  return commands.flatMap(({ node, name, about }) =>
    about && !plumbingNodes.has(node) ? [{ node, name, about }] : [],
  );
}
