import type { Shape } from '../../../model/layer.ts';
import { type Batch, type ReferenceLayer, zeros } from './layer.ts';

/** The sum of inputs of the same shape, of which each gets the gradient of the sum. */
export function add(): ReferenceLayer {
  let count = 0;
  return {
    weights: [],
    gradients: [],
    forward(inputs) {
      count = inputs.length;
      const [first, ...others] = inputs;
      return { ...first!, data: first!.data.map((value, i) => others.reduce((sum, x) => sum + x.data[i]!, value)) };
    },
    backward: (dy) => Array.from({ length: count }, () => dy),
  };
}

/** The channels of all inputs, pixel by pixel. */
export function concatenate(shapes: readonly Shape[], output: Shape): ReferenceLayer {
  const channels = output.at(-1)!;
  const offsets = shapes.map((_, index) => shapes.slice(0, index).reduce((sum, shape) => sum + shape.at(-1)!, 0));
  /** Calls `visit` for the indices of each value of input `index`, in the output and in the input. */
  const forEachValue = ({ data }: Batch, index: number, visit: (to: number, at: number) => void) => {
    const own = shapes[index]!.at(-1)!;
    for (let at = 0; at < data.length; at++) visit(Math.floor(at / own) * channels + offsets[index]! + (at % own), at);
  };
  return {
    weights: [],
    gradients: [],
    forward(inputs) {
      const y = zeros(inputs[0]!.n, output);
      inputs.forEach((x, index) => {
        forEachValue(x, index, (to, at) => (y.data[to] = x.data[at]!));
      });
      return y;
    },
    backward: (dy) =>
      shapes.map((shape, index) => {
        const dx = zeros(dy.n, shape);
        forEachValue(dx, index, (to, at) => (dx.data[at] = dy.data[to]!));
        return dx;
      }),
  };
}
