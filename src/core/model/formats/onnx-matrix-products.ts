import type { LayerFunction } from '../layer.ts';
import { elements } from '../network.ts';
import type { LayerGraph } from './onnx-layer-graph.ts';
import { Blocker, type OnnxNode } from './onnx-node.ts';
import { type Activation, isSameOrder, sameOrder, transpose } from './onnx-value.ts';

/** `Gemm` with constant weights: a dense layer, with an addition if there are biases. */
export function gemm(graph: LayerGraph, node: OnnxNode): Activation {
  if (node.number('transA', 0)) throw new Blocker('transposes its first input');
  const b = node.constant(1, 'weights');
  const c = node.optionalConstant(2, 'biases');
  if (b.dims.length !== 2) throw new Blocker(`has weights of the shape [${b.dims}]`);
  const data = Float64Array.from(b.data, (value) => value * node.number('alpha', 1));
  const isTransposed = node.number('transB', 0) !== 0;
  const kernel = isTransposed ? transpose(data, b.dims, [1, 0]) : data;
  const [inputs, units] = isTransposed ? [b.dims[1]!, b.dims[0]!] : [b.dims[0]!, b.dims[1]!];
  const output = dense(graph, graph.input(node), kernel, inputs, units);
  if (!c) return output;
  const beta = node.number('beta', 1);
  return graph.affine(output, null, { ...c, data: Float64Array.from(c.data, (value) => value * beta) });
}

/** `MatMul` by a constant matrix: a dense layer, or a 1x1 convolution if the input is an image. */
export function matMul(graph: LayerGraph, node: OnnxNode): Activation {
  const b = node.constant(1, 'weights');
  if (b.dims.length !== 2) throw new Blocker(`has weights of the shape [${b.dims}]`);
  const [inputs, units] = b.dims as [number, number];
  const value = graph.input(node);
  const { dims } = value;
  if (dims.at(-1) !== inputs) throw new Blocker(`multiplies [${dims}] by [${b.dims}]`);
  const leading = dims.slice(0, -1);
  const kernel = Float64Array.from(b.data);
  if (elements(leading) === 1) {
    const output = dense(graph, { ...value, dims: [inputs] }, kernel, inputs, units);
    return { ...output, dims: [...leading, units] };
  }
  // A dense layer at each place of an image is a 1x1 convolution.
  const shape = graph.builder.shape(value.layer);
  if (shape.length !== 3 || shape.join() !== dims.join() || !isSameOrder(value.order, sameOrder(elements(shape)))) {
    throw new Blocker(`multiplies each row of [${dims}]`);
  }
  const layer: LayerFunction = {
    type: 'conv2d',
    filters: units,
    kernel: [1, 1],
    stride: [1, 1],
    padding: 'valid',
    useBias: false,
  };
  const added = graph.builder.add(layer, [value.layer], [Float32Array.from(kernel)]);
  const output = graph.builder.shape(added);
  return { kind: 'activation', layer: added, dims: [...output], order: sameOrder(elements(output)) };
}

function dense(graph: LayerGraph, value: Activation, kernel: Float64Array, inputs: number, units: number): Activation {
  if (value.dims.length !== 1) throw new Blocker(`multiplies [${value.dims}], which is not flat`);
  if (value.dims[0] !== inputs) throw new Blocker(`takes ${inputs} values but gets ${value.dims[0]}`);
  const { layer: flat, order } = graph.flat(value);
  const rows = new Float32Array(kernel.length);
  order.forEach((row, index) => {
    rows.set(kernel.subarray(index * units, (index + 1) * units), row * units);
  });
  const layer = graph.builder.add({ type: 'dense', units, useBias: false }, [flat], [rows]);
  return { kind: 'activation', layer, dims: [units], order: sameOrder(units) };
}
