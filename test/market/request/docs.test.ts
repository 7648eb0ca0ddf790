import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { requestLimits } from '../../../market/request/limits.ts';
import { requestStates, standings } from '../../../market/request/states.ts';
import { requestDiagram } from '../../support/request-diagram.ts';

const page = readFileSync('docs/proposals.md', 'utf8');

describe('docs/proposals.md', () => {
  test('draws the state machine as the table has it', () => {
    const drawn = [...page.matchAll(/```mermaid\n([\s\S]*?)\n```/g)].map(([, text]) => text);
    expect(drawn).toEqual([requestDiagram()]);
  });

  test('names every state and standing, and every limit with its value', () => {
    const stated = [...page.matchAll(/^\| `(\w+)` \| (\d+) \|$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    expect(Object.fromEntries(stated)).toEqual(requestLimits);
    for (const word of [...requestStates, ...standings]) expect(page).toContain(word);
  });
});
