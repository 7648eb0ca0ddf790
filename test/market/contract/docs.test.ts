import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contractLimits } from '../../../market/contract/limits.ts';
import { contractStates } from '../../../market/contract/states.ts';
import { diagramOf } from '../../support/contract-diagram.ts';

const page = readFileSync('docs/contracts.md', 'utf8');

describe('docs/contracts.md', () => {
  test('draws the state machine as the table has it', () => {
    const drawn = [...page.matchAll(/```mermaid\n([\s\S]*?)\n```/g)].map(([, text]) => text);
    expect(drawn).toEqual([diagramOf('call'), diagramOf('direct')]);
    const negotiated = /\n {4}(\[\*\] --> accepted: award|offered --> offered: propose .*)/g;
    expect(diagramOf('witness')).toBe(diagramOf('direct').replaceAll(negotiated, ''));
  });

  test('names every state, and every limit with its value', () => {
    const stated = [...page.matchAll(/^\| `(\w+)` \| (\d+) \|$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]);
    expect(Object.fromEntries(stated)).toEqual(contractLimits);
    for (const state of contractStates) expect(page).toContain(state.replaceAll('-', '_'));
  });
});
