import { line, type Option, type Skill, UserError } from '../skill.ts';

const currencyNames = {
  EUR: 'euro',
  USD: 'US dollar',
  GBP: 'pound sterling',
  JPY: 'yen',
  CHF: 'Swiss franc',
  SEK: 'Swedish krona',
  NOK: 'Norwegian krone',
  DKK: 'Danish krone',
  PLN: 'zloty',
  CZK: 'Czech koruna',
  CAD: 'Canadian dollar',
  AUD: 'Australian dollar',
  CNY: 'renminbi',
  INR: 'Indian rupee',
  BRL: 'real',
};

type Currency = keyof typeof currencyNames;

const order = Object.keys(currencyNames) as Currency[];

/** What one euro bought at the end of five quarters, approximately, in the order of `currencyNames`; oldest first. */
const table: readonly (readonly [string, readonly number[]])[] = [
  [
    '2024-06-28',
    [
      1, 1.0705, 0.84638, 171.94, 0.9634, 11.3595, 11.3965, 7.4575, 4.309, 25.025, 1.467, 1.6079, 7.7748,
      89.2495, 5.8915,
    ],
  ],
  [
    '2024-09-30',
    [
      1, 1.1196, 0.83543, 159.82, 0.9439, 11.3, 11.7645, 7.456, 4.2788, 25.184, 1.5133, 1.6166, 7.8511,
      93.813, 6.0504,
    ],
  ],
  [
    '2024-12-31',
    [
      1, 1.0389, 0.82918, 163.06, 0.9412, 11.459, 11.795, 7.4578, 4.275, 25.185, 1.4948, 1.6772, 7.5833,
      88.9335, 6.4253,
    ],
  ],
  [
    '2025-03-31',
    [
      1, 1.0815, 0.83536, 161.6, 0.9531, 10.849, 11.413, 7.4613, 4.184, 24.962, 1.5533, 1.7318, 7.8442,
      92.3955, 6.2507,
    ],
  ],
  [
    '2025-06-30',
    [
      1, 1.172, 0.8555, 169.17, 0.9347, 11.1465, 11.8345, 7.4609, 4.2423, 24.746, 1.6027, 1.7948, 8.397,
      100.5605, 6.4384,
    ],
  ],
];

const options: Option[] = Object.entries(currencyNames).map(([value, name]) => ({
  value,
  label: `${value}, ${name}`,
}));

/** The latest row that is not younger than the date; without a date, the latest of all. */
function rowOn(date: string | null): readonly [string, readonly number[]] {
  const row = table.findLast(([day]) => date === null || day <= date);
  if (!row) throw new UserError(`Date: the table of rates begins on ${table[0]?.[0]}.`);
  return row;
}

function rateOf(rates: readonly number[], code: string): number {
  const rate = rates[order.indexOf(code as Currency)];
  if (rate === undefined) throw new Error(`No rate for ${code}`);
  return rate;
}

export const currency: Skill = {
  id: 'convert-currency',
  name: 'Convert currency',
  description:
    'Converts an amount of money from one currency into another, at the rates of a dated table. ' +
    'The rates are approximate samples and not meant for trading.',
  category: 'finance',
  tags: ['currency', 'money', 'exchange rate', 'convert', 'finance'],
  lang: ['en'],
  queries: [
    'How much is 100 euros in dollars?',
    'Convert 5000 yen to Swiss francs',
    'exchange rate of the krone',
  ],
  fields: [
    {
      name: 'amount',
      label: 'Amount',
      type: 'text-single',
      description: 'The amount of money to convert.',
      required: true,
      datatype: 'xs:decimal',
      min: '0',
      max: '1000000000000',
    },
    { name: 'from', label: 'From', type: 'list-single', required: true, default: 'EUR', options },
    { name: 'to', label: 'To', type: 'list-single', required: true, default: 'USD', options },
    {
      name: 'date',
      label: 'Date',
      type: 'text-single',
      description: 'The day whose rate to use; the latest rate when empty.',
      datatype: 'xs:date',
    },
  ],
  run(answers) {
    const [from, to] = [answers.text('from'), answers.text('to')];
    const [day, rates] = rowOn(answers.has('date') ? answers.text('date') : null);
    const rate = rateOf(rates, to) / rateOf(rates, from);
    const digits = to === 'JPY' ? 0 : 2;
    return [
      line('result', 'Result', (answers.number('amount') * rate).toFixed(digits)),
      line('currency', 'Currency', to),
      line('rate', 'Rate', Number(rate.toPrecision(8))),
      line('rate_date', 'Rate of', day),
    ];
  },
};
