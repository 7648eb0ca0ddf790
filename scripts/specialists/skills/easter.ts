import { line, lines, type Skill } from '../skill.ts';

const dayMs = 86_400_000;
const yearMin = 1583;
const yearMax = 4099;

/** Days that are counted from Easter Sunday. */
const movable = [
  ['Ash Wednesday', -46],
  ['Good Friday', -2],
  ['Easter Monday', 1],
  ['Ascension', 39],
  ['Pentecost', 49],
] as const;

export const easter: Skill = {
  id: 'date-of-easter',
  name: 'Find the date of Easter',
  description:
    'The date of Easter Sunday in a year of the Gregorian calendar, by the western or the eastern reckoning, and of the days that depend on it.',
  category: 'time',
  tags: ['easter', 'calendar', 'holiday', 'date', 'computus'],
  lang: ['en'],
  queries: ['When is Easter in 2030?', 'date of Pentecost'],
  fields: [
    {
      name: 'year',
      label: 'Year',
      type: 'text-single',
      required: true,
      datatype: 'xs:integer',
      min: String(yearMin),
      max: String(yearMax),
    },
    {
      name: 'reckoning',
      label: 'Reckoning',
      type: 'list-single',
      default: 'western',
      options: [
        { value: 'western', label: 'Western' },
        { value: 'eastern', label: 'Eastern (Orthodox)' },
      ],
    },
    { name: 'dependent', label: 'Dependent days too', type: 'boolean', default: 'false' },
  ],
  run(answers) {
    const year = answers.number('year');
    const sunday = answers.text('reckoning') === 'eastern' ? eastern(year) : western(year);
    const easterSunday = line('easter', 'Easter Sunday', iso(sunday));
    if (!answers.flag('dependent')) return [easterSunday];
    const rows = movable.map(([name, days]) => `${iso(sunday + days * dayMs)} ${name}`);
    return [easterSunday, lines('dependent', 'Dependent days', rows)];
  },
};

/** The anonymous Gregorian algorithm, as Meeus gives it ("Astronomical Algorithms", chapter 8). */
function western(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const days = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(days / 31) - 1, (days % 31) + 1);
}

/** Meeus's Julian algorithm, and the days by which the calendars differ in March and April. */
function eastern(year: number): number {
  const d = (19 * (year % 19) + 15) % 30;
  const e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
  const days = d + e + 114;
  const julian = Date.UTC(year, Math.floor(days / 31) - 1, (days % 31) + 1);
  const century = Math.floor(year / 100);
  return julian + (century - Math.floor(century / 4) - 2) * dayMs;
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
