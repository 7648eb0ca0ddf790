/** What each move asks of the party that makes it: a form, and what was filled in as the move's data. */

import { wordsAsk } from '../../market/contract/asking.ts';
import type { ContractEvent, MoveData } from '../../market/contract/contract.ts';
import { moveData } from '../../market/contract/data.ts';
import { contractLimits } from '../../market/contract/limits.ts';
import type { MoveName } from '../../market/contract/rules.ts';
import { readLinks, resultLinksMax, type Said, saidData } from '../../market/contract/said.ts';
import { checkTerms, statedTerms } from '../../market/contract/terms.ts';
import { isProblem, type Problem } from '../../market/problem.ts';
import type { OwnContract } from '../../operations/contracts/show.ts';
import type { Field } from '../../protocol/data-form.ts';
import { isObject, type JsonObject } from '../../protocol/json.ts';
import { cleanLine } from '../../protocol/text.ts';
import { askFields, givenIn } from './ask-form.ts';
import { textField } from './fields.ts';
import { atField, atFields } from './query-field.ts';
import { settlementFields, settlementIn } from './settlement-form.ts';
import { inFields, termsFields, wishedTerms } from './terms-form.ts';
import { several, single, type Values } from './values.ts';

/** What each move is called where it is chosen. */
export const moveLabels: { [move in MoveName]: string } = {
  accept: 'Accept what is offered',
  decline: 'Decline what is offered',
  propose: 'Propose other terms',
  start: 'Say that the work begins',
  ask: 'Ask the client for more',
  input: 'Give what is asked for',
  progress: 'Say how far it is',
  deliver: 'Deliver what came of it',
  complete: 'Confirm that it was done',
  fail: 'Say that it failed',
  cancel: 'Cancel it',
  lose: 'Say that it is lost',
  expire: 'Let it expire',
  dispute: 'Dispute what came of it',
  resolve: 'Say that the dispute is resolved',
  settle: 'Note a payment',
};

/** A contract that a party moves, with what was said so far. */
export type Moving = Readonly<Pick<OwnContract, 'contract'>> & { history: readonly ContractEvent[] };

/** The fields of the move, from what it needs and takes; a move that says nothing has none. */
export function moveFields(move: MoveName, own: Moving): Field[] {
  const { needs, takes } = moveData[move];
  return [
    ...needs.flatMap((part) => partFields(part, true, own)),
    ...takes.flatMap((part) => partFields(part, false, own)),
  ];
}

function partFields(part: keyof MoveData, required: boolean, { contract, history }: Moving): Field[] {
  switch (part) {
    case 'reason':
      return [textField('reason', 'Why', { type: 'text-multi', required })];
    case 'input':
      return contract.ask ? askFields(contract.ask, givenSoFar(contract.input, history)) : [];
    case 'ask':
      return [
        textField('text', 'What is asked for, in words', { type: 'text-multi', required }),
        textField('names', 'The values that are missing, a name on each line', { type: 'text-multi' }),
      ];
    case 'result':
      return [
        textField('text', 'What came of it, in words', { type: 'text-multi' }),
        textField('values', 'What came of it by name, as a JSON object', { type: 'text-multi' }),
        textField('links', 'Where it is to be had: https addresses, one on each line', {
          type: 'text-multi',
        }),
      ];
    case 'progress':
      return [
        textField('percent', 'How far it is, in percent', { validation: percent }),
        textField('text', 'How far it is, in words', { required }),
      ];
    case 'terms':
      return termsFields(contract);
    case 'settlement':
      return settlementFields();
    case 'fault':
      return [];
  }
}

const percent = { datatype: 'xs:integer', method: 'range', min: '0', max: '100', regex: null } as const;

/** All that the client has given, what came last over what came before. */
export function givenSoFar(input: JsonObject, history: readonly ContractEvent[]): JsonObject {
  const all = [input, ...history.map(({ data }) => data.input ?? {})];
  return Object.fromEntries(all.flatMap((each) => Object.entries(each)));
}

/** What was filled in. */
export function readMove(
  move: MoveName,
  { contract }: Pick<Moving, 'contract'>,
  values: Values,
): MoveData | Problem {
  const { needs, takes } = moveData[move];
  const parts = [...needs, ...takes];
  const text = several(values, 'text').join('\n');
  const said: Said = {};
  if (parts.includes('reason')) said.reason = several(values, 'reason').join('\n');
  if (parts.includes('input') && contract.ask) said.input = givenIn(contract.ask, values);
  if (parts.includes('progress')) {
    const done = single(values, 'percent');
    said.progress = {
      percent: done === '' ? null : Number(done),
      stage: null,
      text: cleanLine(text, contractLimits.reasonCharsMax) || null,
    };
  }
  if (parts.includes('terms')) {
    const terms = checkTerms(wishedTerms(values), new Date(), '');
    if (isProblem(terms)) return inFields(terms);
    said.terms = statedTerms(terms);
  }
  if (parts.includes('settlement')) {
    const settlement = settlementIn(values);
    if (isProblem(settlement)) return settlement;
    said.settlement = settlement;
  }
  if (parts.includes('ask')) {
    const ask = wordsAsk(text, several(values, 'names'));
    if (isProblem(ask)) return atFields(ask);
    said.ask = ask;
  }
  if (parts.includes('result')) {
    const json = several(values, 'values').join('\n');
    const named = json === '' ? undefined : readObject(json);
    if (named === null) return atField('values', 'expected a JSON object, such as {"sum": 3}');
    const links = readLinks(several(values, 'links'));
    if (!links) return atField('links', `expected at most ${resultLinksMax} https addresses`);
    if (text === '' && !named && links.length === 0) {
      return atField('text', 'expected what came of it, in words, by name or as a link');
    }
    if (links.length > 0) said.links = links;
    said.values = named;
    if (text !== '') said.text = text;
  }
  return saidData(move, said);
}

function readObject(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
