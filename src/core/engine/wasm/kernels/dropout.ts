import {
  DROPOUT_CHANNELS,
  DROPOUT_HEIGHT,
  DROPOUT_PADDED_CHANNELS,
  DROPOUT_SCALE,
  DROPOUT_SEED,
  DROPOUT_THRESHOLD,
  DROPOUT_VALUES,
  DROPOUT_WIDTH,
  VIEW_ROW,
} from './layout';
import { viewAt } from './view';

/**
 * Inverted dropout (Srivastava et al. 2014) in place, applied to values and later to their gradients. The mask depends
 * on the training step's seed, the layer and the element's index alone, so it is never stored and is the same whatever
 * the chunks and threads.
 */
export function dropout(op: usize, first: u32, last: u32, scratch: usize): void {
  const height = load<u32>(op, DROPOUT_HEIGHT);
  const width = load<u32>(op, DROPOUT_WIDTH);
  const channels = load<u32>(op, DROPOUT_CHANNELS);
  const pixel = <usize>load<u32>(op, DROPOUT_PADDED_CHANNELS) * 4;
  const row = <usize>load<u32>(op, DROPOUT_VALUES + VIEW_ROW);
  const threshold = load<u32>(op, DROPOUT_THRESHOLD);
  const scale = load<f32>(op, DROPOUT_SCALE);
  const seed = load<u32>(op, DROPOUT_SEED);
  let element: u32 = first * height * width * channels;
  for (let image = first; image < last; image++) {
    const values = viewAt(op + DROPOUT_VALUES, image, first, scratch);
    for (let y: u32 = 0; y < height; y++) {
      let at = values + y * row;
      for (let x: u32 = 0; x < width; x++, at += pixel) {
        for (let c: u32 = 0; c < channels; c++, element++) {
          const value = at + c * 4;
          store<f32>(value, mix(seed, element) < threshold ? 0 : load<f32>(value) * scale);
        }
      }
    }
  }
}

/** MurmurHash3's finalizer over seed and element; the same as `dropoutHash` in ../../dropout-mask.ts. */
export function mix(seed: u32, element: u32): u32 {
  let hash: u32 = seed ^ (element * 0x9e3779b9);
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}
