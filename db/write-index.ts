/** Writes what visits found: by replacement, in one transaction that ends by taking its change numbers. */

import { sql } from 'drizzle-orm';
import type { Facts } from '../market/facts.ts';
import type { Listing, Source } from '../market/listing.ts';
import { searchDocument } from '../market/search-document.ts';
import { siteOf } from '../market/site.ts';
import { crowdLimits } from '../market/standing.ts';
import { consents, withdrawnLease } from './consent.ts';
import { type Database, rowsOf, textArray } from './database.ts';
import { type Change, recordChanges } from './record-changes.ts';
import { deleteListings } from './removals.ts';

export type IndexedListing = {
  listing: Listing;
  version: string;
  quality: number;
  onConsent: boolean;
  callJid: string | null;
  /** When each source last said it; the youngest is when the listing was verified. */
  sources: { [source: string]: Date };
};

/** What one visit found of one agent. */
export type AgentIndex = {
  jid: string;
  domain: string;
  name: string | null;
  presenceDenied: boolean;
  listings: IndexedListing[];
  /** What was read now, to be kept for looks that cannot read it. */
  facts: Partial<Facts>;
  /** The agent wants none of it kept but that wish. */
  isDenied: boolean;
  /** The sources that were read whole: what rests on these alone and was not found is absent. */
  read: Source[];
  /** The agent itself answered, and was so seen. */
  reachable: boolean;
};

export type WriteOutcome = { changed: number; removed: number; missing: number };

/**
 * Replaces what is indexed of each agent. Listings whose version is unchanged are verified, not rewritten.
 * An agent occurs once in a batch.
 * @param absenceMs how long a listing must have been missing before its absence deletes it
 */
export async function writeIndex(
  db: Database,
  batch: AgentIndex[],
  absenceMs: number,
): Promise<WriteOutcome> {
  return db.transaction(async (tx) => {
    const allowed = await whatConsentAllows(tx, batch);
    await upsertAgents(tx, allowed);
    const changed = await upsertListings(tx, allowed);
    await keepInputSets(
      tx,
      changed.map(({ id }) => id),
    );
    await verifyListings(tx, allowed);
    const missing = await markMissing(tx, allowed);
    const denied = allowed.filter((agent) => agent.isDenied).map((agent) => agent.jid);
    const removed = await deleteListings(
      tx,
      sql`jid = any(${textArray(denied)}) or (id = any(${textArray(missing)}) and id in (
        select id from listing_status where missing_since <= now() - ${absenceMs} * interval '1 millisecond'))`,
    );
    await saveFacts(tx, allowed);
    await recordChanges(tx, [...changed, ...removed]);
    const gone = new Set(removed.map(({ id }) => id));
    return {
      changed: changed.length,
      removed: removed.length,
      missing: missing.filter((id) => !gone.has(id)).length,
    };
  });
}

/**
 * The batch without what rests on a consent that has gone since its agent was asked, and with nothing of agents that
 * deregistered. Consents and registrations stay locked until the commit, so that a withdrawal comes wholly before or
 * wholly after.
 */
async function whatConsentAllows(tx: Database, batch: AgentIndex[]): Promise<AgentIndex[]> {
  const jids = textArray(batch.map((agent) => agent.jid));
  await tx.execute(sql`select from consent where jid = any(${jids}) order by jid for share`);
  await tx.execute(sql`select from registration where jid = any(${jids}) order by jid for share`);
  const result = await tx.execute(sql`
    select asked.jid, ${consents(sql`asked.jid`)} as consents, exists (
      select from registration where registration.jid = asked.jid and lease_until = ${withdrawnLease}) as withdrawn
    from unnest(${jids}) as asked(jid)`);
  const rows = rowsOf<{ jid: string; consents: boolean; withdrawn: boolean }>(result);
  const consenting = new Set(rows.filter((row) => row.consents).map((row) => row.jid));
  const withdrawn = new Set(rows.filter((row) => row.withdrawn).map((row) => row.jid));
  return batch.map((agent) => {
    if (withdrawn.has(agent.jid)) return { ...agent, facts: {}, listings: [], isDenied: true };
    if (consenting.has(agent.jid)) return agent;
    const { commands: _, ...facts } = agent.facts;
    return { ...agent, facts, listings: agent.listings.filter((listing) => !listing.onConsent) };
  });
}

async function upsertAgents(tx: Database, batch: AgentIndex[]): Promise<void> {
  const rows = batch
    .filter((agent) => agent.listings.length > 0)
    .map(({ jid, domain, name, presenceDenied, reachable }) => ({
      jid,
      domain,
      name,
      denied: presenceDenied,
      reachable,
    }));
  if (rows.length === 0) return;
  const reachable = rows.filter((row) => row.reachable).map((row) => row.jid);
  await tx.execute(sql`
    insert into agent (jid, domain, name, presence_denied)
    select jid, domain, name, denied
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) 
      as row(jid text, domain text, name text, denied boolean)
    order by jid
    on conflict (jid) do update set
      name = excluded.name, presence_denied = excluded.presence_denied,
      last_seen = case when excluded.jid = any(${textArray(reachable)}) then now() else agent.last_seen end`);
}

/** Returns those whose version is new. */
async function upsertListings(tx: Database, batch: AgentIndex[]): Promise<Change[]> {
  const rows = batch.flatMap((agent) =>
    agent.listings.map(({ listing, version, quality, onConsent }) => ({
      id: listing.id,
      jid: agent.jid,
      domain: agent.domain,
      site: siteOf(agent.domain),
      name: listing.name,
      tags: listing.tags,
      body: listing,
      price: listing.price,
      location: listing.location,
      document: searchDocument(listing),
      version,
      quality,
      onConsent,
    })),
  );
  if (rows.length === 0) return [];
  const { countedMax, unit, share } = crowdLimits;
  const result = await tx.execute(sql`
    with given as materialized (
      select row.*, row_number() over (partition by site order by id) as place
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(
        id text, jid text, domain text, site text, name text, tags text[], body jsonb, version text, quality smallint,
        "onConsent" boolean, price jsonb, location jsonb, document jsonb)
    ), crowded as (
      select id, (${share}::float8 * ln(1 + least(${countedMax}::int, listed + place) / ${unit}::float8) / ln(2))::smallint as crowding
      from given join lateral (
        select site, (select count(*) from (
          select from listing where listing.site = sites.site limit ${countedMax}) as counted) as listed
        from (select distinct site from given) as sites
      ) as size using (site)
    ), fresh as materialized (
      select given.*, floor(random() * 1024)::smallint as luck from given left join listing on listing.id = given.id
      where listing.version is distinct from given.version or listing.on_consent <> given."onConsent"
    )
    insert into listing (id, jid, domain, site, name, name_key, tags, body, version, quality, crowding, luck, tier, on_consent,
      document, heading, facets, fills, lacks, price_amount, price_currency, lat, lon, first_seen, updated)
    select id, jid, domain, site, name, lower(name), tags, body, version, quality, crowding, luck,
      listing_tier(listing_standing(luck, quality, crowding)), "onConsent",
      listing_document(document), listing_words(document, 'name'),
      array(select jsonb_array_elements_text(document->'facets')),
      array(select jsonb_array_elements_text(document->'fills')::bigint),
      array(select jsonb_array_elements_text(document->'lacks')::bigint),
      (price->>'amount')::numeric, price->>'currency', (location->>'lat')::float8, (location->>'lon')::float8,
      coalesce(change.first_seen, now()), now()
    from fresh join crowded using (id) left join change using (id)
    order by id
    on conflict (id) do update set
      site = excluded.site, name = excluded.name, name_key = excluded.name_key, tags = excluded.tags,
      body = excluded.body, version = excluded.version, quality = excluded.quality,
      tier = listing_tier(listing_standing(listing.luck, excluded.quality, listing.crowding)),
      on_consent = excluded.on_consent, document = excluded.document, heading = excluded.heading,
      facets = excluded.facets, fills = excluded.fills, lacks = excluded.lacks,
      price_amount = excluded.price_amount, price_currency = excluded.price_currency,
      lat = excluded.lat, lon = excluded.lon, updated = now()
    where listing.version is distinct from excluded.version or listing.on_consent <> excluded.on_consent
    returning id, (select body from listing as before where before.id = listing.id) as went`);
  const came = new Map(rows.map(({ id, body }) => [id, body]));
  return rowsOf<{ id: string; went: Listing | null }>(result).flatMap(({ id, went }) => {
    const body = came.get(id);
    return body ? [{ id, op: 'put' as const, came: body, went }] : [];
  });
}

/** Keeps which sets of required inputs there are, so that asking with twelve names asks for the few that exist. */
async function keepInputSets(tx: Database, changed: string[]): Promise<void> {
  if (changed.length === 0) return;
  await tx.execute(sql`
    insert into input_set (set)
    select distinct unnest(fills || lacks) as set from listing where id = any(${textArray(changed)})
    order by set on conflict do nothing`);
}

async function verifyListings(tx: Database, batch: AgentIndex[]): Promise<void> {
  const rows = batch.flatMap(({ listings }) =>
    listings.map(({ listing, callJid, sources }) => ({
      id: listing.id,
      callJid,
      sources,
      verified: new Date(Math.max(0, ...Object.values(sources).map((seen) => seen.getTime()))),
    })),
  );
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into listing_status (id, call_jid, verified, sources, missing_since)
    select id, "callJid", verified, sources, null
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as row(id text, "callJid" text, verified timestamptz, sources jsonb)
    order by id
    on conflict (id) do update set
      call_jid = excluded.call_jid, sources = excluded.sources, missing_since = null,
      verified = greatest(listing_status.verified, excluded.verified)`);
}

/** Keeps what was read of agents that are listed, and the wish of those that do not want to be; of others nothing. */
async function saveFacts(tx: Database, batch: AgentIndex[]): Promise<void> {
  const rows = batch
    .filter((agent) => agent.listings.length > 0 || agent.isDenied)
    .flatMap(({ jid, facts }) => Object.entries(facts).map(([source, value]) => ({ jid, source, value })));
  if (rows.length === 0) return;
  await tx.execute(sql`
    insert into fact (jid, source, value, seen)
    select jid, source, coalesce(value, 'null'::jsonb), now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(jid text, source text, value jsonb)
    order by jid, source
    on conflict (jid, source) do update set value = excluded.value, seen = excluded.seen`);
}

/** Notes since when a listing is absent from looks that read all it rests on; returns the ids of those that are. */
async function markMissing(tx: Database, batch: AgentIndex[]): Promise<string[]> {
  const seen = batch.flatMap(({ listings }) => listings.map(({ listing }) => listing.id));
  const rows = batch.filter((agent) => !agent.isDenied).map(({ jid, read }) => ({ jid, read }));
  const result = await tx.execute(sql`
    update listing_status set missing_since = coalesce(missing_since, now())
    from listing
    join jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as look(jid text, read text[]) on look.jid = listing.jid
    where listing.id = listing_status.id
      and not listing.id = any(${textArray(seen)})
      and not exists (
        select from jsonb_object_keys(listing_status.sources) as source where not source = any(look.read))
    returning listing_status.id`);
  return rowsOf<{ id: string }>(result).map((row) => row.id);
}
