CREATE TABLE "component" (
	"domain" text PRIMARY KEY NOT NULL,
	"seen" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dealing" (
	"party" text NOT NULL,
	"other" text NOT NULL,
	"contracts" integer NOT NULL,
	"paid" integer NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "dealing_party_other_pk" PRIMARY KEY("party","other")
);
--> statement-breakpoint
CREATE TABLE "rating" (
	"contract" text NOT NULL,
	"by" text NOT NULL,
	"rater" text NOT NULL,
	"rater_host" text NOT NULL,
	"rater_dealt" integer NOT NULL,
	"subject" text NOT NULL,
	"listing" text,
	"is_paid" boolean NOT NULL,
	"version" integer NOT NULL,
	"score" smallint,
	"correct" boolean,
	"on_time" boolean,
	"as_described" boolean,
	"text" text,
	"at" timestamp with time zone NOT NULL,
	"changed" timestamp with time zone,
	"withdrawn" timestamp with time zone,
	"reply" text,
	"replied" timestamp with time zone,
	"is_forgotten" boolean DEFAULT false NOT NULL,
	CONSTRAINT "rating_contract_by_pk" PRIMARY KEY("contract","by")
);
--> statement-breakpoint
CREATE TABLE "rating_event" (
	"contract" text NOT NULL,
	"by" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"act" text NOT NULL,
	"score" smallint,
	"correct" boolean,
	"on_time" boolean,
	"as_described" boolean,
	"text" text,
	CONSTRAINT "rating_event_contract_by_seq_pk" PRIMARY KEY("contract","by","seq")
);
--> statement-breakpoint
CREATE TABLE "reputation" (
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"events" integer DEFAULT 0 NOT NULL,
	"due" timestamp with time zone NOT NULL,
	"computed" timestamp with time zone,
	"score" double precision,
	"low" double precision,
	"high" double precision,
	"count" integer DEFAULT 0 NOT NULL,
	"weight" double precision DEFAULT 0 NOT NULL,
	"correct" double precision,
	"on_time" double precision,
	"as_described" double precision,
	"share" double precision,
	"is_hidden" boolean DEFAULT false NOT NULL,
	CONSTRAINT "reputation_kind_subject_pk" PRIMARY KEY("kind","subject")
);
--> statement-breakpoint
ALTER TABLE "rating_event" ADD CONSTRAINT "rating_event_contract_contract_id_fk" FOREIGN KEY ("contract") REFERENCES "public"."contract"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dealing_since" ON "dealing" USING btree ("party","since","other");--> statement-breakpoint
CREATE INDEX "rating_subject" ON "rating" USING btree ("subject","by","at" DESC NULLS LAST,"contract");--> statement-breakpoint
CREATE INDEX "rating_listing" ON "rating" USING btree ("listing","at" DESC NULLS LAST,"contract") WHERE listing is not null and by = 'client';--> statement-breakpoint
CREATE INDEX "rating_rater" ON "rating" USING btree ("rater");--> statement-breakpoint
CREATE INDEX "rating_subject_host" ON "rating" USING btree ("subject","by","rater_host","rater_dealt" DESC NULLS LAST,"at" DESC NULLS LAST,"contract") WHERE score is not null;--> statement-breakpoint
CREATE INDEX "rating_listing_host" ON "rating" USING btree ("listing","rater_host","rater_dealt" DESC NULLS LAST,"at" DESC NULLS LAST,"contract") WHERE score is not null and listing is not null and by = 'client';--> statement-breakpoint
CREATE INDEX "reputation_due" ON "reputation" USING btree ("due");--> statement-breakpoint
CREATE INDEX "reputation_low" ON "reputation" USING btree ("low" DESC NULLS LAST,"subject") WHERE kind = 'listing' and low is not null;
--> statement-breakpoint
-- What was said stays said: entries are added, and all that can change of one is that its words are erased.
create function keep_rating_event() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.text is null and to_jsonb(new) - 'text' = to_jsonb(old) - 'text' then
      return new;
    end if;
  end if;
  raise exception 'the history of a rating is only added to';
end $$;
--> statement-breakpoint
create trigger only_added before update or delete on rating_event
  for each row execute function keep_rating_event();
--> statement-breakpoint
create trigger never_emptied before truncate on rating_event
  for each statement execute function keep_rating_event();
--> statement-breakpoint
-- Who has dealt with whom, counted as contracts come to a good end, or turn out not to have: whatever moves them. In one
-- order, so that two contracts of the same two parties cannot wait for each other.
create function count_dealing() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  good constant text[] := '{completed,resolved}';
  step int := (new.state = any(good))::int;
  paid int;
begin
  if tg_op = 'UPDATE' then
    step := step - (old.state = any(good))::int;
  end if;
  if step = 0 or new.client = new.provider then
    return null;
  end if;
  paid := case when new.price->>'amount' ~ '[1-9]' then step else 0 end;
  insert into public.dealing as known (party, other, contracts, paid)
    select side.party, side.other, step, paid
    from (values (new.client, new.provider), (new.provider, new.client)) as side(party, other)
    order by side.party
    on conflict (party, other) do update
      set contracts = known.contracts + excluded.contracts, paid = known.paid + excluded.paid;
  if step < 0 then
    delete from public.dealing as known
      where known.contracts <= 0
        and (known.party, known.other) in ((new.client, new.provider), (new.provider, new.client));
  end if;
  return null;
end $$;
--> statement-breakpoint
revoke execute on function count_dealing from public;
--> statement-breakpoint
create trigger dealing_begun after insert on contract
  for each row when (new.state in ('completed', 'resolved')) execute function count_dealing();
--> statement-breakpoint
create trigger dealing_moved after update of state on contract
  for each row when ((old.state in ('completed', 'resolved')) <> (new.state in ('completed', 'resolved')))
  execute function count_dealing();
--> statement-breakpoint
insert into dealing (party, other, contracts, paid, since)
  select party, other, count(*), count(*) filter (where is_paid), min(since)
  from (
    select client as party, provider as other, price->>'amount' ~ '[1-9]' as is_paid, since
    from contract where state in ('completed', 'resolved') and client <> provider
    union all
    select provider, client, price->>'amount' ~ '[1-9]', since
    from contract where state in ('completed', 'resolved') and client <> provider
  ) as dealt
  group by party, other;
--> statement-breakpoint
-- Scores are shown with listings and agents.
create constraint trigger marks_insert after insert on reputation
  deferrable initially deferred for each row when (new.score is not null) execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks_delete after delete on reputation
  deferrable initially deferred for each row when (old.score is not null) execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks_update after update on reputation
  deferrable initially deferred for each row
  when ((old.score, old.low, old.high, old.count, old.share, old.correct, old.on_time, old.as_described)
    is distinct from (new.score, new.low, new.high, new.count, new.share, new.correct, new.on_time, new.as_described))
  execute function draw_index_mark();
--> statement-breakpoint
create trigger marks_truncate after truncate on reputation for each statement execute function draw_index_mark();
