CREATE TABLE "agent" (
	"jid" text PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"name" text,
	"presence_denied" boolean DEFAULT false NOT NULL,
	"first_seen" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "change" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"op" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"first_seen" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "change_head" (
	"one" smallint PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "command_look" (
	"jid" text NOT NULL,
	"node" text NOT NULL,
	"fingerprint" text NOT NULL,
	"looked_at" timestamp with time zone NOT NULL,
	"form" jsonb,
	"takes_nothing" boolean NOT NULL,
	CONSTRAINT "command_look_jid_node_pk" PRIMARY KEY("jid","node")
);
--> statement-breakpoint
CREATE TABLE "consent" (
	"jid" text PRIMARY KEY NOT NULL,
	"granted" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "entity" (
	"jid" text PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"depth" smallint NOT NULL,
	"due" timestamp with time zone NOT NULL,
	"lease_until" timestamp with time zone,
	"lease_by" text,
	"visited" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "heartbeat" (
	"worker" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"online" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "listing" (
	"id" text PRIMARY KEY NOT NULL,
	"jid" text NOT NULL,
	"domain" text NOT NULL,
	"name" text NOT NULL,
	"tags" text[] NOT NULL,
	"body" jsonb NOT NULL,
	"version" text NOT NULL,
	"quality" smallint NOT NULL,
	"on_consent" boolean NOT NULL,
	"document" "tsvector" NOT NULL,
	"first_seen" timestamp with time zone NOT NULL,
	"updated" timestamp with time zone NOT NULL,
	"seq" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "listing_status" (
	"id" text PRIMARY KEY NOT NULL,
	"call_jid" text,
	"verified" timestamp with time zone NOT NULL,
	"missing_since" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "presence" (
	"jid" text NOT NULL,
	"resource" text NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "presence_jid_resource_pk" PRIMARY KEY("jid","resource")
);
--> statement-breakpoint
ALTER TABLE "command_look" ADD CONSTRAINT "command_look_jid_consent_jid_fk" FOREIGN KEY ("jid") REFERENCES "public"."consent"("jid") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listing" ADD CONSTRAINT "listing_jid_agent_jid_fk" FOREIGN KEY ("jid") REFERENCES "public"."agent"("jid") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "listing_status" ADD CONSTRAINT "listing_status_id_listing_id_fk" FOREIGN KEY ("id") REFERENCES "public"."listing"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "presence" ADD CONSTRAINT "presence_jid_consent_jid_fk" FOREIGN KEY ("jid") REFERENCES "public"."consent"("jid") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_domain" ON "agent" USING btree ("domain","jid");--> statement-breakpoint
CREATE UNIQUE INDEX "change_seq" ON "change" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "entity_due" ON "entity" USING btree ("due");--> statement-breakpoint
CREATE INDEX "entity_lease" ON "entity" USING btree ("lease_by") WHERE lease_by is not null;--> statement-breakpoint
CREATE INDEX "listing_jid" ON "listing" USING btree ("jid");--> statement-breakpoint
CREATE INDEX "listing_document" ON "listing" USING gin ("document");--> statement-breakpoint
CREATE INDEX "listing_tags" ON "listing" USING gin ("tags");--> statement-breakpoint
CREATE INDEX "listing_quality" ON "listing" USING btree ("quality" DESC NULLS LAST,"id");--> statement-breakpoint
CREATE INDEX "listing_domain" ON "listing" USING btree ("domain","quality" DESC NULLS LAST,"id");