/** The history of what one side of a contract says of the other, and the rating that it adds up to. */

import type { Side } from '../contract/states.ts';
import { type Aspects, foldRating } from './rating.ts';

export const ratingActs = ['rate', 'change', 'withdraw', 'reply'] as const;
export type RatingAct = (typeof ratingActs)[number];

/** What a rating says. */
export type RatingWords = { score: number; aspects: Aspects; text: string | null };

/** One entry, numbered from 1; a reply is the other side's, all others are the rater's. */
export type RatingEntry = {
  seq: number;
  at: Date;
  act: RatingAct;
  /** Null in what says none: a withdrawal, a reply. */
  score: number | null;
  aspects: Aspects;
  text: string | null;
};

/** A rating as it stands. One that is withdrawn has neither score nor words, and is kept as withdrawn. */
export type StandingRating = {
  contract: string;
  by: Side;
  rater: string;
  subject: string;
  /** The listing that was contracted, if one was. */
  listing: string | null;
  isPaid: boolean;
  /** The number of its entries: another is written only onto the version that it was made from. */
  version: number;
  score: number | null;
  aspects: Aspects;
  text: string | null;
  at: Date;
  changed: Date | null;
  withdrawn: Date | null;
  reply: { text: string | null; at: Date } | null;
};

export type RatingOf = Pick<StandingRating, 'contract' | 'by' | 'rater' | 'subject' | 'listing' | 'isPaid'>;

/** Null where there is no entry. */
export function foldEntries(of: RatingOf, entries: RatingEntry[]): StandingRating | null {
  const said = entries.filter(({ act }) => act !== 'reply').toSorted((a, b) => a.seq - b.seq);
  const [first] = said;
  const last = said.at(-1);
  if (!first || !last) return null;
  const opinion = foldRating(
    said.map(({ seq, at, score, aspects }) => ({
      seq,
      at,
      opinion: score === null ? null : { score, aspects },
    })),
  );
  const reply = entries.find(({ act }) => act === 'reply');
  return {
    ...of,
    version: entries.length,
    score: opinion?.score ?? null,
    aspects: opinion?.aspects ?? {},
    text: opinion ? last.text : null,
    at: first.at,
    changed: said.findLast(({ act }) => act === 'change')?.at ?? null,
    withdrawn: opinion ? null : last.at,
    reply: reply ? { text: reply.text, at: reply.at } : null,
  };
}
