CREATE TABLE "term" (
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"n" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "term_kind_text_pk" PRIMARY KEY("kind","text")
);
--> statement-breakpoint
DROP INDEX "listing_tags";--> statement-breakpoint
DROP INDEX "listing_domain";--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "name_key" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "price_amount" numeric;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "price_currency" text;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "lat" double precision;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "lon" double precision;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "required" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "listing" ADD COLUMN "takes" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX "term_prefix" ON "term" USING btree ("text" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "term_similar" ON "term" USING gin ("text" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "listing_recent" ON "listing" USING btree ("updated" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE INDEX "listing_name" ON "listing" USING btree ("name_key","id");--> statement-breakpoint
CREATE INDEX "listing_lat" ON "listing" USING btree ("lat") WHERE lat is not null;--> statement-breakpoint
CREATE INDEX "listing_required" ON "listing" USING gin ("required");