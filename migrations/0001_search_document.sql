insert into change_head (one, seq) values (1, 0);
--> statement-breakpoint
-- The text that search reads, weighted: A name, B tags, category, inputs and sample queries, C description.
-- Stems and the words as they are written are both indexed, so that either can be asked for.
create function listing_text(body jsonb, part text) returns text
language sql immutable parallel safe return (
  select case part
    when 'A' then body->>'name'
    when 'B' then concat_ws(' ', body->>'category', body->'provider'->>'name',
      (select string_agg(tag, ' ') from jsonb_array_elements_text(body->'tags') as tag),
      (select string_agg(query, ' ') from jsonb_array_elements_text(body->'queries') as query),
      (select string_agg(concat_ws(' ', input->>'label', translate(input->>'name', '_-./:#', '      ')), ' ')
       from jsonb_array_elements(body->'inputs') as input))
    else body->>'description'
  end);
--> statement-breakpoint
create function listing_document(body jsonb) returns tsvector
language sql immutable parallel safe return (
  select coalesce(
    setweight(to_tsvector('english', coalesce(listing_text(body, 'A'), '')), 'A') ||
    setweight(to_tsvector('simple', coalesce(listing_text(body, 'A'), '')), 'A') ||
    setweight(to_tsvector('english', coalesce(listing_text(body, 'B'), '')), 'B') ||
    setweight(to_tsvector('simple', coalesce(listing_text(body, 'B'), '')), 'B') ||
    setweight(to_tsvector('english', left(coalesce(listing_text(body, 'C'), ''), 4000)), 'C') ||
    setweight(to_tsvector('simple', left(coalesce(listing_text(body, 'C'), ''), 4000)), 'C'),
    ''::tsvector));
