import { lines, type Skill, UserError } from '../skill.ts';

/** Two workshops of the same trade, which bid against each other when somebody calls for proposals. */
type Workshop = { id: string; name: string; border: string; query: string };

const textCharactersMax = 60;
const copiesMax = 20;

/** Letters a banner, as many copies as are wanted, in a frame of the workshop's own. */
export function bannerSkill({ id, name, border, query }: Workshop): Skill {
  return {
    id,
    name,
    description: `Letters a text on a banner framed with '${border}', in as many copies as are wanted.`,
    category: 'printing',
    tags: ['banner', 'lettering', 'printing'],
    lang: ['en'],
    queries: [query, 'a banner that says welcome'],
    fields: [
      {
        name: 'text',
        label: 'What it says',
        type: 'text-single',
        required: true,
        charactersMax: textCharactersMax,
      },
      {
        name: 'copies',
        label: 'Copies',
        type: 'text-single',
        datatype: 'xs:integer',
        min: '1',
        max: '20',
        default: '1',
      },
      {
        name: 'letters',
        label: 'Letters',
        type: 'list-single',
        default: 'capitals',
        options: [
          { value: 'capitals', label: 'Capitals' },
          { value: 'written', label: 'As it is written' },
        ],
      },
    ],
    run(answers) {
      const copies = answers.has('copies') ? answers.number('copies') : 1;
      if (!(copies >= 1 && copies <= copiesMax)) throw new UserError(`One to ${copiesMax} copies are made.`);
      const isWritten = answers.has('letters') && answers.text('letters') === 'written';
      const text = answers.text('text');
      return [lines('banner', 'The banner', banner(isWritten ? text : text.toUpperCase(), border, copies))];
    },
  };
}

export function banner(text: string, border: string, copies: number): string[] {
  const said = [...text].join(' ');
  const edge = border.repeat([...said].length + 4);
  return Array.from({ length: copies }, () => [edge, `${border} ${said} ${border}`, edge]).flat();
}
