/** Swaps the rows and columns of a grid of bytes, [height, width]. */
export function transposeGrid(values: Uint8Array, width: number, height: number): Uint8Array {
  const out = new Uint8Array(values.length);
  // In blocks, since columns are far apart in memory.
  for (let top = 0; top < height; top += 32) {
    const bottom = Math.min(height, top + 32);
    for (let x = 0; x < width; x++) for (let y = top; y < bottom; y++) out[x * height + y] = values[y * width + x]!;
  }
  return out;
}
