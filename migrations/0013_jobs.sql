CREATE TABLE "job" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "job_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"task" text NOT NULL,
	"payload" jsonb NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"run_after" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "job_payload" CHECK (octet_length(payload::text) <= 8000)
);
--> statement-breakpoint
CREATE TABLE "job_reader" (
	"one" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"is_asleep" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE INDEX "job_run_after" ON "job" USING btree ("run_after","id");--> statement-breakpoint
CREATE INDEX "contract_client_open" ON "contract" USING btree ("client") WHERE state in ('offered', 'accepted', 'working', 'input-required');--> statement-breakpoint
CREATE INDEX "contract_provider_open" ON "contract" USING btree ("provider") WHERE state in ('offered', 'accepted', 'working', 'input-required');
--> statement-breakpoint
insert into job_reader default values;
--> statement-breakpoint
-- Whoever does the jobs hears of a new one, unless it is about to look anyway. A transaction that notifies commits alone,
-- one after the other; others share the disk's one move.
create function wake_job_reader() returns trigger language plpgsql as $$
begin
  if exists (select from job_reader where is_asleep) then
    perform pg_notify('guildhall_job', '');
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger wake_reader after insert on job for each statement execute function wake_job_reader();
--> statement-breakpoint
-- What waited in the queue before this one goes on in it.
do $$
begin
  if to_regclass('graphile_worker._private_jobs') is not null then
    insert into job (task, payload)
    select task.identifier, waiting.payload::jsonb
    from graphile_worker._private_jobs as waiting
    join graphile_worker._private_tasks as task on task.id = waiting.task_id
    where octet_length(waiting.payload::text) <= 8000
    order by waiting.id;
  end if;
end $$;
--> statement-breakpoint
drop function enqueue_job;
--> statement-breakpoint
drop schema if exists graphile_worker cascade;
