import type { onnx as Onnx } from 'onnx-proto';
import { loadLibrary } from '../../asset.ts';
import { VERSION } from '../../version.ts';
import { kerasTopology } from '../keras-layers.ts';
import { type Layer, paddingOf, type Shape, type Size } from '../layer.ts';
import { canReject, type Model } from '../model.ts';
import { classCount, layerInputs, layerNames, layerShapes, type WeightSpec, weightSpecs } from '../network.ts';
import { encodeMetadata, layerWeights, METADATA_KEY, TOPOLOGY_KEY } from './format.ts';
import { reverseAxes } from './reverse-axes.ts';

/** Supported by every runtime since 2021. */
const OPSET = 13;
const IR_VERSION = 7;
/** The lowest number of 32 bits. */
const LOWEST = -3.4028234663852886e38;

type Library = typeof Onnx;

/**
 * Encodes an ONNX model from `input` [N, height, width, channels], 0 to 1, to `probabilities` [N, outputs]. Activations are
 * NCHW, transposed back to NHWC before they are flattened so that dense weights keep Keras' order. Weights have the names of
 * `weightSpecs`; `metadata_props` holds what ONNX has no field for. https://onnx.ai/onnx/operators/
 */
export async function encodeOnnx(model: Model): Promise<Uint8Array> {
  const { onnx } = (await loadLibrary('onnx')).default;
  const { FLOAT } = onnx.TensorProto.DataType;
  const { network, labels } = model;
  const rejects = canReject(model);
  const [height, width] = network.input;
  const graph = new GraphWriter(onnx);
  const names = layerNames(network);
  const shapes = layerShapes(network);
  const outputs: string[] = [];
  const input = graph.node('Transpose', 'to_nchw', ['input'], [graph.ints('perm', [0, 3, 1, 2])]);
  network.layers.forEach((layer, index) => {
    const from = layerInputs(network, index);
    const tensors = from.map((one) => (one < 0 ? input : outputs[one]!));
    const weights = layerWeights(model, names[index]!).map((weight) => weight.name);
    const inputShape = from[0]! < 0 ? network.input : shapes[from[0]!]!;
    outputs.push(graph.layer(layer, names[index]!, tensors, weights, inputShape));
  });
  graph.node('Softmax', 'probabilities', [outputs.at(-1) ?? input], [graph.int('axis', 1)], 'probabilities');

  const valueInfo = (name: string, sizes: readonly number[]) => ({
    name,
    type: {
      tensorType: {
        elemType: FLOAT,
        shape: { dim: [{ dimParam: 'N' }, ...sizes.map((size) => ({ dimValue: size }))] },
      },
    },
  });
  const record = { [METADATA_KEY]: encodeMetadata(model), [TOPOLOGY_KEY]: JSON.stringify(kerasTopology(model)) };
  return onnx.ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: 'emnist-tui',
    producerVersion: VERSION,
    docString: `input: ${height}x${width} images, upright, paper 0, ink 1; probabilities: of the classes in the order of the labels${rejects ? ', then of no character' : ''}`,
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: Object.entries({
      ...labelEntries(labels),
      ...(rejects && { rejects: 'true' }),
      ...record,
    }).map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: graph.nodes,
      input: [valueInfo('input', network.input)],
      output: [valueInfo('probabilities', [classCount(network)])],
      initializer: [
        ...weightSpecs(network).map((spec, index) => {
          const { dims, data } = toOnnx(spec, model.weights[index]!);
          return graph.tensor(spec.name, dims, data);
        }),
        ...graph.constants,
      ],
    },
  }).finish();
}

/** The labels as JSON and, if each is a single code point, as text that can be indexed. */
function labelEntries(labels: readonly string[]): Record<string, string> {
  const isText = labels.every((label) => [...label].length === 1);
  return { ...(isText && { labels: labels.join('') }), labels_json: JSON.stringify(labels) };
}

/** Collects the nodes of a graph. */
class GraphWriter {
  readonly nodes: Onnx.INodeProto[] = [];
  /** The constants that are not weights. */
  readonly constants: Onnx.ITensorProto[] = [];
  readonly #onnx: Library;

  constructor(onnx: Library) {
    this.#onnx = onnx;
  }

  /** Appends a node and returns the name of its output. */
  node(
    op: string,
    name: string,
    input: string[],
    attribute: Onnx.IAttributeProto[] = [],
    output = `${name}/output`,
  ): string {
    this.nodes.push({ opType: op, name, input, output: [output], attribute });
    return output;
  }

  int(name: string, value: number): Onnx.IAttributeProto {
    return { name, type: this.#onnx.AttributeProto.AttributeType.INT, i: value };
  }

  ints(name: string, values: number[]): Onnx.IAttributeProto {
    return { name, type: this.#onnx.AttributeProto.AttributeType.INTS, ints: values };
  }

  float(name: string, value: number): Onnx.IAttributeProto {
    return { name, type: this.#onnx.AttributeProto.AttributeType.FLOAT, f: value };
  }

  tensor(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): Onnx.ITensorProto {
    const { FLOAT, INT64 } = this.#onnx.TensorProto.DataType;
    return {
      name,
      dims: [...dims],
      dataType: data instanceof Float32Array ? FLOAT : INT64,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  }

  /**
   * Appends the nodes of a layer and returns the name of its output. Activations of images are NCHW; `shape` is that of the
   * layer's input.
   */
  layer(layer: Layer, name: string, inputs: string[], weights: string[], shape: Shape): string {
    const [input] = inputs as [string, ...string[]];
    const withWeights = [input, ...weights];
    switch (layer.type) {
      case 'conv2d':
        return this.node('Conv', name, withWeights, this.#windows(layer, layer.kernel, shape));
      case 'depthwiseConv2d':
        return this.node('Conv', name, withWeights, [
          ...this.#windows(layer, layer.kernel, shape),
          this.int('group', shape.at(-1)!),
        ]);
      case 'dense':
        return this.node('Gemm', name, withWeights);
      case 'batchNorm':
        return this.node('BatchNormalization', name, withWeights, [this.float('epsilon', layer.epsilon)]);
      case 'relu':
        return this.node('Relu', name, [input]);
      case 'leakyRelu':
        return this.node('LeakyRelu', name, [input], [this.float('alpha', layer.slope)]);
      case 'elu':
        return this.node('Elu', name, [input], [this.float('alpha', layer.alpha)]);
      case 'sigmoid':
        return this.node('Sigmoid', name, [input]);
      case 'tanh':
        return this.node('Tanh', name, [input]);
      case 'gelu':
        return this.#gelu(input, name, layer.approximate);
      case 'softmax':
        return this.node('Softmax', name, [input], [this.int('axis', 1)]);
      case 'maxPool':
        return this.node('MaxPool', name, [input], this.#windows(layer, layer.size, shape));
      case 'averagePool':
        return this.node('AveragePool', name, [input], this.#windows(layer, layer.size, shape));
      case 'globalMaxPool':
      case 'globalAveragePool': {
        const op = layer.type === 'globalMaxPool' ? 'GlobalMaxPool' : 'GlobalAveragePool';
        return this.node('Flatten', name, [this.node(op, `${name}/pool`, [input])], [this.int('axis', 1)]);
      }
      case 'flatten':
        return this.node('Flatten', name, [this.#channelsLast(input, name, shape)], [this.int('axis', 1)]);
      case 'reshape': {
        const sizes = this.#integers(`${name}/shape`, [-1, ...layer.shape]);
        const reshaped = this.node('Reshape', name, [this.#channelsLast(input, name, shape), sizes]);
        if (layer.shape.length === 1) return reshaped;
        return this.node('Transpose', `${name}/to_nchw`, [reshaped], [this.ints('perm', [0, 3, 1, 2])]);
      }
      case 'zeroPadding': {
        const { top, bottom, left, right } = layer;
        const pads = this.#integers(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
        const padded = this.node('Pad', `${name}/padded`, [input, pads]);
        // Nothing is below this limit. Without a node in between, ONNX Runtime merges the padding into max pooling, where it
        // counts as minus infinity.
        return this.node('Clip', name, [padded, this.#number(`${name}/lowest`, LOWEST)]);
      }
      case 'rescaling': {
        const product = this.node('Mul', `${name}/scaled`, [input, this.#number(`${name}/scale`, layer.scale)]);
        return this.node('Add', name, [product, this.#number(`${name}/offset`, layer.offset)]);
      }
      case 'add':
        return this.node('Sum', name, inputs);
      case 'concatenate':
        return this.node('Concat', name, inputs, [this.int('axis', 1)]);
      case 'dropout':
      case 'spatialDropout':
        // The identity in inference.
        return input;
    }
  }

  #windows(layer: Extract<Layer, { padding: unknown }>, window: Size, shape: Shape): Onnx.IAttributeProto[] {
    const [top, bottom] = paddingOf(layer.padding, shape[0], window[0], layer.stride[0]);
    const [left, right] = paddingOf(layer.padding, shape[1] ?? 1, window[1], layer.stride[1]);
    return [
      this.ints('kernel_shape', [...window]),
      this.ints('strides', [...layer.stride]),
      this.ints('pads', [top, left, bottom, right]),
    ];
  }

  /** The opset has no node for GELU: x / 2 * (1 + erf(x / sqrt(2))), or with tanh(sqrt(2 / pi) * (x + 0.044715 * x^3)). */
  #gelu(input: string, name: string, approximate: boolean): string {
    const constant = (what: string, value: number) => this.#number(`${name}/${what}`, value);
    const node = (op: string, what: string, ...inputs: string[]) => this.node(op, `${name}/${what}`, inputs);
    let inner: string;
    if (approximate) {
      const cube = node('Pow', 'cube', input, constant('three', 3));
      const sum = node('Add', 'sum', input, node('Mul', 'cubic', cube, constant('factor', 0.044715)));
      inner = node('Tanh', 'tanh', node('Mul', 'scaled', sum, constant('root', Math.sqrt(2 / Math.PI))));
    } else {
      inner = node('Erf', 'erf', node('Div', 'scaled', input, constant('root', Math.SQRT2)));
    }
    const share = node('Mul', 'share', node('Add', 'plus_one', inner, constant('one', 1)), constant('half', 0.5));
    return this.node('Mul', name, [input, share]);
  }

  #channelsLast(input: string, name: string, shape: Shape): string {
    if (shape.length === 1) return input;
    return this.node('Transpose', `${name}/to_nhwc`, [input], [this.ints('perm', [0, 2, 3, 1])]);
  }

  #number(name: string, value: number): string {
    this.constants.push(this.tensor(name, [], Float32Array.of(value)));
    return name;
  }

  #integers(name: string, values: readonly number[]): string {
    this.constants.push(this.tensor(name, [values.length], BigInt64Array.from(values, BigInt)));
    return name;
  }
}

/**
 * Convolution kernels are [height, width, in, out] in Keras and [out, in, height, width] in ONNX; depthwise ones are [height,
 * width, channels, multiplier] and [channels * multiplier, 1, height, width]. Other weights are the same.
 */
function toOnnx({ name, shape }: WeightSpec, data: Float32Array): { dims: number[]; data: Float32Array } {
  if (shape.length !== 4) return { dims: [...shape], data };
  const [height, width, input, output] = shape as [number, number, number, number];
  const spatial = height * width;
  if (name.endsWith('/depthwise_kernel')) {
    return { dims: [input * output, 1, height, width], data: reverseAxes(data, spatial, 1, input * output) };
  }
  return { dims: [output, input, height, width], data: reverseAxes(data, spatial, input, output) };
}

/** The inverse of the conversion of kernels: the weight of `spec` from the data of its tensor. */
export function fromOnnx({ name, shape }: WeightSpec, data: Float32Array): Float32Array {
  if (shape.length !== 4) return data;
  const [height, width, input, output] = shape as [number, number, number, number];
  const isDepthwise = name.endsWith('/depthwise_kernel');
  return isDepthwise
    ? reverseAxes(data, input * output, 1, height * width)
    : reverseAxes(data, output, input, height * width);
}
