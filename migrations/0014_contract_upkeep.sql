ALTER TABLE "contract" ADD COLUMN "emptied" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "contract_kept" ON "contract" USING btree ("since") WHERE emptied is null and due is null;--> statement-breakpoint
CREATE INDEX "contract_ended_task" ON "contract" USING btree ("since") WHERE protocol = 'agent-task' and state in ('cancelled', 'expired') and thread->>'step' not in ('todo', 'closed');--> statement-breakpoint
-- What happened stays. What was said in a contract goes once the contract itself has been emptied, and only that.
drop trigger only_added on contract_event;
--> statement-breakpoint
create or replace function keep_contract_event() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    old.data := (case when old.data ? 'fault' then jsonb_build_object('fault', old.data->'fault') else '{}' end);
    if new is not distinct from old
      and exists (select from contract where id = new.contract and emptied is not null) then
      return new;
    end if;
  end if;
  raise exception 'the history of a contract is only added to';
end $$;
--> statement-breakpoint
create trigger only_added before delete or truncate on contract_event
  for each statement execute function keep_contract_event();
--> statement-breakpoint
create trigger only_emptied before update on contract_event
  for each row execute function keep_contract_event();
