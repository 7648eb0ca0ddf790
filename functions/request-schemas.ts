/** The shapes of calls for proposals in the HTTP contract. */

import { z } from '@hono/zod-openapi';
import { requestMoveNames, requestOpenings } from '../market/request/rules.ts';
import { requestParties, requestStates, standings } from '../market/request/states.ts';
import { contractExample } from './contract-schemas.ts';
import { orNull, PriceSchema, Timestamp } from './schemas.ts';

const sides = ['client', 'provider'] as const;
const Values = z.record(z.string(), z.unknown());

export const BudgetSchema = z
  .object({
    amount: z.string('expected a decimal number as a text').describe('A decimal number.'),
    currency: z.string('expected the code of a currency').describe('Its currency.'),
  })
  .openapi('Budget', {
    description: 'The most that the client means to pay.',
    example: { amount: '50', currency: 'EUR' },
  });

const ProposalSchema = z
  .object({
    id: z.string().describe('Names this proposal; one that replaces it has another id.'),
    price: PriceSchema.describe('What is asked for it.'),
    answerBy: Timestamp.nullable().describe(
      'Until when it can be taken; null: as long as the call can be awarded.',
    ),
    deliverBy: Timestamp.nullable().describe('When the work is done.'),
    words: z.string().nullable().describe('What else is said.'),
  })
  .openapi('Proposal', { description: 'What a provider proposes.' });

const AskedSchema = z
  .object({
    place: z.int().describe('Its place among those that are asked.'),
    provider: z.string().describe('The bare JID of the provider.'),
    listing: z
      .object({
        id: z.string().describe('Its id.'),
        version: z.string().describe('Its version then.'),
        name: z.string().describe('What it was called then.'),
      })
      .describe('The listing for which it is asked.'),
    standing: z
      .enum(standings)
      .describe('What it answered; dropped: it withdrew its consent before it was asked.'),
    since: Timestamp.describe('Since when.'),
    proposal: orNull(ProposalSchema).describe('What it proposes; null where it does not.'),
    words: z.string().nullable().describe('What it said as it refused.'),
  })
  .openapi('AskedProvider', { description: 'A provider that is asked, and where it stands.' });

const AwardedSchema = z
  .object({
    provider: z.string().describe('Whose proposal was taken.'),
    proposal: z.string().describe('Its id.'),
    contract: z.string().describe('The contract that it made.'),
  })
  .openapi('Awarded', { description: 'What was awarded.' });

const EventSchema = z
  .object({
    seq: z.int().describe('Its place in the history as it is shown, from 1.'),
    at: Timestamp.describe('When.'),
    by: z.enum(requestParties).describe('Who moved.'),
    provider: z.string().nullable().describe('The provider that it is about.'),
    move: z
      .enum([...requestMoveNames, ...Object.keys(requestOpenings)] as [string, ...string[]])
      .describe('The move, or how the call began.'),
    state: z.enum(requestStates).describe('The state from then on.'),
    data: Values.describe('What the move carried.'),
  })
  .openapi('RequestEvent', { description: 'One move of the history.' });

const example = {
  id: 'rq3VnKfX0Tz2b1Yw7uR8pLg',
  state: 'deciding' as const,
  side: 'client' as const,
  client: 'ann@agents.test',
  need: 'Translate a menu of 300 words into French.',
  input: { words: 300 },
  budget: { amount: '50', currency: 'EUR' },
  query: 'translate lang:fr',
  deadline: '2026-11-20T11:00:00.000Z',
  asked: [
    {
      place: 1,
      provider: 'fx@works.test',
      listing: { ...contractExample.listing, name: 'Translate' },
      standing: 'proposed' as const,
      since: '2026-11-20T10:05:00.000Z',
      proposal: {
        id: 'pX8s0kQ2mWn41',
        price: { amount: '24', currency: 'EUR', unit: 'contract' },
        answerBy: '2026-11-22T00:00:00.000Z',
        deliverBy: '2026-11-23T00:00:00.000Z',
        words: 'By a native speaker.',
      },
      words: null,
    },
  ],
  awarded: null,
  reason: null,
  moves: ['award' as const, 'cancel' as const],
  due: '2026-11-22T00:00:00.000Z',
  created: '2026-11-20T10:00:00.000Z',
  since: '2026-11-20T11:00:00.000Z',
};

const event = {
  seq: 1,
  at: example.created,
  by: 'client' as const,
  provider: null,
  move: 'call',
  state: 'open' as const,
  data: {},
};

export const RequestSummarySchema = z
  .object({
    id: z.string().describe('Its id.'),
    state: z.enum(requestStates).describe('The state it is in.'),
    side: z.enum(sides).describe('Which side the caller is.'),
    client: z.string().describe('The bare JID of who calls.'),
    need: z.string().describe('What is needed, in words.'),
    input: Values.describe('What there is to work with, by name.'),
    budget: orNull(BudgetSchema).describe('The most that the client means to pay, where it says so.'),
    query: z.string().nullable().describe('What the providers were found by; shown to the client alone.'),
    deadline: Timestamp.describe('Until when proposals are taken.'),
    asked: z
      .array(AskedSchema)
      .describe('To the client, who is asked and what each answered; to a provider, itself alone.'),
    awarded: orNull(AwardedSchema).describe(
      'What was awarded; shown to the client and to whom it was awarded.',
    ),
    reason: z.string().nullable().describe('Why the client cancelled, where it said why.'),
    moves: z.array(z.enum(requestMoveNames)).describe('What the caller can do now.'),
    due: Timestamp.nullable().describe('When the directory moves if nobody does.'),
    created: Timestamp.describe('When it was made.'),
    since: Timestamp.describe('Since when it is in this state.'),
  })
  .openapi('RequestSummary', { description: 'A call for proposals, without its history.', example });

export const RequestSchema = RequestSummarySchema.extend({
  history: z.array(EventSchema).describe('Every move that the caller is shown, the first one first.'),
}).openapi('Request', {
  description: 'A call for proposals as one of its parties sees it. A provider sees no proposal but its own.',
  example: { ...example, history: [event] },
});

export const RequestPageSchema = z
  .object({
    items: z.array(RequestSummarySchema).describe('The youngest first.'),
    cursor: z.string().nullable().describe('Leads to the next page; null on the last.'),
    approximate: z.literal(false).describe('Nothing is cut.'),
  })
  .openapi('RequestPage', {
    description: 'A page of calls for proposals.',
    example: { items: [example], cursor: null, approximate: false },
  });

export const requestExample = example;
