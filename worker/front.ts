/** Everything by which the directory answers and tells: commands, tree, nodes, chat, messages. */

import type { Database } from '../db/database.ts';
import { shelves } from '../operations/browse.ts';
import { NS_PING } from '../protocol/namespaces.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { Alerts } from './alerts/alerts.ts';
import { Allowance } from './allowance.ts';
import type { Services } from './answer.ts';
import { KeptShelves } from './browse/kept-shelves.ts';
import { Tree } from './browse/tree.ts';
import { Chat } from './chat/chat.ts';
import { Conversation } from './chat/conversation.ts';
import { a2aCommands } from './commands/a2a-commands.ts';
import { CommandDesk } from './commands/desk.ts';
import { findingCommands } from './commands/finding-commands.ts';
import { type ProviderHooks, providerCommands } from './commands/provider-commands.ts';
import { tradeCommands } from './commands/trade-commands.ts';
import type { Config } from './config.ts';
import { Gate } from './gate.ts';
import { readPicture } from './identity/avatar.ts';
import { businessCard, type Identity, identityOf } from './identity/identity.ts';
import { readOwnVersion } from './identity/own-version.ts';
import type { IqOutcome } from './iq-caller.ts';
import { errorText, type Log } from './log.ts';
import { newsNode } from './pubsub/news-node.ts';
import { PubsubDesk } from './pubsub/pubsub-desk.ts';
import { StillNode } from './pubsub/still-node.ts';
import { RequestAnswers } from './requests/answers.ts';

export type FrontDeps = ProviderHooks & {
  config: Config;
  db: Database;
  log: Log;
  send: (stanza: Element) => boolean;
  /** Asks one's own server. */
  askOwn: (type: 'get' | 'set', payload: Element) => Promise<IqOutcome>;
  isUp: () => boolean;
  isSubscriber: (jid: string) => boolean;
};

export type Front = {
  services: Services;
  identity: Identity;
  chat: Chat;
  alerts: Alerts;
  answers: RequestAnswers;
};

export function openFront({ config, db, log, send, askOwn, isUp, isSubscriber, ...hooks }: FrontDeps): Front {
  const { jid: own, contacts, policy } = config;
  const deps = { db, policy };
  const conversation = new Conversation(deps);
  const commands = [
    ...findingCommands(deps),
    ...tradeCommands(deps),
    ...providerCommands(deps, hooks),
    ...a2aCommands(conversation, businessCard(own, contacts)),
  ];
  const identity = identityOf({ own, contacts, version: readOwnVersion(), picture: readPicture(), commands });
  const nodes = [newsNode(deps), ...identity.stillNodes.map((still) => new StillNode(still))];
  const gate = new Gate();
  const allowance = new Allowance(config.rates);
  const services: Services = {
    deps,
    desk: new CommandDesk(commands, {
      onError: (error, node) => log('error', 'command-failed', { node, error: errorText(error) }),
    }),
    identity,
    tree: new Tree(
      deps,
      new KeptShelves(() => shelves(deps)),
      nodes.map(({ node, info }) => ({ node, name: info.title })),
    ),
    pubsub: new PubsubDesk({ nodes, isSubscriber }),
    gate,
    allowance,
    onError: (error) => log('error', 'answer-failed', { error: errorText(error) }),
  };
  const chat = new Chat({
    conversation,
    allowance,
    gate,
    own,
    rooms: config.rooms,
    send,
    onError: (error) => log('error', 'chat-failed', { error: errorText(error) }),
  });
  const alerts = new Alerts({
    db,
    log,
    isUp,
    send,
    // Servers take stanzas in their order: who answers this has all that was sent before it.
    confirm: async () => {
      const { kind } = await askOwn('get', xml('ping', { xmlns: NS_PING }));
      return kind === 'result' || kind === 'error';
    },
  });
  const answers = new RequestAnswers({
    ...{ deps, allowance, gate, send },
    onError: (error) => log('error', 'proposal-failed', { error: errorText(error) }),
  });
  return { services, identity, chat, alerts, answers };
}
