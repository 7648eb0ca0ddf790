-- What a contract's event says without the words of who made it: why, and what its terms say besides price and times.
create function unsaid(data jsonb) returns jsonb language sql immutable as $$
  select (data - 'reason') || case when data->'terms' ? 'words'
    then jsonb_build_object('terms', data->'terms' || '{"words": null}') else '{}' end
$$;
--> statement-breakpoint
-- What happened stays. An agent that leaves takes its words along; all that was said goes once the contract has been emptied.
create or replace function keep_contract_event() returns trigger language plpgsql as $$
declare
  silent contract_event;
  emptied contract_event;
begin
  if tg_op = 'UPDATE' then
    silent := old;
    silent.data := unsaid(old.data);
    emptied := old;
    emptied.data := case when old.data ? 'fault' then jsonb_build_object('fault', old.data->'fault') else '{}' end;
    if new is not distinct from silent or (new is not distinct from emptied
      and exists (select from contract where id = new.contract and contract.emptied is not null)) then
      return new;
    end if;
  end if;
  raise exception 'the history of a contract is only added to';
end $$;
--> statement-breakpoint
create or replace function keep_request_event() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    old.data := unworded(old.data);
    if new is not distinct from old then
      return new;
    end if;
  end if;
  raise exception 'the history of a call for proposals is only added to';
end $$;
