import { line, lines, type Skill } from '../skill.ts';

const alphabet = 26;

export const caesarCipher: Skill = {
  id: 'caesar-cipher',
  name: 'Caesar cipher',
  description: 'Moves every Latin letter along the alphabet, or back. It keeps no secret from anybody.',
  category: 'text',
  tags: ['cipher', 'caesar', 'rot13'],
  lang: ['en'],
  queries: ['rot13 this'],
  fields: [
    { name: 'text', label: 'Text', type: 'text-multi', required: true, charactersMax: 5_000 },
    {
      name: 'shift',
      label: 'Letters to move by',
      type: 'text-single',
      datatype: 'xs:integer',
      min: '1',
      max: '25',
      default: '13',
    },
    { name: 'back', label: 'Move back', type: 'boolean', default: 'false' },
  ],
  run(answers) {
    const shift = answers.has('shift') ? answers.number('shift') : 13;
    const by = answers.flag('back') ? alphabet - shift : shift;
    return [
      lines(
        'text',
        'Text',
        answers.list('text').map((row) => row.replaceAll(/[a-z]/gi, (letter) => moved(letter, by))),
      ),
      line('shift', 'Letters moved by', by),
    ];
  },
};

function moved(letter: string, by: number): string {
  const first = letter < 'a' ? 65 : 97;
  return String.fromCharCode(first + ((letter.charCodeAt(0) - first + by) % alphabet));
}
