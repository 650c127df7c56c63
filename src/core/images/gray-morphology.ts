import { transposeGrid } from './transpose-grid.ts';

/**
 * The maximum of the square window of `2 * radius + 1` pixels around each pixel, [height, width]; windows end at the
 * picture's edges. Takes three comparisons per pixel and axis, whatever the radius (van Herk 1992; Gil & Werman 1993).
 */
export function maximumFilter(values: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const across = maximumOfRows(values, width, height, radius);
  return transposeGrid(maximumOfRows(transposeGrid(across, width, height), height, width, radius), height, width);
}

/** The same for the minimum. */
export function minimumFilter(values: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  return maximumFilter(values.map(complement), width, height, radius).map(complement);
}

const complement = (value: number) => 255 - value;

function maximumOfRows(values: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const window = 2 * radius + 1;
  // Padded by zeros to whole windows, with a radius on each side.
  const length = Math.ceil((width + 2 * radius) / window) * window;
  const padded = new Uint8Array(length);
  /** The maximum from the start of a window, and from its end. */
  const forward = new Uint8Array(length);
  const backward = new Uint8Array(length);
  const out = new Uint8Array(values.length);
  for (let y = 0; y < height; y++) {
    padded.set(values.subarray(y * width, (y + 1) * width), radius);
    for (let start = 0; start < length; start += window) {
      let most = 0;
      for (let i = start; i < start + window; i++) {
        if (padded[i]! > most) most = padded[i]!;
        forward[i] = most;
      }
      most = 0;
      for (let i = start + window - 1; i >= start; i--) {
        if (padded[i]! > most) most = padded[i]!;
        backward[i] = most;
      }
    }
    for (let x = 0; x < width; x++) {
      const [left, right] = [backward[x]!, forward[x + 2 * radius]!];
      out[y * width + x] = left > right ? left : right;
    }
  }
  return out;
}
