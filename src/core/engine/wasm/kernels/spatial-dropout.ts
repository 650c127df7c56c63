import { mix } from './dropout';
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
 * Dropout of whole channels of an image (Tompson et al. 2015) in place, applied to values and later to their gradients.
 * The element whose hash decides is image * channels + channel.
 */
export function spatialDropout(op: usize, first: u32, last: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, DROPOUT_HEIGHT);
  const width = <usize>load<u32>(op, DROPOUT_WIDTH);
  const channels = load<u32>(op, DROPOUT_CHANNELS);
  const pixel = <usize>load<u32>(op, DROPOUT_PADDED_CHANNELS) * 4;
  const row = <usize>load<u32>(op, DROPOUT_VALUES + VIEW_ROW);
  const threshold = load<u32>(op, DROPOUT_THRESHOLD);
  const scale = load<f32>(op, DROPOUT_SCALE);
  const seed = load<u32>(op, DROPOUT_SEED);
  for (let image = first; image < last; image++) {
    const values = viewAt(op + DROPOUT_VALUES, image, first, scratch);
    for (let c: u32 = 0; c < channels; c++) {
      const keep = mix(seed, image * channels + c) >= threshold;
      for (let y: usize = 0; y < height; y++) {
        let at = values + y * row + c * 4;
        for (const end = at + width * pixel; at < end; at += pixel) store<f32>(at, keep ? load<f32>(at) * scale : 0);
      }
    }
  }
}
