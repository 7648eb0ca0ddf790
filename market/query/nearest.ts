/** The known name that a misspelt one was probably meant to be. */

/** At most this many letters wrong, and in short names one. */
const editsMax = 2;

export function nearest<Name extends string>(given: string, names: readonly Name[]): Name | null {
  const wanted = given.toLowerCase();
  if (wanted.length > 40) return null;
  const ranked = names
    .map((name) => ({ name, edits: distance(wanted, name) }))
    .filter(({ name, edits }) => edits <= Math.min(editsMax, Math.max(1, Math.floor(name.length / 3))))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.name ?? null;
}

/** Letters to insert, remove, replace or swap with their neighbour (optimal string alignment). */
export function distance(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwap = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap && column > 1 ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = next;
  }
  return last[to.length] ?? 0;
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];

/** Every word that is one slip away: a letter left out, doubled or wrong, or two of them swapped. */
export function slipsOf(word: string): string[] {
  const letters = [...word];
  const alphabet = [...new Set([...LETTERS, ...letters])];
  const slips = letters.flatMap((_, at) => [
    letters.toSpliced(at, 1),
    letters.toSpliced(at, 2, letters[at + 1] ?? '', letters[at] ?? ''),
    ...alphabet.map((letter) => letters.with(at, letter)),
  ]);
  const longer = [...letters, ''].flatMap((_, at) =>
    alphabet.map((letter) => letters.toSpliced(at, 0, letter)),
  );
  return [...new Set([...slips, ...longer].map((word) => word.join('')))];
}
