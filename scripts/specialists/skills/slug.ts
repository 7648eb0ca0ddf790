import { line, type Skill, UserError } from '../skill.ts';

/** Letters that Unicode does not take apart, and two scripts beside Latin. */
const letters = new Map(
  Object.entries({
    ß: 'ss',
    æ: 'ae',
    œ: 'oe',
    ø: 'o',
    đ: 'd',
    ð: 'd',
    þ: 'th',
    ł: 'l',
    ı: 'i',
    ħ: 'h',
    ŋ: 'ng',
    '&': ' and ',
    '@': ' at ',
    а: 'a',
    б: 'b',
    в: 'v',
    г: 'g',
    д: 'd',
    е: 'e',
    ё: 'yo',
    ж: 'zh',
    з: 'z',
    и: 'i',
    й: 'y',
    к: 'k',
    л: 'l',
    м: 'm',
    н: 'n',
    о: 'o',
    п: 'p',
    р: 'r',
    с: 's',
    т: 't',
    у: 'u',
    ф: 'f',
    х: 'kh',
    ц: 'ts',
    ч: 'ch',
    ш: 'sh',
    щ: 'shch',
    ъ: '',
    ы: 'y',
    ь: '',
    э: 'e',
    ю: 'yu',
    я: 'ya',
    є: 'ye',
    і: 'i',
    ї: 'yi',
    ґ: 'g',
    α: 'a',
    β: 'v',
    γ: 'g',
    δ: 'd',
    ε: 'e',
    ζ: 'z',
    η: 'i',
    θ: 'th',
    ι: 'i',
    κ: 'k',
    λ: 'l',
    μ: 'm',
    ν: 'n',
    ξ: 'x',
    ο: 'o',
    π: 'p',
    ρ: 'r',
    σ: 's',
    ς: 's',
    τ: 't',
    υ: 'y',
    φ: 'f',
    χ: 'ch',
    ψ: 'ps',
    ω: 'o',
  }),
);

const german = new Map(Object.entries({ ä: 'ae', ö: 'oe', ü: 'ue' }));
const nordic = new Map(Object.entries({ å: 'aa', ø: 'oe' }));

export const slug: Skill = {
  id: 'make-slug',
  name: 'Make a slug',
  description:
    'Turns a title into a short name for addresses and files: transliterated from Latin, Cyrillic and Greek letters ' +
    'into plain ASCII, words joined, at most as long as wanted.',
  category: 'text',
  tags: ['slug', 'transliteration', 'url', 'filename', 'ascii', 'text'],
  lang: ['en'],
  queries: ['slug for a blog title', 'transliterate Cyrillic', 'file name from a heading'],
  fields: [
    { name: 'text', label: 'Title', type: 'text-single', required: true },
    {
      name: 'separator',
      label: 'Between words',
      type: 'list-single',
      default: '-',
      options: [
        { value: '-', label: 'Hyphen' },
        { value: '_', label: 'Underscore' },
        { value: '.', label: 'Full stop' },
      ],
    },
    {
      name: 'rules',
      label: 'Letters as in',
      type: 'list-single',
      description: 'How letters with marks are written without them.',
      default: 'general',
      options: [
        { value: 'general', label: 'General: ä becomes a' },
        { value: 'german', label: 'German: ä becomes ae' },
        { value: 'nordic', label: 'Danish and Norwegian: å becomes aa' },
      ],
    },
    { name: 'lower', label: 'Small letters', type: 'boolean', default: 'true' },
    {
      name: 'length',
      label: 'Greatest length',
      type: 'text-single',
      default: '80',
      datatype: 'xs:integer',
      min: '1',
      max: '200',
    },
  ],
  run(answers) {
    const rules = answers.text('rules');
    const special = rules === 'german' ? german : rules === 'nordic' ? nordic : new Map<string, string>();
    const ascii = transliterate(answers.text('text'), special);
    const words = (answers.flag('lower') ? ascii.toLowerCase() : ascii).match(/[a-z0-9]+/gi) ?? [];
    if (words.length === 0)
      throw new UserError('Title: it has no letter or digit that could be written in ASCII.');
    const result = join(
      words,
      answers.text('separator') || '-',
      answers.has('length') ? answers.number('length') : 80,
    );
    return [
      line('slug', 'Slug', result),
      line('ascii', 'In ASCII', ascii.trim()),
      line('length', 'Length', result.length),
    ];
  },
};

function transliterate(text: string, special: ReadonlyMap<string, string>): string {
  const known = (letter: string) => special.get(letter) ?? letters.get(letter);
  return [...text.normalize('NFC')]
    .map((letter) => {
      const lower = letter.toLowerCase();
      const written = known(lower) ?? strip(lower, known);
      return letter === lower ? written : written.charAt(0).toUpperCase() + written.slice(1);
    })
    .join('')
    .replace(/[^\x20-\x7e]/g, ' ');
}

/** The letter without its marks. */
function strip(letter: string, known: (letter: string) => string | undefined): string {
  const base = letter.normalize('NFKD').replace(/\p{M}/gu, '');
  return known(base) ?? base;
}

/** As many whole words as fit; the first is cut when even it does not. */
function join(words: readonly string[], separator: string, lengthMax: number): string {
  let result = (words[0] ?? '').slice(0, lengthMax);
  for (const word of words.slice(1)) {
    const longer = result + separator + word;
    if (longer.length > lengthMax) break;
    result = longer;
  }
  return result;
}
