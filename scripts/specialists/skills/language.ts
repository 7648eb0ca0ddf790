import { detectAll, langName, supportedLanguages, toISO2 } from 'tinyld';
import { line, lines, type Option, type Skill, UserError } from '../skill.ts';

const lettersMin = 3;

const languages: Option[] = [...new Set(supportedLanguages.map(toISO2))]
  .filter((code) => /^[a-z]{2}$/.test(code))
  .map((value) => ({ value, label: nameOf(value) }))
  .sort((a, b) => (a.label < b.label ? -1 : 1));

function nameOf(code: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? langName(code);
}

export const language: Skill = {
  id: 'detect-language',
  name: 'Detect a language',
  description:
    'Detects which human language a text is written in, from some sixty, with a confidence and the runners-up. ' +
    'Longer texts give surer answers.',
  category: 'language',
  tags: ['language', 'detection', 'text', 'linguistics', 'identify'],
  lang: ['en'],
  queries: ['Which language is this text?', 'identify the language of a sentence'],
  fields: [
    { name: 'text', label: 'Text', type: 'text-multi', required: true },
    {
      name: 'candidates',
      label: 'Languages to choose from',
      type: 'list-multi',
      description: 'Any language when none is chosen.',
      options: languages,
    },
    {
      name: 'limit',
      label: 'How many guesses',
      type: 'text-single',
      default: '3',
      datatype: 'xs:integer',
      min: '1',
      max: '10',
    },
  ],
  run(answers) {
    const text = answers.text('text');
    if ((text.match(/\p{L}/gu)?.length ?? 0) < lettersMin) {
      throw new UserError(`Text: at least ${lettersMin} letters are needed.`);
    }
    const guesses = detectAll(text, { only: [...answers.list('candidates')] });
    const [best] = guesses;
    if (!best) throw new UserError('Text: no known language fits.');
    const limit = answers.has('limit') ? answers.number('limit') : 3;
    return [
      line('language', 'Language', best.lang),
      line('name', 'Name', nameOf(best.lang)),
      line('confidence', 'Confidence', best.accuracy),
      lines(
        'guesses',
        'Guesses',
        guesses.slice(0, limit).map(({ lang, accuracy }) => `${lang} ${nameOf(lang)} ${accuracy}`),
      ),
    ];
  },
};
