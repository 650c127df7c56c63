import type { LayerFunction } from '../layer.ts';

/** What a function of one value is: a layer, or a multiple of its input plus an offset. */
export type KnownFunction = LayerFunction | { type: 'affine'; scale: number; offset: number };

const SAMPLES = [-100, -20, -8, ...Array.from({ length: 49 }, (_, index) => index / 4 - 6), 8, 20, 100];
const TOLERANCE = 1e-4;

/**
 * Which layer computes a function. Other programs write activations as several nodes (GELU as x / sqrt(2), erf, + 1, …), in
 * more than one way, so the function is recognized by its values. Null if no layer computes it.
 */
export function recognizeFunction(compute: (x: number) => number): KnownFunction | null {
  const offset = compute(0);
  const alpha = -compute(-100);
  const candidates: KnownFunction[] = [
    { type: 'affine', scale: compute(1) - offset, offset },
    { type: 'relu' },
    { type: 'leakyRelu', slope: -compute(-1) },
    { type: 'gelu', approximate: false },
    { type: 'gelu', approximate: true },
    { type: 'sigmoid' },
    { type: 'tanh' },
    { type: 'elu', alpha },
  ];
  return candidates.find((candidate) => SAMPLES.every((x) => isClose(compute(x), evaluate(candidate, x)))) ?? null;
}

function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) <= TOLERANCE * Math.max(1, Math.abs(other));
}

function evaluate(known: KnownFunction, x: number): number {
  switch (known.type) {
    case 'affine':
      return x * known.scale + known.offset;
    case 'relu':
      return Math.max(x, 0);
    case 'leakyRelu':
      return x > 0 ? x : x * known.slope;
    case 'elu':
      return x > 0 ? x : known.alpha * Math.expm1(x);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-x));
    case 'tanh':
      return Math.tanh(x);
    case 'gelu':
      return known.approximate
        ? 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
        : 0.5 * x * (1 + erf(x / Math.SQRT2));
    default:
      return Number.NaN;
  }
}

/** The error function, to 1.5e-7: Abramowitz & Stegun 1964, 7.1.26. */
export function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}
