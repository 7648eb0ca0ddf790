/** What a provider asks for in its own words: texts by name. */

import { cleanText, token } from '../../protocol/text.ts';
import { schemaOf } from '../json-schema.ts';
import type { Input } from '../listing.ts';
import { type Pointer, type Problem, problem } from '../problem.ts';
import type { Ask } from './contract.ts';
import { contractLimits } from './limits.ts';

export const askLimits = { namesMax: 50, nameCharsMax: 100 } as const;

/** What is asked for where nothing is named. */
const answerName = 'answer';

export function wordsAsk(text: string, names: readonly string[]): Ask | Problem {
  const { namesMax, nameCharsMax } = askLimits;
  const given = [...new Set(names)];
  if (given.length > namesMax)
    return refused({ pointer: '/names', detail: `expected at most ${namesMax} names` });
  if (given.some((name) => token(name, nameCharsMax) === null)) {
    return refused({
      pointer: '/names',
      detail: `expected names of at most ${nameCharsMax} printable characters`,
    });
  }
  const missing = given.length > 0 ? given : [answerName];
  const inputs = missing.map((name): Input => ({ ...answer, name }));
  const words = cleanText(text, contractLimits.reasonCharsMax) || null;
  return { title: null, text: words, inputs, missing, schema: schemaOf(inputs) };
}

function refused(error: Pointer): Problem {
  return problem('invalid-body', `Not accepted: ${error.pointer.slice(1)}: ${error.detail}`, [error]);
}

const answer: Input = {
  ...{ name: '', label: null, description: null, type: 'string', required: true, multiple: false },
  ...{ multiline: true, default: null, options: [], min: null, max: null, pattern: null, secret: false },
};
