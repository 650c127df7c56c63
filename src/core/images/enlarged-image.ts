import type { GrayPicture } from './gray-picture.ts';
import { IMAGE_PIXELS, IMAGE_SIZE } from './image-size.ts';

/**
 * The largest share of the variance of a picture that an enlarged 28x28 image does not explain. For EMNIST's images enlarged by
 * the filters of image editors it is at most 0.04, for drawings at least 0.07 (`npm run bench:pictures` makes both).
 */
const MAX_UNEXPLAINED = 0.045;
/** Pictures that are not twice as large have little more detail anyway. */
const MIN_FACTOR = 2;

/**
 * The 28x28 picture that a square picture was enlarged from, or null if it has more detail than that. Averages squares, and
 * checks that the picture can be made from the averages, by repeating or by interpolating them.
 */
export function reduceEnlarged({ width, height, gray }: GrayPicture): GrayPicture | null {
  if (width !== height || width < MIN_FACTOR * IMAGE_SIZE) return null;
  const small = averages(gray, width);
  return unexplained(gray, width, small) <= MAX_UNEXPLAINED
    ? { width: IMAGE_SIZE, height: IMAGE_SIZE, gray: Uint8Array.from(small, (value) => Math.round(value)) }
    : null;
}

/** The mean of each of 28x28 squares; a pixel belongs to the square that its middle is in. */
function averages(gray: Uint8Array, side: number): Float64Array {
  const sums = new Float64Array(IMAGE_PIXELS);
  const counts = new Float64Array(IMAGE_PIXELS);
  const cell = Int32Array.from({ length: side }, (_, i) => Math.floor(((i + 0.5) * IMAGE_SIZE) / side));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = cell[y]! * IMAGE_SIZE + cell[x]!;
      sums[at]! += gray[y * side + x]!;
      counts[at]!++;
    }
  }
  return sums.map((sum, i) => sum / counts[i]!);
}

/** The share of the picture's variance that its averages do not explain. */
function unexplained(gray: Uint8Array, side: number, small: Float64Array): number {
  const mean = gray.reduce((sum, value) => sum + value, 0) / gray.length;
  let variance = 0;
  let repeated = 0;
  let interpolated = 0;
  // For each pixel along a side: the averages before and after it, and the share of the second.
  const places = Array.from({ length: side }, (_, i) => {
    const at = Math.min(IMAGE_SIZE - 1, Math.max(0, ((i + 0.5) * IMAGE_SIZE) / side - 0.5));
    const before = Math.floor(at);
    return { before, after: Math.min(IMAGE_SIZE - 1, before + 1), share: at - before, nearest: Math.round(at) };
  });
  for (let y = 0; y < side; y++) {
    const row = places[y]!;
    for (let x = 0; x < side; x++) {
      const column = places[x]!;
      const value = gray[y * side + x]!;
      const across = (at: number) =>
        small[at * IMAGE_SIZE + column.before]! * (1 - column.share) +
        small[at * IMAGE_SIZE + column.after]! * column.share;
      const between = across(row.before) * (1 - row.share) + across(row.after) * row.share;
      variance += (value - mean) ** 2;
      repeated += (value - small[row.nearest * IMAGE_SIZE + column.nearest]!) ** 2;
      interpolated += (value - between) ** 2;
    }
  }
  return variance === 0 ? 1 : Math.min(repeated, interpolated) / variance;
}
