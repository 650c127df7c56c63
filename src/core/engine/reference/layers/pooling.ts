import type { LayerFunction, Shape, Windows } from '../../../model/layer.ts';
import { type Batch, type ReferenceLayer, weightless, zeros } from './layer.ts';
import { forEachCell } from './windows.ts';

type PoolWindows = Pick<Extract<LayerFunction, { type: 'maxPool' }>, 'size' | keyof Windows>;

/** The maximum of each window and channel. The first of several maxima, in row-major order, gets the gradient. */
export function maxPool(windows: PoolWindows, output: Shape): ReferenceLayer {
  const channels = output.at(-1)!;
  let x: Batch;
  /** The index of the maximum for each output value; -1 before the first cell. */
  let argmax: Int32Array;
  return weightless(
    (input) => {
      x = input;
      const y = zeros(x.n, output);
      argmax = new Int32Array(y.data.length).fill(-1);
      forEachCell(windows, x.n, x.shape, windowed(output), (outputPixel, inputPixel) => {
        for (let c = 0; c < channels; c++) {
          const to = outputPixel * channels + c;
          const at = inputPixel * channels + c;
          if (argmax[to] === -1 || x.data[at]! > x.data[argmax[to]!]!) argmax[to] = at;
        }
      });
      for (let i = 0; i < y.data.length; i++) y.data[i] = x.data[argmax[i]!]!;
      return y;
    },
    (dy) => {
      const dx = zeros(x.n, x.shape);
      for (let i = 0; i < dy.data.length; i++) dx.data[argmax[i]!]! += dy.data[i]!;
      return dx;
    },
  );
}

/** The average of each window and channel. Padding does not count. */
export function averagePool(windows: PoolWindows, input: Shape, output: Shape): ReferenceLayer {
  const channels = output.at(-1)!;
  /** The number of cells of each window in the image. */
  const counts = new Int32Array(windowed(output)[0] * windowed(output)[1]);
  forEachCell(windows, 1, input, windowed(output), (outputPixel) => counts[outputPixel]!++);
  const visit = (n: number, visitValue: (to: number, at: number, count: number) => void) =>
    forEachCell(windows, n, input, windowed(output), (outputPixel, inputPixel) => {
      const count = counts[outputPixel % counts.length]!;
      for (let c = 0; c < channels; c++) visitValue(outputPixel * channels + c, inputPixel * channels + c, count);
    });
  return weightless(
    (x) => {
      const y = zeros(x.n, output);
      visit(x.n, (to, at, count) => (y.data[to]! += x.data[at]! / count));
      return y;
    },
    (dy) => {
      const dx = zeros(dy.n, input);
      visit(dy.n, (to, at, count) => (dx.data[at]! += dy.data[to]! / count));
      return dx;
    },
  );
}

/** The window of a global pooling layer: the whole image. */
export function wholeImage(input: Shape): PoolWindows {
  const [height, width] = input as readonly [number, number, number];
  return { size: [height, width], stride: [height, width], padding: 'valid' };
}

/** The output as an image: that of global pooling, [channels], has one pixel. */
function windowed(output: Shape): readonly [number, number, number] {
  return output.length === 3 ? output : [1, 1, output[0]];
}
