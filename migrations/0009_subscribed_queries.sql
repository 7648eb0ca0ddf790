CREATE TABLE "alert" (
	"subscription" text NOT NULL,
	"seq" bigint NOT NULL,
	"listing" text NOT NULL,
	CONSTRAINT "alert_subscription_seq_pk" PRIMARY KEY("subscription","seq")
);
--> statement-breakpoint
CREATE TABLE "asked_query" (
	"hash" text PRIMARY KEY NOT NULL,
	"text" text NOT NULL,
	"document" "tsquery",
	"is_measured" boolean NOT NULL,
	"is_anchored" boolean NOT NULL,
	"is_made" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "follower" (
	"name" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "news_subscriber" (
	"jid" text PRIMARY KEY NOT NULL,
	"address" text NOT NULL,
	"site" text NOT NULL,
	"created" timestamp with time zone DEFAULT now() NOT NULL,
	"seq" bigint NOT NULL,
	"bounces" smallint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "query_anchor" (
	"lexeme" text NOT NULL,
	"query" text NOT NULL,
	CONSTRAINT "query_anchor_lexeme_query_pk" PRIMARY KEY("lexeme","query")
);
--> statement-breakpoint
CREATE TABLE "subscription" (
	"id" text PRIMARY KEY NOT NULL,
	"jid" text NOT NULL,
	"site" text NOT NULL,
	"query" text NOT NULL,
	"since" bigint NOT NULL,
	"created" timestamp with time zone DEFAULT now() NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"warn_at" timestamp with time zone,
	"missed_from" bigint,
	"bounces" smallint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "alert" ADD CONSTRAINT "alert_subscription_subscription_id_fk" FOREIGN KEY ("subscription") REFERENCES "public"."subscription"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "query_anchor" ADD CONSTRAINT "query_anchor_query_asked_query_hash_fk" FOREIGN KEY ("query") REFERENCES "public"."asked_query"("hash") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_query_asked_query_hash_fk" FOREIGN KEY ("query") REFERENCES "public"."asked_query"("hash") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_order" ON "alert" USING btree ("seq","subscription");--> statement-breakpoint
CREATE INDEX "asked_query_unanchored" ON "asked_query" USING btree ("hash") WHERE not is_anchored;--> statement-breakpoint
CREATE INDEX "asked_query_measured" ON "asked_query" USING btree ("hash") WHERE is_measured;--> statement-breakpoint
CREATE INDEX "asked_query_unmade" ON "asked_query" USING btree ("hash") WHERE not is_made;--> statement-breakpoint
CREATE INDEX "news_subscriber_seq" ON "news_subscriber" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "news_subscriber_site" ON "news_subscriber" USING btree ("site");--> statement-breakpoint
CREATE INDEX "query_anchor_query" ON "query_anchor" USING btree ("query");--> statement-breakpoint
CREATE UNIQUE INDEX "subscription_jid" ON "subscription" USING btree ("jid","query");--> statement-breakpoint
CREATE INDEX "subscription_query" ON "subscription" USING btree ("query");--> statement-breakpoint
CREATE INDEX "subscription_site" ON "subscription" USING btree ("site");--> statement-breakpoint
CREATE INDEX "subscription_until" ON "subscription" USING btree ("until");--> statement-breakpoint
CREATE INDEX "subscription_warn" ON "subscription" USING btree ("warn_at") WHERE warn_at is not null;--> statement-breakpoint
CREATE INDEX "subscription_missed" ON "subscription" USING btree ("missed_from") WHERE missed_from is not null;