import type { LayerFunction } from '../layer.ts';
import { elements } from '../network.ts';
import { axisOf, BINARY, UNARY } from './onnx-constants.ts';
import { recognizeFunction } from './onnx-expression.ts';
import type { LayerGraph } from './onnx-layer-graph.ts';
import { Blocker, type OnnxNode } from './onnx-node.ts';
import type { Constant } from './onnx-tensor.ts';
import { type Activation, broadcast, type Expression, isSameOrder, type Value } from './onnx-value.ts';

/** An activation function: a layer, or part of a formula that is not yet one. */
export function activation(graph: LayerGraph, node: OnnxNode, layer: LayerFunction): Value {
  const value = node.inputs[0];
  const compute = UNARY.get(node.op);
  // Part of a formula, such as the tanh of an approximated GELU.
  if (compute && value?.kind === 'expression' && !recognizeFunction(value.compute)) return map(value, compute);
  return graph.append(graph.input(node), layer);
}

/** `Softmax` over the channels, or over all of a flat input. */
export function softmax(graph: LayerGraph, node: OnnxNode): Activation {
  const value = graph.asImage(graph.input(node));
  const isFlattening = node.opset < 13;
  const axis = axisOf(node.number('axis', isFlattening ? 1 : -1), value.dims.length + 1) - 1;
  const others = elements(value.dims) / (value.dims[axis] ?? 1);
  const layer: LayerFunction = { type: 'softmax' };
  if (others === 1) return { ...graph.append(graph.flat(value), layer), dims: value.dims };
  const channel = { chw: 0, hwc: 2, other: null }[graph.layout(value)];
  // Before opset 13, softmax was over all axes from the given one.
  if (axis !== channel || (isFlattening && axis < value.dims.length - 1))
    throw new Blocker(`is over the axis ${axis + 1} of [${value.dims}]`);
  return graph.append(value, layer);
}

/** `BatchNormalization`, in inference. */
export function batchNormalization(graph: LayerGraph, node: OnnxNode): Activation {
  const value = graph.input(node);
  const weights = ['scales', 'offsets', 'means', 'variances'].map((what, index) => {
    const { data } = node.constant(index + 1, what);
    return { data, dims: [data.length, ...value.dims.slice(1).map(() => 1)] };
  });
  const { input, channels } = graph.perChannel(value, weights);
  const layer: LayerFunction = {
    type: 'batchNorm',
    momentum: node.number('momentum', 0.9),
    epsilon: node.number('epsilon', 1e-5),
  };
  return graph.append(
    input,
    layer,
    channels.map((values) => Float32Array.from(values)),
  );
}

/** `Clip` with a lower limit, of which ReLU is one case. */
export function clip(graph: LayerGraph, node: OnnxNode): Value {
  const low = lowerLimit(node);
  return map(graph.expression(node.inputs[0]), (x) => Math.max(x, low));
}

/** The lower limit of a Clip node. Throws a `Blocker` if there is an upper one. */
export function lowerLimit(node: OnnxNode): number {
  const limit = (attribute: string, input: number, fallback: number) => {
    if (node.has(attribute)) return node.number(attribute, fallback);
    return node.optionalConstant(input, 'limits')?.data[0] ?? fallback;
  };
  const low = limit('min', 1, Number.NEGATIVE_INFINITY);
  const high = limit('max', 2, Number.POSITIVE_INFINITY);
  // The largest numbers of 16 and of 32 bits mean no limit.
  if (high < 65504) throw new Blocker(`limits values to ${low} to ${high}, which is not supported`);
  return low;
}

/** The sum of activations of the same shape. */
export function sum(graph: LayerGraph, values: readonly Activation[]): Activation {
  const [first, ...rest] = values;
  const alike = rest.every(({ dims, order }) => dims.join() === first!.dims.join() && isSameOrder(order, first!.order));
  if (!alike) throw new Blocker(`adds [${values.map(({ dims }) => dims).join('] and [')}]`);
  // The outputs may differ in shape although their elements are in the same order.
  const inputs =
    new Set(values.map(({ layer }) => graph.builder.shape(layer).join())).size === 1
      ? values
      : values.map((value) => graph.flat({ ...value, dims: [elements(value.dims)] }));
  const layer = graph.builder.add(
    { type: 'add' },
    inputs.map((value) => value.layer),
  );
  return { ...first!, layer };
}

/** A node that computes each element by itself, from one input or two. */
export function calculate(graph: LayerGraph, node: OnnxNode): Value {
  const binary = BINARY.get(node.op);
  const unary = UNARY.get(node.op);
  if (binary) return combine(graph, node, binary);
  if (!unary) throw new Blocker('is not supported');
  return map(graph.expression(node.inputs[0]), unary);
}

function combine(graph: LayerGraph, node: OnnxNode, compute: (a: number, b: number) => number): Value {
  const [a, b] = node.inputs;
  if (!a || !b) throw new Blocker('lacks an input');
  if (node.inputs.length > 2) throw new Blocker(`has ${node.inputs.length} inputs`);
  if (a.kind === 'constant') return withConstant(graph, node, 1, a, (x, c) => compute(c, x));
  if (b.kind === 'constant') return withConstant(graph, node, 0, b, compute);
  const [left, right] = [graph.expression(a), graph.expression(b)];
  const areFormulas = a.kind === 'expression' || b.kind === 'expression' || left.base.layer === right.base.layer;
  if (areFormulas && isSameValue(left.base, right.base)) {
    return { ...left, compute: (x) => compute(left.compute(x), right.compute(x)) };
  }
  const [first, second] = [graph.input(node, 0), graph.input(node, 1)];
  if (node.op === 'Add') return sum(graph, [first, second]);
  if (node.op === 'Sub') {
    return sum(graph, [first, { ...second, layer: graph.builder.addAffine(second.layer, -1, 0) }]);
  }
  throw new Blocker('combines the outputs of two nodes in a way that is not supported');
}

/** A function of each element and a constant, which may differ between channels. */
function withConstant(
  graph: LayerGraph,
  node: OnnxNode,
  index: number,
  constant: Constant,
  compute: (x: number, c: number) => number,
): Value {
  const value = node.inputs[index]!;
  const { base } = graph.expression(value);
  if (!broadcast(constant.dims, [1, ...base.dims])) {
    throw new Blocker(`combines [${base.dims}] with constants of the shape [${constant.dims}]`);
  }
  const first = constant.data[0] ?? 0;
  if (Array.prototype.every.call(constant.data, (one) => one === first)) {
    return map(graph.expression(value), (x) => compute(x, first));
  }
  const input = graph.input(node, index);
  const isReversed = index === 1;
  const with0 = (c: number) => compute(0, c);
  switch (node.op) {
    case 'Add':
      return graph.affine(input, null, constant);
    case 'Sub':
      if (isReversed)
        return graph.affine({ ...input, layer: graph.builder.addAffine(input.layer, -1, 0) }, null, constant);
      return graph.affine(input, null, { ...constant, data: Float64Array.from(constant.data, with0) });
    case 'Mul':
      return graph.affine(input, constant, null);
    case 'Div':
      if (!isReversed) {
        return graph.affine(input, { ...constant, data: Float64Array.from(constant.data, (c) => 1 / c) }, null);
      }
      break;
    default:
      break;
  }
  throw new Blocker('combines each channel with a constant in a way that is not supported');
}

/** Applies a function after an expression. */
function map(expression: Expression, then: (x: number) => number): Expression {
  return { ...expression, compute: (x) => then(expression.compute(x)) };
}

function isSameValue(one: Activation, other: Activation): boolean {
  return one.layer === other.layer && one.dims.join() === other.dims.join() && isSameOrder(one.order, other.order);
}

/** The single value of a constant. */
export function uniform({ data }: Constant): number {
  const first = data[0] ?? 0;
  if (!Array.prototype.every.call(data, (one) => one === first)) throw new Blocker('has a slope for each channel');
  return first;
}
