import type { LayerFunction, Shape } from '../../../model/layer.ts';
import { type Batch, type ReferenceLayer, weightless, zeros } from './layer.ts';

/** The same values in another shape: flatten and reshape layers. */
export function reshape(input: Shape, output: Shape): ReferenceLayer {
  return weightless(
    (x) => ({ ...x, shape: output }),
    (dy) => ({ ...dy, shape: input }),
  );
}

/** Zeros around each image. */
export function zeroPadding(
  { top, left }: Extract<LayerFunction, { type: 'zeroPadding' }>,
  input: Shape,
  output: Shape,
): ReferenceLayer {
  const [height, width, channels] = input as readonly [number, number, number];
  const [outHeight, outWidth] = output as readonly [number, number, number];
  const visit = (n: number, visitValue: (to: number, at: number) => void) => {
    for (let image = 0; image < n; image++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++)
          for (let c = 0; c < channels; c++)
            visitValue(
              ((image * outHeight + y + top) * outWidth + x + left) * channels + c,
              ((image * height + y) * width + x) * channels + c,
            );
  };
  return weightless(
    (x) => {
      const y = zeros(x.n, output);
      visit(x.n, (to, at) => (y.data[to] = x.data[at]!));
      return y;
    },
    (dy) => {
      const dx = zeros(dy.n, input);
      visit(dy.n, (to, at) => (dx.data[at] = dy.data[to]!));
      return dx;
    },
  );
}

/** x * scale + offset */
export function rescaling({ scale, offset }: Extract<LayerFunction, { type: 'rescaling' }>): ReferenceLayer {
  const map = (x: Batch, value: (x: number) => number): Batch => ({ ...x, data: x.data.map(value) });
  return weightless(
    (x) => map(x, (value) => value * scale + offset),
    (dy) => map(dy, (gradient) => gradient * scale),
  );
}
