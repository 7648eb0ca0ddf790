CREATE TABLE "caps_info" (
	"algorithm" text NOT NULL,
	"ver" text NOT NULL,
	"info" jsonb NOT NULL,
	"verified" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "caps_info_algorithm_ver_pk" PRIMARY KEY("algorithm","ver")
);
--> statement-breakpoint
CREATE TABLE "directory" (
	"one" smallint PRIMARY KEY NOT NULL,
	"jid" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fact" (
	"jid" text NOT NULL,
	"source" text NOT NULL,
	"value" jsonb NOT NULL,
	"seen" timestamp with time zone NOT NULL,
	CONSTRAINT "fact_jid_source_pk" PRIMARY KEY("jid","source")
);
--> statement-breakpoint
CREATE TABLE "observation" (
	"jid" text NOT NULL,
	"signal" text NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"good" integer DEFAULT 0 NOT NULL,
	"bad" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "observation_jid_signal_hour_pk" PRIMARY KEY("jid","signal","hour")
);
--> statement-breakpoint
CREATE TABLE "publication" (
	"service" text NOT NULL,
	"node" text NOT NULL,
	"item" text NOT NULL,
	"jid" text NOT NULL,
	"listing" jsonb NOT NULL,
	"seen" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "publication_service_node_item_pk" PRIMARY KEY("service","node","item")
);
--> statement-breakpoint
CREATE TABLE "registration" (
	"jid" text PRIMARY KEY NOT NULL,
	"granted" timestamp with time zone DEFAULT now() NOT NULL,
	"lease_until" timestamp with time zone NOT NULL,
	"resource" text DEFAULT '' NOT NULL,
	"relay" text,
	"presence" text,
	"corrections" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "token" (
	"id" text PRIMARY KEY NOT NULL,
	"jid" text NOT NULL,
	"hash" text NOT NULL,
	"scopes" text[] NOT NULL,
	"label" text,
	"created" timestamp with time zone DEFAULT now() NOT NULL,
	"expires" timestamp with time zone NOT NULL,
	"revoked" timestamp with time zone,
	"used" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "vitality" (
	"jid" text PRIMARY KEY NOT NULL,
	"reply_ms" integer[] DEFAULT '{}' NOT NULL,
	"median_reply_ms" integer,
	"uptime_1d" real,
	"uptime_7d" real,
	"uptime_30d" real,
	"ping_due" timestamp with time zone DEFAULT now() NOT NULL,
	"folded" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "command_look" DROP CONSTRAINT "command_look_jid_consent_jid_fk";
--> statement-breakpoint
ALTER TABLE "command_look" ADD COLUMN "finished" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "consent" ADD COLUMN "confirmed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "entity" ADD COLUMN "asked" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "listing_status" ADD COLUMN "sources" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "presence" ADD COLUMN "caps" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "observation_hour" ON "observation" USING btree ("hour");--> statement-breakpoint
CREATE INDEX "publication_jid" ON "publication" USING btree ("jid");--> statement-breakpoint
CREATE UNIQUE INDEX "token_hash" ON "token" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "token_jid" ON "token" USING btree ("jid");--> statement-breakpoint
CREATE INDEX "entity_asked" ON "entity" USING btree ("asked") WHERE asked is not null;