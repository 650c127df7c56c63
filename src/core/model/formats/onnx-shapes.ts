import { elements } from '../network.ts';
import { axisOf, checkPermutation, reshapedDims, unsqueezedDims } from './onnx-constants.ts';
import type { LayerGraph } from './onnx-layer-graph.ts';
import { Blocker, type OnnxNode } from './onnx-node.ts';
import { type Activation, transpose, type Value } from './onnx-value.ts';

/** A `Flatten` node, which keeps the batch. */
export function flatten(graph: LayerGraph, node: OnnxNode): Value {
  const dims = graph.dims(node);
  if (axisOf(node.number('axis', 1), dims.length + 1) !== 1) throw new Blocker('does not flatten whole images');
  return graph.reshaped(node, [elements(dims)]);
}

/** `Squeeze`, of other dimensions than the batch. */
export function squeeze(graph: LayerGraph, node: OnnxNode): Value {
  const dims = graph.dims(node);
  const axes = node.list('axes', 1)?.map((axis) => axisOf(axis, dims.length + 1) - 1);
  if (axes?.includes(-1)) throw new Blocker('removes the batch dimension');
  const kept = dims.filter((size, axis) => !(axes ? axes.includes(axis) : size === 1));
  return graph.reshaped(node, kept);
}

/** `Unsqueeze`, after the batch. */
export function unsqueeze(graph: LayerGraph, node: OnnxNode): Value {
  const axes = node.list('axes', 1) ?? [];
  const [batch, ...dims] = unsqueezedDims([Number.NaN, ...graph.dims(node)], axes);
  if (!Number.isNaN(batch)) throw new Blocker('adds a dimension before the batch');
  return graph.reshaped(node, dims);
}

/** `Reshape` of each image. */
export function reshape(graph: LayerGraph, node: OnnxNode): Value {
  const dims = graph.dims(node);
  const target = node.numbers('shape') ?? [...node.constant(1, 'sizes').data];
  const [batch, ...rest] = target.map((size, axis) => (size === 0 ? (dims[axis - 1] ?? size) : size));
  // The batch size may be any number: that of the images with which the graph was traced.
  if (batch === undefined || rest.some(Number.isNaN)) throw new Blocker(`reshapes to [${target}]`);
  return graph.reshaped(node, reshapedDims(dims, rest));
}

/** `Transpose` of the axes of each image. */
export function transposeAxes(graph: LayerGraph, node: OnnxNode): Value {
  const rank = graph.dims(node).length + 1;
  const permutation = node.numbers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  checkPermutation(permutation, rank);
  if (permutation[0] !== 0) throw new Blocker('moves the batch dimension');
  const axes = permutation.slice(1).map((axis) => axis - 1);
  return graph.reordered(node, (value) => ({
    ...value,
    dims: axes.map((axis) => value.dims[axis]!),
    order: transpose(value.order, value.dims, axes),
  }));
}

/** `Concat` of flat lists or of the channels of images. */
export function concatenate(graph: LayerGraph, node: OnnxNode): Activation {
  const values = node.inputs.map((_, index) => graph.asImage(graph.input(node, index)));
  const [first] = values;
  const axis = axisOf(node.number('axis', 1), first!.dims.length + 1) - 1;
  if (values.length === 1) return first!;
  if (first!.dims.length === 1 && axis === 0) {
    const flat = values.map((value) => graph.flat(value));
    const layer = graph.builder.add(
      { type: 'concatenate' },
      flat.map((value) => value.layer),
    );
    let offset = 0;
    const order = Int32Array.from(
      flat.flatMap((value) => {
        const places = Array.from(value.order, (place) => place + offset);
        offset += value.order.length;
        return places;
      }),
    );
    return { kind: 'activation', layer, dims: [order.length], order };
  }
  const layouts = values.map((value) => graph.layout(value));
  const [layout] = layouts;
  if (layout === 'other' || layouts.some((one) => one !== layout) || axis !== (layout === 'chw' ? 0 : 2)) {
    throw new Blocker(`joins [${values.map(({ dims }) => dims).join('] and [')}] along the axis ${axis + 1}`);
  }
  const layer = graph.builder.add(
    { type: 'concatenate' },
    values.map((value) => value.layer),
  );
  return layout === 'chw' ? graph.imageValue(layer) : graph.channelsLast(layer);
}
