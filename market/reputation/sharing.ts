/** Sharing out what a group may weigh among its members. */

/** What the n-th of a group adds falls by the same factor each time; all together stay below `most` times the first. */
export function capacity(count: number, most: number): number {
  return most * (1 - (1 - 1 / most) ** count);
}

/**
 * What each member of a group weighs, from what each would weigh by itself. Seen as bars side by side, every layer
 * counts as its capacity says, and the members that reach up to it share it alike. So many small members share little,
 * however many they are, and take from a large one no more than a share of its lowest layer. Nobody's weight depends on who came
 * first, and none moves by leaps.
 *
 * The sum is below `most` times the largest. The division of a layered sum is that of the airport game (S. C. Littlechild
 * and G. Owen, "A simple expression for the Shapley value in a special case", Management Science 20, 1973).
 *
 * @returns in the order of `heights`, none above its height
 */
export function shareOut(heights: number[], most: number): number[] {
  const shares = heights.map(() => 0);
  const ascending = heights.map((height, index) => ({ height, index })).sort((a, b) => a.height - b.height);
  let below = 0;
  let share = 0;
  for (const [place, { height, index }] of ascending.entries()) {
    const reaching = heights.length - place;
    share += ((height - below) * capacity(reaching, most)) / reaching;
    below = height;
    shares[index] = share;
  }
  return shares;
}
