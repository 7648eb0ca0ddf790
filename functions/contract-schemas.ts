/** The shapes of contracts and tokens in the HTTP contract. */

import { z } from '@hono/zod-openapi';
import { faults } from '../market/contract/contract.ts';
import { moveNames, openings } from '../market/contract/rules.ts';
import { contractKinds, contractStates, parties } from '../market/contract/states.ts';
import { tokenScopes } from '../market/token.ts';
import { InputSchema, JsonSchemaSchema, orNull, PriceSchema, Timestamp } from './schemas.ts';

const sides = ['client', 'provider'] as const;
const Values = z.record(z.string(), z.unknown());

const AskSchema = z
  .object({
    title: z.string().nullable().describe('What the stage is called.'),
    text: z.string().nullable().describe('What the agent says about it.'),
    inputs: z.array(InputSchema).describe('What it takes.'),
    schema: JsonSchemaSchema.describe('The same as a JSON Schema.'),
    missing: z.array(z.string()).describe('Which of them lack, or were not taken.'),
  })
  .openapi('Ask', { description: 'What the agent asks the client for while the work goes on.' });

const ResultSchema = z
  .object({
    values: z.unknown().describe('Named values, or structured JSON; null where there are none.'),
    rows: z.array(Values).describe('The rows of a table.'),
    outputs: z.array(InputSchema).describe('What the values and columns are called, and their types.'),
    text: z.string().nullable().describe('What the agent says in words.'),
    media: z
      .array(
        z.object({
          type: z.string().describe('The media type, as the agent states it.'),
          url: z.string().describe('Where it is, by https.'),
        }),
      )
      .describe('Where the rest is to be had.'),
    notes: z
      .array(
        z.object({
          type: z.enum(['info', 'warn', 'error']).describe('How serious it is.'),
          text: z.string().describe('What the agent notes.'),
        }),
      )
      .describe('Notes of the agent, and of the directory.'),
    matches: z.boolean().nullable().describe('Whether the values fit the output schema; null without one.'),
  })
  .openapi('Result', { description: 'What came of the work.' });

const ProgressSchema = z
  .object({
    percent: z.number().nullable().describe('How far it is.'),
    stage: z.string().nullable().describe('At what it is.'),
    text: z.string().nullable().describe('The same in words.'),
  })
  .openapi('Progress');

const EventSchema = z
  .object({
    seq: z.int().describe('Its place in the history, from 1.'),
    at: Timestamp.describe('When.'),
    by: z.enum(parties).describe('Who moved; the directory where it reports, or where a time was over.'),
    move: z
      .enum([...moveNames, ...Object.keys(openings)] as [string, ...string[]])
      .describe('The move, or how the contract began.'),
    state: z.enum(contractStates).describe('The state from then on.'),
    data: Values.describe('What the move carried.'),
  })
  .openapi('ContractEvent', { description: 'One move of the history.' });

const listing = z
  .object({
    id: z.string().describe('Its id.'),
    version: z.string().describe('Its version then.'),
    name: z.string().describe('What it was called then.'),
  })
  .openapi('ContractedListing');

const example = {
  id: 'cq3VnKfX0Tz2b1Yw7uR8pLg',
  kind: 'call' as const,
  state: 'completed' as const,
  version: 3,
  side: 'client' as const,
  client: 'ann@agents.test',
  provider: 'fx@works.test',
  listing: {
    id: 'urn:air:works.test:u.fx:command.convert-k3v5q2m7c4x6n2p3r2s4t6v5w3',
    version: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    name: 'Convert currency',
  },
  input: { amount: 5, to: 'JPY' },
  price: null,
  answerBy: null,
  deliverBy: null,
  words: null,
  offeredBy: 'client' as const,
  ask: null,
  result: {
    values: { sum: 812.5 },
    rows: [],
    outputs: [],
    text: null,
    media: [],
    notes: [],
    matches: null,
  },
  progress: null,
  reason: null,
  fault: null,
  moves: ['dispute' as const],
  due: null,
  created: '2026-11-20T10:00:00.000Z',
  since: '2026-11-20T10:00:00.120Z',
};

const event = {
  seq: 1,
  at: example.created,
  by: 'client' as const,
  move: 'call',
  state: 'accepted' as const,
  data: { input: example.input },
};

export const ContractSummarySchema = z
  .object({
    id: z.string().describe('Its id.'),
    kind: z.enum(contractKinds).describe('What sort of contract it is.'),
    state: z.enum(contractStates).describe('The state it is in.'),
    version: z.int().describe('The number of its moves.'),
    side: z.enum(sides).describe('Which side the caller is.'),
    client: z.string().describe('The bare JID of the client.'),
    provider: z.string().describe('The bare JID of the provider.'),
    listing: orNull(listing).describe('What is contracted, as it was then.'),
    input: Values.describe('What the client gave to begin with.'),
    price: orNull(PriceSchema).describe('The price, as it was then, or as it is negotiated.'),
    answerBy: Timestamp.nullable().describe('Until when the terms can be accepted, where they say so.'),
    deliverBy: Timestamp.nullable().describe('When the work is due, where that is agreed.'),
    words: z.string().nullable().describe('What the terms say besides.'),
    offeredBy: z.enum(sides).describe('Whose terms stand; while they are offered, the other side answers.'),
    ask: orNull(AskSchema).describe('What the client is asked for; null unless the state is input-required.'),
    result: orNull(ResultSchema).describe('What came of it; null before that.'),
    progress: orNull(ProgressSchema).describe('How far it was last said to be.'),
    reason: z.string().nullable().describe('Why it is in this state, where somebody said why.'),
    fault: z.enum(faults).nullable().describe('Whose doing a failure is.'),
    moves: z.array(z.enum(moveNames)).describe('What the caller can do now.'),
    due: Timestamp.nullable().describe('When the directory moves if nobody does.'),
    created: Timestamp.describe('When it began.'),
    since: Timestamp.describe('Since when it is in this state.'),
  })
  .openapi('ContractSummary', { description: 'A contract, without its history.', example });

export const ContractSchema = ContractSummarySchema.extend({
  history: z.array(EventSchema).describe('Every move, the first one first.'),
}).openapi('Contract', {
  description: 'A contract as one of its parties sees it. Nobody else is shown it.',
  example: { ...example, history: [event] },
});

export const ContractPageSchema = z
  .object({
    items: z.array(ContractSummarySchema).describe('The youngest first.'),
    cursor: z.string().nullable().describe('Leads to the next page; null on the last.'),
    approximate: z.literal(false).describe('Nothing is cut.'),
  })
  .openapi('ContractPage', {
    description: 'A page of contracts.',
    example: { items: [example], cursor: null, approximate: false },
  });

export const contractExample = example;

export const scopesMember = z
  .array(z.enum(tokenScopes, `expected ${tokenScopes.join(' or ')}`))
  .describe('What it allows: `read`, and `trade` to make contracts.');
