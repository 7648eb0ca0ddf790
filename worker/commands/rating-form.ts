/** Ratings as forms: what is asked of who rates, what it filled in, and how it is shown. */

import type { KeptRating } from '../../db/ratings.ts';
import type { Aspects } from '../../market/reputation/rating.ts';
import type { GivenRating } from '../../market/reputation/rules.ts';
import type { OwnRatings } from '../../operations/ratings/show.ts';
import { type Field, field } from '../../protocol/data-form.ts';
import { type Choice, choiceField, textField, timeText } from './fields.ts';
import { several, single, type Values } from './values.ts';

const stars: Choice[] = [
  { value: '5', label: '5, the best' },
  { value: '4', label: '4' },
  { value: '3', label: '3' },
  { value: '2', label: '2' },
  { value: '1', label: '1, the worst' },
];

const answers: Choice[] = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
];

const aspects: [name: keyof Aspects, variable: string, label: string][] = [
  ['correct', 'correct', 'Was it correct?'],
  ['onTime', 'on_time', 'Was it on time?'],
  ['asDescribed', 'as_described', 'Was it as described?'],
];

/** The fields of a rating, filled in with what was said before. */
export function ratingFields(said: KeptRating | null): Field[] {
  const score = {
    ...choiceField('score', 'How good it was', stars, ''),
    values: said?.score ? [`${said.score}`] : [],
  };
  return [
    score,
    ...aspects.map(([name, variable, label]) => {
      const before = said?.aspects[name];
      const chosen = before === undefined ? [] : [before ? 'yes' : 'no'];
      return { ...choiceField(variable, label, answers, ''), values: chosen, required: false };
    }),
    textField('text', 'What there is to say of it, shown to everybody', {
      type: 'text-multi',
      values: said?.text?.split('\n') ?? [],
    }),
  ];
}

export function givenRating(values: Values): GivenRating {
  const said = aspects.flatMap(([name, variable]) => {
    const answer = single(values, variable);
    return answer === '' ? [] : [[name, answer === 'yes']];
  });
  return {
    score: Number(single(values, 'score')),
    aspects: Object.fromEntries(said),
    text: several(values, 'text').join('\n'),
  };
}

/** What both sides say of each other. */
export function ratingsFields(id: string, { given, received, open }: OwnRatings): Field[] {
  return [
    { ...field('id', id), label: 'Contract' },
    ...(given ? ratingShown('given', 'You say', given) : []),
    ...(received ? ratingShown('received', 'The other side says', received) : []),
    { ...field('open', open, 'text-multi'), label: 'What you can do now' },
  ];
}

function ratingShown(name: string, label: string, rating: KeptRating): Field[] {
  const { score, text, at, withdrawn, reply } = rating;
  const said = aspects.flatMap(([aspect, variable]) => {
    const value = rating.aspects[aspect];
    return value === undefined ? [] : [`${variable}: ${value ? 'yes' : 'no'}`];
  });
  const shown = (variable: string, what: string, values: string[]): Field[] =>
    values.length === 0
      ? []
      : [{ ...field(`${name}_${variable}`, values, 'text-multi'), label: `${label}: ${what}` }];
  return [
    { ...field(`${name}_score`, withdrawn ? 'withdrawn' : String(score)), label: `${label}: 1 to 5` },
    ...shown('aspects', 'in detail', said),
    ...shown('text', 'in words', text?.split('\n') ?? []),
    { ...field(`${name}_at`, timeText(at)), label: `${label}: since` },
    ...shown('reply', 'what was answered', reply?.text?.split('\n') ?? []),
  ];
}
