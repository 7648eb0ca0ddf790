import { convert, getMeasureKind, type Unit } from 'convert';
import { line, type Option, type Skill, UserError } from '../skill.ts';

/** Units that people ask for, by what they measure; the values are names that the library knows. */
const unitGroups: readonly (readonly [string, readonly Unit[]])[] = [
  ['length', ['mm', 'cm', 'meter', 'km', 'inch', 'foot', 'yard', 'mile', 'nautical mile']],
  ['area', ['square meter', 'square kilometer', 'hectare', 'acre', 'square foot', 'square mile']],
  ['volume', ['milliliter', 'liter', 'cubic meter', 'teaspoon', 'cup', 'pint', 'gallon']],
  ['mass', ['gram', 'kilogram', 'tonne', 'ounce', 'pound', 'stone']],
  ['temperature', ['celsius', 'fahrenheit', 'kelvin']],
  ['time', ['second', 'minute', 'hour', 'day', 'week']],
  ['data', ['bit', 'byte', 'kilobyte', 'kibibyte', 'megabyte', 'mebibyte', 'gigabyte', 'gibibyte']],
  ['angle', ['degree', 'radian', 'gradian', 'turn']],
  ['energy', ['joule', 'kilojoule', 'watt-hour', 'kilowatt-hour']],
  ['power', ['watt', 'kilowatt', 'horsepower']],
  ['pressure', ['pascal', 'bar', 'atmosphere', 'psi']],
];

const unitOptions: Option[] = unitGroups.flatMap(([kind, units]) =>
  units.map((value) => ({ value, label: `${value} (${kind})` })),
);

export const units: Skill = {
  id: 'convert-units',
  name: 'Convert units',
  description:
    'Converts a quantity from one unit of measurement into another: length, area, volume, mass, temperature, time, ' +
    'data, angle, energy, power and pressure, metric and imperial.',
  category: 'measurement',
  tags: ['units', 'measurement', 'metric', 'imperial', 'convert', 'temperature', 'length', 'mass'],
  lang: ['en'],
  queries: ['How many miles are 10 km?', 'Convert 451 fahrenheit to celsius', 'pounds to kilograms'],
  fields: [
    {
      name: 'amount',
      label: 'Amount',
      type: 'text-single',
      description: 'The quantity to convert.',
      required: true,
      datatype: 'xs:decimal',
    },
    {
      name: 'from',
      label: 'From unit',
      type: 'list-single',
      required: true,
      default: 'km',
      options: unitOptions,
    },
    {
      name: 'to',
      label: 'To unit',
      type: 'list-single',
      required: true,
      default: 'mile',
      options: unitOptions,
    },
    {
      name: 'digits',
      label: 'Significant digits',
      type: 'text-single',
      default: '6',
      datatype: 'xs:integer',
      min: '1',
      max: '15',
    },
  ],
  run(answers) {
    const from = answers.text('from') as Unit;
    const to = answers.text('to') as Unit;
    if (getMeasureKind(from) !== getMeasureKind(to)) {
      throw new UserError(
        `To unit: a ${from} cannot be converted into a ${to}; they measure different things.`,
      );
    }
    const digits = answers.has('digits') ? answers.number('digits') : 6;
    // The check above is what the library's types ask for, which a value known only at run time cannot show.
    const result = (convert as (amount: number, unit: Unit) => { to(unit: Unit): number })(
      answers.number('amount'),
      from,
    ).to(to);
    return [line('result', 'Result', Number(result.toPrecision(digits))), line('unit', 'Unit', to)];
  },
};
