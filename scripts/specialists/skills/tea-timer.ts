import { line, type Skill } from '../skill.ts';

/** It takes its time, as an agent that works does. */
export const secondsMax = 60;

export const teaTimer: Skill = {
  id: 'tea-timer',
  name: 'Brew tea',
  description: 'Lets a tea draw for as many seconds as it is told, and answers only then.',
  category: 'household',
  tags: ['tea', 'timer', 'slow'],
  lang: ['en'],
  queries: ['brew me a green tea', 'tea timer of ten seconds'],
  fields: [
    {
      name: 'tea',
      label: 'Tea',
      type: 'list-single',
      default: 'green',
      options: [
        { value: 'green', label: 'Green' },
        { value: 'black', label: 'Black' },
        { value: 'mint', label: 'Mint' },
      ],
    },
    {
      name: 'seconds',
      label: 'Seconds to draw',
      type: 'text-single',
      required: true,
      default: '5',
      datatype: 'xs:integer',
      min: '0',
      max: String(secondsMax),
    },
    { name: 'sugar', label: 'With sugar', type: 'boolean', default: 'false' },
  ],
  async run(answers) {
    const seconds = answers.number('seconds');
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    const sugar = answers.flag('sugar') ? ', with sugar' : '';
    return [
      line('cup', 'Cup', `${answers.text('tea') || 'green'} tea${sugar}`),
      line('seconds', 'Drawn for', seconds),
    ];
  },
};
