/** What may be said of a contract's other side, by whom, and until when. */

import { cleanText } from '../../protocol/text.ts';
import type { Contract } from '../contract/contract.ts';
import { otherSide, type Side } from '../contract/states.ts';
import { type Problem, problem } from '../problem.ts';
import type { RatingAct, RatingEntry, RatingWords, StandingRating } from './history.ts';
import { dayMs } from './limits.ts';
import { type Aspects, aspectNames, mayRate, scoreMax, scoreMin } from './rating.ts';

export const ratingLimits = {
  /** A contract can be rated this long after it ended. */
  rateDays: 90,
  /** What was said can be changed this long. It can be withdrawn at any time. */
  changeDays: 14,
  /** The other side can answer this long after the rating was given. */
  replyDays: 90,
  /** The words of a rating, and those of a reply. */
  textCharsMax: 2_000,
} as const;

/** A rating's changes; beyond them it stands as it is, or is withdrawn. */
const changesMax = 20;

/** What is said, as it came through a door. */
export type GivenRating = {
  score: number;
  aspects?: { [name in keyof Aspects]: Aspects[name] | undefined } | undefined;
  text?: string | undefined;
};

/** The words as they are kept, or what is wrong with them. */
export function checkWords({ score, aspects = {}, text = '' }: GivenRating): RatingWords | Problem {
  if (!Number.isInteger(score) || score < scoreMin || score > scoreMax) {
    return notAccepted('score', `expected a whole number from ${scoreMin} (worst) to ${scoreMax}`);
  }
  const words = checkText(text);
  if (typeof words === 'object') return words;
  const said = aspectNames.flatMap((name) =>
    typeof aspects[name] === 'boolean' ? [[name, aspects[name]]] : [],
  );
  return { score, aspects: Object.fromEntries(said), text: words || null };
}

/** The words of a reply, which has to have some. */
export function checkReply(text: string): string | Problem {
  const words = checkText(text);
  return words === '' ? notAccepted('text', 'expected words') : words;
}

function checkText(text: string): string | Problem {
  const { textCharsMax } = ratingLimits;
  // What is longer than it may be is refused, since half of what somebody says may be something else.
  if (text.length > textCharsMax) return notAccepted('text', `expected at most ${textCharsMax} characters`);
  return cleanText(text, textCharsMax);
}

function notAccepted(name: string, detail: string): Problem {
  return problem('invalid-body', `Not accepted: ${name}: ${detail}`, [{ pointer: `/${name}`, detail }]);
}

type Asked = {
  contract: Pick<Contract, 'state' | 'fault' | 'since'>;
  /** Who asks. */
  side: Side;
  at: Date;
};

/** Null where that side may rate the contract now. */
export function rateProblem({ contract, side, at }: Asked, said: StandingRating | null): Problem | null {
  if (said?.withdrawn) return notOpen('You have withdrawn your rating of this contract, which is final.');
  if (said) return notOpen('You have rated this contract; expected a change of what you said.');
  if (!mayRate(contract, side)) {
    return notOpen(
      `The contract is ${contract.state}${contract.fault ? ` by ${whose(contract.fault, side)} doing` : ''}; expected one that is completed, resolved, or failed by the other side's doing.`,
    );
  }
  const { rateDays } = ratingLimits;
  if (at < after(contract.since, rateDays)) return null;
  return notOpen(`The contract ended more than ${rateDays} days ago; expected a rating in that time.`);
}

function whose(fault: NonNullable<Contract['fault']>, side: Side): string {
  if (fault === 'nobody') return "nobody's";
  return fault === side ? 'your own' : "the other side's";
}

/** Null where the rating can be changed now. */
export function changeProblem(said: StandingRating | null, at: Date): Problem | null {
  if (!said) return notRated;
  if (said.withdrawn) return notOpen('The rating is withdrawn, which is final.');
  const { changeDays } = ratingLimits;
  if (at >= after(said.at, changeDays)) {
    return notOpen(`A rating can be changed for ${changeDays} days; expected nothing, or its withdrawal.`);
  }
  if (said.version < changesMax) return null;
  return notOpen(`The rating was changed too often; expected nothing, or its withdrawal.`);
}

/** Null where the rating can be withdrawn now. */
export function withdrawProblem(said: StandingRating | null): Problem | null {
  if (!said) return notRated;
  return said.withdrawn ? notOpen('The rating is withdrawn already.') : null;
}

/** Null where who was rated can answer now. @param said what the other side said */
export function replyProblem(said: StandingRating | null, at: Date): Problem | null {
  if (!said) return problem('rating-not-found', 'The other side has not rated this contract.');
  if (said.withdrawn) return notOpen('The rating is withdrawn; there is nothing to answer.');
  if (said.reply) return notOpen('The rating is answered, which can be done once.');
  const { replyDays } = ratingLimits;
  if (at < after(said.at, replyDays)) return null;
  return notOpen(`A rating can be answered for ${replyDays} days.`);
}

/** The entry that comes next. */
export function nextEntry(
  said: StandingRating | null,
  act: RatingAct,
  { score, aspects, text }: { score: number | null; aspects: Aspects; text: string | null },
  at: Date,
): RatingEntry {
  return { seq: (said?.version ?? 0) + 1, at, act, score, aspects, text };
}

/** Whose rating that is, if `side` does this to it: one rates, and answers what the other said. */
export function ratingBy(act: RatingAct, side: Side): Side {
  return act === 'reply' ? otherSide(side) : side;
}

const notRated = problem('rating-not-found', 'You have not rated this contract.');

function notOpen(detail: string): Problem {
  return problem('rating-not-open', detail);
}

function after(time: Date, days: number): Date {
  return new Date(time.getTime() + days * dayMs);
}
