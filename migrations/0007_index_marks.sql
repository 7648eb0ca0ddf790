CREATE TABLE "index_mark" (
	"shard" smallint PRIMARY KEY NOT NULL,
	"mark" uuid NOT NULL
);
--> statement-breakpoint
CREATE INDEX "listing_status_verified" ON "listing_status" USING btree ("verified");--> statement-breakpoint
CREATE INDEX "registration_lease" ON "registration" USING btree ("lease_until");--> statement-breakpoint
CREATE INDEX "vitality_folded" ON "vitality" USING btree ("folded");
--> statement-breakpoint
insert into index_mark select shard, gen_random_uuid() from generate_series(0, 15) as shard;
--> statement-breakpoint
-- Draws this session's mark anew, once in a transaction. Fired at the commit, so that its lock is the last one taken, and
-- held no longer than the commit itself.
create function draw_index_mark() returns trigger language plpgsql as $$
begin
  if current_setting('guildhall.marked', true) is distinct from pg_current_xact_id()::text then
    update index_mark set mark = gen_random_uuid() where shard = pg_backend_pid() % 16;
    perform set_config('guildhall.marked', pg_current_xact_id()::text, true);
  end if;
  return null;
end $$;
--> statement-breakpoint
-- One trigger for each way in which something that readers are shown can change, and none for what they are not. A
-- migration that writes these tables and alters them says `set constraints all immediate` in between.
create constraint trigger marks after insert or update or delete on listing
  deferrable initially deferred for each row execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks after insert or delete on listing_status
  deferrable initially deferred for each row execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks_update after update on listing_status
  deferrable initially deferred for each row
  when (old.verified is distinct from new.verified or old.call_jid is distinct from new.call_jid
    or old.sources is distinct from new.sources)
  execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks after update on change_head
  deferrable initially deferred for each row execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks after insert or delete on agent
  deferrable initially deferred for each row execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks_update after update on agent
  deferrable initially deferred for each row when (old.* is distinct from new.*) execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks after insert or delete on consent
  deferrable initially deferred for each row execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks after insert or delete on presence
  deferrable initially deferred for each row execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks after insert or delete on registration
  deferrable initially deferred for each row execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks_update after update on registration
  deferrable initially deferred for each row when (old.* is distinct from new.*) execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks_insert after insert on vitality
  deferrable initially deferred for each row when (new.folded is not null) execute function draw_index_mark();
--> statement-breakpoint
create constraint trigger marks_delete after delete on vitality
  deferrable initially deferred for each row when (old.folded is not null) execute function draw_index_mark();
--> statement-breakpoint
-- Folding shows something new where a value moves, or where what was folded before was too old to be shown.
create constraint trigger marks_update after update on vitality
  deferrable initially deferred for each row
  when (old.median_reply_ms is distinct from new.median_reply_ms or old.uptime_1d is distinct from new.uptime_1d
    or old.uptime_7d is distinct from new.uptime_7d or old.uptime_30d is distinct from new.uptime_30d
    or (old.folded is distinct from new.folded
      and coalesce(old.folded, '-infinity') <= now() - interval '24 hours'))
  execute function draw_index_mark();
--> statement-breakpoint
create trigger marks_truncate after truncate on listing for each statement execute function draw_index_mark();
--> statement-breakpoint
create trigger marks_truncate after truncate on agent for each statement execute function draw_index_mark();
--> statement-breakpoint
create trigger marks_truncate after truncate on consent for each statement execute function draw_index_mark();
--> statement-breakpoint
create trigger marks_truncate after truncate on presence for each statement execute function draw_index_mark();
--> statement-breakpoint
create trigger marks_truncate after truncate on registration for each statement execute function draw_index_mark();
--> statement-breakpoint
create trigger marks_truncate after truncate on vitality for each statement execute function draw_index_mark();
