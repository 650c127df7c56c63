/** Larger than any squared distance, but finite, so that the difference of two is a number. */
const FAR = 1e12;

/**
 * The distance of each pixel's center from the edge of the mask, [height, width], in pixels: positive inside, negative
 * outside. Exact (Felzenszwalb & Huttenlocher 2012, "Distance transforms of sampled functions").
 */
export function signedDistance(mask: Uint8Array, width: number, height: number): Float32Array {
  const toPaper = squaredDistance(mask, 0, width, height);
  const toInk = squaredDistance(mask, 1, width, height);
  const distance = new Float32Array(mask.length);
  for (let i = 0; i < mask.length; i++) {
    // The edge is halfway between a pixel and its neighbor.
    distance[i] = mask[i] ? Math.sqrt(toPaper[i]!) - 0.5 : 0.5 - Math.sqrt(toInk[i]!);
  }
  return distance;
}

/** The squared distance of each pixel to the nearest one with the value `target`. */
function squaredDistance(mask: Uint8Array, target: 0 | 1, width: number, height: number): Float64Array {
  const distance = new Float64Array(mask.length).fill(FAR);
  for (let i = 0; i < mask.length; i++) if (mask[i] === target) distance[i] = 0;
  const longest = Math.max(width, height);
  const line = new Float64Array(longest);
  const vertices = new Int32Array(longest);
  const bounds = new Float64Array(longest + 1);
  for (let x = 0; x < width; x++) transformLine(distance, x, width, height, line, vertices, bounds);
  for (let y = 0; y < height; y++) transformLine(distance, y * width, 1, width, line, vertices, bounds);
  return distance;
}

/** Replaces one row or column, which starts at `first` with stride `step`, by the lower envelope of its parabolas. */
function transformLine(
  values: Float64Array,
  first: number,
  step: number,
  length: number,
  line: Float64Array,
  vertices: Int32Array,
  bounds: Float64Array,
): void {
  for (let i = 0; i < length; i++) line[i] = values[first + i * step]!;
  let last = 0;
  vertices[0] = 0;
  bounds[0] = -Infinity;
  bounds[1] = Infinity;
  for (let q = 1; q < length; q++) {
    let crossing: number;
    for (;;) {
      const p = vertices[last]!;
      crossing = (line[q]! + q * q - (line[p]! + p * p)) / (2 * q - 2 * p);
      if (crossing > bounds[last]!) break;
      last--;
    }
    last++;
    vertices[last] = q;
    bounds[last] = crossing;
    bounds[last + 1] = Infinity;
  }
  let at = 0;
  for (let q = 0; q < length; q++) {
    while (bounds[at + 1]! < q) at++;
    const p = vertices[at]!;
    values[first + q * step] = (q - p) ** 2 + line[p]!;
  }
}
