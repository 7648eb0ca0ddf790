CREATE TABLE "challenge" (
	"jid" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"address" text NOT NULL,
	"code" text NOT NULL,
	"thread" text NOT NULL,
	"verifier_hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"days" integer NOT NULL,
	"label" text,
	"url" text NOT NULL,
	"requester" text NOT NULL,
	"state" text NOT NULL,
	"created" timestamp with time zone NOT NULL,
	"expires" timestamp with time zone NOT NULL,
	"asked" integer NOT NULL,
	"asked_since" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contract" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"opening" text NOT NULL,
	"opened_by" text NOT NULL,
	"client" text NOT NULL,
	"provider" text NOT NULL,
	"listing" jsonb,
	"protocol" text,
	"input" jsonb NOT NULL,
	"price" jsonb,
	"answer_by" timestamp with time zone,
	"deliver_by" timestamp with time zone,
	"state" text NOT NULL,
	"version" integer NOT NULL,
	"created" timestamp with time zone NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"ask" jsonb,
	"result" jsonb,
	"progress" jsonb,
	"reason" text,
	"fault" text,
	"agreed" text[] DEFAULT '{}' NOT NULL,
	"due" timestamp with time zone,
	"thread" jsonb
);
--> statement-breakpoint
CREATE TABLE "contract_event" (
	"contract" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"by" text NOT NULL,
	"move" text NOT NULL,
	"state" text NOT NULL,
	"data" jsonb NOT NULL,
	CONSTRAINT "contract_event_contract_seq_pk" PRIMARY KEY("contract","seq")
);
--> statement-breakpoint
CREATE TABLE "idempotency_key" (
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"asked" text NOT NULL,
	"outcome" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_key_caller_key_pk" PRIMARY KEY("caller","key")
);
--> statement-breakpoint
ALTER TABLE "contract_event" ADD CONSTRAINT "contract_event_contract_contract_id_fk" FOREIGN KEY ("contract") REFERENCES "public"."contract"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "challenge_id" ON "challenge" USING btree ("id");--> statement-breakpoint
CREATE INDEX "contract_client" ON "contract" USING btree ("client","created" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE INDEX "contract_provider" ON "contract" USING btree ("provider","created" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE INDEX "contract_due" ON "contract" USING btree ("due") WHERE due is not null;--> statement-breakpoint
CREATE INDEX "idempotency_key_at" ON "idempotency_key" USING btree ("at");
--> statement-breakpoint
-- What happened stays: rows of the history are added, and neither changed nor removed.
create function keep_contract_event() returns trigger language plpgsql as $$
begin
  raise exception 'the history of a contract is only added to';
end $$;
--> statement-breakpoint
create trigger only_added before update or delete or truncate on contract_event
  for each statement execute function keep_contract_event();
--> statement-breakpoint
-- The way of the functions' role to the job queue, in which it has no rights: the tasks that there are, one job for each
-- key. The queue's own tables are graphile-worker's (scripts/migrate.ts).
create function enqueue_job(task text, payload jsonb, key text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if task is null or task not in ('call', 'confirm', 'tell') or key is null or length(key) > 400
    or octet_length(payload::text) > 4000 then
    raise exception 'no such job';
  end if;
  perform graphile_worker.add_job(task, payload::json, job_key => task || ':' || key);
  return true;
end $$;
--> statement-breakpoint
revoke execute on function enqueue_job from public;
