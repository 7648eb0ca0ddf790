drop function listing_document(jsonb);
--> statement-breakpoint
drop function listing_text(jsonb, text);
--> statement-breakpoint
-- The words of a listing, weighted (A name, B subject, C body), stemmed in its language and as they are written, and one
-- lexeme without a position for each thing that a qualifier can ask for: one index answers every conjunction.
create function listing_document(document jsonb) returns tsvector
language sql immutable parallel safe return (
  select
    setweight(to_tsvector((document->>'config')::regconfig, document->>'name'), 'A') ||
    setweight(to_tsvector('simple', document->>'name'), 'A') ||
    setweight(to_tsvector((document->>'config')::regconfig, document->>'subject'), 'B') ||
    setweight(to_tsvector('simple', document->>'subject'), 'B') ||
    setweight(to_tsvector((document->>'config')::regconfig, document->>'body'), 'C') ||
    setweight(to_tsvector('simple', document->>'body'), 'C') ||
    array_to_tsvector(array(select distinct jsonb_array_elements_text(document->'lexemes'))));
--> statement-breakpoint
-- What is indexed already is written anew by the next visit of its agent.
update listing set version = '';
