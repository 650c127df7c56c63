import { hash32, randomStream, shuffledIndices } from '../random.ts';

/** How evenly the classes are shown. */
export interface Balance {
  /** 0: as often as they have images; 1: every character alike; between: between. */
  balance: number;
  /** How many characters each class stands for, [classes]. */
  characters: readonly number[];
}

/**
 * The share of an epoch that each class gets, [classes], summing to 1: a class with n images of c characters in
 * proportion to n^(1 - balance) c^balance. Classes without images get none.
 */
export function classShares(counts: readonly number[], { balance, characters }: Balance): number[] {
  const weights = counts.map((count, label) =>
    count === 0 ? 0 : count ** (1 - balance) * characters[label]! ** balance,
  );
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
  { seed, ...balance }: Balance & { seed: number },
): Uint32Array {
  const chosen = balance.balance === 0 ? indices : byClass(indices, labels, balance, seed);
  return shuffledIndices(chosen.length, seed).map((position) => chosen[position]!);
}

function byClass(indices: Uint32Array, labels: Uint8Array, balance: Balance, seed: number) {
  const classes = balance.characters.length;
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
