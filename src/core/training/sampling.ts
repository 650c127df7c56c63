import { hash32, randomStream, shuffledIndices } from '../random.ts';

/** How classes are balanced. */
export interface Balance {
  /** 0 samples classes in proportion to their images, 1 every character equally often; values between interpolate. */
  balance: number;
  /** The number of characters of each class, [classes]. */
  characters: readonly number[];
}

/**
 * The share of each class in an epoch, [classes], summing to 1. The share of a class with n images of c characters is
 * proportional to n^(1 - balance) c^balance; that of a class without images is 0.
 */
export function classShares(counts: readonly number[], { balance, characters }: Balance): number[] {
  const weights = counts.map((count, label) =>
    count === 0 ? 0 : count ** (1 - balance) * characters[label]! ** balance,
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Counts the images of each class among `indices`, [classes]. */
export function classCounts(indices: Uint32Array, labels: Uint8Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const index of indices) counts[labels[index]!]!++;
  return counts;
}

/**
 * Samples and shuffles the images of an epoch: as many as `indices`, with the `classShares` of each class. A class with more
 * images than its share gets a different subset of them each epoch; a class with fewer repeats them. `labels`: class indices
 * of all images; `seed`: of this epoch.
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
  // Shares are fractions of images. A random offset varies how they are rounded from epoch to epoch but not the total.
  const offset = randomStream(hash32(seed, classes))();
  let sum = 0;
  let from = 0;
  classShares(counts, balance).forEach((share, label) => {
    sum += share * indices.length;
    const own = members[label]!;
    if (own.length === 0) return;
    // After the last class, the sum is the total up to rounding.
    const to = sum > indices.length - 1e-6 ? indices.length : Math.floor(sum + offset);
    const order = shuffledIndices(own.length, hash32(seed, label));
    for (let at = from; at < to; at++) chosen[at] = own[order[(at - from) % own.length]!]!;
    from = to;
  });
  return chosen;
}
