import {
  INPUT_BORDER,
  INPUT_CHANNELS,
  INPUT_FROM,
  INPUT_HEIGHT,
  INPUT_OFFSET,
  INPUT_PADDED_CHANNELS,
  INPUT_SCALE,
  INPUT_TO,
  INPUT_WIDTH,
  VIEW_ROW,
} from './layout';
import { clearBorder, viewAt } from './view';

/** Converts bytes from 0 to 255, [images, height, width, channels], to floats from 0 to 1, rescaled. */
export function input(op: usize, first: u32, last: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, INPUT_HEIGHT);
  const width = <usize>load<u32>(op, INPUT_WIDTH);
  const channels = <usize>load<u32>(op, INPUT_CHANNELS);
  const padded = <usize>load<u32>(op, INPUT_PADDED_CHANNELS);
  const row = <usize>load<u32>(op, INPUT_TO + VIEW_ROW);
  const scale = load<f32>(op, INPUT_SCALE);
  const offset = load<f32>(op, INPUT_OFFSET);
  let from = <usize>load<u32>(op, INPUT_FROM) + first * height * width * channels;
  for (let image = first; image < last; image++) {
    const to = viewAt(op + INPUT_TO, image, first, scratch);
    clearBorder(to, <usize>load<u32>(op, INPUT_BORDER), height, width, padded * 4, row);
    for (let y: usize = 0; y < height; y++) {
      let at = to + y * row;
      for (let x: usize = 0; x < width; x++, at += padded * 4) {
        for (let c: usize = 0; c < channels; c++, from++) {
          store<f32>(at + c * 4, (<f32>load<u8>(from) / 255) * scale + offset);
        }
        for (let c = channels; c < padded; c++) store<f32>(at + c * 4, 0);
      }
    }
  }
}
