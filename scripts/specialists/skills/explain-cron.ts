import { createRequire } from 'node:module';
import { line, type Skill, UserError } from '../skill.ts';

// Required, because test runners and Node disagree on what the default import of this CommonJS module is.
const { default: cronstrue } = createRequire(import.meta.url)(
  'cronstrue/i18n.js',
) as typeof import('cronstrue/i18n.js');

const locales = [
  { value: 'en', label: 'English' },
  { value: 'de', label: 'Deutsch' },
  { value: 'es', label: 'Español' },
  { value: 'fr', label: 'Français' },
  { value: 'it', label: 'Italiano' },
  { value: 'nl', label: 'Nederlands' },
  { value: 'pl', label: 'Polski' },
  { value: 'pt_PT', label: 'Português' },
  { value: 'sv', label: 'Svenska' },
  { value: 'ja', label: '日本語' },
];

export const explainCron: Skill = {
  id: 'explain-cron',
  name: 'Explain a cron line',
  description:
    'Explains a cron schedule in words, in ten languages: five fields, or six and seven with seconds and years, and ' +
    'the nicknames such as @daily.',
  category: 'development',
  tags: ['cron', 'crontab', 'schedule', 'explain', 'developer'],
  lang: ['en', 'de', 'es', 'fr', 'it', 'nl', 'pl', 'pt', 'sv', 'ja'],
  queries: ['What does */5 9-17 * * 1-5 mean?', 'When does this cron job run?'],
  fields: [
    {
      name: 'expression',
      label: 'Cron line',
      type: 'text-single',
      description: 'The schedule alone, without the command that follows it.',
      required: true,
      default: '*/15 9-17 * * 1-5',
      charactersMax: 200,
    },
    { name: 'language', label: 'Language', type: 'list-single', default: 'en', options: locales },
    { name: 'clock24', label: 'Twenty-four hour clock', type: 'boolean', default: 'true' },
    { name: 'verbose', label: 'Say also what is unrestricted', type: 'boolean', default: 'false' },
    {
      name: 'sunday',
      label: 'Number of Sunday',
      type: 'list-single',
      default: '0',
      options: [
        { value: '0', label: '0, as in Unix cron' },
        { value: '1', label: '1, as in Quartz' },
      ],
    },
  ],
  run(answers) {
    const locale = answers.has('language') ? answers.text('language') : 'en';
    try {
      const text = cronstrue.toString(answers.text('expression'), {
        locale,
        use24HourTimeFormat: answers.flag('clock24'),
        verbose: answers.flag('verbose'),
        dayOfWeekStartIndexZero: answers.text('sunday') !== '1',
      });
      return [line('explanation', 'Explanation', text), line('language', 'Language', locale)];
    } catch (error) {
      // The library throws its messages as bare strings.
      const reason = String(error instanceof Error ? error.message : error).replace(/^Error: /, '');
      throw new UserError(`Cron line: ${reason}`);
    }
  },
};
