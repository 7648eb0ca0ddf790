/** How long each state lasts when nobody moves: silence has an end. */

export const contractLimits = {
  /** An offer waits this long for its answer, unless it says when it ends. */
  offerHours: 72,
  /** The latest that an offer may say it ends, and that the work is delivered. */
  answerDaysMax: 30,
  deliverDaysMax: 366,
  /** Offers and counter-offers of one contract; the last is accepted or declined. */
  proposalsMax: 20,
  /** A call goes out within this time, or not at all. */
  callStartSeconds: 60,
  /** A command answers within this time of each stage's submission. */
  callCommandSeconds: 120,
  /** A task of an Agent Gateway ends within this time. */
  callTaskHours: 24,
  /** An agent's session waits this long for what a stage of a call lacks. */
  callInputMinutes: 15,
  /** Between the parties themselves: to begin, to deliver, and to give what is asked for. */
  startDays: 7,
  workDays: 30,
  inputDays: 7,
  /** What was delivered counts as accepted after this time. */
  deliveredDays: 7,
  /** What was completed can be disputed this long. */
  disputableDays: 14,
  /** After a contract has ended, payments are noted this long. */
  settleDays: 90,
  /** A dispute that is not resolved in this time closes. */
  disputeDays: 30,
  /** What a party writes with a move. */
  reasonCharsMax: 2_000,
  /** What the terms say in words. */
  wordsCharsMax: 4_000,
  /** An input or a result, as JSON. */
  dataCharsMax: 262_144,
  /** Events of one contract; beyond them no progress is noted. */
  eventsMax: 500,
  /** Beyond these nothing is asked any more: what ends the contract still has its place in the history that is read. */
  eventsWithAsksMax: 980,
} as const;
