/**
 * The tables, all in one file: migrations are made from it, and how they hang together is seen at once. What reads and
 * writes them stands in the other files of this folder, one function per question.
 */

import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  doublePrecision,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Ask, Fault, MoveData, Progress, Result } from '../market/contract/contract.ts';
import { faults } from '../market/contract/contract.ts';
import type { MoveName, OpeningName } from '../market/contract/rules.ts';
import { contractKinds, contractStates, parties, pendingStates } from '../market/contract/states.ts';
import type { FactSource, FirstForm, ListingForm, RootInfo } from '../market/facts.ts';
import { type CallProtocol, type Listing, type Price, signals } from '../market/listing.ts';
import type { Corrections } from '../market/registration.ts';
import { ratingActs } from '../market/reputation/history.ts';
import { scoredKinds } from '../market/reputation/scored.ts';
import type { Budget, Proposal, RequestData } from '../market/request/request.ts';
import type { RequestMoveName, RequestOpeningName } from '../market/request/rules.ts';
import { requestParties, requestStates, standings } from '../market/request/states.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });
const tsquery = customType<{ data: string }>({ dataType: () => 'tsquery' });
const moment = (name: string) => timestamp(name, { withTimezone: true });

/** Providers that have at least one listing. */
export const agent = pgTable(
  'agent',
  {
    jid: text('jid').primaryKey(),
    domain: text('domain').notNull(),
    name: text('name'),
    /** The agent states `presence=deny`: its presence is read, and never shown. */
    presenceDenied: boolean('presence_denied').notNull().default(false),
    firstSeen: moment('first_seen').notNull().defaultNow(),
    lastSeen: moment('last_seen').notNull().defaultNow(),
  },
  (table) => [index('agent_domain').on(table.domain, table.jid)],
);

/** What each agent states, by the way in which it was learned: a way that cannot be read now keeps what it said. */
export const fact = pgTable(
  'fact',
  {
    jid: text('jid').notNull(),
    source: text('source').$type<FactSource>().notNull(),
    value: jsonb('value').notNull(),
    seen: moment('seen').notNull(),
  },
  (table) => [primaryKey({ columns: [table.jid, table.source] })],
);

/** Listing forms that a pubsub service holds, and the agent whose publication the service attests. */
export const publication = pgTable(
  'publication',
  {
    service: text('service').notNull(),
    node: text('node').notNull(),
    item: text('item').notNull(),
    jid: text('jid').notNull(),
    listing: jsonb('listing').$type<ListingForm>().notNull(),
    seen: moment('seen').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.service, table.node, table.item] }),
    index('publication_jid').on(table.jid),
  ],
);

/** What agents say they offer; `body` is the whole listing, the other columns are what search and upkeep need. */
export const listing = pgTable(
  'listing',
  {
    id: text('id').primaryKey(),
    jid: text('jid')
      .notNull()
      .references(() => agent.jid),
    domain: text('domain').notNull(),
    /** The registrable domain: what one owner has, whatever the names below it. */
    site: text('site').notNull().default(''),
    name: text('name').notNull(),
    tags: text('tags').array().notNull(),
    body: jsonb('body').$type<Listing>().notNull(),
    version: text('version').notNull(),
    /** How completely the listing is described, 0 to 100. */
    quality: smallint('quality').notNull(),
    /** What is taken off for the company it keeps: how much its site had listed when it came (market/standing.ts). */
    crowding: smallint('crowding').notNull().default(0),
    /** Orders equals, drawn by lot. */
    luck: smallint('luck').notNull().default(sql`floor(random() * 1024)::smallint`),
    /** Orders what a query does not. */
    standing: integer('standing').notNull().generatedAlwaysAs(sql`listing_standing(luck, quality, crowding)`),
    /** Its place among all by standing, in steps: candidates are taken step by step (db/tiers.ts). */
    tier: smallint('tier').notNull().default(0),
    /** One of nested samples at random: the first n hold a known share of all (db/facets.ts). */
    sample: smallint('sample').notNull().default(sql`listing_sample()`),
    /** Nothing but the agent's consent allows the listing. */
    onConsent: boolean('on_consent').notNull(),
    document: tsvector('document').notNull(),
    /** The words of the name alone. */
    heading: tsvector('heading').notNull().default(sql`''`),
    /** What facets count, each with the letter of its kind before it. */
    facets: text('facets').array().notNull().default(sql`'{}'`),
    /** Sets of required inputs, as numbers: those that call it, and those that all but call it (market/input-sets.ts). */
    fills: bigint('fills', { mode: 'bigint' }).array().notNull().default(sql`'{}'`),
    lacks: bigint('lacks', { mode: 'bigint' }).array().notNull().default(sql`'{}'`),
    /** The name in lower case, by which listings are put in order. */
    nameKey: text('name_key').notNull().default(''),
    priceAmount: numeric('price_amount'),
    priceCurrency: text('price_currency'),
    lat: doublePrecision('lat'),
    lon: doublePrecision('lon'),
    firstSeen: moment('first_seen').notNull(),
    updated: moment('updated').notNull(),
  },
  (table) => [
    index('listing_jid').on(table.jid),
    index('listing_find')
      .using('gin', table.tier, table.sample, table.heading, table.document, table.fills, table.lacks)
      .with({ gin_pending_list_limit: 1024 }),
    index('listing_standing').on(table.standing.desc().nullsFirst(), table.id),
    index('listing_site').on(table.site),
    index('listing_tool').on(table.jid).where(sql`body ->> 'kind' = 'tool'`),
    index('listing_recent').on(table.updated.desc(), table.id),
    index('listing_name').on(table.nameKey, table.id),
    index('listing_lat').on(table.lat).where(sql`lat is not null`),
    index('listing_price').on(table.priceCurrency, table.priceAmount).where(sql`price_amount is not null`),
  ],
);

/** Words, tags and inputs that listings have, for completing and for mending what is typed. */
export const term = pgTable(
  'term',
  {
    kind: text('kind', { enum: ['word', 'tag', 'input', 'name'] }).notNull(),
    text: text('text').notNull(),
    /** How many listings have it. */
    n: integer('n').notNull().default(1),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.text] }),
    index('term_prefix').using('btree', table.text.op('text_pattern_ops')),
    index('term_similar').using('gin', table.text.op('gin_trgm_ops')).where(sql`kind = 'word'`),
  ],
);

/** Sets of required inputs that some listing has or had; see `listing.fills` and `listing.lacks`. */
export const inputSet = pgTable('input_set', { set: bigint('set', { mode: 'bigint' }).primaryKey() });

/** One row: the standing at which each tier but the last ends, best first; empty as long as there is one. */
export const tierCut = pgTable('tier_cut', {
  one: smallint('one').primaryKey(),
  cuts: integer('cuts').array().notNull().default(sql`'{}'`),
  /** How many listings there were when the cuts were made. */
  total: integer('total').notNull().default(0),
});

/** What is observed of a listing beside what it says. */
export const listingStatus = pgTable(
  'listing_status',
  {
    id: text('id')
      .primaryKey()
      .references(() => listing.id, { onDelete: 'cascade' }),
    /** The full JID at which the offer was seen; the bare one for entities without resources. */
    callJid: text('call_jid'),
    verified: moment('verified').notNull(),
    /** When each source last said what the listing holds. */
    sources: jsonb('sources').$type<{ [source: string]: string }>().notNull().default({}),
    /** Since when complete looks at the reachable agent no longer show the offer. */
    missingSince: moment('missing_since'),
  },
  (table) => [index('listing_status_verified').on(table.verified)],
);

/** The change feed: the latest change of each listing there ever was. */
export const change = pgTable(
  'change',
  {
    id: text('id').primaryKey(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    op: text('op', { enum: ['put', 'delete'] }).notNull(),
    at: moment('at').notNull().defaultNow(),
    /** Kept for listings that return. */
    firstSeen: moment('first_seen').notNull(),
  },
  (table) => [uniqueIndex('change_seq').on(table.seq)],
);

/** One row: the last sequence number given out. Its lock orders the writers. */
export const changeHead = pgTable('change_head', {
  one: smallint('one').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
});

/** Agents whose inbound subscription is in force. */
export const consent = pgTable('consent', {
  jid: text('jid').primaryKey(),
  granted: moment('granted').notNull().defaultNow(),
  /** The roster has shown the subscription: from then on its absence there means that it was withdrawn. */
  confirmed: boolean('confirmed').notNull().default(false),
  /** Whether the agent shows the directory its presence; null while it has not answered. Kept where no server does. */
  shows: boolean('shows'),
});

/** Agents that registered by command: consent of its own, with a lease, and what they want said of them. */
export const registration = pgTable(
  'registration',
  {
    jid: text('jid').primaryKey(),
    granted: moment('granted').notNull().defaultNow(),
    leaseUntil: moment('lease_until').notNull(),
    /** The resource from which it registered: where its commands are asked for as long as presence tells of none. */
    resource: text('resource').notNull().default(''),
    /** What the agent permits, over whatever its forms say; null where it says nothing. */
    relay: text('relay', { enum: ['allow', 'deny'] }),
    presence: text('presence', { enum: ['allow', 'deny'] }),
    /** Corrections of its listings, by node; '' holds those of the agent itself. */
    corrections: jsonb('corrections').$type<Corrections>().notNull().default({}),
  },
  (table) => [index('registration_lease').on(table.leaseUntil)],
);

/**
 * Marks of what readers are shown (db/index-state.ts). A transaction that changes any of it draws one of them anew as its
 * last act; there are several so that two seldom wait for each other.
 */
export const indexMark = pgTable('index_mark', {
  shard: smallint('shard').primaryKey(),
  mark: uuid('mark').notNull(),
});

/** HTTP tokens: only their hashes are kept. */
export const token = pgTable(
  'token',
  {
    id: text('id').primaryKey(),
    jid: text('jid').notNull(),
    hash: text('hash').notNull(),
    scopes: text('scopes').array().notNull(),
    label: text('label'),
    created: moment('created').notNull().defaultNow(),
    expires: moment('expires').notNull(),
    revoked: moment('revoked'),
    used: moment('used'),
  },
  (table) => [uniqueIndex('token_hash').on(table.hash), index('token_jid').on(table.jid)],
);

/** Signals observed of an agent, folded by hour: how often each held and how often it failed. */
export const observation = pgTable(
  'observation',
  {
    jid: text('jid').notNull(),
    signal: text('signal', { enum: signals }).notNull(),
    hour: moment('hour').notNull(),
    good: integer('good').notNull().default(0),
    bad: integer('bad').notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.jid, table.signal, table.hour] }),
    index('observation_hour').on(table.hour),
  ],
);

/** The agent's last reply times, and what the observations fold to: read with each listing. */
export const vitality = pgTable(
  'vitality',
  {
    jid: text('jid').primaryKey(),
    replyMs: integer('reply_ms').array().notNull().default([]),
    medianReplyMs: integer('median_reply_ms'),
    uptime1d: real('uptime_1d'),
    uptime7d: real('uptime_7d'),
    uptime30d: real('uptime_30d'),
    /** When the next ping is due, and when the folding was last done. */
    pingDue: moment('ping_due').notNull().defaultNow(),
    folded: moment('folded'),
  },
  (table) => [index('vitality_folded').on(table.folded)],
);

/** Verified entity capabilities (XEP-0115, XEP-0390): a hash stands for a root disco#info, and for nothing else. */
export const capsInfo = pgTable(
  'caps_info',
  {
    algorithm: text('algorithm').notNull(),
    ver: text('ver').notNull(),
    info: jsonb('info').$type<RootInfo>().notNull(),
    verified: moment('verified').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.algorithm, table.ver] })],
);

/** Resources that are online now, of consenting agents only: they go with the consent. */
export const presence = pgTable(
  'presence',
  {
    jid: text('jid')
      .notNull()
      .references(() => consent.jid, { onDelete: 'cascade' }),
    resource: text('resource').notNull(),
    since: moment('since').notNull().defaultNow(),
    /** The capabilities that the presence announced: algorithm and hash. */
    caps: jsonb('caps').$type<{ algorithm: string; ver: string }[]>().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.jid, table.resource] })],
);

/** Looks at first forms of commands (db/looks): kept beyond the consent, so that nothing is executed anew by returning. */
export const commandLook = pgTable(
  'command_look',
  {
    jid: text('jid').notNull(),
    node: text('node').notNull(),
    fingerprint: text('fingerprint').notNull(),
    lookedAt: moment('looked_at').notNull(),
    /** False where the look was begun and nothing came of it. */
    finished: boolean('finished').notNull().default(false),
    form: jsonb('form').$type<FirstForm>(),
    takesNothing: boolean('takes_nothing').notNull(),
  },
  (table) => [primaryKey({ columns: [table.jid, table.node] })],
);

/** The crawl queue: each entity that is or was worth a visit, and when the next one is due. */
export const entity = pgTable(
  'entity',
  {
    jid: text('jid').primaryKey(),
    domain: text('domain').notNull(),
    /** Items deep from the seed that led here. */
    depth: smallint('depth').notNull(),
    /** When a user asked for the entity; null for those that the crawl met. */
    asked: moment('asked'),
    due: moment('due').notNull(),
    /** Set while a worker visits. */
    leaseUntil: moment('lease_until'),
    leaseBy: text('lease_by'),
    visited: moment('visited'),
    failures: integer('failures').notNull().default(0),
  },
  (table) => [
    index('entity_due').on(table.due),
    index('entity_asked').on(table.asked).where(sql`asked is not null`),
    index('entity_lease').on(table.leaseBy).where(sql`lease_by is not null`),
  ],
);

/** One row: the address of the directory to which all of this belongs. */
export const directory = pgTable('directory', {
  one: smallint('one').primaryKey(),
  jid: text('jid').notNull(),
});

/** Workers that are alive, by the time of their last sign. */
export const heartbeat = pgTable('heartbeat', {
  worker: text('worker').primaryKey(),
  at: moment('at').notNull(),
  online: boolean('online').notNull(),
});

/** How far each of those who follow the change feed has come, by name: the last number that was acted upon. */
export const follower = pgTable('follower', {
  name: text('name').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
});

/** Queries that somebody subscribes to, each once, however many do. */
export const askedQuery = pgTable(
  'asked_query',
  {
    /** SHA-256 of the text, which may be too long for an index. */
    hash: text('hash').primaryKey(),
    /** The query in its one form. */
    text: text('text').notNull(),
    /** What the search asks of a listing's document; null where it asks nothing of it, or where `isMade` is false. */
    document: tsquery('document'),
    /** Columns have something to say, too: the query is asked again of those that the document lets through. */
    isMeasured: boolean('is_measured').notNull(),
    /** Every match has one of the lexemes in query_anchor; without any, each change is held against the query. */
    isAnchored: boolean('is_anchored').notNull(),
    /** False has `document` and the anchors made anew: for migrations that change how listings are indexed. */
    isMade: boolean('is_made').notNull().default(true),
  },
  (table) => [
    index('asked_query_unanchored').on(table.hash).where(sql`not is_anchored`),
    index('asked_query_measured').on(table.hash).where(sql`is_measured`),
    index('asked_query_unmade').on(table.hash).where(sql`not is_made`),
  ],
);

/** The lexemes of which every match of a query has one: by them a changed listing finds the queries it may match. */
export const queryAnchor = pgTable(
  'query_anchor',
  {
    lexeme: text('lexeme').notNull(),
    query: text('query')
      .notNull()
      .references(() => askedQuery.hash, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.lexeme, table.query] }),
    index('query_anchor_query').on(table.query),
  ],
);

/** Who is told of what from now on matches which query, and until when. */
export const subscription = pgTable(
  'subscription',
  {
    id: text('id').primaryKey(),
    /** The bare JID that subscribed, and that is told. */
    jid: text('jid').notNull(),
    site: text('site').notNull(),
    query: text('query')
      .notNull()
      .references(() => askedQuery.hash),
    /** Changes up to this number were there before. */
    since: bigint('since', { mode: 'number' }).notNull(),
    created: moment('created').notNull().defaultNow(),
    until: moment('until').notNull(),
    /** When it is told that the end is near; null once it is. */
    warnAt: moment('warn_at'),
    /** The first match for which there was no room, until that is told. */
    missedFrom: bigint('missed_from', { mode: 'number' }),
    /** Messages that came back since the subscriber was last heard of. */
    bounces: smallint('bounces').notNull().default(0),
  },
  (table) => [
    uniqueIndex('subscription_jid').on(table.jid, table.query),
    index('subscription_query').on(table.query),
    index('subscription_site').on(table.site),
    index('subscription_until').on(table.until),
    index('subscription_warn').on(table.warnAt).where(sql`warn_at is not null`),
    index('subscription_missed').on(table.missedFrom).where(sql`missed_from is not null`),
  ],
);

/** Matches that wait to be told. */
export const alert = pgTable(
  'alert',
  {
    subscription: text('subscription')
      .notNull()
      .references(() => subscription.id, { onDelete: 'cascade' }),
    /** The change by which the listing matched. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    listing: text('listing').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.subscription, table.seq] }),
    index('alert_order').on(table.seq, table.subscription),
  ],
);

/** Who is told of every change. */
export const newsSubscriber = pgTable(
  'news_subscriber',
  {
    /** The bare JID; `address` is what it subscribed, with a resource if it named one. */
    jid: text('jid').primaryKey(),
    address: text('address').notNull(),
    site: text('site').notNull(),
    created: moment('created').notNull().defaultNow(),
    /** The last change that was sent to it. */
    seq: bigint('seq', { mode: 'number' }).notNull(),
    bounces: smallint('bounces').notNull().default(0),
  },
  (table) => [index('news_subscriber_seq').on(table.seq), index('news_subscriber_site').on(table.site)],
);

const sides = ['client', 'provider'] as const;

/** As where contracts are counted that are still open. */
const isPending = sql.raw(`state in (${pendingStates.map((state) => `'${state}'`).join(', ')})`);

/** Contracts, each as what its events add up to (market/contract/). Shown to its two parties only. */
export const contract = pgTable(
  'contract',
  {
    id: text('id').primaryKey(),
    kind: text('kind', { enum: contractKinds }).notNull(),
    opening: text('opening').$type<OpeningName>().notNull(),
    openedBy: text('opened_by', { enum: sides }).notNull(),
    client: text('client').notNull(),
    provider: text('provider').notNull(),
    /** What is contracted, as it was then: the listing may change or go. */
    listing: jsonb('listing').$type<{ id: string; version: string; name: string }>(),
    protocol: text('protocol').$type<CallProtocol>(),
    input: jsonb('input').$type<NonNullable<MoveData['input']>>().notNull(),
    price: jsonb('price').$type<Price>(),
    answerBy: moment('answer_by'),
    deliverBy: moment('deliver_by'),
    words: text('words'),
    /** Whose terms stand. */
    offeredBy: text('offered_by', { enum: sides }).notNull(),
    state: text('state', { enum: contractStates }).notNull(),
    /** The number of its events: a move is written only onto the version that it was made from. */
    version: integer('version').notNull(),
    created: moment('created').notNull(),
    since: moment('since').notNull(),
    ask: jsonb('ask').$type<Ask>(),
    result: jsonb('result').$type<Result>(),
    progress: jsonb('progress').$type<Progress>(),
    reason: text('reason'),
    fault: text('fault', { enum: faults }).$type<Fault>(),
    agreed: text('agreed', { enum: sides }).array().notNull().default(sql`'{}'`),
    /** When the directory moves if nobody else has. */
    due: moment('due'),
    /** Where a call stands with its agent: what the worker needs to go on. Never shown. */
    thread: jsonb('thread').$type<{ [name: string]: unknown }>(),
    /** Since when nothing is kept of what was said in it. */
    emptied: moment('emptied'),
  },
  (table) => [
    index('contract_client').on(table.client, table.created.desc(), table.id),
    index('contract_provider').on(table.provider, table.created.desc(), table.id),
    index('contract_due').on(table.due).where(sql`due is not null`),
    // How many each side has open is counted as contracts are made (db/contracts.ts).
    index('contract_client_open').on(table.client).where(isPending),
    index('contract_provider_open').on(table.provider).where(isPending),
    index('contract_kept').on(table.since).where(sql`emptied is null and due is null`),
    index('contract_ended_task')
      .on(table.since)
      .where(
        sql`protocol = 'agent-task' and state in ('cancelled', 'expired') and thread->>'step' not in ('todo', 'closed')`,
      ),
    index('contract_offered').on(table.provider).where(sql`state = 'offered'`),
  ],
);

/** Every move of every contract; rows are added and never changed. */
export const contractEvent = pgTable(
  'contract_event',
  {
    contract: text('contract')
      .notNull()
      .references(() => contract.id),
    seq: integer('seq').notNull(),
    at: moment('at').notNull(),
    by: text('by', { enum: parties }).notNull(),
    move: text('move').$type<MoveName | OpeningName>().notNull(),
    state: text('state', { enum: contractStates }).notNull(),
    data: jsonb('data').$type<MoveData>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.contract, table.seq] })],
);

/** Calls for proposals, each as what its events add up to (market/request/). */
export const request = pgTable(
  'request',
  {
    id: text('id').primaryKey(),
    client: text('client').notNull(),
    /** The registrable domain of the client's. */
    site: text('site').notNull(),
    need: text('need').notNull(),
    input: jsonb('input').$type<NonNullable<MoveData['input']>>().notNull(),
    budget: jsonb('budget').$type<Budget>(),
    /** What the providers were found by; null where the client named their listings. */
    query: text('query'),
    deadline: moment('deadline').notNull(),
    state: text('state', { enum: requestStates }).notNull(),
    version: integer('version').notNull(),
    created: moment('created').notNull(),
    since: moment('since').notNull(),
    awarded: jsonb('awarded').$type<{ provider: string; proposal: string; contract: string }>(),
    reason: text('reason'),
    due: moment('due'),
    /** Since when nothing is kept of what was said in it. */
    emptied: moment('emptied'),
  },
  (table) => [
    index('request_client').on(table.client, table.created.desc(), table.id),
    index('request_due').on(table.due).where(sql`due is not null`),
    index('request_kept').on(table.since).where(sql`emptied is null and due is null`),
  ],
);

/** Who is asked by which call, and where each stands. A provider is shown its own row and no other. */
export const requestAsked = pgTable(
  'request_asked',
  {
    request: text('request')
      .notNull()
      .references(() => request.id),
    place: smallint('place').notNull(),
    provider: text('provider').notNull(),
    listing: jsonb('listing').$type<{ id: string; version: string; name: string }>().notNull(),
    /** When the call was made. */
    created: moment('created').notNull(),
    standing: text('standing', { enum: standings }).notNull(),
    since: moment('since').notNull(),
    proposal: jsonb('proposal').$type<Proposal>(),
    words: text('words'),
    answers: smallint('answers').notNull().default(0),
    /** When the message that asks it went out; null before that. */
    told: moment('told'),
  },
  (table) => [
    primaryKey({ columns: [table.request, table.provider] }),
    index('request_asked_provider').on(table.provider, table.created.desc(), table.request),
  ],
);

/** Every move of every call for proposals; rows are added and never changed. */
export const requestEvent = pgTable(
  'request_event',
  {
    request: text('request')
      .notNull()
      .references(() => request.id),
    seq: integer('seq').notNull(),
    at: moment('at').notNull(),
    by: text('by', { enum: requestParties }).notNull(),
    provider: text('provider'),
    move: text('move').$type<RequestMoveName | RequestOpeningName>().notNull(),
    state: text('state', { enum: requestStates }).notNull(),
    data: jsonb('data').$type<RequestData>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.request, table.seq] })],
);

/** Requests that are carried out once however often they come: what was asked, and what came of it. Never a secret. */
export const idempotencyKey = pgTable(
  'idempotency_key',
  {
    caller: text('caller').notNull(),
    key: text('key').notNull(),
    /** SHA-256 of what was asked. */
    asked: text('asked').notNull(),
    /** The id of what was made or moved. */
    outcome: text('outcome').notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.caller, table.key] }), index('idempotency_key_at').on(table.at)],
);

/** What the worker is to do on XMPP: written with what makes it due, and taken away when it is done. */
export const job = pgTable(
  'job',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    task: text('task').notNull(),
    payload: jsonb('payload').$type<{ [name: string]: string }>().notNull(),
    /** How often it was tried in vain. */
    failures: integer('failures').notNull().default(0),
    runAfter: moment('run_after').notNull().defaultNow(),
  },
  (table) => [
    index('job_run_after').on(table.runAfter, table.id),
    check('job_payload', sql`octet_length(payload::text) <= 8000`),
  ],
);

/** Whether whoever does the jobs looks for them by itself just now, or has to be notified. */
export const jobReader = pgTable('job_reader', {
  one: integer('one').primaryKey().default(1),
  isAsleep: boolean('is_asleep').notNull().default(true),
});

/** Requests for a token that an address is asked to confirm (XEP-0070): the latest of each address. */
export const challenge = pgTable(
  'challenge',
  {
    jid: text('jid').primaryKey(),
    id: text('id').notNull(),
    /** Whom to ask: the JID as it was given, prepared. */
    address: text('address').notNull(),
    code: text('code').notNull(),
    thread: text('thread').notNull(),
    verifierHash: text('verifier_hash').notNull(),
    scopes: text('scopes').array().notNull(),
    days: integer('days').notNull(),
    label: text('label'),
    url: text('url').notNull(),
    requester: text('requester').notNull(),
    state: text('state', { enum: ['waiting', 'granted', 'denied', 'failed', 'taken'] }).notNull(),
    created: moment('created').notNull(),
    expires: moment('expires').notNull(),
    /** How many were asked for since that time. */
    asked: integer('asked').notNull(),
    askedSince: moment('asked_since').notNull(),
  },
  (table) => [uniqueIndex('challenge_id').on(table.id)],
);

/** What was said in ratings, entry by entry: rows are added, and of what stands there only words can be erased. */
export const ratingEvent = pgTable(
  'rating_event',
  {
    contract: text('contract')
      .notNull()
      .references(() => contract.id),
    /** The side whose rating it is; a reply to it is the other's. */
    by: text('by', { enum: sides }).notNull(),
    seq: integer('seq').notNull(),
    at: moment('at').notNull(),
    act: text('act', { enum: ratingActs }).notNull(),
    score: smallint('score'),
    correct: boolean('correct'),
    onTime: boolean('on_time'),
    asDescribed: boolean('as_described'),
    text: text('text'),
  },
  (table) => [primaryKey({ columns: [table.contract, table.by, table.seq] })],
);

/** Ratings as their entries add up (market/reputation/history.ts). */
export const rating = pgTable(
  'rating',
  {
    contract: text('contract').notNull(),
    by: text('by', { enum: sides }).notNull(),
    rater: text('rater').notNull(),
    /** The domain that somebody registered, on which the rater is: a crowd on one is read as far as it can count. */
    raterHost: text('rater_host').notNull(),
    /** With how many the rater had dealt when it rated: of a crowd on one host, those of whom most is known are read. */
    raterDealt: integer('rater_dealt').notNull(),
    subject: text('subject').notNull(),
    listing: text('listing'),
    isPaid: boolean('is_paid').notNull(),
    /** The number of entries. */
    version: integer('version').notNull(),
    /** Null where it is withdrawn. */
    score: smallint('score'),
    correct: boolean('correct'),
    onTime: boolean('on_time'),
    asDescribed: boolean('as_described'),
    text: text('text'),
    at: moment('at').notNull(),
    changed: moment('changed'),
    withdrawn: moment('withdrawn'),
    reply: text('reply'),
    replied: moment('replied'),
    /** The rater had its data deleted: what it said counts, and nobody is told who it was. */
    isForgotten: boolean('is_forgotten').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.contract, table.by] }),
    index('rating_subject').on(table.subject, table.by, table.at.desc(), table.contract),
    index('rating_listing')
      .on(table.listing, table.at.desc(), table.contract)
      .where(sql`listing is not null and by = 'client'`),
    index('rating_rater').on(table.rater),
    index('rating_subject_host')
      .on(table.subject, table.by, table.raterHost, table.raterDealt.desc(), table.at.desc(), table.contract)
      .where(sql`score is not null`),
    index('rating_listing_host')
      .on(table.listing, table.raterHost, table.raterDealt.desc(), table.at.desc(), table.contract)
      .where(sql`score is not null and listing is not null and by = 'client'`),
  ],
);

/** Scores, beside what they are of: listings by their ids, providers and clients by their addresses. */
export const reputation = pgTable(
  'reputation',
  {
    kind: text('kind', { enum: scoredKinds }).notNull(),
    subject: text('subject').notNull(),
    /** The number of entries about it: a score is written only if none came while it was computed. */
    events: integer('events').notNull().default(0),
    /** When it is to be computed. */
    due: moment('due').notNull(),
    computed: moment('computed'),
    /** Null where no rating counts. */
    score: doublePrecision('score'),
    low: doublePrecision('low'),
    high: doublePrecision('high'),
    count: integer('count').notNull().default(0),
    weight: doublePrecision('weight').notNull().default(0),
    correct: doublePrecision('correct'),
    onTime: doublePrecision('on_time'),
    asDescribed: doublePrecision('as_described'),
    /** What it is worth in the order of a search, 0 to 1 (market/reputation/scored.ts). */
    share: doublePrecision('share'),
    /** Whose it is left the directory; it is shown once they are back. */
    isHidden: boolean('is_hidden').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subject] }),
    index('reputation_due').on(table.due),
    index('reputation_low')
      .on(table.low.desc(), table.subject)
      .where(sql`kind = 'listing' and low is not null`),
  ],
);

/** How many contracts of each two parties came to a good end, and how many of these had a price; kept by a trigger. */
export const dealing = pgTable(
  'dealing',
  {
    party: text('party').notNull(),
    other: text('other').notNull(),
    contracts: integer('contracts').notNull(),
    paid: integer('paid').notNull(),
    since: moment('since').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.party, table.other] }),
    index('dealing_since').on(table.party, table.since, table.other),
  ],
);

/** Domains that are known to be components: whoever runs one has as many addresses there as it likes. */
export const component = pgTable('component', {
  domain: text('domain').primaryKey(),
  seen: moment('seen').notNull().defaultNow(),
});
