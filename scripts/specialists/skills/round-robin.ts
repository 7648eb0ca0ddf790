import { line, lines, type Output, type Skill, UserError } from '../skill.ts';

const namesMax = 32;
const nameCharsMax = 40;

/** Whoever meets nobody in a round has it free. */
const nobody = null;
type Name = string | typeof nobody;

export const roundRobin: Skill = {
  id: 'pair-everybody',
  name: 'Pair everybody with everybody',
  description:
    'Makes the rounds in which each of up to 32 people or teams meets each other once: for tournaments, talks and introductions.',
  category: 'planning',
  tags: ['round robin', 'tournament', 'schedule', 'pairs', 'meeting'],
  lang: ['en'],
  queries: ['Schedule a round-robin of five teams', 'who talks to whom'],
  fields: [
    {
      name: 'names',
      label: 'Names',
      type: 'text-multi',
      description: 'One in each line.',
      required: true,
      charactersMax: namesMax * (nameCharsMax + 2),
    },
    { name: 'twice', label: 'And once more the other way round', type: 'boolean', default: 'false' },
    {
      name: 'separator',
      label: 'Between the two',
      type: 'list-single',
      default: '–',
      options: [
        { value: '–', label: 'a dash' },
        { value: 'v', label: 'v' },
        { value: '&', label: '&' },
      ],
    },
  ],
  run(answers) {
    const names = readNames(answers.list('names'));
    const once = rounds(names);
    const all = answers.flag('twice')
      ? [...once, ...once.map((round) => round.map(([a, b]): [Name, Name] => [b, a]))]
      : once;
    const separator = answers.text('separator') || '–';
    return [
      line('rounds', 'Rounds', all.length),
      line('meetings', 'Meetings', all.flat().filter((pair) => !pair.includes(nobody)).length),
      ...all.map((round, at) => roundOutput(round, at + 1, separator)),
    ];
  },
};

function readNames(rows: readonly string[]): string[] {
  const names = rows.map((row) => row.trim()).filter(Boolean);
  if (names.length < 2 || names.length > namesMax) throw new UserError(`Names: from 2 to ${namesMax}.`);
  const long = names.find((name) => name.length > nameCharsMax);
  if (long) throw new UserError(`Names: at most ${nameCharsMax} characters each.`);
  const again = names.find((name, at) => names.indexOf(name) !== at);
  if (again) throw new UserError(`Names: ${JSON.stringify(again)} is there twice.`);
  return names;
}

/** The circle method: the first stays, the others move on by one place each round. */
function rounds(names: string[]): [Name, Name][][] {
  const seats: Name[] = names.length % 2 === 0 ? [...names] : [...names, nobody];
  const [first = nobody, ...others] = seats;
  return others.map((_, round) => {
    const circle = [first, ...others.slice(round), ...others.slice(0, round)];
    return circle
      .slice(0, circle.length / 2)
      .map((name, at): [Name, Name] => [name, circle.at(-1 - at) ?? nobody]);
  });
}

function roundOutput(round: [Name, Name][], number: number, separator: string): Output {
  const text = round.map(([a, b]) =>
    a === nobody || b === nobody ? `${a ?? b} is free` : `${a} ${separator} ${b}`,
  );
  return lines(`round_${number}`, `Round ${number}`, text);
}
