/** What the directory answers: stanza to operation, and back. */

import type { Deps } from '../operations/deps.ts';
import { type DiscoInfo, writeInfo, writeItems } from '../protocol/disco.ts';
import { writeTime } from '../protocol/entity-time.ts';
import { bareJid, formatJid, type Jid, tryJid } from '../protocol/jid.ts';
import {
  NS_AGENTS,
  NS_COMMANDS,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  NS_PING,
  NS_PUBSUB,
  NS_PUBSUB_OWNER,
  NS_SEARCH,
  NS_TIME,
  NS_VCARD,
  NS_VCARD4,
  NS_VERSION,
} from '../protocol/namespaces.ts';
import { ParseError } from '../protocol/parse-error.ts';
import { readRsmQuestion } from '../protocol/rsm.ts';
import {
  type Condition,
  type ErrorType,
  type StanzaError,
  writeStanzaError,
} from '../protocol/stanza-error.ts';
import { writeVcardTemp } from '../protocol/vcard-temp.ts';
import { writeVersion } from '../protocol/version.ts';
import { type Element, xml } from '../protocol/xml.ts';
import { type Allowance, allowanceLimits, excessText } from './allowance.ts';
import { answerAgents } from './answer-agents.ts';
import { answerSearch, searchOffer } from './answer-search.ts';
import type { Tree } from './browse/tree.ts';
import type { CommandDesk } from './commands/desk.ts';
import type { Gate } from './gate.ts';
import type { Identity } from './identity/identity.ts';
import { inTime } from './in-time.ts';
import type { PubsubDesk } from './pubsub/pubsub-desk.ts';

/** What disco#info says of the node under which the commands are listed (XEP-0050 §2.2). */
const commandListInfo: DiscoInfo = {
  node: NS_COMMANDS,
  identities: [{ category: 'automation', type: 'command-list', name: 'Commands', lang: null }],
  features: [NS_COMMANDS, NS_DISCO_INFO, NS_DISCO_ITEMS],
  forms: [],
};

/** Who knows the directory's commands. */
export type Desk = Pick<CommandDesk, 'list' | 'info' | 'answer'>;

/** Who answers what; `gate` keeps one asker's questions of the database few at a time. */
export type Services = {
  deps: Deps;
  desk: Desk;
  identity: Identity;
  tree: Pick<Tree, 'info' | 'items'>;
  pubsub: Pick<PubsubDesk, 'info' | 'items' | 'answer'>;
  gate: Pick<Gate, 'pass'>;
  /** Bounds what one address, and one domain, asks in a while. */
  allowance: Pick<Allowance, 'take'>;
  /** Hears of our own faults; the asker hears only that there was one. */
  onError: (error: unknown) => void;
};

/** A question that came alone in its stanza. `own` is the address at which it was asked. */
type Question = { asker: Jid; own: string; query: Element };
/** What goes into a result: a payload, or nothing; or why there is none. */
type Reply = Element | null | StanzaError;
type Answerer = (question: Question, services: Services) => Reply | Promise<Reply>;

type Answering = {
  type: 'get' | 'set';
  name: string;
  xmlns: string;
  reply: Answerer;
  /** True where the answer is at hand; without this, the index is read for it. */
  isCheap?: (query: Element, services: Services) => boolean;
};

const always = () => true;

/** The node is one of few that are always the same. */
function isFixed({ attrs: { node } }: Element, { desk, identity }: Services): boolean {
  return !node || node === NS_COMMANDS || node === identity.announcedNode || desk.info(node) !== null;
}

/** Every question that is answered. */
const answerers: Answering[] = [
  { type: 'get', name: 'ping', xmlns: NS_PING, reply: () => null, isCheap: always },
  {
    type: 'get',
    name: 'query',
    xmlns: NS_VERSION,
    reply: (_, { identity }) => writeVersion(identity.version),
    isCheap: always,
  },
  { type: 'get', name: 'time', xmlns: NS_TIME, reply: () => writeTime(new Date()), isCheap: always },
  {
    type: 'get',
    name: 'vCard',
    xmlns: NS_VCARD,
    reply: (_, { identity }) => writeVcardTemp(identity.vcardTemp),
    isCheap: always,
  },
  {
    type: 'get',
    name: 'vcard',
    xmlns: NS_VCARD4,
    reply: (_, { identity }) => identity.vcard4(),
    isCheap: always,
  },
  { type: 'get', name: 'query', xmlns: NS_DISCO_INFO, reply: replyInfo, isCheap: isFixed },
  { type: 'get', name: 'query', xmlns: NS_DISCO_ITEMS, reply: replyItems, isCheap: isFixed },
  { type: 'get', name: 'query', xmlns: NS_SEARCH, reply: searchOffer, isCheap: always },
  {
    type: 'set',
    name: 'query',
    xmlns: NS_SEARCH,
    reply: gated(({ query }, { deps }) => answerSearch(deps, query)),
  },
  {
    type: 'get',
    name: 'query',
    xmlns: NS_AGENTS,
    reply: gated(({ own }, { deps }) => answerAgents(deps, own)),
  },
  {
    type: 'set',
    name: 'command',
    xmlns: NS_COMMANDS,
    reply: ({ asker, query }, { desk }) => desk.answer(asker, query),
  },
  ...(['get', 'set'] as const).flatMap((type) =>
    [NS_PUBSUB, NS_PUBSUB_OWNER].map((xmlns) => ({
      type,
      name: 'pubsub',
      xmlns,
      reply: gated(({ asker, query }, { pubsub }) => pubsub.answer(asker, query, type)),
    })),
  ),
];

/** The answer to a question (an IQ of type get or set); null where nobody can be answered. Never rejects. */
export async function answer(stanza: Element, services: Services): Promise<Element | null> {
  const asker = tryJid(stanza.attrs.from);
  if (!asker) return null;
  const { from, id } = stanza.attrs;
  const own = tryJid(stanza.attrs.to);
  const between = { asker, own: own ? formatJid(own) : '' };
  const reply = await inTime(replyTo(stanza, between, services), () => late);
  const payload = isRefusal(reply) ? writeStanzaError(reply) : reply;
  const type = payload?.name === 'error' ? 'error' : 'result';
  // RFC 6120 §8.1.5: whatever is to be read by people is in English.
  return xml('iq', { type, to: from, id, 'xml:lang': 'en' }, payload);
}

async function replyTo(
  stanza: Element,
  between: Omit<Question, 'query'>,
  services: Services,
): Promise<Reply> {
  const { type } = stanza.attrs;
  const [query, ...others] = stanza.getChildElements();
  if ((type !== 'get' && type !== 'set') || !query || others.length > 0) {
    return refusal('modify', 'bad-request', 'one payload expected, and type get or set');
  }
  const answerer = answerers.find((one) => one.type === type && query.is(one.name, one.xmlns));
  const isCheap = answerer?.isCheap?.(query, services) ?? !answerer;
  const excess = services.allowance.take(between.asker, isCheap ? allowanceLimits.cheapCost : 1);
  if (excess) return refusal('wait', 'resource-constraint', excessText(excess));
  if (!answerer) return refusal('cancel', 'service-unavailable');
  try {
    return await answerer.reply({ ...between, query }, services);
  } catch (error) {
    if (error instanceof ParseError) return refusal('modify', 'bad-request', error.message);
    services.onError(error);
    return refusal('wait', 'internal-server-error', 'The directory failed; try again shortly.');
  }
}

const late = refusal(
  'wait',
  'resource-constraint',
  'The answer takes too long; ask for less, or try again later.',
);

/** Asks the database, and so waits for its turn. */
function gated(reply: (question: Question, services: Services) => Promise<Reply>): Answerer {
  return async (question, services) => {
    // A reply may be null, which is not the gate's.
    const passed = await services.gate.pass(bareJid(question.asker), async () => ({
      reply: await reply(question, services),
    }));
    return passed ? passed.reply : busy;
  };
}

const busy = refusal(
  'wait',
  'resource-constraint',
  'Too many of your questions wait; await their answers first.',
);

const treeInfo = gated(async ({ query }, { tree }) => {
  const info = await tree.info(query.attrs.node ?? '');
  return isRefusal(info) ? info : writeInfo(info);
});

/** The tree, and beside it the nodes of pubsub. */
const treeItems = gated(async ({ asker, query, own }, { tree, pubsub }) => {
  const node = query.attrs.node || null;
  const rsm = readRsmQuestion(query);
  const caller = { jid: bareJid(asker), domain: asker.domain };
  const published = node === null ? null : await pubsub.items(caller, node, rsm, own);
  if (published) return 'items' in published ? writeItems(published) : published;
  const items = await tree.items(node, rsm, own);
  return isRefusal(items) ? items : writeItems(items);
});

function replyInfo(question: Question, services: Services): Reply | Promise<Reply> {
  const { node } = question.query.attrs;
  const { desk, identity, pubsub } = services;
  if (!node || node === identity.announcedNode) return writeInfo({ ...identity.info, node: node || null });
  const info = node === NS_COMMANDS ? commandListInfo : (desk.info(node) ?? pubsub.info(node));
  return info ? writeInfo(info) : treeInfo(question, services);
}

/** The commands stand at their own node (XEP-0050 §2.2), and lead to nothing further. */
function replyItems(question: Question, services: Services): Reply | Promise<Reply> {
  const { asker, own, query } = question;
  const node = query.attrs.node || null;
  if (node === NS_COMMANDS) {
    const items = services.desk.list(asker).map((item) => ({ ...item, jid: own }));
    return writeItems({ node, items, rsm: null });
  }
  if (node && services.desk.info(node)) return writeItems({ node, items: [], rsm: null });
  return treeItems(question, services);
}

function refusal(type: ErrorType, condition: Condition, text: string | null = null): StanzaError {
  return { type, condition, text };
}

function isRefusal(reply: Reply | object): reply is StanzaError {
  return reply !== null && 'condition' in reply;
}
