import { FailureError, type Skill } from '../skill.ts';

/** Has somebody else's work done within a budget; who carries it out is the agent, over its own session. */
export const commission: Skill = {
  id: 'commission',
  name: 'Commission work',
  description:
    'Offers the agent of a listing half of a budget, takes what it proposes within the budget, and confirms what it delivers.',
  category: 'commerce',
  tags: ['commission', 'budget', 'negotiation'],
  lang: ['en'],
  queries: ['buy a poem for at most five euros', 'negotiate for me'],
  fields: [
    { name: 'listing', label: 'The id of the listing', type: 'text-single', required: true },
    {
      name: 'budget',
      label: 'Budget',
      type: 'text-single',
      required: true,
      default: '5',
      datatype: 'xs:decimal',
      min: '0',
      max: '1000',
    },
    {
      name: 'currency',
      label: 'Currency',
      type: 'list-single',
      default: 'EUR',
      options: [
        { value: 'EUR', label: 'Euro' },
        { value: 'CHF', label: 'Swiss franc' },
      ],
    },
    { name: 'subject', label: 'What it is about', type: 'text-single' },
  ],
  run() {
    throw new FailureError('The agent has no session with the directory.');
  },
};
