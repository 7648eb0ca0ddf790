/** From what a move carries over HTTP to the move's data. */

import type { z } from '@hono/zod-openapi';
import { wordsAsk } from '../market/contract/asking.ts';
import type { MoveData } from '../market/contract/contract.ts';
import { contractLimits } from '../market/contract/limits.ts';
import type { MoveName } from '../market/contract/rules.ts';
import { readLinks, type Said, saidData } from '../market/contract/said.ts';
import { checkSettlement } from '../market/contract/settlement.ts';
import { checkTerms, statedTerms } from '../market/contract/terms.ts';
import { isProblem, type Problem, problem } from '../market/problem.ts';
import type { MoveSchema } from './trade-schemas.ts';

type Values = NonNullable<MoveData['input']>;

/** What the move does not take is left alone, and falls away where the move is made. */
export function dataOf(move: MoveName, sent: z.infer<typeof MoveSchema>): MoveData | Problem {
  const { reason, text, names, percent, links } = sent;
  const said: Said = { reason };
  if (move === 'input') said.input = sent.input as Values | undefined;
  if (move === 'deliver') {
    said.values = sent.values as Values | undefined;
    said.text = text;
    const read = readLinks(links ?? []);
    if (!read) return refused('links', 'expected https: addresses');
    if (links) said.links = read;
  }
  if (move === 'ask' && (text !== undefined || names)) {
    const asked = wordsAsk(text ?? '', names ?? []);
    if (isProblem(asked)) return asked;
    said.ask = asked;
  }
  if (move === 'progress' && (text !== undefined || percent !== undefined)) {
    const words = text?.slice(0, contractLimits.reasonCharsMax) || null;
    said.progress = { percent: percent ?? null, stage: null, text: words };
  }
  if (move === 'propose' && sent.terms) {
    const terms = checkTerms(sent.terms, new Date());
    if (isProblem(terms)) return terms;
    said.terms = statedTerms(terms);
  }
  if (move === 'settle' && sent.settlement) {
    const settlement = checkSettlement(sent.settlement);
    if (isProblem(settlement)) return settlement;
    said.settlement = settlement;
  }
  return saidData(move, said);
}

function refused(name: string, detail: string): Problem {
  return problem('invalid-body', `Not accepted: ${name}: ${detail}`, [{ pointer: `/${name}`, detail }]);
}
