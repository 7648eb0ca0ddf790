import { line, plainOptions, type Skill, UserError, yesNo } from '../skill.ts';

const numberCharsMax = 60;

type Scheme = {
  value: string;
  label: string;
  pattern: RegExp;
  shape: string;
  isValid(number: string): boolean;
};

/** Each scheme after its standard: ISO/IEC 7812-1 annex B, ISO 2108, GS1 General Specifications, ISO 13616-1. */
const schemes: readonly Scheme[] = [
  {
    value: 'luhn',
    label: 'Card or IMEI (Luhn)',
    pattern: /^\d{2,30}$/,
    shape: '2 to 30 digits',
    isValid: (number) => luhnSum(number) % 10 === 0,
  },
  {
    value: 'isbn',
    label: 'ISBN, old or new',
    pattern: /^(?:\d{9}[\dX]|97[89]\d{10})$/,
    shape: '10 digits, the last of which may be X, or 13 that begin with 978 or 979',
    isValid: (number) => (number.length === 10 ? isbn10Sum(number) % 11 : ean13Sum(number) % 10) === 0,
  },
  {
    value: 'ean',
    label: 'Article number (EAN-13)',
    pattern: /^\d{13}$/,
    shape: '13 digits',
    isValid: (number) => ean13Sum(number) % 10 === 0,
  },
  {
    value: 'iban',
    label: 'Bank account (IBAN)',
    pattern: /^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/,
    shape: 'a country, two digits and 11 to 30 letters or digits',
    isValid: (number) => ibanRest(number) === 1,
  },
];

export const checkDigits: Skill = {
  id: 'check-digits',
  name: 'Verify check digits',
  description:
    'Says whether the check digits of a card, book, article or bank account number are right. It asks nobody: a number that is right may still belong to no one.',
  category: 'finance',
  tags: ['check digit', 'checksum', 'iban', 'isbn', 'ean', 'luhn', 'validate'],
  lang: ['en'],
  queries: ['Is this IBAN valid?', 'check an ISBN'],
  fields: [
    {
      name: 'number',
      label: 'Number',
      type: 'text-single',
      description: 'Spaces and hyphens do not count.',
      required: true,
      charactersMax: numberCharsMax,
    },
    {
      name: 'scheme',
      label: 'Kind of number',
      type: 'list-single',
      required: true,
      default: 'iban',
      options: schemes.map(({ value, label }) => ({ value, label })),
    },
    {
      name: 'grouping',
      label: 'Write it in groups of',
      type: 'list-single',
      default: '4',
      options: plainOptions(['3', '4', '5']),
    },
  ],
  run(answers) {
    const scheme = schemes.find(({ value }) => value === answers.text('scheme'));
    if (!scheme) throw new Error('the choices are those of the table');
    const number = answers
      .text('number')
      .toUpperCase()
      .replaceAll(/[\s\u002d\u2010-\u2015]/g, '');
    if (!scheme.pattern.test(number)) throw new UserError(`Number: ${scheme.label} takes ${scheme.shape}.`);
    const group = new RegExp(`.{1,${answers.text('grouping') || '4'}}`, 'g');
    return [
      yesNo('valid', 'The check digits are right', scheme.isValid(number)),
      line('number', 'Number', number),
      line('grouped', 'In groups', (number.match(group) ?? []).join(' ')),
    ];
  },
};

/** From the right every second digit counts double, and of a product its own digits. */
function luhnSum(number: string): number {
  return digits(number)
    .reverse()
    .map((digit, at) => (at % 2 === 0 ? digit : digit * 2))
    .reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0);
}

function isbn10Sum(number: string): number {
  return [...number].reduce((sum, digit, at) => sum + (10 - at) * (digit === 'X' ? 10 : Number(digit)), 0);
}

function ean13Sum(number: string): number {
  return digits(number).reduce((sum, digit, at) => sum + digit * (at % 2 === 0 ? 1 : 3), 0);
}

/** The first four characters go to the end, letters count from 10, and the whole is divided by 97. */
function ibanRest(number: string): number {
  const moved = number.slice(4) + number.slice(0, 4);
  return Number(BigInt([...moved].map((character) => Number.parseInt(character, 36)).join('')) % 97n);
}

function digits(number: string): number[] {
  return [...number].map(Number);
}
