import { line, type Skill, UserError } from '../skill.ts';

const textCharsMax = 1_000;

/** ITU-R M.1677-1. */
const table = `
A .- B -... C -.-. D -.. E . F ..-. G --. H .... I .. J .--- K -.- L .-.. M -- N -. O --- P .--. Q --.- R .-.
S ... T - U ..- V ...- W .-- X -..- Y -.-- Z --.. 0 ----- 1 .---- 2 ..--- 3 ...-- 4 ....- 5 ..... 6 -....
7 --... 8 ---.. 9 ----. . .-.-.- , --..-- : ---... ? ..--.. ' .----. - -....- / -..-. ( -.--. ) -.--.- " .-..-.
= -...- + .-.-. @ .--.-.`;

const signs = table.trim().split(/\s+/);
const codes = new Map(
  signs.flatMap((sign, at): [string, string][] => (at % 2 === 0 ? [[sign, signs[at + 1] ?? '']] : [])),
);
const characters = new Map([...codes].map(([character, code]) => [code, character]));

export const morseCode: Skill = {
  id: 'morse-code',
  name: 'Speak Morse code',
  description:
    'Answers a text with its Morse code, and Morse code with its text. Letters are separated by spaces, words by a slash.',
  category: 'text',
  tags: ['morse', 'telegraph', 'code', 'radio'],
  lang: ['en'],
  queries: ['SOS in Morse code', 'What is -.-- . ... ?'],
  fields: [
    { name: 'text', label: 'Text or code', type: 'text-multi', required: true, charactersMax: textCharsMax },
    {
      name: 'direction',
      label: 'Direction',
      type: 'list-single',
      default: 'auto',
      options: [
        { value: 'auto', label: 'As the text suggests' },
        { value: 'to-morse', label: 'Into Morse code' },
        { value: 'from-morse', label: 'Into text' },
      ],
    },
    { name: 'small', label: 'Small letters', type: 'boolean', default: 'false' },
  ],
  run(answers) {
    const text = answers.text('text').trim();
    const direction = answers.text('direction');
    const isCode = direction === 'from-morse' || (direction !== 'to-morse' && /^[-.\s/]+$/.test(text));
    if (!isCode) return [line('morse', 'Morse code', encode(text))];
    const plain = decode(text);
    return [line('text', 'Text', answers.flag('small') ? plain.toLowerCase() : plain)];
  },
};

function encode(text: string): string {
  const words = text.toUpperCase().split(/\s+/);
  return words.map((word) => [...word].map(codeOf).join(' ')).join(' / ');
}

function codeOf(character: string): string {
  const code = codes.get(character);
  if (code === undefined) throw new UserError(`Text or code: there is no Morse code for ${character}.`);
  return code;
}

function decode(text: string): string {
  const words = text.split(/\/|\n/).map((word) => word.trim());
  return words
    .filter(Boolean)
    .map((word) => word.split(/\s+/).map(characterOf).join(''))
    .join(' ');
}

function characterOf(code: string): string {
  const character = characters.get(code);
  if (character === undefined) throw new UserError(`Text or code: ${code} is no sign of the Morse code.`);
  return character;
}
