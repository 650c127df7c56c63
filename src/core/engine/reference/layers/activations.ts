import type { LayerFunction } from '../../../model/layer.ts';
import { type Batch, type ReferenceLayer, weightless } from './layer.ts';

/** An activation of single values, and its derivative. */
interface ValueFunction {
  readonly value: (x: number) => number;
  readonly derivative: (x: number) => number;
}

const SIGMOID: ValueFunction = {
  value: (x) => 1 / (1 + Math.exp(-x)),
  derivative: (x) => SIGMOID.value(x) * SIGMOID.value(-x),
};

const TANH: ValueFunction = { value: Math.tanh, derivative: (x) => 1 - Math.tanh(x) ** 2 };

/** x * Phi(x); the derivative is Phi(x) + x * phi(x). */
const GELU: ValueFunction = {
  value: (x) => (x * (1 + erf(x / Math.SQRT2))) / 2,
  derivative: (x) => (1 + erf(x / Math.SQRT2)) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
};

/** The argument of tanh in the approximation of GELU, and its derivative. */
const inner = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const innerSlope = (x: number) => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);

const APPROXIMATE_GELU: ValueFunction = {
  value: (x) => (x * (1 + Math.tanh(inner(x)))) / 2,
  derivative: (x) => (1 + Math.tanh(inner(x))) / 2 + (x * (1 - Math.tanh(inner(x)) ** 2) * innerSlope(x)) / 2,
};

/** The activation of each value for layers that have one. */
function valueFunction(layer: ActivationLayer): ValueFunction {
  switch (layer.type) {
    case 'relu':
      return { value: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0) };
    case 'leakyRelu':
      return { value: (x) => (x > 0 ? x : layer.slope * x), derivative: (x) => (x > 0 ? 1 : layer.slope) };
    case 'elu':
      return {
        value: (x) => (x > 0 ? x : layer.alpha * Math.expm1(x)),
        derivative: (x) => (x > 0 ? 1 : layer.alpha * Math.exp(x)),
      };
    case 'gelu':
      return layer.approximate ? APPROXIMATE_GELU : GELU;
    case 'sigmoid':
      return SIGMOID;
    case 'tanh':
      return TANH;
  }
}

export type ActivationLayer = Extract<
  LayerFunction,
  { type: 'relu' | 'leakyRelu' | 'elu' | 'gelu' | 'sigmoid' | 'tanh' }
>;

/** A layer that applies a function to each value. */
export function activation(layer: ActivationLayer): ReferenceLayer {
  const { value, derivative } = valueFunction(layer);
  let x: Batch;
  return weightless(
    (input) => {
      x = input;
      return { ...x, data: x.data.map(value) };
    },
    (dy) => ({ ...dy, data: dy.data.map((gradient, i) => gradient * derivative(x.data[i]!)) }),
  );
}

/** Softmax over the last axis. */
export function softmax(): ReferenceLayer {
  let y: Batch;
  return weightless(
    (x) => {
      y = { ...x, data: x.data.slice() };
      for (const row of rows(y)) {
        const highest = Math.max(...row);
        const sum = row.reduce((total, value) => total + Math.exp(value - highest), 0);
        row.forEach((value, i) => {
          row[i] = Math.exp(value - highest) / sum;
        });
      }
      return y;
    },
    (dy) => {
      const dx = { ...dy, data: dy.data.slice() };
      const outputs = rows(y);
      rows(dx).forEach((row, index) => {
        const output = outputs[index]!;
        const mean = row.reduce((total, gradient, i) => total + gradient * output[i]!, 0);
        row.forEach((gradient, i) => {
          row[i] = output[i]! * (gradient - mean);
        });
      });
      return dx;
    },
  );
}

/** Views of the rows along the last axis. */
function rows({ shape, data }: Batch): Float64Array[] {
  const length = shape.at(-1)!;
  return Array.from({ length: data.length / length }, (_, row) => data.subarray(row * length, (row + 1) * length));
}

/** The error function to double precision: a series without cancellation (Abramowitz & Stegun 7.1.6). */
function erf(x: number): number {
  // Beyond this, 1 - erf(x) is below the precision of 1.
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
