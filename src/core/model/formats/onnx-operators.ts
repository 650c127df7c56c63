import { lookupTable } from '../../lookup-table.ts';
import {
  activation,
  batchNormalization,
  calculate,
  clip,
  lowerLimit,
  softmax,
  sum,
  uniform,
} from './onnx-arithmetic.ts';
import { BINARY, shapeOf, UNARY } from './onnx-constants.ts';
import { recognizeFunction } from './onnx-expression.ts';
import type { LayerGraph } from './onnx-layer-graph.ts';
import { gemm, matMul } from './onnx-matrix-products.ts';
import { Blocker, type OnnxNode } from './onnx-node.ts';
import { concatenate, flatten, reshape, squeeze, transposeAxes, unsqueeze } from './onnx-shapes.ts';
import type { Value } from './onnx-value.ts';
import { checkConvolution, checkDilation, convolution, globalPooling, pad, pooling, reduce } from './onnx-windows.ts';

type Operator = (graph: LayerGraph, node: OnnxNode) => Value;

/** Checks of attributes that are possible whatever the inputs are. */
const CHECKS = lookupTable<(node: OnnxNode) => void>({
  Conv: checkConvolution,
  MaxPool: checkDilation,
  AveragePool: checkDilation,
  Clip: (node) => void lowerLimit(node),
});

/** The defaults of `Selu`. */
const SELU = { alpha: 1.6732631921768188, gamma: 1.0507010221481323 };

const OPERATORS = lookupTable<Operator>({
  Conv: convolution,
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  Relu: (graph, node) => activation(graph, node, { type: 'relu' }),
  LeakyRelu: (graph, node) => activation(graph, node, { type: 'leakyRelu', slope: node.number('alpha', 0.01) }),
  PRelu: (graph, node) => activation(graph, node, { type: 'leakyRelu', slope: uniform(node.constant(1, 'slopes')) }),
  Elu: (graph, node) => activation(graph, node, { type: 'elu', alpha: node.number('alpha', 1) }),
  Selu: (graph, node) => {
    const elu = graph.append(graph.input(node), { type: 'elu', alpha: node.number('alpha', SELU.alpha) });
    return { ...elu, layer: graph.builder.addAffine(elu.layer, node.number('gamma', SELU.gamma), 0) };
  },
  Gelu: (graph, node) => {
    return activation(graph, node, { type: 'gelu', approximate: node.text('approximate', 'none') === 'tanh' });
  },
  Sigmoid: (graph, node) => activation(graph, node, { type: 'sigmoid' }),
  Tanh: (graph, node) => activation(graph, node, { type: 'tanh' }),
  Softmax: softmax,
  LogSoftmax: (graph, node) => ({ kind: 'answer', of: softmax(graph, node), op: node.op }),
  Clip: clip,
  MaxPool: (graph, node) => pooling(graph, node, 'maxPool'),
  AveragePool: (graph, node) => pooling(graph, node, 'averagePool'),
  GlobalMaxPool: (graph, node) => globalPooling(graph, node, 'globalMaxPool'),
  GlobalAveragePool: (graph, node) => globalPooling(graph, node, 'globalAveragePool'),
  ReduceMean: (graph, node) => reduce(graph, node, 'globalAveragePool'),
  ReduceMax: (graph, node) => reduce(graph, node, 'globalMaxPool'),
  Flatten: flatten,
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transposeAxes,
  Pad: pad,
  Concat: concatenate,
  Sum: (graph, node) =>
    sum(
      graph,
      node.inputs.map((_, index) => graph.input(node, index)),
    ),
  Dropout: (graph, node) => {
    const value = graph.input(node);
    const rate = node.has('ratio') ? node.number('ratio', 0.5) : (node.optionalConstant(1, 'a ratio')?.data[0] ?? 0.5);
    return rate > 0 && rate < 1 ? graph.append(value, { type: 'dropout', rate }) : value;
  },
  Identity: (_, node) => node.inputs[0]!,
  Cast: (_, node) => node.inputs[0]!,
  Shape: (graph, node) => shapeOf(node, [Number.NaN, ...graph.dims(node)]),
  ArgMax: (graph, node) => ({ kind: 'answer', of: graph.input(node), op: node.op }),
});

/** Nodes that do not change which class is the best. */
const AFTER_ANSWER = new Set(['ArgMax', 'Exp', 'Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten']);

/** The result of a node whose inputs are not all constant. Throws a `Blocker` if it is not supported. */
export function evaluateNode(graph: LayerGraph, node: OnnxNode): Value {
  const operator = OPERATORS.get(node.op);
  if (!operator && !BINARY.has(node.op) && !UNARY.has(node.op)) throw new Blocker('is not supported');
  CHECKS.get(node.op)?.(node);
  if (node.inputs.some((input) => input?.kind === 'unknown')) return { kind: 'unknown' };
  const answer = node.inputs.find((input) => input?.kind === 'answer');
  if (answer) {
    if (!AFTER_ANSWER.has(node.op)) throw new Blocker(`follows ${answer.op}, which must be the last node`);
    return answer;
  }
  try {
    const value = operator?.(graph, node) ?? calculate(graph, node);
    if (value.kind !== 'expression') return value;
    // A layer ends a formula, so that the next one is recognized by itself.
    const type = recognizeFunction(value.compute)?.type ?? 'affine';
    return type === 'affine' ? { ...value, node } : graph.settle(value);
  } catch (error) {
    // Of layers that do not fit their inputs.
    if (error instanceof RangeError) throw new Blocker(error.message);
    throw error;
  }
}
