/**
 * A pseudo-random integer in [0, 2^32) that depends only on its arguments, so that a training run can resume at any point
 * without replaying earlier ones. Applies MurmurHash3's finalizer once per argument.
 */
export function hash32(...values: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const value of values) {
    hash = Math.imul(hash ^ value, 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 16;
    hash = (hash + 0x9e3779b9) | 0;
  }
  return hash >>> 0;
}

/** A stream of numbers in [0, 1), by mulberry32. */
export function randomStream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** The integers from 0 to count - 1 in an order determined by the seed (Fisher-Yates shuffle). */
export function shuffledIndices(count: number, seed: number): Uint32Array {
  const indices = Uint32Array.from({ length: count }, (_, index) => index);
  const random = randomStream(seed);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const moved = indices[last]!;
    indices[last] = indices[other]!;
    indices[other] = moved;
  }
  return indices;
}
