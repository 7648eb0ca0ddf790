import { line, type Skill, UserError } from '../skill.ts';

const greatest = 3999;

const symbols: readonly (readonly [string, number])[] = [
  ['M', 1000],
  ['CM', 900],
  ['D', 500],
  ['CD', 400],
  ['C', 100],
  ['XC', 90],
  ['L', 50],
  ['XL', 40],
  ['X', 10],
  ['IX', 9],
  ['V', 5],
  ['IV', 4],
  ['I', 1],
];

export const romanNumerals: Skill = {
  id: 'roman-numerals',
  name: 'Convert Roman numerals',
  description:
    'Writes a number from 1 to 3999 as a Roman numeral, or reads one. Only the usual way of writing is accepted: XL is, XXXX is not.',
  category: 'mathematics',
  tags: ['roman numerals', 'numbers', 'latin', 'convert', 'history'],
  lang: ['en', 'la'],
  queries: ['What is MCMXCIV?', 'Write 2026 in Roman numerals'],
  fields: [
    {
      name: 'value',
      label: 'Number or numeral',
      type: 'text-single',
      required: true,
      default: 'MMXXVI',
      charactersMax: 20,
    },
    {
      name: 'direction',
      label: 'Direction',
      type: 'list-single',
      default: 'auto',
      options: [
        { value: 'auto', label: 'As the value suggests' },
        { value: 'to-roman', label: 'Into a Roman numeral' },
        { value: 'from-roman', label: 'Into a number' },
      ],
    },
    { name: 'small', label: 'Small letters', type: 'boolean', default: 'false' },
  ],
  run(answers) {
    const value = answers.text('value').toUpperCase();
    const isNumber = /^\d+$/.test(value);
    const direction = answers.text('direction') || 'auto';
    if (direction === (isNumber ? 'from-roman' : 'to-roman')) {
      throw new UserError(
        `Number or numeral: ${isNumber ? 'a numeral' : 'a number'} is needed for this direction.`,
      );
    }
    const number = isNumber ? Number(value) : fromRoman(value);
    if (number < 1 || number > greatest) throw new UserError(`Number or numeral: from 1 to ${greatest}.`);
    const roman = toRoman(number);
    if (!isNumber && roman !== value) {
      throw new UserError(`Number or numeral: the usual way to write ${number} is ${roman}.`);
    }
    return [
      line('number', 'Number', number),
      line('numeral', 'Numeral', answers.flag('small') ? roman.toLowerCase() : roman),
    ];
  },
};

function toRoman(number: number): string {
  let rest = number;
  let text = '';
  for (const [symbol, worth] of symbols) {
    text += symbol.repeat(Math.floor(rest / worth));
    rest %= worth;
  }
  return text;
}

function fromRoman(text: string): number {
  if (!/^[MDCLXVI]+$/.test(text))
    throw new UserError('Number or numeral: neither a number nor a Roman numeral.');
  let rest = text;
  let number = 0;
  for (const [symbol, worth] of symbols) {
    while (rest.startsWith(symbol)) {
      number += worth;
      rest = rest.slice(symbol.length);
    }
  }
  if (rest) throw new UserError('Number or numeral: the letters are in no order that Roman numerals have.');
  return number;
}
