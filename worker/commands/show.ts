/** The command that shows one listing whole. */

import { shownForm } from '../../market/listing-form.ts';
import { isProblem } from '../../market/problem.ts';
import type { Deps } from '../../operations/deps.ts';
import { showListing } from '../../operations/show.ts';
import { ask, textField } from './fields.ts';
import type { Command } from './step.ts';
import { single } from './values.ts';

export const nodeShow = 'show';

const description = 'All that is known of one listing, and whom to call for it.';
const fields = [textField('id', 'Its id, as search gives it', { required: true })];

export function showCommand(deps: Deps): Command {
  return {
    node: nodeShow,
    name: 'Show a listing',
    about: { description, fields },
    async start() {
      return {
        form: ask('Show a listing', description, fields),
        actions: ['complete'],
        async submit(values) {
          const record = await showListing(deps, single(values, 'id'));
          if (isProblem(record)) return record;
          return { result: { ...shownForm(record), title: record.listing.name }, notes: [] };
        },
      };
    },
  };
}
