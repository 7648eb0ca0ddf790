/** The command that offers the agent of a listing a contract: first which listing, then with what and on what terms. */

import { randomUUID } from 'node:crypto';
import type { Ask } from '../../market/contract/contract.ts';
import { noTerms } from '../../market/contract/terms.ts';
import type { Listing } from '../../market/listing.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import { openOffer } from '../../operations/contracts/offer.ts';
import { showContract } from '../../operations/contracts/show.ts';
import type { Deps } from '../../operations/deps.ts';
import { showListing } from '../../operations/show.ts';
import { type Field, form } from '../../protocol/data-form.ts';
import { askFields, givenIn } from './ask-form.ts';
import { summaryFields } from './contract-form.ts';
import { ask, textField } from './fields.ts';
import type { Caller, Command, Step } from './step.ts';
import { inFields, termsFields, wishedTerms } from './terms-form.ts';
import { single } from './values.ts';

export const nodeOffer = 'offer';

/** Inputs are named by their agents: theirs have a prefix, so that none is taken for a term. */
const inputPrefix = 'input.';

const fields: Field[] = [textField('listing', 'The id of the listing', { required: true })];

const description =
  'Offers the agent of a listing a contract. It is told, and accepts, declines, or proposes other terms.';

export function offerCommand(deps: Deps): Command {
  return {
    node: nodeOffer,
    name: 'Offer a contract',
    about: { description, fields },
    async start(caller) {
      return {
        form: ask('Offer a contract', description, fields),
        actions: ['next'],
        submit: (values) => termsStage(deps, caller, single(values, 'listing')),
      };
    },
  };
}

/** What the listing takes, of which nothing has to be given yet, and the terms; its price is filled in. */
async function termsStage(deps: Deps, caller: Caller, id: string): Promise<Step> {
  const record = await showListing(deps, id);
  if (isProblem(record)) return record;
  const { listing } = record;
  // A stage that is sent again because nobody knows what came of it makes one offer.
  const key = randomUUID();
  const inputs = askOf(listing);
  const asked = askFields(inputs, {}).map((each) => ({ ...each, var: `${inputPrefix}${each.var}` }));
  return {
    form: ask('Offer a contract', `${listing.name}, by ${listing.provider.jid}.`, [
      ...asked,
      ...termsFields({ ...noTerms, price: listing.price }),
    ]),
    actions: ['complete'],
    async submit(values) {
      const own = new Map(
        [...values].flatMap(([name, given]) =>
          name.startsWith(inputPrefix) ? [[name.slice(inputPrefix.length), given] as const] : [],
        ),
      );
      const wish = { listing: id, input: givenIn(inputs, own), terms: wishedTerms(values), seq: null };
      const opened = await openOffer(deps, caller, wish, key);
      return isProblem(opened) ? atFields(opened) : outcome(deps, caller, opened.id);
    },
  };
}

async function outcome(deps: Deps, caller: Caller, id: string): Promise<Step> {
  const own = await showContract(deps, caller, id);
  if (isProblem(own)) return own;
  return {
    result: form('result', summaryFields(own), 'Contract'),
    notes: [{ type: 'info', text: `${own.contract.provider} is told, and is to answer.` }],
  };
}

function askOf({ inputs, inputSchema }: Listing): Ask {
  return { title: null, text: null, inputs, schema: inputSchema ?? {}, missing: [] };
}

function atFields(refused: Problem): Problem {
  const placed = inFields(refused);
  const errors = placed.errors.map(({ pointer, detail }) => ({
    pointer: pointer.replace(/^\/input\//, inputPrefix),
    detail,
  }));
  return { ...placed, errors };
}
