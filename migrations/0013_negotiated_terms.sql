ALTER TABLE "contract" ADD COLUMN "words" text;--> statement-breakpoint
ALTER TABLE "contract" ADD COLUMN "offered_by" text;--> statement-breakpoint
CREATE INDEX "contract_offered" ON "contract" USING btree ("provider") WHERE state = 'offered';
--> statement-breakpoint
-- Until now nobody answered terms with other terms: whoever opened the contract made them.
UPDATE "contract" SET "offered_by" = "opened_by";--> statement-breakpoint
ALTER TABLE "contract" ALTER COLUMN "offered_by" SET NOT NULL;
