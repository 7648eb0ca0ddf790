/** What every benchmark measures: ratios of two things done side by side in one run. */

/** `holds` says whether the value reaches its goal. */
export type Ratios = { [what: string]: { value: number; goal: number; holds: boolean } };
export type Bench = (options: { full: boolean; say: (line: string) => void }) => Promise<Ratios>;

export function atLeast(value: number, goal: number): Ratios[string] {
  return { value: rounded(value), goal, holds: value >= goal };
}

export function atMost(value: number, goal: number): Ratios[string] {
  return { value: rounded(value), goal, holds: value <= goal };
}

/** The value below which that share of the times lies. */
export function percentile(timesMs: number[], share: number): number {
  const sorted = [...timesMs].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Runs the tasks in turn, round after round, so that a machine whose speed drifts drifts for all of them alike. */
export async function inTurn<Name extends string>(
  tasks: { [name in Name]: () => Promise<unknown> },
  rounds: number,
): Promise<{ [name in Name]: number[] }> {
  const names = Object.keys(tasks) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as {
    [name in Name]: number[];
  };
  for (let round = -2; round < rounds; round++) {
    for (const name of names) {
      const started = performance.now();
      await tasks[name]();
      // The first rounds warm up.
      if (round >= 0) times[name].push(performance.now() - started);
    }
  }
  return times;
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
