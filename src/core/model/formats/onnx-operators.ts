import { type LayerFunction, type Padding, paddingOf, type Shape, windowCount } from '../layer.ts';
import { elements } from '../network.ts';
import { axisOf, BINARY, checkPermutation, reshapedDims, shapeOf, UNARY, unsqueezedDims } from './onnx-constants.ts';
import { recognizeFunction } from './onnx-expression.ts';
import type { NetworkBuilder } from './onnx-network-builder.ts';
import { Blocker, type OnnxNode } from './onnx-node.ts';
import type { Constant } from './onnx-tensor.ts';
import {
  type Activation,
  broadcast,
  channelsFirst,
  type Expression,
  isSameOrder,
  sameOrder,
  transpose,
  type Value,
} from './onnx-value.ts';

type Operator = (node: OnnxNode, graph: GraphOperators) => Value;

/** Checks of attributes that are possible whatever the inputs are. */
const CHECKS: Readonly<Record<string, (node: OnnxNode) => void>> = {
  Conv: checkConvolution,
  MaxPool: checkDilation,
  AveragePool: checkDilation,
  Clip: (node) => void lowerLimit(node),
};

const OPERATORS: Readonly<Record<string, Operator>> = {
  Conv: (node, graph) => graph.convolution(node),
  Gemm: (node, graph) => graph.gemm(node),
  MatMul: (node, graph) => graph.matMul(node),
  BatchNormalization: (node, graph) => graph.batchNormalization(node),
  Relu: (node, graph) => graph.activation(node, { type: 'relu' }),
  LeakyRelu: (node, graph) => graph.activation(node, { type: 'leakyRelu', slope: node.number('alpha', 0.01) }),
  PRelu: (node, graph) => graph.activation(node, { type: 'leakyRelu', slope: uniform(node.constant(1, 'slopes')) }),
  Elu: (node, graph) => graph.activation(node, { type: 'elu', alpha: node.number('alpha', 1) }),
  Gelu: (node, graph) => {
    return graph.activation(node, { type: 'gelu', approximate: node.text('approximate', 'none') === 'tanh' });
  },
  Sigmoid: (node, graph) => graph.activation(node, { type: 'sigmoid' }),
  Tanh: (node, graph) => graph.activation(node, { type: 'tanh' }),
  Softmax: (node, graph) => graph.softmax(node),
  LogSoftmax: (node, graph) => ({ kind: 'answer', of: graph.softmax(node), op: node.op }),
  Clip: (node, graph) => graph.clip(node),
  MaxPool: (node, graph) => graph.pooling(node, 'maxPool'),
  AveragePool: (node, graph) => graph.pooling(node, 'averagePool'),
  GlobalMaxPool: (node, graph) => graph.globalPooling(node, 'globalMaxPool'),
  GlobalAveragePool: (node, graph) => graph.globalPooling(node, 'globalAveragePool'),
  ReduceMean: (node, graph) => graph.reduce(node, 'globalAveragePool'),
  ReduceMax: (node, graph) => graph.reduce(node, 'globalMaxPool'),
  Flatten: (node, graph) => {
    const dims = graph.dims(node);
    if (axisOf(node.number('axis', 1), dims.length + 1) !== 1) throw new Blocker('does not flatten whole images');
    return graph.reshaped(node, [elements(dims)]);
  },
  Reshape: (node, graph) => graph.reshape(node),
  Squeeze: (node, graph) => {
    const dims = graph.dims(node);
    const axes = node.list('axes', 1)?.map((axis) => axisOf(axis, dims.length + 1) - 1);
    if (axes?.includes(-1)) throw new Blocker('removes the batch dimension');
    return graph.reshaped(
      node,
      dims.filter((size, axis) => !(axes ? axes.includes(axis) : size === 1)),
    );
  },
  Unsqueeze: (node, graph) => {
    const axes = node.list('axes', 1) ?? [];
    const [batch, ...dims] = unsqueezedDims([Number.NaN, ...graph.dims(node)], axes);
    if (!Number.isNaN(batch)) throw new Blocker('adds a dimension before the batch');
    return graph.reshaped(node, dims);
  },
  Transpose: (node, graph) => graph.transpose(node),
  Pad: (node, graph) => graph.pad(node),
  Concat: (node, graph) => graph.concatenate(node),
  Sum: (node, graph) => graph.sum(node.inputs.map((_, index) => graph.input(node, index))),
  Dropout: (node, graph) => {
    const value = graph.input(node);
    const rate = node.has('ratio') ? node.number('ratio', 0.5) : (node.optionalConstant(1, 'a ratio')?.data[0] ?? 0.5);
    return rate > 0 && rate < 1 ? graph.append(value, { type: 'dropout', rate }) : value;
  },
  Identity: (node) => node.inputs[0]!,
  Cast: (node) => node.inputs[0]!,
  Shape: (node, graph) => shapeOf(node, [Number.NaN, ...graph.dims(node)]),
  ArgMax: (node, graph) => ({ kind: 'answer', of: graph.input(node), op: node.op }),
};

/** Nodes that do not change which class is the best. */
const AFTER_ANSWER = new Set(['ArgMax', 'Exp', 'Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Flatten']);

/** Turns nodes of an ONNX graph into layers. */
export class GraphOperators {
  readonly #builder: NetworkBuilder;

  constructor(builder: NetworkBuilder) {
    this.#builder = builder;
  }

  /** The result of a node whose inputs are not all constant. Throws a `Blocker` if it is not supported. */
  evaluate(node: OnnxNode): Value {
    const operator = OPERATORS[node.op];
    if (!operator && !BINARY[node.op] && !UNARY[node.op]) throw new Blocker('is not supported');
    CHECKS[node.op]?.(node);
    if (node.inputs.some((input) => input?.kind === 'unknown')) return { kind: 'unknown' };
    const answer = node.inputs.find((input) => input?.kind === 'answer');
    if (answer) {
      if (!AFTER_ANSWER.has(node.op)) throw new Blocker(`follows ${answer.op}, which must be the last node`);
      return answer;
    }
    try {
      const value = operator?.(node, this) ?? this.#calculate(node);
      if (value.kind !== 'expression') return value;
      // A layer ends a formula, so that the next one is recognized by itself.
      const type = recognizeFunction(value.compute)?.type ?? 'affine';
      return type === 'affine' ? { ...value, node } : this.#settle(value);
    } catch (error) {
      // Of layers that do not fit their inputs.
      if (error instanceof RangeError) throw new Blocker(error.message);
      throw error;
    }
  }

  /** An input that is the output of a layer. */
  input(node: OnnxNode, index = 0): Activation {
    const value = node.inputs[index];
    if (value?.kind === 'expression') return this.#settle(value);
    if (value?.kind !== 'activation') throw new Blocker(`has an input ${index + 1} that is constant`);
    return value;
  }

  /** The result at the end of a graph. */
  settle(value: Value): Value {
    return value.kind === 'expression' ? this.#settle(value) : value;
  }

  /** Appends a layer that keeps the shape. */
  append(value: Activation, layer: LayerFunction, weights: Float32Array[] = []): Activation {
    return { ...value, layer: this.#builder.add(layer, [value.layer], weights) };
  }

  /** The shape of an input without the batch dimension. */
  dims(node: OnnxNode): readonly number[] {
    return this.#expression(node.inputs[0]).base.dims;
  }

  /** The same elements with another shape. */
  reshaped(node: OnnxNode, dims: readonly number[]): Value {
    return this.#reordered(node, (value) => ({ ...value, dims }));
  }

  /** The same elements in another order. Part of a formula remains one. */
  #reordered(node: OnnxNode, reorder: (value: Activation) => Activation): Value {
    const expression = this.#expression(node.inputs[0]);
    const base = reorder(expression.base);
    return node.inputs[0]?.kind === 'expression' ? { ...expression, base } : base;
  }

  activation(node: OnnxNode, layer: LayerFunction): Value {
    const value = node.inputs[0];
    const compute = UNARY[node.op];
    // Part of a formula, such as the tanh of an approximated GELU.
    if (compute && value?.kind === 'expression' && !recognizeFunction(value.compute)) return map(value, compute);
    return this.append(this.input(node), layer);
  }

  convolution(node: OnnxNode): Activation {
    const kernel = node.constant(1, 'weights');
    const bias = node.optionalConstant(2, 'biases');
    checkConvolution(node);
    const [filters, perGroup, height, width] = kernel.dims as [number, number, number, number];
    const { layer: image, shape } = this.#image(node);
    const groups = node.number('group', 1);
    if (perGroup * groups !== shape[2]) throw new Blocker(`takes ${perGroup * groups} channels but gets ${shape[2]}`);
    if (bias && bias.data.length !== filters)
      throw new Blocker(`has ${bias.data.length} biases for ${filters} filters`);
    const stride = (node.numbers('strides') ?? [1, 1]) as [number, number];
    const { padding, input } = this.#padded(node, image, [height, width], stride, 'zeros');
    const windows = { kernel: [height, width], stride, padding, useBias: bias !== null } as const;
    const isDepthwise = groups > 1;
    // [filters, in, height, width] to [height, width, in, filters]; depthwise, in is 1 and filters are channels * multiplier.
    const data = transpose(Float64Array.from(kernel.data), kernel.dims, [2, 3, 1, 0]);
    const weights = [Float32Array.from(data), ...(bias ? [Float32Array.from(bias.data)] : [])];
    const layer = this.#builder.add(
      isDepthwise
        ? { type: 'depthwiseConv2d', multiplier: filters / groups, ...windows }
        : { type: 'conv2d', filters, ...windows },
      [input],
      weights,
    );
    return this.#imageValue(layer);
  }

  gemm(node: OnnxNode): Activation {
    if (node.number('transA', 0)) throw new Blocker('transposes its first input');
    const b = node.constant(1, 'weights');
    const c = node.optionalConstant(2, 'biases');
    if (b.dims.length !== 2) throw new Blocker(`has weights of the shape [${b.dims}]`);
    const data = Float64Array.from(b.data, (value) => value * node.number('alpha', 1));
    const isTransposed = node.number('transB', 0) !== 0;
    const kernel = isTransposed ? transpose(data, b.dims, [1, 0]) : data;
    const [inputs, units] = isTransposed ? [b.dims[1]!, b.dims[0]!] : [b.dims[0]!, b.dims[1]!];
    const output = this.#dense(this.input(node), kernel, inputs, units);
    if (!c) return output;
    const beta = node.number('beta', 1);
    return this.#affine(output, null, { ...c, data: Float64Array.from(c.data, (value) => value * beta) });
  }

  matMul(node: OnnxNode): Activation {
    const b = node.constant(1, 'weights');
    if (b.dims.length !== 2) throw new Blocker(`has weights of the shape [${b.dims}]`);
    const [inputs, units] = b.dims as [number, number];
    const value = this.input(node);
    const { dims } = value;
    if (dims.at(-1) !== inputs) throw new Blocker(`multiplies [${dims}] by [${b.dims}]`);
    const leading = dims.slice(0, -1);
    const kernel = Float64Array.from(b.data);
    if (elements(leading) === 1) {
      const output = this.#dense({ ...value, dims: [inputs] }, kernel, inputs, units);
      return { ...output, dims: [...leading, units] };
    }
    // A dense layer at each place of an image is a 1x1 convolution.
    const shape = this.#builder.shape(value.layer);
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
    const added = this.#builder.add(layer, [value.layer], [Float32Array.from(kernel)]);
    const output = this.#builder.shape(added);
    return { kind: 'activation', layer: added, dims: [...output], order: sameOrder(elements(output)) };
  }

  batchNormalization(node: OnnxNode): Activation {
    const value = this.input(node);
    const weights = ['scales', 'offsets', 'means', 'variances'].map((what, index) => {
      const { data } = node.constant(index + 1, what);
      return { data, dims: [data.length, ...value.dims.slice(1).map(() => 1)] };
    });
    const { input, channels } = this.#perChannel(value, weights);
    const layer: LayerFunction = {
      type: 'batchNorm',
      momentum: node.number('momentum', 0.9),
      epsilon: node.number('epsilon', 1e-5),
    };
    return this.append(
      input,
      layer,
      channels.map((values) => Float32Array.from(values)),
    );
  }

  softmax(node: OnnxNode): Activation {
    const value = this.#asImage(this.input(node));
    const isFlattening = node.opset < 13;
    const axis = axisOf(node.number('axis', isFlattening ? 1 : -1), value.dims.length + 1) - 1;
    const others = elements(value.dims) / (value.dims[axis] ?? 1);
    const layer: LayerFunction = { type: 'softmax' };
    if (others === 1) return { ...this.append(this.#flat(value), layer), dims: value.dims };
    const channel = { chw: 0, hwc: 2, other: null }[this.#layout(value)];
    // Before opset 13, softmax was over all axes from the given one.
    if (axis !== channel || (isFlattening && axis < value.dims.length - 1))
      throw new Blocker(`is over the axis ${axis + 1} of [${value.dims}]`);
    return this.append(value, layer);
  }

  clip(node: OnnxNode): Value {
    const low = lowerLimit(node);
    return map(this.#expression(node.inputs[0]), (x) => Math.max(x, low));
  }

  pooling(node: OnnxNode, type: 'maxPool' | 'averagePool'): Activation {
    const size = node.numbers('kernel_shape') as [number, number] | null;
    if (size?.length !== 2) throw new Blocker('is not of two dimensions');
    const stride = (node.numbers('strides') ?? [1, 1]) as [number, number];
    const { layer: image } = this.#image(node);
    const outside =
      type === 'averagePool' ? (node.number('count_include_pad', 0) ? 'zeros' : 'nothing') : 'minus infinity';
    const { padding, input } = this.#padded(node, image, size, stride, outside);
    return this.#imageValue(this.#builder.add({ type, size, stride, padding }, [input]));
  }

  globalPooling(node: OnnxNode, type: 'globalMaxPool' | 'globalAveragePool'): Activation {
    const { layer: image, shape } = this.#image(node);
    const layer = this.#builder.add({ type }, [image]);
    return { kind: 'activation', layer, dims: [shape[2], 1, 1], order: sameOrder(shape[2]) };
  }

  /** A mean or maximum over height and width. */
  reduce(node: OnnxNode, type: 'globalMaxPool' | 'globalAveragePool'): Activation {
    const value = this.#asImage(this.input(node));
    const rank = value.dims.length + 1;
    const given = node.list('axes', 1) ?? value.dims.map((_, axis) => axis + 1);
    const axes = given.map((axis) => axisOf(axis, rank) - 1);
    const channel = { chw: 0, hwc: 2, other: null }[this.#layout(value)];
    const isSpatial = value.dims.every((_, axis) => axes.includes(axis) !== (axis === channel));
    if (channel === null || axes.includes(-1) || !isSpatial) {
      throw new Blocker(`is over the axes ${given} of an image, not over height and width`);
    }
    const layer = this.#builder.add({ type }, [value.layer]);
    const channels = value.dims[channel]!;
    const dims = node.number('keepdims', 1)
      ? value.dims.map((size, axis) => (axis === channel ? size : 1))
      : [channels];
    return { kind: 'activation', layer, dims, order: sameOrder(channels) };
  }

  reshape(node: OnnxNode): Value {
    const dims = this.dims(node);
    const target = node.numbers('shape') ?? [...node.constant(1, 'sizes').data];
    const [batch, ...rest] = target.map((size, axis) => (size === 0 ? (dims[axis - 1] ?? size) : size));
    // The batch size may be any number: that of the images with which the graph was traced.
    if (batch === undefined || rest.some(Number.isNaN)) throw new Blocker(`reshapes to [${target}]`);
    return this.reshaped(node, reshapedDims(dims, rest));
  }

  transpose(node: OnnxNode): Value {
    const rank = this.dims(node).length + 1;
    const permutation = node.numbers('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
    checkPermutation(permutation, rank);
    if (permutation[0] !== 0) throw new Blocker('moves the batch dimension');
    const axes = permutation.slice(1).map((axis) => axis - 1);
    return this.#reordered(node, (value) => ({
      ...value,
      dims: axes.map((axis) => value.dims[axis]!),
      order: transpose(value.order, value.dims, axes),
    }));
  }

  pad(node: OnnxNode): Activation {
    const mode = node.text('mode', 'constant');
    if (mode !== 'constant') throw new Blocker(`pads by ${mode}`);
    const fill = node.has('value') ? node.number('value', 0) : (node.optionalConstant(2, 'a value')?.data[0] ?? 0);
    if (fill !== 0) throw new Blocker(`pads with ${fill}`);
    const value = this.#asImage(this.input(node));
    const rank = value.dims.length + 1;
    const pads = node.list('pads', 1) ?? [];
    const axes =
      (node.optionalConstant(3, 'axes') as Constant | null)?.data ?? Array.from({ length: rank }, (_, axis) => axis);
    const at = (axis: number) => {
      const place = Array.from(axes, (one) => axisOf(one, rank)).indexOf(axis);
      return place < 0 ? [0, 0] : [pads[place] ?? 0, pads[place + axes.length] ?? 0];
    };
    const layout = this.#layout(value);
    if (layout === 'other') throw new Blocker('does not pad an image');
    const [rows, columns] = layout === 'chw' ? [2, 3] : [1, 2];
    const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== rows && axis !== columns);
    const isSpatial = others.every((axis) => at(axis).every((count) => count === 0));
    const [[top, bottom], [left, right]] = [at(rows), at(columns)] as [[number, number], [number, number]];
    const counts = [top, bottom, left, right];
    if (!isSpatial || counts.some((count) => count < 0)) throw new Blocker(`pads by [${pads}]`);
    if (counts.every((count) => count === 0)) return value;
    const layer = this.#builder.add({ type: 'zeroPadding', top, bottom, left, right }, [value.layer]);
    return layout === 'chw' ? this.#imageValue(layer) : this.#channelsLast(layer);
  }

  concatenate(node: OnnxNode): Activation {
    const values = node.inputs.map((_, index) => this.#asImage(this.input(node, index)));
    const [first] = values;
    const axis = axisOf(node.number('axis', 1), first!.dims.length + 1) - 1;
    if (values.length === 1) return first!;
    if (first!.dims.length === 1 && axis === 0) {
      const flat = values.map((value) => this.#flat(value));
      const layer = this.#builder.add(
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
    const layouts = values.map((value) => this.#layout(value));
    const [layout] = layouts;
    if (layout === 'other' || layouts.some((one) => one !== layout) || axis !== (layout === 'chw' ? 0 : 2)) {
      throw new Blocker(`joins [${values.map(({ dims }) => dims).join('] and [')}] along the axis ${axis + 1}`);
    }
    const layer = this.#builder.add(
      { type: 'concatenate' },
      values.map((value) => value.layer),
    );
    return layout === 'chw' ? this.#imageValue(layer) : this.#channelsLast(layer);
  }

  /** The sum of activations of the same shape. */
  sum(values: readonly Activation[]): Activation {
    const [first, ...rest] = values;
    const alike = rest.every(
      ({ dims, order }) => dims.join() === first!.dims.join() && isSameOrder(order, first!.order),
    );
    if (!alike) throw new Blocker(`adds [${values.map(({ dims }) => dims).join('] and [')}]`);
    // The outputs may differ in shape although their elements are in the same order.
    const inputs =
      new Set(values.map(({ layer }) => this.#builder.shape(layer).join())).size === 1
        ? values
        : values.map((value) => this.#flat({ ...value, dims: [elements(value.dims)] }));
    const layer = this.#builder.add(
      { type: 'add' },
      inputs.map((value) => value.layer),
    );
    return { ...first!, layer };
  }

  #calculate(node: OnnxNode): Value {
    const binary = BINARY[node.op];
    const unary = UNARY[node.op];
    if (binary) return this.#binary(node, binary);
    if (!unary) throw new Blocker('is not supported');
    return map(this.#expression(node.inputs[0]), unary);
  }

  #binary(node: OnnxNode, compute: (a: number, b: number) => number): Value {
    const [a, b] = node.inputs;
    if (!a || !b) throw new Blocker('lacks an input');
    if (node.inputs.length > 2) throw new Blocker(`has ${node.inputs.length} inputs`);
    if (a.kind === 'constant') return this.#withConstant(node, 1, a, (x, c) => compute(c, x));
    if (b.kind === 'constant') return this.#withConstant(node, 0, b, compute);
    const [left, right] = [this.#expression(a), this.#expression(b)];
    const areFormulas = a.kind === 'expression' || b.kind === 'expression' || left.base.layer === right.base.layer;
    if (areFormulas && isSameValue(left.base, right.base)) {
      return { ...left, compute: (x) => compute(left.compute(x), right.compute(x)) };
    }
    const [first, second] = [this.input(node, 0), this.input(node, 1)];
    if (node.op === 'Add') return this.sum([first, second]);
    if (node.op === 'Sub') {
      return this.sum([first, { ...second, layer: this.#builder.addAffine(second.layer, -1, 0) }]);
    }
    throw new Blocker('combines the outputs of two nodes in a way that is not supported');
  }

  /** A function of each element and a constant, which may differ between channels. */
  #withConstant(node: OnnxNode, index: number, constant: Constant, compute: (x: number, c: number) => number): Value {
    const value = node.inputs[index]!;
    const { base } = this.#expression(value);
    if (!broadcast(constant.dims, [1, ...base.dims])) {
      throw new Blocker(`combines [${base.dims}] with constants of the shape [${constant.dims}]`);
    }
    const first = constant.data[0] ?? 0;
    if (Array.prototype.every.call(constant.data, (one) => one === first)) {
      return map(this.#expression(value), (x) => compute(x, first));
    }
    const input = this.input(node, index);
    const isReversed = index === 1;
    const with0 = (c: number) => compute(0, c);
    switch (node.op) {
      case 'Add':
        return this.#affine(input, null, constant);
      case 'Sub':
        if (isReversed)
          return this.#affine({ ...input, layer: this.#builder.addAffine(input.layer, -1, 0) }, null, constant);
        return this.#affine(input, null, { ...constant, data: Float64Array.from(constant.data, with0) });
      case 'Mul':
        return this.#affine(input, constant, null);
      case 'Div':
        if (!isReversed) {
          return this.#affine(input, { ...constant, data: Float64Array.from(constant.data, (c) => 1 / c) }, null);
        }
        break;
      default:
        break;
    }
    throw new Blocker('combines each channel with a constant in a way that is not supported');
  }

  #expression(value: Value | null | undefined): Expression {
    if (value?.kind === 'expression') return value;
    if (value?.kind !== 'activation') throw new Blocker('has an input that is constant');
    return { kind: 'expression', base: value, compute: (x) => x };
  }

  /** Appends the layer that computes an expression. */
  #settle({ base, compute, node }: Expression): Activation {
    const known = recognizeFunction(compute);
    if (!known) throw new Blocker('ends a formula that is not supported', node);
    if (known.type !== 'affine') return this.append(base, known);
    if (known.scale === 1 && known.offset === 0) return base;
    return { ...base, layer: this.#builder.addAffine(base.layer, known.scale, known.offset) };
  }

  /** Multiplies and adds constants that may differ between channels. */
  #affine(value: Activation, scale: Constant | null, offset: Constant | null): Activation {
    const { input, channels } = this.#perChannel(value, [
      scale ?? { dims: [], data: [1] },
      offset ?? { dims: [], data: [0] },
    ]);
    return { ...input, layer: this.#builder.addAffine(input.layer, channels[0]!, channels[1]!) };
  }

  /**
   * Constants that are broadcast to an activation, for each channel of the layer's output. Flattens the layer's output first
   * if the constants differ between places of an image.
   */
  #perChannel(
    value: Activation,
    constants: readonly Pick<Constant, 'dims' | 'data'>[],
  ): { input: Activation; channels: Float64Array[] } {
    const attempt = (input: Activation): Float64Array[] | null => {
      const width = this.#builder.shape(input.layer).at(-1)!;
      const channels = constants.map(({ dims, data }) => {
        const from = broadcast(dims, [1, ...input.dims]);
        if (!from) throw new Blocker(`combines [${input.dims}] with constants of the shape [${dims}]`);
        const values = new Float64Array(width).fill(Number.NaN);
        const isChannel = input.order.every((place, index) => {
          const channel = place % width;
          const constant = data[from(index)]!;
          if (Number.isNaN(values[channel])) values[channel] = constant;
          return values[channel] === constant;
        });
        return isChannel ? values : null;
      });
      return channels.includes(null) ? null : (channels as Float64Array[]);
    };
    const found = attempt(value);
    if (found) return { input: value, channels: found };
    const input = value.dims.length === 1 ? this.#flat(value) : this.#asImage(value);
    const channels = attempt(input);
    if (!channels) throw new Blocker('has constants that differ between places of an image');
    return { input, channels };
  }

  #dense(value: Activation, kernel: Float64Array, inputs: number, units: number): Activation {
    if (value.dims.length !== 1) throw new Blocker(`multiplies [${value.dims}], which is not flat`);
    if (value.dims[0] !== inputs) throw new Blocker(`takes ${inputs} values but gets ${value.dims[0]}`);
    const { layer: flat, order } = this.#flat(value);
    const rows = new Float32Array(kernel.length);
    order.forEach((row, index) => {
      rows.set(kernel.subarray(index * units, (index + 1) * units), row * units);
    });
    const layer = this.#builder.add({ type: 'dense', units, useBias: false }, [flat], [rows]);
    return { kind: 'activation', layer, dims: [units], order: sameOrder(units) };
  }

  /** An activation whose layer's output is flat. */
  #flat(value: Activation): Activation {
    if (this.#builder.shape(value.layer).length === 1) return value;
    return { ...value, layer: this.#builder.add({ type: 'flatten' }, [value.layer]) };
  }

  /** An activation of an image whose layer's output has its shape, reshaped if only that is different. */
  #asImage(value: Activation): Activation {
    const { layer, dims, order } = value;
    if (dims.length !== 3 || this.#layout(value) !== 'other') return value;
    const [a, b, c] = dims as [number, number, number];
    if (isSameOrder(order, channelsFirst(b, c, a))) {
      return { ...value, layer: this.#builder.add({ type: 'reshape', shape: [b, c, a] }, [layer]) };
    }
    if (!isSameOrder(order, sameOrder(order.length))) return value;
    return { ...value, layer: this.#builder.add({ type: 'reshape', shape: [a, b, c] }, [layer]) };
  }

  /** How the axes of an activation are those of the layer's output. */
  #layout({ layer, dims, order }: Activation): 'chw' | 'hwc' | 'other' {
    const shape = this.#builder.shape(layer);
    if (shape.length !== 3 || dims.length !== 3) return 'other';
    const [height, width, channels] = shape;
    if (
      dims.join() === [channels, height, width].join() &&
      isSameOrder(order, channelsFirst(height, width, channels))
    ) {
      return 'chw';
    }
    return dims.join() === shape.join() && isSameOrder(order, sameOrder(order.length)) ? 'hwc' : 'other';
  }

  /** The layer whose output is an input of [channels, height, width], reshaped if necessary. */
  #image(node: OnnxNode): { layer: number; shape: Extract<Shape, readonly [number, number, number]> } {
    const { layer, dims, order } = this.input(node);
    if (dims.length !== 3) throw new Blocker(`takes an image but gets [${dims}]`);
    const [channels, height, width] = dims as [number, number, number];
    if (!isSameOrder(order, channelsFirst(height, width, channels))) {
      throw new Blocker('takes an image whose axes were mixed');
    }
    const shape = [height, width, channels] as const;
    const isThatShape = this.#builder.shape(layer).join() === shape.join();
    return { layer: isThatShape ? layer : this.#builder.add({ type: 'reshape', shape }, [layer]), shape };
  }

  /** A layer's output of [height, width, channels] as [channels, height, width]. */
  #imageValue(layer: number): Activation {
    const [height, width, channels] = this.#builder.shape(layer) as [number, number, number];
    return {
      kind: 'activation',
      layer,
      dims: [channels, height, width],
      order: channelsFirst(height, width, channels),
    };
  }

  #channelsLast(layer: number): Activation {
    const shape = this.#builder.shape(layer);
    return { kind: 'activation', layer, dims: [...shape], order: sameOrder(elements(shape)) };
  }

  /** The padding of a node's windows, and its input, which is padded by a layer where `same` pads differently. */
  #padded(
    node: OnnxNode,
    image: number,
    window: readonly [number, number],
    stride: readonly [number, number],
    outside: 'zeros' | 'minus infinity' | 'nothing',
  ): { padding: Padding; input: number } {
    if (stride.length !== 2) throw new Blocker('is not of two dimensions');
    const automatic = node.text('auto_pad', 'NOTSET');
    if (automatic === 'SAME_UPPER') return { padding: 'same', input: image };
    const sizes = this.#builder.shape(image).slice(0, 2) as [number, number];
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
    const areZeros = outside === 'zeros' || (outside === 'minus infinity' && this.#builder.isNonNegative(image));
    const [[top, bottom], [left, right]] = pads;
    if (isSame && (outside !== 'zeros' || node.op === 'Conv')) return { padding: 'same', input: image };
    if (!areZeros || isCeil)
      throw new Blocker(`has the padding [${[top, left, bottom, right]}], which is not supported`);
    const input = this.#builder.add({ type: 'zeroPadding', top, bottom, left, right }, [image]);
    return { padding: 'valid', input };
  }
}

/** Applies a function after an expression. */
function map(expression: Expression, then: (x: number) => number): Expression {
  return { ...expression, compute: (x) => then(expression.compute(x)) };
}

function isSameValue(one: Activation, other: Activation): boolean {
  return one.layer === other.layer && one.dims.join() === other.dims.join() && isSameOrder(one.order, other.order);
}

/** The single value of a constant. */
function uniform({ data }: Constant): number {
  const first = data[0] ?? 0;
  if (!Array.prototype.every.call(data, (one) => one === first)) throw new Blocker('has a slope for each channel');
  return first;
}

/** The lower limit of a Clip node. Throws a `Blocker` if there is an upper one. */
function lowerLimit(node: OnnxNode): number {
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

function checkDilation(node: OnnxNode): void {
  const dilations = node.numbers('dilations') ?? [];
  if (dilations.some((one) => one !== 1))
    throw new Blocker(`has the dilation ${dilations.join('x')}; only 1 is supported`);
}

function checkConvolution(node: OnnxNode): void {
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
