import { line, lines, type Skill } from '../skill.ts';

export const textStatistics: Skill = {
  id: 'text-statistics',
  name: 'Count words and characters',
  description:
    'Gives the statistics of a text: characters, words, sentences, lines, the time it takes to read and the words it ' +
    'uses most.',
  category: 'text',
  tags: ['text', 'statistics', 'word count', 'reading time', 'writing'],
  lang: ['en'],
  queries: ['How many words has this text?', 'reading time of an article'],
  fields: [
    { name: 'text', label: 'Text', type: 'text-multi', required: true },
    {
      name: 'speed',
      label: 'Words read per minute',
      type: 'text-single',
      default: '200',
      datatype: 'xs:integer',
      min: '10',
      max: '2000',
    },
    {
      name: 'top',
      label: 'How many frequent words',
      type: 'text-single',
      default: '5',
      datatype: 'xs:integer',
      min: '0',
      max: '50',
    },
    { name: 'fold_case', label: 'Treat capitals as small letters', type: 'boolean', default: 'true' },
  ],
  run(answers) {
    const text = answers.text('text');
    const words = segments(text, 'word').filter((part) => part.isWordLike);
    const counts = new Map<string, number>();
    for (const { segment } of words) {
      const word = answers.flag('fold_case') ? segment.toLowerCase() : segment;
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const speed = answers.has('speed') ? answers.number('speed') : 200;
    const top = [...counts]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, answers.has('top') ? answers.number('top') : 5);
    // A single line break wraps a sentence; only an empty line ends one.
    const flowing = text.replace(/(?<!\n)\n(?!\n)/g, ' ');
    const sentences = segments(flowing, 'sentence').filter(({ segment }) => /[\p{L}\p{N}]/u.test(segment));
    return [
      line('characters', 'Characters', segments(text, 'grapheme').length),
      line('words', 'Words', words.length),
      line('different_words', 'Different words', counts.size),
      line('sentences', 'Sentences', sentences.length),
      line('lines', 'Lines', text.split('\n').length),
      line('reading_seconds', 'Seconds to read', Math.ceil((words.length * 60) / speed)),
      lines(
        'frequent',
        'Most frequent words',
        top.map(([word, count]) => `${word} ${count}`),
      ),
    ];
  },
};

function segments(text: string, granularity: 'grapheme' | 'sentence' | 'word'): Intl.SegmentData[] {
  return [...new Intl.Segmenter('en', { granularity }).segment(text)];
}
