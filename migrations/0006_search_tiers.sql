create extension if not exists btree_gin;
--> statement-breakpoint
-- What orders a listing among all: how well it is described, less what its site's crowd takes off, and luck among equals.
create function listing_standing(luck smallint, quality smallint, crowding smallint) returns integer
language sql immutable parallel safe
return (quality - crowding) * 1024 + luck;
--> statement-breakpoint
-- One of nested samples, drawn by lot: 0 has a 1,024th of all listings, and each next one as many as all before it. No name
-- can be chosen so that its listing counts more than others.
create function listing_sample() returns smallint
language sql volatile parallel safe
return length(ltrim(floor(random() * 1024)::integer::bit(10)::text, '0'))::smallint;
--> statement-breakpoint
CREATE TABLE "input_set" (
	"set" bigint PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tier_cut" (
	"one" smallint PRIMARY KEY NOT NULL,
	"cuts" integer[] DEFAULT '{}' NOT NULL,
	"total" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX "listing_document";--> statement-breakpoint
DROP INDEX "listing_quality";--> statement-breakpoint
DROP INDEX "listing_required";--> statement-breakpoint
DROP INDEX "term_similar";--> statement-breakpoint
CREATE INDEX "term_similar" ON "term" USING gin ("text" gin_trgm_ops) WHERE kind = 'word';--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "site" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "crowding" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "luck" smallint DEFAULT floor(random() * 1024)::smallint NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "standing" integer GENERATED ALWAYS AS (listing_standing(luck, quality, crowding)) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "tier" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "sample" smallint DEFAULT listing_sample() NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "heading" "tsvector" DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "facets" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "fills" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "lacks" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX "listing_find" ON "listing" USING gin ("tier","sample","heading","document","fills","lacks") WITH (gin_pending_list_limit=1024);--> statement-breakpoint
CREATE INDEX "listing_standing" ON "listing" USING btree ("standing" DESC NULLS FIRST,"id");--> statement-breakpoint
CREATE INDEX "listing_site" ON "listing" USING btree ("site");--> statement-breakpoint
CREATE INDEX "listing_price" ON "listing" USING btree ("price_currency","price_amount") WHERE price_amount is not null;--> statement-breakpoint
ALTER TABLE "listing" DROP COLUMN "required";--> statement-breakpoint
ALTER TABLE "listing" DROP COLUMN "takes";--> statement-breakpoint
ALTER TABLE "listing" DROP COLUMN "seq";
--> statement-breakpoint
insert into tier_cut (one) values (1);
--> statement-breakpoint
-- The tier of a standing: how many cuts are above it.
create function listing_tier(standing integer) returns smallint
language sql stable parallel safe
return (select count(*)::smallint from tier_cut, unnest(cuts) as cut where standing < cut);
--> statement-breakpoint
-- A word or phrase, however it may be written, as any of the languages stems it or as it stands; null for one that has
-- neither letters nor digits.
create function listing_term(writings jsonb, is_phrase boolean) returns tsquery
language sql immutable parallel safe
return (
  select string_agg(distinct '(' || query::text || ')', '|')::tsquery
  from jsonb_array_elements_text(writings) as written,
    unnest('{simple,arabic,danish,dutch,english,finnish,french,german,greek,hungarian,italian,norwegian,portuguese,romanian,russian,spanish,swedish,turkish}'::regconfig[]) as config,
    lateral (
      select case when is_phrase then phraseto_tsquery(config, written) else plainto_tsquery(config, written) end as query
    ) as asked
  where numnode(query) > 0);
--> statement-breakpoint
-- Terms, each {words, phrase, excluded}, without those that have neither letters nor digits. A word `joins` where English
-- takes it for one that merely joins others, and `may_join` where any language does.
create function listing_terms(terms jsonb)
returns table (query tsquery, word text, is_excluded boolean, joins boolean, may_join boolean)
language sql immutable parallel safe
begin atomic
  with term as materialized (
    select listing_term(row->'words', is_phrase) as query, row->'words'->>0 as word, is_phrase,
      (row->>'excluded')::boolean as is_excluded
    from jsonb_array_elements(terms) as row, lateral (select (row->>'phrase')::boolean as is_phrase) as phrase
  )
  select query, lower(word), is_excluded, not is_phrase and numnode(plainto_tsquery('english', word)) = 0,
    not is_phrase and exists (
      select from unnest('{danish,dutch,english,french,german,italian,norwegian,portuguese,russian,spanish,swedish}'::regconfig[]) as config
      where numnode(plainto_tsquery(config, word)) = 0)
  from term where query is not null;
end;
--> statement-breakpoint
-- What must hold of terms: those that are not excluded together, or any of them; words that merely join others are left
-- out where others are left. Null where nothing is asked.
create function listing_together(queries tsquery[], are_excluded boolean[], join_others boolean[], is_any boolean) returns tsquery
language sql immutable parallel safe
return (
  with term as materialized (
    select * from unnest(queries, are_excluded, join_others) as term(query, is_excluded, joins)
  ), wanted as (
    select query from term where not is_excluded and (not joins or not exists (
      select from term as other where not other.is_excluded and not other.joins))
  )
  select string_agg(part, '&')::tsquery from (
    select '(' || string_agg('(' || query::text || ')', case when is_any then '|' else '&' end) || ')' as part from wanted
    union all
    select '!(' || query::text || ')' from term where is_excluded
  ) as parts);
--> statement-breakpoint
-- The same of terms as they are given.
create function listing_query(terms jsonb, is_any boolean) returns tsquery
language sql immutable parallel safe
return (
  select listing_together(array_agg(query), array_agg(is_excluded), array_agg(joins), is_any) from listing_terms(terms));
--> statement-breakpoint
drop function listing_document(jsonb);
--> statement-breakpoint
-- One part of a listing's text: its words stemmed in its language, and what else they may be written as.
create function listing_words(document jsonb, part text) returns tsvector
language sql immutable parallel safe
return to_tsvector((document->>'config')::regconfig, document->>part) ||
  to_tsvector('simple', coalesce(document->'plain'->>part, ''));
--> statement-breakpoint
-- The words of a listing, weighted (A name, B subject, C body), and one lexeme without a position for each thing that a
-- qualifier can ask for: one index answers every conjunction.
create function listing_document(document jsonb) returns tsvector
language sql immutable parallel safe
return
  setweight(listing_words(document, 'name'), 'A') || setweight(listing_words(document, 'subject'), 'B') ||
  setweight(listing_words(document, 'body'), 'C') ||
  array_to_tsvector(array(select distinct jsonb_array_elements_text(document->'lexemes')));
--> statement-breakpoint
-- What is indexed already is written anew by the next visit of its agent.
update listing set version = '';
