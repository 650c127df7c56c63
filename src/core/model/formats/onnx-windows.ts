import { type Padding, paddingOf, windowCount } from '../layer.ts';
import { axisOf } from './onnx-constants.ts';
import type { LayerGraph } from './onnx-layer-graph.ts';
import { Blocker, type OnnxNode } from './onnx-node.ts';
import type { Constant } from './onnx-tensor.ts';
import { type Activation, sameOrder, transpose } from './onnx-value.ts';

/** `Conv`, of two dimensions, with one group or one for each channel. */
export function convolution(graph: LayerGraph, node: OnnxNode): Activation {
  const kernel = node.constant(1, 'weights');
  const bias = node.optionalConstant(2, 'biases');
  checkConvolution(node);
  const [filters, perGroup, height, width] = kernel.dims as [number, number, number, number];
  const { layer: image, shape } = graph.image(node);
  const groups = node.number('group', 1);
  if (perGroup * groups !== shape[2]) throw new Blocker(`takes ${perGroup * groups} channels but gets ${shape[2]}`);
  if (bias && bias.data.length !== filters) throw new Blocker(`has ${bias.data.length} biases for ${filters} filters`);
  const stride = (node.numbers('strides') ?? [1, 1]) as [number, number];
  const { padding, input } = padded(graph, node, image, [height, width], stride, 'zeros');
  const windows = { kernel: [height, width], stride, padding, useBias: bias !== null } as const;
  const isDepthwise = groups > 1;
  // [filters, in, height, width] to [height, width, in, filters]; depthwise, in is 1 and filters are channels * multiplier.
  const data = transpose(Float64Array.from(kernel.data), kernel.dims, [2, 3, 1, 0]);
  const weights = [Float32Array.from(data), ...(bias ? [Float32Array.from(bias.data)] : [])];
  const layer = graph.builder.add(
    isDepthwise
      ? { type: 'depthwiseConv2d', multiplier: filters / groups, ...windows }
      : { type: 'conv2d', filters, ...windows },
    [input],
    weights,
  );
  return graph.imageValue(layer);
}

/** `MaxPool` or `AveragePool`, of two dimensions. */
export function pooling(graph: LayerGraph, node: OnnxNode, type: 'maxPool' | 'averagePool'): Activation {
  const size = node.numbers('kernel_shape') as [number, number] | null;
  if (size?.length !== 2) throw new Blocker('is not of two dimensions');
  const stride = (node.numbers('strides') ?? [1, 1]) as [number, number];
  const { layer: image } = graph.image(node);
  const outside =
    type === 'averagePool' ? (node.number('count_include_pad', 0) ? 'zeros' : 'nothing') : 'minus infinity';
  const { padding, input } = padded(graph, node, image, size, stride, outside);
  return graph.imageValue(graph.builder.add({ type, size, stride, padding }, [input]));
}

/** `GlobalMaxPool` or `GlobalAveragePool`. */
export function globalPooling(
  graph: LayerGraph,
  node: OnnxNode,
  type: 'globalMaxPool' | 'globalAveragePool',
): Activation {
  const { layer: image, shape } = graph.image(node);
  const layer = graph.builder.add({ type }, [image]);
  return { kind: 'activation', layer, dims: [shape[2], 1, 1], order: sameOrder(shape[2]) };
}

/** A mean or maximum over height and width. */
export function reduce(graph: LayerGraph, node: OnnxNode, type: 'globalMaxPool' | 'globalAveragePool'): Activation {
  const value = graph.asImage(graph.input(node));
  const rank = value.dims.length + 1;
  const given = node.list('axes', 1) ?? value.dims.map((_, axis) => axis + 1);
  const axes = given.map((axis) => axisOf(axis, rank) - 1);
  const channel = { chw: 0, hwc: 2, other: null }[graph.layout(value)];
  const isSpatial = value.dims.every((_, axis) => axes.includes(axis) !== (axis === channel));
  if (channel === null || axes.includes(-1) || !isSpatial) {
    throw new Blocker(`is over the axes ${given} of an image, not over height and width`);
  }
  const layer = graph.builder.add({ type }, [value.layer]);
  const channels = value.dims[channel]!;
  const dims = node.number('keepdims', 1) ? value.dims.map((size, axis) => (axis === channel ? size : 1)) : [channels];
  return { kind: 'activation', layer, dims, order: sameOrder(channels) };
}

/** `Pad` with zeros, of height and width. */
export function pad(graph: LayerGraph, node: OnnxNode): Activation {
  const mode = node.text('mode', 'constant');
  if (mode !== 'constant') throw new Blocker(`pads by ${mode}`);
  const fill = node.has('value') ? node.number('value', 0) : (node.optionalConstant(2, 'a value')?.data[0] ?? 0);
  if (fill !== 0) throw new Blocker(`pads with ${fill}`);
  const value = graph.asImage(graph.input(node));
  const rank = value.dims.length + 1;
  const pads = node.list('pads', 1) ?? [];
  const axes =
    (node.optionalConstant(3, 'axes') as Constant | null)?.data ?? Array.from({ length: rank }, (_, axis) => axis);
  const at = (axis: number) => {
    const place = Array.from(axes, (one) => axisOf(one, rank)).indexOf(axis);
    return place < 0 ? [0, 0] : [pads[place] ?? 0, pads[place + axes.length] ?? 0];
  };
  const layout = graph.layout(value);
  if (layout === 'other') throw new Blocker('does not pad an image');
  const [rows, columns] = layout === 'chw' ? [2, 3] : [1, 2];
  const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== rows && axis !== columns);
  const isSpatial = others.every((axis) => at(axis).every((count) => count === 0));
  const [[top, bottom], [left, right]] = [at(rows), at(columns)] as [[number, number], [number, number]];
  const counts = [top, bottom, left, right];
  if (!isSpatial || counts.some((count) => count < 0)) throw new Blocker(`pads by [${pads}]`);
  if (counts.every((count) => count === 0)) return value;
  const layer = graph.builder.add({ type: 'zeroPadding', top, bottom, left, right }, [value.layer]);
  return layout === 'chw' ? graph.imageValue(layer) : graph.channelsLast(layer);
}

/** The padding of a node's windows, and its input, which is padded by a layer where `same` pads differently. */
function padded(
  graph: LayerGraph,
  node: OnnxNode,
  image: number,
  window: readonly [number, number],
  stride: readonly [number, number],
  outside: 'zeros' | 'minus infinity' | 'nothing',
): { padding: Padding; input: number } {
  if (stride.length !== 2) throw new Blocker('is not of two dimensions');
  const automatic = node.text('auto_pad', 'NOTSET');
  if (automatic === 'SAME_UPPER') return { padding: 'same', input: image };
  const sizes = graph.builder.shape(image).slice(0, 2) as [number, number];
  const pads = sizes.map((size, axis): [number, number] => {
    if (automatic === 'VALID') return [0, 0];
    if (automatic === 'SAME_LOWER') {
      const [before, after] = paddingOf('same', size, window[axis]!, stride[axis]!);
      return [after, before];
    }
    const given = node.numbers('pads') ?? [0, 0, 0, 0];
    const [before, after] = [given[axis] ?? 0, given[axis + 2] ?? 0];
    if (!node.number('ceil_mode', 0)) return [before, after];
    // The last window may reach beyond the padding.
    const rest = (size + before + after - window[axis]!) % stride[axis]!;
    return [before, rest > 0 ? after + stride[axis]! - rest : after];
  }) as [[number, number], [number, number]];
  if (pads.flat().some((count) => !(count >= 0))) throw new Blocker(`pads by [${pads}]`);
  if (pads.flat().every((count) => count === 0)) return { padding: 'valid', input: image };
  const isSame = pads.every((pad, axis) => {
    const [size, extent, step] = [sizes[axis]!, window[axis]!, stride[axis]!];
    const count = windowCount('valid', size + pad[0] + pad[1], extent, step);
    return (
      pad.join() === paddingOf('same', size, extent, step).join() && count === windowCount('same', size, extent, step)
    );
  });
  const isCeil = node.number('ceil_mode', 0) !== 0 && outside === 'zeros';
  // Zeros change no maximum of values that are not negative.
  const areZeros = outside === 'zeros' || (outside === 'minus infinity' && graph.builder.isNonNegative(image));
  const [[top, bottom], [left, right]] = pads;
  if (isSame && (outside !== 'zeros' || node.op === 'Conv')) return { padding: 'same', input: image };
  if (!areZeros || isCeil) throw new Blocker(`has the padding [${[top, left, bottom, right]}], which is not supported`);
  const input = graph.builder.add({ type: 'zeroPadding', top, bottom, left, right }, [image]);
  return { padding: 'valid', input };
}

/** Throws a `Blocker` for windows with gaps. */
export function checkDilation(node: OnnxNode): void {
  const dilations = node.numbers('dilations') ?? [];
  if (dilations.some((one) => one !== 1))
    throw new Blocker(`has the dilation ${dilations.join('x')}; only 1 is supported`);
}

/** Throws a `Blocker` for a convolution of other dimensions, groups, or dilations than `convolution` supports. */
export function checkConvolution(node: OnnxNode): void {
  checkDilation(node);
  const kernel = node.inputs[1];
  if (kernel?.kind !== 'constant') return;
  const { dims } = kernel;
  if (dims.length !== 4) throw new Blocker(`is a convolution of ${dims.length - 2} dimensions; only 2 are supported`);
  const groups = node.number('group', 1);
  const isDepthwise = dims[1] === 1 && dims[0]! % groups === 0;
  if (groups !== 1 && !isDepthwise) {
    throw new Blocker(`has ${groups} groups; only 1, or one for each channel, is supported`);
  }
}
