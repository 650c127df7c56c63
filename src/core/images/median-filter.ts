/**
 * The median of the square window of `2 * radius + 1` pixels around each pixel, [height, width]; windows end at the
 * picture's edges. The histogram of the window moves along with it (Huang, Yang & Tang 1979).
 */
export function medianFilter(values: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const out = new Uint8Array(values.length);
  const histogram = new Int32Array(256);
  for (let y = 0; y < height; y++) {
    const top = Math.max(0, y - radius);
    const bottom = Math.min(height, y + radius + 1);
    histogram.fill(0);
    let count = 0;
    let median = 0;
    /** How many values are below the median. */
    let below = 0;
    const change = (x: number, by: 1 | -1) => {
      for (let row = top; row < bottom; row++) {
        const value = values[row * width + x]!;
        histogram[value]! += by;
        if (value < median) below += by;
      }
      count += by * (bottom - top);
    };
    for (let x = 0; x < Math.min(radius, width); x++) change(x, 1);
    for (let x = 0; x < width; x++) {
      if (x + radius < width) change(x + radius, 1);
      if (x - radius > 0) change(x - radius - 1, -1);
      while (below > count / 2) below -= histogram[--median]!;
      while (below + histogram[median]! <= count / 2 && median < 255) below += histogram[median++]!;
      out[y * width + x] = median;
    }
  }
  return out;
}
