import { isDate } from '../answers.ts';
import { line, lines, type Skill, UserError } from '../skill.ts';

const dayMs = 86_400_000;
const spanDaysMax = 40_000;

/** In the order of Date.getUTCDay. */
const weekdays = [
  { value: 'sun', label: 'Sunday' },
  { value: 'mon', label: 'Monday' },
  { value: 'tue', label: 'Tuesday' },
  { value: 'wed', label: 'Wednesday' },
  { value: 'thu', label: 'Thursday' },
  { value: 'fri', label: 'Friday' },
  { value: 'sat', label: 'Saturday' },
];

export const workingDays: Skill = {
  id: 'count-working-days',
  name: 'Count working days',
  description:
    'Counts the working days between two dates, leaving out the days of the weekend and any holidays you name.',
  category: 'time',
  tags: ['working days', 'business days', 'calendar', 'date', 'holiday', 'deadline'],
  lang: ['en'],
  queries: ['How many business days until the deadline?', 'working days in March'],
  fields: [
    { name: 'start', label: 'First day', type: 'text-single', required: true, datatype: 'xs:date' },
    { name: 'end', label: 'Last day', type: 'text-single', required: true, datatype: 'xs:date' },
    {
      name: 'weekend',
      label: 'Days of the weekend',
      type: 'list-multi',
      description: 'Days of every week that are not worked.',
      default: ['sat', 'sun'],
      options: weekdays,
    },
    {
      name: 'holidays',
      label: 'Holidays',
      type: 'text-multi',
      description: 'Dates like 2026-12-25, one in each line.',
      charactersMax: 5_000,
    },
    { name: 'inclusive', label: 'Count the last day too', type: 'boolean', default: 'true' },
  ],
  run(answers) {
    const start = Date.parse(answers.text('start'));
    const end = Date.parse(answers.text('end'));
    if (end < start) throw new UserError('Last day: it must not be before the first day.');
    const days = (end - start) / dayMs + (answers.flag('inclusive') ? 1 : 0);
    if (days > spanDaysMax) throw new UserError(`Last day: at most ${spanDaysMax} days after the first.`);
    const holidays = readHolidays(answers.list('holidays'));
    const weekend = new Set(answers.list('weekend'));
    const met: string[] = [];
    let free = 0;
    for (let day = 0; day < days; day++) {
      const date = new Date(start + day * dayMs);
      const iso = date.toISOString().slice(0, 10);
      if (weekend.has(weekdays[date.getUTCDay()]?.value ?? '')) free++;
      else if (holidays.has(iso)) met.push(iso);
    }
    return [
      line('working_days', 'Working days', days - free - met.length),
      line('calendar_days', 'Days in all', days),
      line('weekend_days', 'Days of the weekend', free),
      lines('holidays_met', 'Holidays on other days', met),
    ];
  },
};

function readHolidays(rows: readonly string[]): Set<string> {
  const dates = rows.map((row) => row.trim()).filter(Boolean);
  const wrong = dates.find((date) => !isDate(date));
  if (wrong !== undefined) {
    throw new UserError(`Holidays: ${JSON.stringify(wrong.slice(0, 40))} is not a date like 2026-12-25.`);
  }
  return new Set(dates);
}
