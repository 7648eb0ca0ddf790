/** The endpoint that works on words. */

import { type Endpoint, expectOnly, refuse, type Tool, textArgument } from './tool.ts';

const textCharsMax = 20_000;
const phraseCharsMax = 500;

const cases = [
  { const: 'upper', title: 'ALL CAPITALS' },
  { const: 'lower', title: 'no capitals' },
  { const: 'title', title: 'Each Word Capitalised' },
];

const changeCase: Tool = {
  name: 'letters.change-case',
  title: 'Change case',
  description: 'Writes a text in capitals, without capitals, or with each word capitalised.',
  tags: ['text', 'letters'],
  inputSchema: {
    type: 'object',
    properties: {
      text: { title: 'Text', type: 'string', contentMediaType: 'text/plain', maxLength: textCharsMax },
      to: { title: 'Into', type: 'string', oneOf: cases },
    },
    required: ['text', 'to'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
    additionalProperties: false,
  },
  run(args) {
    expectOnly(args, 'text', 'to');
    const text = textArgument(args, 'text', textCharsMax);
    switch (args.to) {
      case 'upper':
        return { text: text.toUpperCase() };
      case 'lower':
        return { text: text.toLowerCase() };
      default:
        refuse(args.to === 'title', "'to' is upper, lower or title");
        return {
          text: text.toLowerCase().replaceAll(/(?<![\p{L}\p{M}])\p{L}/gu, (letter) => letter.toUpperCase()),
        };
    }
  },
};

const compare: Tool = {
  name: 'phrases.compare',
  title: 'Compare phrases',
  description: 'How many letters must be put in, taken out or changed to make one phrase of another.',
  tags: ['text', 'similarity'],
  inputSchema: {
    type: 'object',
    properties: {
      first: { title: 'First phrase', type: 'string', maxLength: phraseCharsMax },
      second: { title: 'Second phrase', type: 'string', maxLength: phraseCharsMax },
      ignoreCase: { title: 'Capitals do not count', type: 'boolean', default: true },
    },
    required: ['first', 'second'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      distance: { type: 'integer', minimum: 0 },
      similarity: { type: 'number', minimum: 0, maximum: 1 },
    },
    required: ['distance', 'similarity'],
    additionalProperties: false,
  },
  run(args) {
    expectOnly(args, 'first', 'second', 'ignoreCase');
    const { ignoreCase = true } = args;
    refuse(typeof ignoreCase === 'boolean', "'ignoreCase' is true or false");
    const [first, second] = (['first', 'second'] as const).map((name) => {
      const phrase = textArgument(args, name, phraseCharsMax).normalize('NFC');
      return [...(ignoreCase ? phrase.toLowerCase() : phrase)];
    }) as [string[], string[]];
    const distance = distanceOf(first, second);
    const longest = Math.max(first.length, second.length, 1);
    return { distance, similarity: Number((1 - distance / longest).toFixed(4)) };
  },
};

export const phrases: Endpoint = {
  account: 'phrases',
  title: 'Phrases',
  description: 'Changes the case of texts and compares phrases.',
  version: '2.1.0',
  tools: [changeCase, compare],
};

/** Levenshtein's distance, one row at a time. */
function distanceOf(first: string[], second: string[]): number {
  let row = Array.from({ length: second.length + 1 }, (_, at) => at);
  for (const [line, letter] of first.entries()) {
    const next = [line + 1];
    for (const [at, other] of second.entries()) {
      const changed = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
