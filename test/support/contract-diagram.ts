import { openings, rules } from '../../market/contract/rules.ts';
import type { ContractKind } from '../../market/contract/states.ts';

/** Mermaid has no hyphens in the names of states. */
const named = (state: string) => state.replaceAll('-', '_');

/** The state machine of a kind of contract, as Mermaid draws it. */
export function diagramOf(kind: ContractKind): string {
  const begins = Object.entries(openings).flatMap(([name, { kinds, to }]) =>
    (kinds as readonly string[]).includes(kind) ? [`    [*] --> ${named(to)}: ${name}`] : [],
  );
  const moves = rules.flatMap(({ move, from, to, by }) => {
    const movers = by[kind] ?? [];
    return movers.length > 0
      ? from.map((state) => `    ${named(state)} --> ${named(to)}: ${move} (${movers.join(', ')})`)
      : [];
  });
  return ['stateDiagram-v2', ...begins, ...moves].join('\n');
}

if (import.meta.main) for (const kind of ['call', 'direct'] as const) console.log(`${diagramOf(kind)}\n`);
