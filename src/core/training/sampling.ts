import { hash32, randomStream, shuffledIndices } from '../random.ts';

/**
 * The share of an epoch that each class gets, [classes], summing to 1: classes with n images in proportion to
 * n^(1 - balance), so that 0 leaves them as they are and 1 makes all alike. Classes without images get none.
 */
export function classShares(counts: readonly number[], balance: number): number[] {
  const weights = counts.map((count) => (count === 0 ? 0 : count ** (1 - balance)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** How many of `indices` each class has, [classes]. */
export function classCounts(indices: Uint32Array, labels: Uint8Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const index of indices) counts[labels[index]!]!++;
  return counts;
}

/**
 * An epoch's images in their order: as many as `indices`, of each class its share (`classShares`). A class that has
 * more images than its share is shown a part of them, another one each epoch; one that has fewer is shown all of them,
 * and again from the start. `labels`: class indices of all images, `seed`: of this epoch.
 */
export function sampleEpoch(
  indices: Uint32Array,
  labels: Uint8Array,
  { classes, balance, seed }: { classes: number; balance: number; seed: number },
): Uint32Array {
  const chosen = balance === 0 ? indices : byClass(indices, labels, classes, balance, seed);
  return shuffledIndices(chosen.length, seed).map((position) => chosen[position]!);
}

function byClass(indices: Uint32Array, labels: Uint8Array, classes: number, balance: number, seed: number) {
  const counts = classCounts(indices, labels, classes);
  const members = counts.map((count) => new Uint32Array(count));
  const filled = new Array<number>(classes).fill(0);
  for (const index of indices) {
    const label = labels[index]!;
    members[label]![filled[label]!++] = index;
  }
  const chosen = new Uint32Array(indices.length);
  // Shares are no whole numbers: where the sum of them is cut differs from epoch to epoch, its total does not.
  const offset = randomStream(hash32(seed, classes))();
  let sum = 0;
  let from = 0;
  classShares(counts, balance).forEach((share, label) => {
    sum += share * indices.length;
    const own = members[label]!;
    if (own.length === 0) return;
    // After the last class the sum is the whole but for rounding.
    const to = sum > indices.length - 1e-6 ? indices.length : Math.floor(sum + offset);
    const order = shuffledIndices(own.length, hash32(seed, label));
    for (let at = from; at < to; at++) chosen[at] = own[order[(at - from) % own.length]!]!;
    from = to;
  });
  return chosen;
}
