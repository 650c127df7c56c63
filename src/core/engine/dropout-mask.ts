import { hash32 } from '../random.ts';

/** The seed of a dropout layer's mask, from the training step's seed and the layer's index in the network. */
export function dropoutSeed(seed: number, layer: number): number {
  return hash32(seed, layer);
}

/** Values whose hash (unsigned) is below this are dropped. */
export function dropoutThreshold(rate: number): number {
  return Math.min(Math.round(rate * 4294967296), 4294967295);
}

/**
 * MurmurHash3's finalizer over the seed of a layer's mask and an element's index; the same as in
 * wasm/kernels/dropout.ts.
 */
export function dropoutHash(seed: number, element: number): number {
  let hash = seed ^ Math.imul(element, 0x9e3779b9);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
