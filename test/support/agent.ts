import { randomBytes } from 'node:crypto';
import { inject, onTestFinished } from 'vitest';
import { type CommandResponse, readCommandRequest, writeCommandResponse } from '../../protocol/commands.ts';
import { type Field, type Form, writeForm } from '../../protocol/data-form.ts';
import { writeInfo, writeItems } from '../../protocol/disco.ts';
import { NS_COMMANDS, NS_DATA, NS_DISCO_INFO, NS_DISCO_ITEMS, NS_PUBSUB } from '../../protocol/namespaces.ts';
import { writeStanzaError } from '../../protocol/stanza-error.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import { registerAccount } from '../../scripts/register.ts';
import { openSession, type Session } from '../../scripts/specialists/session.ts';
import { textField } from './fields.ts';

export type TestCommand = { name: string; fields: Field[]; infoForms?: Form[] };

/** An agent whose every answer a test can set; by default a plain one that offers ad-hoc commands with forms. */
export type TestAgent = {
  jid: string;
  fullJid: string;
  send(stanza: Element): void;
  /** Asks another entity; rejects with the error that it answers. */
  ask(type: 'get' | 'set', payload: Element, to: string): Promise<Element>;
  commands: Map<string, TestCommand>;
  /** How often a command was executed, by node. */
  executed: Map<string, number>;
  identity: { category: string; type: string };
  features: string[];
  infoForms: Form[];
  /** Answers in place of the agent's own way; undefined leaves the question to it, 'silence' leaves it unanswered. */
  intercept: (iq: Element) => Promise<Element | 'silence' | undefined> | Element | 'silence' | undefined;
  /** Hears of every presence that comes. */
  onPresence: (stanza: Element) => void;
  /** Hears of every message that comes. */
  onMessage: (stanza: Element) => void;
  publish(node: string, item: string, payload: Element): Promise<void>;
  subscribe(): void;
  unsubscribe(): void;
  online(): void;
  offline(): void;
  stop(): Promise<void>;
};

export type TestAgentOptions = {
  directory: string;
  domain?: string;
  /** A server of the test's own, in place of the shared one of `domain`. */
  server?: { service: string; domain: string };
  username?: string;
  resource?: string;
  commands?: { [node: string]: TestCommand };
  subscribe?: boolean;
};

/** Registers an account in band, connects, subscribes to the directory, and stops when the test does. */
export async function startAgent(options: TestAgentOptions): Promise<TestAgent> {
  const domain = options.server?.domain ?? options.domain ?? 'agents.test';
  const server = options.server ?? inject('stack').xmpp.find((candidate) => candidate.domain === domain);
  if (!server) throw new Error(`no server for ${domain}`);
  const username = options.username ?? `t${randomBytes(5).toString('hex')}`;
  await registerAccount({ service: server.service, domain, username, password: 'test' });
  const resource = options.resource ?? 'agent';
  const session: Session = await openSession({
    service: server.service,
    domain,
    username,
    password: 'test',
    resource,
    onStanza: (stanza) => void answer(agent, options.directory, stanza),
    onEnd: () => undefined,
  });
  const agent: TestAgent = {
    jid: `${username}@${domain}`,
    fullJid: session.fullJid,
    send: session.send,
    ask: session.request,
    commands: new Map(Object.entries(options.commands ?? {})),
    executed: new Map(),
    identity: { category: 'automation', type: 'agent' },
    features: [NS_COMMANDS, NS_DATA],
    infoForms: [],
    intercept: () => undefined,
    onPresence: () => undefined,
    onMessage: () => undefined,
    publish: (node, item, payload) => publish(session, node, xml('item', { id: item }, payload)),
    subscribe: () => session.send(xml('presence', { to: options.directory, type: 'subscribe' })),
    unsubscribe: () => session.send(xml('presence', { to: options.directory, type: 'unsubscribe' })),
    online: () => session.send(xml('presence')),
    offline: () => session.send(xml('presence', { type: 'unavailable' })),
    stop: () => session.close(),
  };
  onTestFinished(() => agent.stop());
  agent.online();
  if (options.subscribe ?? true) agent.subscribe();
  return agent;
}

/** Publishes on a node that everybody may read and that keeps several items, and makes it so where it is not there. */
async function publish(session: Session, node: string, item: Element): Promise<void> {
  const open = hidden('pubsub#access_model', 'open');
  const several = hidden('pubsub#max_items', '20');
  const publishWith = (fields: Field[]) =>
    session.request(
      'set',
      xml(
        'pubsub',
        { xmlns: NS_PUBSUB },
        xml('publish', { node }, item),
        xml('publish-options', {}, submitted(`${NS_PUBSUB}#publish-options`, fields)),
      ),
    );
  try {
    await publishWith([open, several]);
  } catch {
    // ejabberd refuses every publish-option but two; what it does not know has to be configured on the node.
    await publishWith([open]);
    const form = submitted(`${NS_PUBSUB}#node_config`, [several]);
    await session.request(
      'set',
      xml('pubsub', { xmlns: `${NS_PUBSUB}#owner` }, xml('configure', { node }, form)),
    );
  }
}

function submitted(formType: string, fields: Field[]): Element {
  return writeForm({
    type: 'submit',
    title: null,
    instructions: null,
    reported: [],
    items: [],
    fields: [hidden('FORM_TYPE', formType), ...fields],
  });
}

async function answer(agent: TestAgent, directory: string, stanza: Element): Promise<void> {
  const { type, from, id } = stanza.attrs;
  if (stanza.name === 'presence') agent.onPresence(stanza);
  if (stanza.name === 'message') agent.onMessage(stanza);
  if (stanza.name === 'presence' && type === 'subscribe' && from === directory) {
    agent.send(xml('presence', { to: from, type: 'subscribed' }));
  }
  if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set')) return;
  const given = await agent.intercept(stanza);
  if (given === 'silence') return;
  const payload = given ?? own(agent, stanza);
  const isError = payload?.name === 'error';
  agent.send(xml('iq', { type: isError ? 'error' : 'result', to: from, id }, payload));
}

function own(agent: TestAgent, stanza: Element): Element | undefined {
  const [query] = stanza.getChildElements();
  const node = query?.attrs.node ?? null;
  const command = node === null ? undefined : agent.commands.get(node);
  if (query?.is('query', NS_DISCO_INFO)) {
    if (command) {
      const identity = { category: 'automation', type: 'command-node', name: command.name, lang: null };
      return writeInfo({
        node,
        identities: [identity],
        features: [NS_COMMANDS, NS_DATA],
        forms: command.infoForms ?? [],
      });
    }
    const identity = { ...agent.identity, name: null, lang: null };
    return writeInfo({
      node,
      identities: [identity],
      features: agent.features,
      forms: node ? [] : agent.infoForms,
    });
  }
  if (query?.is('query', NS_DISCO_ITEMS)) {
    const items = [...agent.commands].map(([of, { name }]) => ({ jid: agent.fullJid, node: of, name }));
    return writeItems({ node, items: node === NS_COMMANDS ? items : [], rsm: null });
  }
  if (query?.is('command', NS_COMMANDS) && node && command)
    return writeCommandResponse(execute(agent, query, node, command));
  return writeStanzaError({ type: 'cancel', condition: 'service-unavailable', text: null });
}

function execute(agent: TestAgent, query: Element, node: string, command: TestCommand): CommandResponse {
  const { action, sessionId } = readCommandRequest(query);
  if (action === 'execute') agent.executed.set(node, (agent.executed.get(node) ?? 0) + 1);
  const takesForm = command.fields.length > 0;
  const status =
    action === 'cancel' ? 'canceled' : takesForm && action === 'execute' ? 'executing' : 'completed';
  const form: Form | null =
    status === 'executing'
      ? {
          type: 'form',
          title: command.name,
          instructions: null,
          fields: command.fields,
          reported: [],
          items: [],
        }
      : null;
  return {
    node,
    sessionId: sessionId ?? randomBytes(4).toString('hex'),
    status,
    actions: status === 'executing' ? ['complete'] : [],
    notes: [],
    form,
  };
}

function hidden(name: string, value: string): Field {
  return { ...textField(name), type: 'hidden', values: [value] };
}
