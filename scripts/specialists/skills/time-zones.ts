import { DateTime } from 'luxon';
import { line, lines, plainOptions, type Skill, UserError } from '../skill.ts';

const zones = [
  'UTC',
  'Africa/Cairo',
  'Africa/Johannesburg',
  'Africa/Lagos',
  'Africa/Nairobi',
  'America/Anchorage',
  'America/Bogota',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Mexico_City',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Asia/Dubai',
  'Asia/Hong_Kong',
  'Asia/Jakarta',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Seoul',
  'Asia/Shanghai',
  'Asia/Singapore',
  'Asia/Tokyo',
  'Australia/Adelaide',
  'Australia/Sydney',
  'Europe/Athens',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Moscow',
  'Europe/Paris',
  'Pacific/Auckland',
  'Pacific/Honolulu',
];

export const timeZones: Skill = {
  id: 'convert-time-zones',
  name: 'Convert time zones',
  description:
    'Says what time it is elsewhere: takes a date and time in one time zone, adds days and minutes if wanted, and gives ' +
    'it in others, summer time included.',
  category: 'time',
  tags: ['time zone', 'time', 'date', 'daylight saving', 'meeting', 'utc'],
  lang: ['en'],
  queries: [
    'What time is 9:00 in Berlin for people in Tokyo?',
    'meeting across time zones',
    'UTC to New York time',
  ],
  fields: [
    {
      name: 'when',
      label: 'Date and time',
      type: 'text-single',
      description:
        'Like 2026-03-31T09:30:00 on the clocks of the first zone, or with an offset or Z as an instant.',
      required: true,
      datatype: 'xs:dateTime',
    },
    {
      name: 'from',
      label: 'In zone',
      type: 'list-single',
      required: true,
      default: 'UTC',
      options: plainOptions(zones),
    },
    {
      name: 'to',
      label: 'To zones',
      type: 'list-multi',
      required: true,
      default: ['Europe/Berlin'],
      options: plainOptions(zones),
      charactersMax: 1_000,
    },
    {
      name: 'add_days',
      label: 'Days to add',
      type: 'text-single',
      description: 'Calendar days, so that the clock time stays when summer time changes; may be negative.',
      default: '0',
      datatype: 'xs:integer',
      min: '-36500',
      max: '36500',
    },
    {
      name: 'add_minutes',
      label: 'Minutes to add',
      type: 'text-single',
      description: 'Minutes of real time; may be negative.',
      default: '0',
      datatype: 'xs:integer',
      min: '-1000000',
      max: '1000000',
    },
  ],
  run(answers) {
    const given = answers.text('when');
    const start = DateTime.fromISO(given, { zone: answers.text('from') });
    if (!start.isValid) throw new UserError('Date and time: there is no such time.');
    const wallClock = start.toFormat("yyyy-MM-dd'T'HH:mm");
    if (!/(?:Z|[+-]\d{2}:\d{2})$/.test(given) && !given.startsWith(wallClock)) {
      throw new UserError(`Date and time: the clocks in ${answers.text('from')} skip this time.`);
    }
    const moment = start
      .plus({ days: answers.number('add_days') })
      .plus({ minutes: answers.number('add_minutes') });
    const rows = answers.list('to').map((zone) => {
      const there = moment.setZone(zone);
      const note = there.isInDST ? ', summer time' : '';
      return `${zone}: ${iso(there)} (${there.setLocale('en').weekdayLong}${note})`;
    });
    return [
      line('instant', 'Instant', iso(moment.toUTC())),
      line('start', 'In the first zone', iso(moment)),
      lines('times', 'Times', rows),
    ];
  },
};

function iso(moment: DateTime): string {
  return moment.toISO({ suppressMilliseconds: true }) ?? '';
}
