import { requestOpenings, requestRules } from '../../market/request/rules.ts';

/** The state machine of a call for proposals, as Mermaid draws it. */
export function requestDiagram(): string {
  const begins = Object.entries(requestOpenings).map(
    ([name, { by, to }]) => `    [*] --> ${to}: ${name} (${by})`,
  );
  const moves = requestRules.flatMap(({ move, from, to, by }) =>
    from.map((state) => `    ${state} --> ${to}: ${move} (${by})`),
  );
  return ['stateDiagram-v2', ...begins, ...moves].join('\n');
}

if (import.meta.main) console.log(requestDiagram());
