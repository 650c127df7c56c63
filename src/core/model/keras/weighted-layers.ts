import type { LayerFunction, Size } from '../layer.ts';
import { activationOf, addFunctions } from './activations.ts';
import { checkImage } from './image-layers.ts';
import type { LayerContext } from './layer-context.ts';
import type { LayerFields } from './layer-fields.ts';
import type { WeightPlace } from './network-builder.ts';
import { kerasShape, type Tensor } from './tensor.ts';

const kernel: WeightPlace = { names: ['kernel', 'W'], index: 0 };
const bias = (index: number): WeightPlace => ({ names: ['bias', 'b'], index });

/** Adds `Conv2D`, `DepthwiseConv2D`, or `SeparableConv2D`. */
export function addConvolution(className: string, context: LayerContext, input: Tensor): Tensor | null {
  const { builder, fields, problems } = context;
  checkImage(fields, input);
  requireNoDilation(fields);
  const channels = input.shape.at(-1)!;
  const useBias = fields.flag('use_bias');
  const windows = {
    kernel: fields.size('kernel_size'),
    stride: fields.size('strides', [1, 1]),
    padding: fields.padding(),
  };
  const activation = activationOf(fields, problems);
  let output: Tensor | null;
  if (className === 'Conv2D') {
    const filters = fields.count('filters');
    const groups = fields.config.groups ?? 1;
    if (groups === channels && channels > 1 && filters % channels === 0) {
      // One filter sees one channel. The kernel, [height, width, 1, filters], is in the order of a depthwise one.
      const layer = { type: 'depthwiseConv2d', multiplier: filters / channels, useBias, ...windows } as const;
      const shape = [...windows.kernel, 1, filters];
      output = builder.add(fields, [input], layer, {}, [{ ...kernel, shape }, bias(1)]);
    } else {
      fields.require('groups', 1, undefined, null);
      output = builder.add(fields, [input], { type: 'conv2d', filters, useBias, ...windows }, {}, [kernel, bias(1)]);
    }
  } else {
    const multiplier = fields.config.depth_multiplier === undefined ? 1 : fields.count('depth_multiplier');
    const isSeparable = className === 'SeparableConv2D';
    const names = ['depthwise_kernel', 'kernel'];
    const layer = { type: 'depthwiseConv2d', multiplier, useBias: useBias && !isSeparable, ...windows } as const;
    output = builder.add(fields, [input], layer, {}, [{ names, index: 0 }, bias(1)]);
    if (isSeparable && output) {
      const filters = fields.count('filters');
      const pointwise = { type: 'conv2d', filters, kernel: [1, 1], stride: [1, 1], padding: 'valid', useBias } as const;
      output = builder.add(fields, [output], pointwise, {}, [{ names: ['pointwise_kernel'], index: 1 }, bias(2)]);
    }
  }
  return output && addFunctions(context, output, activation);
}

export function requireNoDilation(fields: LayerFields): void {
  fields.require('dilation_rate', 1, undefined, null);
}

/** Adds `Dense`, which on an image is a convolution with a 1x1 kernel. */
export function addDense(context: LayerContext, input: Tensor): Tensor | null {
  const { builder, fields, problems } = context;
  const units = fields.count('units');
  const useBias = fields.flag('use_bias');
  const activation = activationOf(fields, problems);
  let output: Tensor | null;
  if (input.kind === 'flat') {
    const flat = builder.flat(fields, input);
    output =
      flat &&
      builder.add(fields, [flat], { type: 'dense', units, useBias }, { order: null }, [
        { ...kernel, order: flat.order },
        bias(1),
      ]);
  } else if (input.kind === 'last') {
    const size: Size = [1, 1];
    const layer: LayerFunction = {
      type: 'conv2d',
      filters: units,
      kernel: size,
      stride: size,
      padding: 'valid',
      useBias,
    };
    output = builder.add(fields, [input], layer, {}, [{ ...kernel, shape: [input.shape.at(-1)!, units] }, bias(1)]);
  } else {
    fields.problem(`takes [${kerasShape(input)}]; it needs a Flatten layer before it`);
    output = null;
  }
  return output && addFunctions(context, output, activation);
}
