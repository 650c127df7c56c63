/**
 * A pseudo-random number in [0, 2^32) that depends on nothing but its arguments, so that any point of a training can be
 * reached again without replaying what came before. Mixing is MurmurHash3's finalizer, once an argument.
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

/** A stream of numbers in [0, 1): mulberry32, started at `seed`. */
export function randomStream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** 0 to count - 1 in an order fixed by the seed (Fisher and Yates). */
export function shuffledIndices(count: number, seed: number): Uint32Array {
  const indices = Uint32Array.from({ length: count }, (_, index) => index);
  const random = randomStream(seed);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = indices[last]!;
    indices[last] = indices[other]!;
    indices[other] = kept;
  }
  return indices;
}
