import type { onnx as Onnx } from 'onnx-proto';
import { loadLibrary } from '../../asset.ts';
import { VERSION } from '../../version.ts';
import { kerasSequential } from '../keras-layers.ts';
import { readKerasModel } from '../keras-reader.ts';
import type { Model, ModelFile } from '../model.ts';
import { damagedModel, unsupportedModel } from '../model-errors.ts';
import { elements, layerNames, layerShapes, type WeightSpec, weightSpecs } from '../network.ts';
import { decodeMetadata, encodeMetadata, layerWeights, METADATA_KEY, parseJson, TOPOLOGY_KEY } from './format.ts';

/** Supported by every runtime since 2021. */
const OPSET = 13;
const IR_VERSION = 7;

const load = async () => (await loadLibrary('onnx')).default.onnx;

/**
 * Encodes an ONNX model from `input` [N, 28, 28, 1], 0 to 1, to `probabilities` [N, classes]. Activations are NCHW, transposed
 * back to NHWC before they are flattened so that dense weights keep Keras' order. Weights have the names of `weightSpecs`;
 * `metadata_props` holds what ONNX has no field for. https://onnx.ai/onnx/operators/
 */
export async function encodeOnnx(model: Model): Promise<Uint8Array> {
  const onnx = await load();
  const { FLOAT } = onnx.TensorProto.DataType;
  const { network } = model;
  const specs = weightSpecs(network);
  const names = layerNames(network);
  const shapes = layerShapes(network);
  const nodes: Onnx.INodeProto[] = [];
  let tensor = 'input';
  /** Appends a node that consumes the output of the last one. */
  const then = (op: string, name: string, weights: string[] = [], attribute: Onnx.IAttributeProto[] = []) => {
    nodes.push({ opType: op, name, input: [tensor, ...weights], output: [`${name}/output`], attribute });
    tensor = `${name}/output`;
  };
  const { INTS, INT, FLOAT: FLOAT_ATTRIBUTE } = onnx.AttributeProto.AttributeType;
  const ints = (name: string, values: number[]) => ({ name, type: INTS, ints: values });
  const axis = { name: 'axis', type: INT, i: 1 };

  then('Transpose', 'to_nchw', [], [ints('perm', [0, 3, 1, 2])]);
  network.layers.forEach((layer, index) => {
    const name = names[index]!;
    const weights = layerWeights(model, name).map((weight) => weight.name);
    switch (layer.type) {
      case 'conv2d': {
        const pad = layer.padding === 'same' ? 1 : 0;
        const attributes = [ints('kernel_shape', [3, 3]), ints('strides', [1, 1]), ints('pads', [pad, pad, pad, pad])];
        then('Conv', name, weights, attributes);
        break;
      }
      case 'batchNorm':
        then('BatchNormalization', name, weights, [{ name: 'epsilon', type: FLOAT_ATTRIBUTE, f: layer.epsilon }]);
        break;
      case 'relu':
        then('Relu', name);
        break;
      case 'maxPool':
        then('MaxPool', name, [], [ints('kernel_shape', [2, 2]), ints('strides', [2, 2])]);
        break;
      case 'flatten':
        if ((shapes[index - 1] ?? network.input).length === 3) {
          then('Transpose', `${name}/to_nhwc`, [], [ints('perm', [0, 2, 3, 1])]);
        }
        then('Flatten', name, [], [axis]);
        break;
      case 'dense':
        then('Gemm', name, weights);
        break;
      case 'dropout':
        // Dropout is the identity in inference.
        break;
    }
  });
  nodes.push({ opType: 'Softmax', name: 'softmax', input: [tensor], output: ['probabilities'], attribute: [axis] });

  const valueInfo = (name: string, sizes: readonly number[]) => ({
    name,
    type: {
      tensorType: {
        elemType: FLOAT,
        shape: { dim: [{ dimParam: 'N' }, ...sizes.map((size) => ({ dimValue: size }))] },
      },
    },
  });
  const record = { [METADATA_KEY]: encodeMetadata(model), [TOPOLOGY_KEY]: JSON.stringify(kerasSequential(model)) };
  return onnx.ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: 'emnist-tui',
    producerVersion: VERSION,
    docString: 'input: 28x28 images, upright, paper 0, ink 1; probabilities: of the classes in the order of the labels',
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: Object.entries({ ...labelEntries(model.labels), ...record }).map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: nodes,
      input: [valueInfo('input', network.input)],
      output: [valueInfo('probabilities', [model.labels.length])],
      initializer: specs.map((spec, index) => {
        const { dims, data } = toOnnx(spec, model.weights[index]!);
        return {
          name: spec.name,
          dims,
          dataType: FLOAT,
          rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        };
      }),
    },
  }).finish();
}

/** The labels as JSON and, if each is a single code point, as text that can be indexed. */
function labelEntries(labels: readonly string[]): Record<string, string> {
  const isText = labels.every((label) => [...label].length === 1);
  return { ...(isText && { labels: labels.join('') }), labels_json: JSON.stringify(labels) };
}

/** Decodes the result of `encodeOnnx`. Throws `model-unsupported` for graphs from other programs. */
export async function decodeOnnx(bytes: Uint8Array, file: string): Promise<ModelFile> {
  const onnx = await load();
  let decoded: Onnx.ModelProto;
  try {
    decoded = onnx.ModelProto.decode(bytes);
  } catch (error) {
    throw damagedModel(file, 'the protobuf structure is corrupt', error);
  }
  const metadata = new Map(decoded.metadataProps.map(({ key, value }) => [key, value]));
  const topology = metadata.get(TOPOLOGY_KEY);
  if (typeof topology !== 'string') {
    throw unsupportedModel(file, 'only ONNX files exported by emnist-tui can be read');
  }
  const { network } = readKerasModel(parseJson(topology, file), file);
  const tensors = new Map(decoded.graph?.initializer?.map((tensor) => [tensor.name, tensor]));
  const weights = weightSpecs(network).map((spec) => {
    const raw = tensors.get(spec.name)?.rawData;
    if (raw?.length !== elements(spec.shape) * 4) throw damagedModel(file, `${spec.name} is incomplete`);
    // A copy, since the file's bytes need not be aligned to 4.
    return fromOnnx(spec, new Float32Array(new Uint8Array(raw).buffer));
  });
  return { network, weights, ...decodeMetadata(metadata.get(METADATA_KEY)) };
}

/** Convolution kernels are [3, 3, in, out] in Keras and [out, in, 3, 3] in ONNX; other weights are the same. */
function toOnnx({ shape }: WeightSpec, data: Float32Array): { dims: number[]; data: Float32Array } {
  if (shape.length !== 4) return { dims: [...shape], data };
  const [height, width, input, output] = shape as [number, number, number, number];
  return { dims: [output, input, height, width], data: reverseAxes(data, height * width, input, output) };
}

function fromOnnx({ shape }: WeightSpec, data: Float32Array): Float32Array {
  if (shape.length !== 4) return data;
  const [height, width, input, output] = shape as [number, number, number, number];
  return reverseAxes(data, output, input, height * width);
}

/** [a, b, c] to [c, b, a]. */
function reverseAxes(data: Float32Array, a: number, b: number, c: number): Float32Array {
  const reversed = new Float32Array(data.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) reversed[(k * b + j) * a + i] = data[(i * b + j) * c + k]!;
    }
  }
  return reversed;
}
