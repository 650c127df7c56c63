/** An interpolation filter: its weight by distance, and how far it reaches. */
interface Filter {
  reach: number;
  weight: (distance: number) => number;
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** The usual filters of image editors. */
export const FILTERS = {
  nearest: { reach: 0.5, weight: () => 1 },
  bilinear: { reach: 1, weight: (d) => 1 - d },
  // Keys 1981, a = -1/2.
  bicubic: {
    reach: 2,
    weight: (d) => (d < 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2),
  },
  lanczos: { reach: 3, weight: (d) => sinc(d) * sinc(d / 3) },
} satisfies Record<string, Filter>;

/** Enlarges a square picture of values from 0 to 1, [side, side], by a whole number. */
export function enlarge(values: Float32Array, side: number, factor: number, filter: Filter): Float32Array {
  const rows = stretch(values, side, side, factor, filter, 1, side);
  const columns = stretch(rows, side, side * factor, factor, filter, side * factor, 1);
  return columns.map((value) => Math.min(1, Math.max(0, value)));
}

/** Enlarges `lines` lines of `length` values along themselves; the result is [lines, length * factor] with the same layout. */
function stretch(
  values: Float32Array,
  length: number,
  lines: number,
  factor: number,
  { reach, weight }: Filter,
  step: number,
  next: number,
): Float32Array {
  const out = new Float32Array(values.length * factor);
  // The lines lie along the other axis in the second pass.
  const nextOut = step === 1 ? length * factor : 1;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length * factor; i++) {
      const at = (i + 0.5) / factor - 0.5;
      let sum = 0;
      let total = 0;
      for (let from = Math.ceil(at - reach); from <= Math.floor(at + reach); from++) {
        const share = weight(Math.abs(at - from));
        sum += share * values[line * next + Math.min(length - 1, Math.max(0, from)) * step]!;
        total += share;
      }
      out[line * nextOut + i * step] = sum / total;
    }
  }
  return out;
}
