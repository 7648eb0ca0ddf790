import { lines, type Skill } from '../skill.ts';

const openings = {
  cheerful: ['O bright', 'Sing of', 'Come, praise'],
  solemn: ['Now rests', 'Remember', 'Gone is'],
} as const;
const endings = ['at break of day', 'along the bay', 'so far away', 'as children play'] as const;

/** Verses of a kind: what is sold by negotiating, not what one would buy. */
export const verse: Skill = {
  id: 'verse',
  name: 'Write a verse',
  description: 'Writes a short verse about a subject. Whoever offers a contract may haggle over the price.',
  category: 'writing',
  tags: ['verse', 'poem', 'negotiation'],
  lang: ['en'],
  queries: ['write me a poem about the sea', 'a verse for a birthday'],
  fields: [
    { name: 'subject', label: 'Subject', type: 'text-single', required: true, charactersMax: 80 },
    {
      name: 'lines',
      label: 'Lines',
      type: 'text-single',
      default: '4',
      datatype: 'xs:integer',
      min: '2',
      max: '12',
    },
    {
      name: 'mood',
      label: 'Mood',
      type: 'list-single',
      default: 'cheerful',
      options: [
        { value: 'cheerful', label: 'Cheerful' },
        { value: 'solemn', label: 'Solemn' },
      ],
    },
  ],
  run(answers) {
    const subject = answers.text('subject');
    const starts = openings[answers.text('mood') === 'solemn' ? 'solemn' : 'cheerful'];
    const written = Array.from(
      { length: answers.number('lines') },
      (_, at) => `${starts[at % starts.length]} ${subject} ${endings[at % endings.length]},`,
    );
    const last = written.pop() ?? '';
    return [lines('verse', 'Verse', [...written, last.replace(/,$/, '.')])];
  },
};
