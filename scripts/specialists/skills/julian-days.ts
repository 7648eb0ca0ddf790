import { line, type Skill, UserError } from '../skill.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;

type Day = { year: number; month: number; day: number };

export const julianDays: Skill = {
  id: 'old-and-new-dates',
  name: 'Old and new style dates',
  description:
    'A date of the Julian calendar in the Gregorian one or the other way round, with its weekday and its Julian day number.',
  category: 'time',
  tags: ['julian', 'gregorian', 'calendar', 'history', 'date'],
  lang: ['en'],
  queries: ['25 October 1917 old style', 'Julian day number of a date'],
  fields: [
    {
      name: 'date',
      label: 'Date',
      type: 'text-single',
      description: 'Year, month and day, like 1917-10-25.',
      required: true,
      charactersMax: 10,
    },
    {
      name: 'calendar',
      label: 'It is of the calendar',
      type: 'list-single',
      default: 'julian',
      options: [
        { value: 'julian', label: 'Julian (old style)' },
        { value: 'gregorian', label: 'Gregorian (new style)' },
      ],
    },
    { name: 'modified', label: 'Modified Julian day number too', type: 'boolean', default: 'false' },
  ],
  run(answers) {
    const isGregorian = answers.text('calendar') === 'gregorian';
    const number = dayNumber(readDay(answers.text('date'), isGregorian), isGregorian);
    return [
      line('gregorian', 'Gregorian calendar', text(dayOf(number, true))),
      line('julian', 'Julian calendar', text(dayOf(number, false))),
      line('weekday', 'Weekday', weekdays[number % 7] ?? ''),
      line('day_number', 'Julian day number at noon', number),
      ...(answers.flag('modified')
        ? [line('modified_number', 'Modified Julian day number', number - 2_400_001)]
        : []),
    ];
  },
};

function readDay(date: string, isGregorian: boolean): Day {
  const [, year, month, day] = (datePattern.exec(date) ?? []).map(Number);
  if (!year || !month || !day) throw new UserError('Date: a date like 1917-10-25 is needed.');
  const read = { year, month, day };
  // A day that the calendar does not have comes back as another.
  if (text(dayOf(dayNumber(read, isGregorian), isGregorian)) !== date) {
    throw new UserError(`Date: this calendar has no ${date}.`);
  }
  return read;
}

/** E. G. Richards, "Calendars", in the Explanatory Supplement to the Astronomical Almanac, 3rd edition, 15.11.3. */
function dayNumber({ year, month, day }: Day, isGregorian: boolean): number {
  const shift = month <= 2 ? 1 : 0;
  const y = year + 4_800 - shift;
  const m = month + 12 * shift - 3;
  const leaps = isGregorian
    ? Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) - 32_045
    : Math.floor(y / 4) - 32_083;
  return day + Math.floor((153 * m + 2) / 5) + 365 * y + leaps;
}

function dayOf(number: number, isGregorian: boolean): Day {
  const century = Math.floor((4 * number + 274_277) / 146_097);
  const f = number + 1_401 + (isGregorian ? Math.floor((century * 3) / 4) - 38 : 0);
  const e = 4 * f + 3;
  const h = 5 * Math.floor((e % 1_461) / 4) + 2;
  const month = ((Math.floor(h / 153) + 2) % 12) + 1;
  return {
    year: Math.floor(e / 1_461) - 4_716 + Math.floor((14 - month) / 12),
    month,
    day: Math.floor((h % 153) / 5) + 1,
  };
}

function text({ year, month, day }: Day): string {
  const pad = (value: number, digits: number) => String(value).padStart(digits, '0');
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}
