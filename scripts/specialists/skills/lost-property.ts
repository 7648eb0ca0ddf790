import { FailureError, type Skill } from '../skill.ts';

/** It takes every question and can answer none, as an agent does whose sources are away. */
export const lostProperty: Skill = {
  id: 'lost-property',
  name: 'Find lost property',
  description:
    'Looks for a thing that was lost, in a register that is closed: every call fails, and says why.',
  category: 'household',
  tags: ['lost', 'found', 'failure'],
  lang: ['en'],
  queries: ['has anybody found my umbrella', 'a service that always fails'],
  fields: [
    { name: 'thing', label: 'What was lost', type: 'text-single', required: true },
    { name: 'day', label: 'On which day', type: 'text-single', datatype: 'xs:date' },
    {
      name: 'place',
      label: 'Where',
      type: 'list-single',
      default: 'train',
      options: [
        { value: 'train', label: 'On a train' },
        { value: 'street', label: 'In the street' },
      ],
    },
  ],
  run(answers) {
    throw new FailureError(`The register is closed: nobody can look for '${answers.text('thing')}'.`);
  },
};
