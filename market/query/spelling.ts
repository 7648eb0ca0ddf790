/** Names of qualifiers as people write them. */

import { type QualifierName, qualifierNames } from './ast.ts';
import { nearest } from './nearest.ts';

/** What other search boxes and programs call it. Only suggested, so that each thing is said in one way. */
const ALSO_CALLED: { [other: string]: QualifierName } = {
  in: 'input',
  inputs: 'input',
  takes: 'input',
  param: 'input',
  parameter: 'input',
  arg: 'input',
  field: 'input',
  type: 'accepts',
  accept: 'accepts',
  out: 'returns',
  output: 'returns',
  outputs: 'returns',
  result: 'returns',
  gives: 'returns',
  label: 'tag',
  topic: 'tag',
  keyword: 'tag',
  cat: 'category',
  language: 'lang',
  locale: 'lang',
  is: 'kind',
  site: 'domain',
  host: 'domain',
  server: 'domain',
  jid: 'agent',
  provider: 'agent',
  by: 'agent',
  from: 'agent',
  capability: 'feature',
  available: 'online',
  presence: 'online',
  status: 'online',
  stars: 'rating',
  score: 'rating',
  cost: 'price',
  money: 'currency',
  availability: 'uptime',
  location: 'near',
  place: 'near',
  geo: 'near',
  date: 'updated',
  since: 'updated',
  changed: 'updated',
  modified: 'updated',
};

export function qualifierNamed(written: string): QualifierName | null {
  const name = written.toLowerCase();
  return qualifierNames.find((known) => known === name) ?? null;
}

/** The name that was probably meant. */
export function suggestedName(written: string): QualifierName | null {
  const name = written.toLowerCase();
  return (Object.hasOwn(ALSO_CALLED, name) && ALSO_CALLED[name]) || nearest(name, qualifierNames);
}

/** The likeliest name as a question, and all; `after` is what follows a name where it is written. */
export function expectedNames(written: string, after: '' | ':'): string {
  const meant = suggestedName(written);
  const all = qualifierNames.map((name) => `${name}${after}`).join(', ');
  return meant ? `did you mean ${meant}${after}? Expected one of ${all}` : `expected one of ${all}`;
}
