/** How long streams of events last, and what they may take. */

export const streamLimits = {
  /** How often the database is asked. */
  periodMs: 1_000,
  heartbeatMs: 15_000,
  /** A stream ends after this long, and its reader comes again after `retryMs`. */
  lifetimeMs: 45_000,
  retryMs: 1_000,
  /** Changes in one piece of a stream; a reader has one piece at a time. */
  batchMax: 500,
  /** How often one stream asks the database where each asks for itself: platforms bound it at 50 a request. */
  readsMax: 46,
} as const;

/** Where all streams of a process share one poll. */
export const sharedLimits = {
  ...streamLimits,
  lifetimeMs: 600_000,
  streamsMax: 5_000,
  /** Recent changes that are kept for all; who is further behind reads for itself. */
  windowMax: 1_000,
  /** A reader that has taken nothing for this long is cut. */
  stallMs: 30_000,
  /** When to try again where there are as many streams as are held. */
  fullRetrySeconds: 5,
} as const;

type Numbers<Limits> = { [name in keyof Limits]: number };
export type StreamLimits = Numbers<typeof streamLimits>;
export type SharedLimits = Numbers<typeof sharedLimits>;
