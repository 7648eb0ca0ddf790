-- For connections that others share and no client keeps: statements over HTTP come through a pool of Neon's, each as if it
-- were the first. Runs the statement by the plan that this session made of it before, and makes one where there is none.
-- It does what its caller could do with the same text, with the caller's rights. The parameters are literals of the types
-- that the statement gives them. Each statement within it sees what was committed before itself.
create function run_planned(statement text, parameters text[]) returns json
language plpgsql volatile security invoker
set plan_cache_mode = force_generic_plan
as $$
declare
  plan constant text := 'planned_' || md5(statement);
  call constant text := format('execute %I', plan) || coalesce(
    '(' || (select string_agg(quote_nullable(value), ', ' order by place)
      from unnest(parameters) with ordinality as given(value, place)) || ')', '');
  -- A plan takes some hundred kilobytes of each session.
  plans_max constant int := 100;
  oldest text;
  found json;
begin
  begin
    execute call into found;
    return found;
  exception when invalid_sql_statement_name then
    select max(first) into oldest from (
      select (array_agg(name order by prepare_time))[1] as first from pg_prepared_statements
      where starts_with(name, 'planned_') having count(*) >= plans_max) as full_up;
    if oldest is not null then
      execute format('deallocate %I', oldest);
    end if;
    execute format('prepare %I as select coalesce(json_agg(line), ''[]'') from (%s) as line', plan, statement);
  end;
  execute call into found;
  return found;
end $$;
