/** What the parties of contracts send: terms, notes of payments, and what goes with a move. */

import { z } from '@hono/zod-openapi';
import { askLimits } from '../market/contract/asking.ts';
import { contractLimits } from '../market/contract/limits.ts';
import { resultLinksMax } from '../market/contract/said.ts';
import { contractExample } from './contract-schemas.ts';

export const Values = z.record(z.string(), z.unknown(), 'expected an object of named values');

const words = (description: string) => z.string('expected words').optional().describe(description);
const orNothing = (description: string) =>
  z.string('expected a text').nullable().optional().describe(description);
const amountMember = z
  .string('expected a decimal number as a text, such as "12.50"')
  .describe('A decimal number, as a text.');
const currencyMember = z.string('expected a code such as EUR').describe('A code of ISO 4217, or of a token.');

const priceExample = { amount: '12.50', currency: 'EUR' };

export const WishedTermsSchema = z
  .strictObject({
    price: z
      .strictObject({
        amount: amountMember,
        currency: currencyMember,
        unit: words('What it is for; `contract` without this.'),
      })
      .nullable()
      .optional()
      .describe("What is paid; null: nothing. Left out in an offer, it is the listing's price."),
    answerBy: orNothing(
      `Until when they can be accepted, at most ${contractLimits.answerDaysMax} days ahead; else for ${contractLimits.offerHours} hours.`,
    ),
    deliverBy: orNothing(
      `When the work is due, at most ${contractLimits.deliverDaysMax} days ahead; else ${contractLimits.workDays} days from when it begins.`,
    ),
    words: orNothing('What else is agreed.'),
  })
  .openapi('WishedTerms', {
    description: 'On what terms.',
    example: { price: priceExample, deliverBy: '2026-11-27T12:00:00Z', words: 'In blue.' },
  });

const paytoExample = 'payto://iban/DE75512108001245126199?amount=EUR:12.50';

const InvoiceSchema = z
  .strictObject({
    session: z.string('expected a text').describe('What the invoice is known by.'),
    purpose: orNothing('What it is for, as the provider names it.'),
    description: orNothing('The same in words.'),
    expires: orNothing('Until when it can be paid.'),
    options: z
      .array(
        z.strictObject({
          label: orNothing('What the way to pay is called.'),
          proof: orNothing('What proves the payment.'),
          link: z.string('expected a payto: address').describe('A `payto:` address (RFC 8905).'),
        }),
        'expected a list of ways to pay',
      )
      .optional()
      .describe('The ways to pay it.'),
  })
  .openapi('WishedInvoice', {
    description: 'An invoice as `urn:xmpp:payment:0` has it.',
    example: { session: 'inv-17', purpose: 'logo', options: [{ label: 'Bank', link: paytoExample }] },
  });

export const WishedSettlementSchema = z
  .strictObject({
    amount: z
      .strictObject({ amount: amountMember, currency: currencyMember })
      .nullable()
      .optional()
      .describe('How much.'),
    reference: orNothing('What the payment is known by.'),
    link: orNothing('How to pay, or to see it: a `payto:`, `https:`, `xmpp:` or `mailto:` address.'),
    invoice: InvoiceSchema.nullable().optional().describe('An invoice, passed on as it is.'),
  })
  .openapi('WishedSettlement', {
    description: 'A note of a payment. The directory passes it on, and takes no part in the payment.',
    example: { amount: priceExample, reference: 'TX-42', link: paytoExample },
  });

const reasonMessage = `expected at most ${contractLimits.reasonCharsMax} characters`;

export const MoveSchema = z
  .strictObject({
    reason: z
      .string('expected words')
      .max(contractLimits.reasonCharsMax, reasonMessage)
      .optional()
      .describe('Why, in words.'),
    version: z
      .int('expected the version of the contract')
      .optional()
      .describe('The `version` of the contract as it was read; refused where it has moved since.'),
    terms: WishedTermsSchema.optional().describe('With `propose`: the other terms.'),
    input: Values.optional().describe('With `input`: what was asked for, by name.'),
    values: Values.optional().describe('With `deliver`: what came of the work, by name.'),
    text: words('With `deliver`, `ask`, `progress`: the same in words.'),
    links: z
      .array(z.string('expected an https: address'), 'expected a list of addresses')
      .max(resultLinksMax, `expected at most ${resultLinksMax} addresses`)
      .optional()
      .describe('With `deliver`: where it is to be had.'),
    names: z
      .array(z.string('expected a name'), 'expected a list of names')
      .max(askLimits.namesMax, `expected at most ${askLimits.namesMax} names`)
      .optional()
      .describe('With `ask`: which values are missing.'),
    percent: z
      .number('expected a number from 0 to 100')
      .min(0, 'expected a number from 0 to 100')
      .max(100, 'expected a number from 0 to 100')
      .optional()
      .describe('With `progress`: how far it is.'),
    settlement: WishedSettlementSchema.optional().describe('With `settle`: the note of a payment.'),
  })
  .openapi('Move', {
    description: 'What the move carries.',
    example: { reason: 'Not needed any more.' },
  });

export const ContractRequestSchema = z
  .strictObject({
    listing: z.string('expected the id of a listing').describe('The id of the listing.'),
    input: Values.optional().describe(
      'Its inputs by name, as its schema has them; what an offer leaves out, the provider may ask for.',
    ),
    call: z.boolean('expected true').optional().describe('true: the directory makes the call.'),
    terms: WishedTermsSchema.optional().describe('Without `call`: what is offered to the provider.'),
    seq: z
      .int('expected the seq of a listing')
      .optional()
      .describe('The `seq` of the listing as it was read; refused where it has changed since.'),
  })
  .openapi('ContractRequest', {
    description: 'What is to be called, with what; or what is offered to whom.',
    example: { listing: contractExample.listing.id, input: contractExample.input, call: true },
  });
