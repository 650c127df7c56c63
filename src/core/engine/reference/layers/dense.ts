import type { LayerFunction, Shape } from '../../../model/layer.ts';
import { elements } from '../../../model/network.ts';
import { type Batch, columnSums, type ReferenceLayer, zeros } from './layer.ts';

/** x * kernel + bias; the kernel is [inputs, units]. */
export function dense(
  { units, useBias }: Extract<LayerFunction, { type: 'dense' }>,
  input: Shape,
  output: Shape,
): ReferenceLayer {
  const inputs = elements(input);
  const kernel = new Float64Array(inputs * units);
  const bias = new Float64Array(units);
  let x: Batch;
  const layer: ReferenceLayer = {
    weights: useBias ? [kernel, bias] : [kernel],
    gradients: [],
    forward([batch]) {
      x = batch!;
      const y = zeros(x.n, output);
      for (let image = 0; image < x.n; image++)
        for (let u = 0; u < units; u++) {
          let sum = useBias ? bias[u]! : 0;
          for (let i = 0; i < inputs; i++) sum += x.data[image * inputs + i]! * kernel[i * units + u]!;
          y.data[image * units + u] = sum;
        }
      return y;
    },
    backward(dy) {
      const dx = zeros(x.n, input);
      const dKernel = new Float64Array(kernel.length);
      for (let image = 0; image < x.n; image++)
        for (let i = 0; i < inputs; i++)
          for (let u = 0; u < units; u++) {
            const gradient = dy.data[image * units + u]!;
            dx.data[image * inputs + i]! += gradient * kernel[i * units + u]!;
            dKernel[i * units + u]! += gradient * x.data[image * inputs + i]!;
          }
      layer.gradients.splice(0, 2, dKernel, ...(useBias ? [columnSums(dy, units)] : []));
      return [dx];
    },
  };
  return layer;
}
