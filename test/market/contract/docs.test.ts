import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { amountLimits } from '../../../market/contract/amount.ts';
import { contractLimits } from '../../../market/contract/limits.ts';
import { settlementLimits } from '../../../market/contract/settlement.ts';
import { contractStates } from '../../../market/contract/states.ts';
import { offerLimits } from '../../../operations/contracts/offers.ts';
import { diagramOf } from '../../support/contract-diagram.ts';

const page = readFileSync('docs/contracts.md', 'utf8');

describe('docs/contracts.md', () => {
  test('draws the state machine as the table has it', () => {
    const drawn = [...page.matchAll(/```mermaid\n([\s\S]*?)\n```/g)].map(([, text]) => text);
    expect(drawn).toEqual([diagramOf('call'), diagramOf('direct')]);
    const negotiated = /\n {4}(\[\*\] --> accepted: award|offered --> offered: propose .*)/g;
    expect(diagramOf('witness')).toBe(diagramOf('direct').replaceAll(negotiated, ''));
  });

  test('states what bounds offers and notes', () => {
    const agents = readFileSync('docs/list-your-agent.md', 'utf8');
    expect(page).toContain(`A side notes at most ${settlementLimits.perSideMax} in one contract`);
    const { wholeDigitsMax, decimalsMax } = amountLimits;
    expect(page).toContain(`at most ${wholeDigitsMax} digits before the point and ${decimalsMax} after it`);
    const { unacceptedPerOtherMax, waitingPerSiteMax } = offerLimits;
    expect(agents).toContain(`One client makes at most ${unacceptedPerOtherMax} offers a day`);
    expect(agents).toContain(`at most ${waitingPerSiteMax} offers wait for you`);
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
