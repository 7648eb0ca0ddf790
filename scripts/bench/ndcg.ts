/**
 * Normalised discounted cumulative gain: how near an order of answers is to the best one.
 * After Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20(4), 2002, with the
 * gain 2^grade - 1 of Burges et al., "Learning to rank using gradient descent", ICML 2005.
 */

/** The grades' gains, each divided by the binary logarithm of its place (from 1) plus one; of the first `depth` places. */
export function dcg(grades: readonly number[], depth: number): number {
  return grades
    .slice(0, depth)
    .reduce((sum, grade, index) => sum + (2 ** grade - 1) / Math.log2(index + 2), 0);
}

/**
 * From 0 to 1. Where nothing is relevant, an empty answer is 1 and any other 0.
 * @param answered the grade of each answer, in the order of the answers; 0 for what is not relevant
 * @param judged the grades of everything that is relevant, in any order
 */
export function ndcg(answered: readonly number[], judged: readonly number[], depth: number): number {
  const ideal = dcg(
    judged.toSorted((a, b) => b - a),
    depth,
  );
  if (ideal === 0) return answered.length === 0 ? 1 : 0;
  return dcg(answered, depth) / ideal;
}
