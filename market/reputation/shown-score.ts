/** What everybody is shown of a score. */

export type ShownScore = {
  /** 1 to 5, `low <= score <= high`. Ranking and `rating:` go by `low`. */
  score: number;
  low: number;
  high: number;
  /** How many ratings there are that count, whatever each weighs. */
  count: number;
  /** Of those who said: the share that said yes, weighed like the score; null where nobody said. */
  aspects: { correct: number | null; onTime: number | null; asDescribed: number | null };
};
