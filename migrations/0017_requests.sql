CREATE TABLE "request" (
	"id" text PRIMARY KEY NOT NULL,
	"client" text NOT NULL,
	"site" text NOT NULL,
	"need" text NOT NULL,
	"input" jsonb NOT NULL,
	"budget" jsonb,
	"query" text,
	"deadline" timestamp with time zone NOT NULL,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"created" timestamp with time zone NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"awarded" jsonb,
	"reason" text,
	"due" timestamp with time zone,
	"emptied" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "request_asked" (
	"request" text NOT NULL,
	"place" smallint NOT NULL,
	"provider" text NOT NULL,
	"listing" jsonb NOT NULL,
	"created" timestamp with time zone NOT NULL,
	"standing" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"proposal" jsonb,
	"words" text,
	"answers" smallint DEFAULT 0 NOT NULL,
	"told" timestamp with time zone,
	CONSTRAINT "request_asked_request_provider_pk" PRIMARY KEY("request","provider")
);
--> statement-breakpoint
CREATE TABLE "request_event" (
	"request" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by" text NOT NULL,
	"provider" text,
	"move" text NOT NULL,
	"state" text NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "request_event_request_seq_pk" PRIMARY KEY("request","seq")
);
--> statement-breakpoint
ALTER TABLE "request_asked" ADD CONSTRAINT "request_asked_request_request_id_fk" FOREIGN KEY ("request") REFERENCES "public"."request"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_event" ADD CONSTRAINT "request_event_request_request_id_fk" FOREIGN KEY ("request") REFERENCES "public"."request"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "request_client" ON "request" USING btree ("client","created" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE INDEX "request_due" ON "request" USING btree ("due") WHERE due is not null;--> statement-breakpoint
CREATE INDEX "request_kept" ON "request" USING btree ("since") WHERE emptied is null and due is null;--> statement-breakpoint
CREATE INDEX "request_asked_provider" ON "request_asked" USING btree ("provider","created" DESC NULLS LAST,"request");
--> statement-breakpoint
-- What a proposal's event says without the words in it.
create function unworded(data jsonb) returns jsonb language sql immutable as $$
  select (data - 'words') || case when data ? 'proposal'
    then jsonb_build_object('proposal', data->'proposal' || '{"words": null}') else '{}' end
$$;
--> statement-breakpoint
-- What happened stays. What was said in a call goes once the call itself has been emptied, and only that.
create function keep_request_event() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    old.data := unworded(old.data);
    if new is not distinct from old
      and exists (select from request where id = new.request and emptied is not null) then
      return new;
    end if;
  end if;
  raise exception 'the history of a call for proposals is only added to';
end $$;
--> statement-breakpoint
create trigger only_added before delete or truncate on request_event
  for each statement execute function keep_request_event();
--> statement-breakpoint
create trigger only_emptied before update on request_event
  for each row execute function keep_request_event();
