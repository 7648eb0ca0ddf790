/** What to mend, entity by entity, as lines. */

import type { Report } from './survey.ts';
import { line, type Style } from './tree.ts';

const placesMax = 5;

export function mendLines(report: Report, style: Style): string[] {
  // One thing that is wrong in many places is one thing to mend.
  const entries = [
    ...Map.groupBy(findings(report), ({ what, mend }) => JSON.stringify([what, mend])).values(),
  ];
  if (entries.length === 0) return [style.strong('Nothing to mend.')];
  return [
    style.strong('What to mend'),
    ...entries.flatMap((same, at) => {
      const places = [...new Set(same.map(({ where }) => where))];
      const further = places.length - placesMax;
      const shown = [...places.slice(0, placesMax), ...(further > 0 ? [`and ${further} more`] : [])];
      return [
        ...shown.map(
          (place, row) =>
            `${row === 0 ? `${String(at + 1).padStart(3)}.` : '    '} ${style.quiet(line(place))}`,
        ),
        ...same.slice(0, 1).flatMap(({ what, mend }) => [`     ${line(what)}`, `     -> ${line(mend)}`]),
      ];
    }),
  ];
}

type Finding = { where: string; what: string; mend: string };

/** Faults first: what is invalid counts as not said. */
function findings({ faults, advice, entities }: Report): Finding[] {
  return [
    ...faults.map((fault) => ({ ...fault, mend: invalid })),
    ...advice.map(({ where, what, mend, see }) => ({ where, what, mend: `${mend} (${see})` })),
    ...entities.flatMap(findings),
  ];
}

const invalid = 'put it right: until then it counts as not said';
