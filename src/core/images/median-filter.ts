/**
 * The median of the square window of `2 * radius + 1` pixels around each pixel, [height, width]; windows end at the
 * picture's edges. The histogram of the window moves along with it (Huang, Yang & Tang 1979).
 */
export function medianFilter(values: Uint8Array, width: number, height: number, radius: number): Uint8Array {
  const out = new Uint8Array(values.length);
  const histogram = new Int32Array(256);
  for (let y = 0; y < height; y++) {
    const start = Math.max(0, y - radius) * width;
    const end = Math.min(height, y + radius + 1) * width;
    const rows = (end - start) / width;
    histogram.fill(0);
    let count = 0;
    let median = 0;
    /** How many values are below the median. */
    let below = 0;
    for (let x = 0; x < Math.min(radius, width); x++) {
      count += rows;
      for (let at = start + x; at < end; at += width) histogram[values[at]!]!++;
    }
    for (let x = 0; x < width; x++) {
      if (x + radius < width) {
        count += rows;
        for (let at = start + x + radius; at < end; at += width) {
          const value = values[at]!;
          histogram[value]!++;
          if (value < median) below++;
        }
      }
      if (x - radius > 0) {
        count -= rows;
        for (let at = start + x - radius - 1; at < end; at += width) {
          const value = values[at]!;
          histogram[value]!--;
          if (value < median) below--;
        }
      }
      while (below > count / 2) below -= histogram[--median]!;
      while (below + histogram[median]! <= count / 2 && median < 255) below += histogram[median++]!;
      out[y * width + x] = median;
    }
  }
  return out;
}
