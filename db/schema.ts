/** The tables. What reads and writes them stands in the other files of this folder, one function per question. */

import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { FirstForm } from '../market/describe.ts';
import type { Listing } from '../market/listing.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });
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

/** What agents say they offer; `body` is the whole listing, the other columns are what search and upkeep need. */
export const listing = pgTable(
  'listing',
  {
    id: text('id').primaryKey(),
    jid: text('jid')
      .notNull()
      .references(() => agent.jid),
    domain: text('domain').notNull(),
    name: text('name').notNull(),
    tags: text('tags').array().notNull(),
    body: jsonb('body').$type<Listing>().notNull(),
    version: text('version').notNull(),
    /** How completely the listing is described, 0 to 100: orders what a query does not. */
    quality: smallint('quality').notNull(),
    /** Nothing but the agent's consent allows the listing. */
    onConsent: boolean('on_consent').notNull(),
    document: tsvector('document').notNull(),
    firstSeen: moment('first_seen').notNull(),
    updated: moment('updated').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull().default(0),
  },
  (table) => [
    index('listing_jid').on(table.jid),
    index('listing_document').using('gin', table.document),
    index('listing_tags').using('gin', table.tags),
    index('listing_quality').on(table.quality.desc(), table.id),
    index('listing_domain').on(table.domain, table.quality.desc(), table.id),
  ],
);

/** What is observed of a listing beside what it says. */
export const listingStatus = pgTable('listing_status', {
  id: text('id')
    .primaryKey()
    .references(() => listing.id, { onDelete: 'cascade' }),
  /** The full JID at which the offer was seen; the bare one for entities without resources. */
  callJid: text('call_jid'),
  verified: moment('verified').notNull(),
  /** Since when complete looks at the reachable agent no longer show the offer. */
  missingSince: moment('missing_since'),
});

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
});

/** Resources that are online now, of consenting agents only: they go with the consent. */
export const presence = pgTable(
  'presence',
  {
    jid: text('jid')
      .notNull()
      .references(() => consent.jid, { onDelete: 'cascade' }),
    resource: text('resource').notNull(),
    since: moment('since').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.jid, table.resource] })],
);

/** Looks at first forms of commands (db/looks); they go with the consent that allows them. */
export const commandLook = pgTable(
  'command_look',
  {
    jid: text('jid')
      .notNull()
      .references(() => consent.jid, { onDelete: 'cascade' }),
    node: text('node').notNull(),
    fingerprint: text('fingerprint').notNull(),
    lookedAt: moment('looked_at').notNull(),
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
    due: moment('due').notNull(),
    /** Set while a worker visits. */
    leaseUntil: moment('lease_until'),
    leaseBy: text('lease_by'),
    visited: moment('visited'),
    failures: integer('failures').notNull().default(0),
  },
  (table) => [
    index('entity_due').on(table.due),
    index('entity_lease').on(table.leaseBy).where(sql`lease_by is not null`),
  ],
);

/** Workers that are alive, by the time of their last sign. */
export const heartbeat = pgTable('heartbeat', {
  worker: text('worker').primaryKey(),
  at: moment('at').notNull(),
  online: boolean('online').notNull(),
});
