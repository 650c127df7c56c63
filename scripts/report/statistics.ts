/** The value at a share of the sorted values, 0 to 1, by the nearest rank: 0.5 is the median. Throws a `RangeError` without values. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const rank = Math.max(1, Math.ceil(share * values.length));
  return values.toSorted((a, b) => a - b)[rank - 1]!;
}

/** The mean; NaN without values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The share of the items that meet a condition; NaN without items. */
export function shareOf<Item>(items: readonly Item[], meets: (item: Item) => boolean): number {
  return items.filter(meets).length / items.length;
}

/**
 * The lowest threshold that at least a `share` of the scores is below, where each source counts equally, however many scores it
 * has. Infinity if that takes all scores.
 */
export function thresholdKeeping(sources: readonly (readonly number[])[], share: number): number {
  const weighted = sources
    .flatMap((scores) => scores.map((score) => ({ score, weight: 1 / scores.length / sources.length })))
    .sort((a, b) => a.score - b.score);
  let below = 0;
  for (const [index, { score, weight }] of weighted.entries()) {
    const previous = weighted[index - 1];
    // Weights are fractions, whose sum may be just below the share.
    if (previous && previous.score < score && below >= share - 1e-9) return score;
    below += weight;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * The area under the ROC curve: how likely a random one of `higher` has a higher score than a random one of `lower`, where the
 * same score counts half (Mann and Whitney 1947).
 */
export function areaUnderCurve(lower: readonly number[], higher: readonly number[]): number {
  const sorted = lower.toSorted((a, b) => a - b);
  const wins = higher.reduce(
    (sum, score) => sum + (countWhile(sorted, (one) => one < score) + countWhile(sorted, (one) => one <= score)) / 2,
    0,
  );
  return wins / (lower.length * higher.length);
}

/** How many values at the start of a sorted list meet a condition that no later one meets; by bisection. */
function countWhile(sorted: readonly number[], meets: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (meets(sorted[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
