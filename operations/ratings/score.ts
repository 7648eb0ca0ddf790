/** Computing scores: what is read of the ratings and of who dealt with whom, and what the mathematics makes of it. */

import type { Database } from '../../db/database.ts';
import {
  componentsAmong,
  countFromElsewhere,
  type DueScore,
  dueScores,
  type Evidence,
  postponeScore,
  readDealings,
  readEvidence,
  writeScore,
} from '../../db/reputation.ts';
import { providerDomain } from '../../market/address.ts';
import { type Reputation, reputationOf } from '../../market/reputation/aggregate.ts';
import { addDeal, type Dealings } from '../../market/reputation/dealings.ts';
import { areRelated, type Party, partyOf } from '../../market/reputation/party.ts';
import type { Scored } from '../../market/reputation/scored.ts';
import type { Deps } from '../deps.ts';

export const scoreLimits = {
  /** Of those that the raters have dealt with, and of those that these have: beyond them nobody makes anybody known. */
  vouchersMax: 3_000,
  insidersMax: 3_000,
} as const;

/**
 * Computes scores that are due; returns how many. Two that do so at once write the same. What cannot be computed now keeps
 * no other from it.
 */
export async function settleScores({ db }: Deps, limit: number): Promise<number> {
  let settled = 0;
  let failed: unknown = null;
  for (const due of await dueScores(db, limit)) {
    try {
      if (await settle(db, due)) settled++;
    } catch (error) {
      failed = error;
      await postponeScore(db, due);
    }
  }
  if (failed) throw new Error('a score was not computed', { cause: failed });
  return settled;
}

async function settle(db: Database, due: DueScore): Promise<boolean> {
  const now = new Date();
  return writeScore(db, due, await computeScore(db, due, now), now);
}

/** The score of that time, from the ratings as they stand: whenever it is computed of the same ones, it is the same. */
export async function computeScore(db: Database, of: Scored, now: Date): Promise<Reputation | null> {
  const evidence = await readEvidence(db, of);
  const [first] = evidence;
  if (!first) return null;
  const circle = new Circle(db);
  const { subject, dealings } = await circle.around(first.subject, evidence);
  const ratings = evidence.map((one) => ({
    ...one,
    rater: circle.party(one.rater),
    subject,
  }));
  const score = reputationOf(ratings, dealings, now);
  if (!score) return null;
  // What was not read counts, but for the subject's own domain, where it may be its own.
  const elsewhere = await countFromElsewhere(db, of, subject.host);
  const near = ratings.filter(({ rater }) => rater.host === subject.host && !areRelated(rater, subject));
  return { ...score, count: elsewhere + near.length };
}

/** Who dealt with whom around a subject: as far as the mathematics looks, and no further. */
class Circle {
  #db: Database;
  #parties = new Map<string, Party>();
  #dealings: Dealings = new Map();
  #read = new Set<string>();

  constructor(db: Database) {
    this.#db = db;
  }

  party(jid: string): Party {
    const known = this.#parties.get(jid) ?? partyOf(jid);
    this.#parties.set(jid, known);
    return known;
  }

  /** The subject's and its raters' dealings; those of whom the raters dealt with; and of these those that are near the subject. */
  async around(jid: string, evidence: Evidence[]): Promise<{ subject: Party; dealings: Dealings }> {
    const raters = evidence.map(({ rater }) => rater);
    await this.#meet([jid, ...raters]);
    const first = await this.#deal([jid, ...raters]);
    const subject = this.party(jid);
    const cluster = new Set([subject, ...raters.map((rater) => this.party(rater))].map(({ host }) => host));
    for (const other of first.get(jid) ?? []) cluster.add(this.party(other).host);
    const isInside = (one: string) => cluster.has(this.party(one).host);

    const vouchers = raters.flatMap((rater) => first.get(rater) ?? []).filter((one) => !isInside(one));
    const second = await this.#deal(firstOf(vouchers, scoreLimits.vouchersMax));
    const insiders = [...second.values()].flat().filter(isInside);
    await this.#deal(firstOf(insiders, scoreLimits.insidersMax));
    return { subject, dealings: this.#dealings };
  }

  /** Reads with whom they have dealt, once of each. */
  async #deal(jids: string[]): Promise<Map<string, string[]>> {
    const asked = [...new Set(jids)].filter((jid) => !this.#read.has(jid));
    for (const jid of asked) this.#read.add(jid);
    const found = await readDealings(this.#db, asked);
    await this.#meet(found.map(({ other }) => other));
    for (const { party, other, isPaid } of found) {
      addDeal(this.#dealings, { client: this.party(party), provider: this.party(other), isPaid });
    }
    const byParty = Map.groupBy(found, ({ party }) => party);
    return new Map([...byParty].map(([party, all]) => [party, all.map(({ other }) => other)]));
  }

  /** Learns who of them stands behind what. */
  async #meet(jids: string[]): Promise<void> {
    const fresh = [...new Set(jids)].filter((jid) => !this.#parties.has(jid));
    const domains = [...new Set(fresh.map(providerDomain))];
    const components = await componentsAmong(this.#db, domains);
    for (const jid of fresh) {
      const domain = providerDomain(jid);
      this.#parties.set(jid, partyOf(jid, { component: components.has(domain) ? domain : null }));
    }
  }
}

function firstOf(jids: string[], max: number): string[] {
  return [...new Set(jids)].slice(0, max);
}
