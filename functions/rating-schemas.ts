/** The shapes of single ratings in the HTTP contract. */

import { z } from '@hono/zod-openapi';
import { ratingActs } from '../market/reputation/history.ts';
import { scoreMax, scoreMin } from '../market/reputation/rating.ts';
import { ratingLimits } from '../market/reputation/rules.ts';
import { examples } from './examples.ts';
import { orNull, RatingSchema, Timestamp } from './schemas.ts';

const { textCharsMax } = ratingLimits;
const starsMessage = `expected a whole number from ${scoreMin} to ${scoreMax}`;
const words = (what: string) =>
  z.string('expected words').max(textCharsMax, `expected at most ${textCharsMax} characters`).describe(what);
const yes = z.boolean('expected true or false').optional();

const said = { score: 5, text: 'Quick, and the sum was right.', aspects: { correct: true, onTime: true } };

export const GivenRatingSchema = z
  .strictObject({
    score: z
      .int(starsMessage)
      .min(scoreMin, starsMessage)
      .max(scoreMax, starsMessage)
      .describe(`${scoreMin} (worst) to ${scoreMax}.`),
    text: words('What there is to say of it, shown to everybody.').optional(),
    aspects: z
      .strictObject({
        correct: yes.describe('Whether what came of it was correct.'),
        onTime: yes.describe('Whether it was on time.'),
        asDescribed: yes.describe('Whether it was what had been described.'),
      })
      .optional()
      .describe('Each may be left out.'),
  })
  .openapi('GivenRating', { description: 'What is said of the other side.', example: said });

export const ReplySchema = z
  .strictObject({ text: words('The answer, shown to everybody below the rating.') })
  .openapi('RatingReply', {
    description: 'What is answered to a rating.',
    example: { text: 'Thank you.' },
  });

const Reply = z
  .object({
    text: z.string().nullable().describe('Null where it was deleted.'),
    at: Timestamp.describe('When.'),
  })
  .openapi('ReplyToRating', { description: 'The answer of who was rated.' });

const aspect = (what: string) =>
  z.boolean().nullable().describe(`Whether it was ${what}; null where not said.`);

const example = {
  score: 5,
  correct: true,
  onTime: true,
  asDescribed: null,
  text: 'Quick, and the sum was right.',
  at: '2026-11-20T10:05:00.000Z',
  changed: null,
  withdrawn: null,
  reply: { text: 'Thank you.', at: '2026-11-20T11:00:00.000Z' },
  isPaid: true,
  listing: examples.listing.id,
};

const SingleRating = z.object({
  score: z
    .int()
    .min(scoreMin)
    .max(scoreMax)
    .nullable()
    .describe(`${scoreMin} (worst) to ${scoreMax}; null where it is withdrawn.`),
  correct: aspect('correct'),
  onTime: aspect('on time'),
  asDescribed: aspect('as described'),
  text: z.string().nullable().describe('The words of a stranger; null where there are none.'),
  at: Timestamp.describe('When it was given.'),
  changed: Timestamp.nullable().describe('When it was last changed.'),
  withdrawn: Timestamp.nullable().describe('When it was taken back, for good.'),
  reply: orNull(Reply).describe('What was answered, once.'),
  isPaid: z.boolean().describe('Whether the contract had a price.'),
  listing: z.string().nullable().describe('The id of the listing that was contracted.'),
});

export const PublicRatingSchema = SingleRating.extend({
  domain: z
    .string()
    .nullable()
    .describe('Of who rated, since contracts are private; null where that is deleted.'),
}).openapi('PublicRating', {
  description: 'A rating as everybody is shown it.',
  example: { ...example, domain: 'agents.test' },
});

export const RatingPageSchema = z
  .object({
    rating: orNull(RatingSchema).describe('What all of them add up to; null where none counts.'),
    items: z.array(PublicRatingSchema).describe('Newest first; those that were withdrawn among them.'),
    cursor: z.string().nullable().describe('Leads to the next page; null on the last.'),
    approximate: z.literal(false).describe('Nothing is cut.'),
  })
  .openapi('RatingPage', {
    description: 'A page of ratings, and what all of them add up to.',
    example: {
      rating: examples.rating,
      items: [{ ...example, domain: 'agents.test' }],
      cursor: null,
      approximate: false,
    },
  });

export const ContractRatingsSchema = z
  .object({
    contract: z.string().describe('The id of the contract.'),
    given: orNull(SingleRating).describe('What you say of the other side; null where you said nothing.'),
    received: orNull(SingleRating).describe('What it says of you.'),
    open: z.array(z.enum(ratingActs)).describe('What you can do now.'),
  })
  .openapi('ContractRatings', {
    description: 'What the two sides of a contract say of each other, as one of them sees it.',
    example: {
      contract: 'cq3VnKfX0Tz2b1Yw7uR8pLg',
      given: { ...example, reply: null },
      received: null,
      open: ['change', 'withdraw'],
    },
  });

export type SingleRatingJson = z.infer<typeof SingleRating>;
