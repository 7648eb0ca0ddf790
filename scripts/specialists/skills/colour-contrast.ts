import { type Color, formatHex, parse, wcagContrast } from 'culori';
import { line, type Skill, UserError, yesNo } from '../skill.ts';

/** The least contrast that WCAG 2.2 asks for, success criteria 1.4.3 and 1.4.6. */
const required = { AA: { normal: 4.5, large: 3 }, AAA: { normal: 7, large: 4.5 } };

export const colourContrast: Skill = {
  id: 'colour-contrast',
  name: 'Check colour contrast',
  description:
    'Computes the contrast between a text colour and its background as WCAG defines it, and says whether people with ' +
    'weak sight can read it at level AA or AAA. Colours as in CSS.',
  category: 'design',
  tags: ['colour', 'color', 'contrast', 'accessibility', 'wcag', 'design', 'css'],
  lang: ['en'],
  queries: ['Is grey text on white readable?', 'contrast of two colors', 'WCAG AA check'],
  fields: [
    {
      name: 'foreground',
      label: 'Text colour',
      type: 'text-single',
      description: 'Any CSS colour: #767676, rebeccapurple, rgb(0 80 120), oklch(60% 0.1 200).',
      required: true,
      default: '#767676',
      charactersMax: 100,
    },
    {
      name: 'background',
      label: 'Background colour',
      type: 'text-single',
      required: true,
      default: '#ffffff',
      charactersMax: 100,
    },
    {
      name: 'level',
      label: 'Level',
      type: 'list-single',
      default: 'AA',
      options: [
        { value: 'AA', label: 'AA, minimum' },
        { value: 'AAA', label: 'AAA, enhanced' },
      ],
    },
    {
      name: 'large',
      label: 'Large text',
      type: 'boolean',
      description: 'From 24 px, or bold from 18.66 px.',
      default: 'false',
    },
  ],
  run(answers) {
    const foreground = readColour('Text colour', answers.text('foreground'));
    const background = readColour('Background colour', answers.text('background'));
    const least =
      required[answers.text('level') === 'AAA' ? 'AAA' : 'AA'][answers.flag('large') ? 'large' : 'normal'];
    const ratio = wcagContrast(foreground, background);
    return [
      // Rounded down, because 4.499 does not reach 4.5.
      line('ratio', 'Contrast', (Math.floor(ratio * 100) / 100).toFixed(2)),
      yesNo('passes', 'Readable', ratio >= least),
      line('least', 'Least contrast', least),
      line('foreground_hex', 'Text colour', formatHex(foreground)),
      line('background_hex', 'Background colour', formatHex(background)),
    ];
  },
};

function readColour(label: string, text: string): Color {
  const colour = parse(text);
  if (!colour) throw new UserError(`${label}: this is not a CSS colour.`);
  if (colour.alpha !== undefined && colour.alpha < 1) {
    throw new UserError(`${label}: a transparent colour has no contrast of its own.`);
  }
  return colour;
}
