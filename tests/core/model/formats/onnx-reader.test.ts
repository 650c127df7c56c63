import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../../src/core/engine/reference/reference-network.ts';
import { decodeOnnx } from '../../../../src/core/model/formats/onnx-reader.ts';
import { randomStream } from '../../../../src/core/random.ts';
import {
  integers,
  type OnnxGraphSpec,
  type OnnxNodeSpec,
  type OnnxTensor,
  onnxFile,
} from '../../../helpers/onnx-files.ts';
import { largestDifference } from './models.ts';

const random = randomStream(16);

/** Random weights of a shape. */
function weights(...dims: number[]): OnnxTensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return { dims, data: Float32Array.from({ length: count }, () => (random() - 0.5) * 0.8) };
}

/** Random positive numbers, for variances. */
function positive(...dims: number[]): OnnxTensor {
  const { data } = weights(...dims);
  return { dims, data: Array.from(data, (value) => value * value + 0.5) };
}

const scalar = (value: number): OnnxTensor => ({ dims: [], data: [value] });

/** A node; its output has the name of the op, or the given one. */
function node(op: string, inputs: string, attributes: OnnxNodeSpec['attributes'] = {}, output = op): OnnxNodeSpec {
  return { op, inputs: inputs.split(' '), output, attributes };
}

const IMAGE = [1, 12, 11];
/** Weights of a first convolution of 4 filters and of a dense layer with 5 outputs. */
const conv = (input = 1, kernel = 3) => ({ k: weights(4, input, kernel, kernel), b: weights(4) });
const CONV = node('Conv', 'input k b', { kernel_shape: [3, 3] });

/** What PyTorch, tf2onnx and others write. */
const GRAPHS: Record<string, OnnxGraphSpec> = {
  "PyTorch's view, with its size computed": {
    input: IMAGE,
    nodes: [
      CONV,
      node('Relu', 'Conv'),
      node('Shape', 'Relu'),
      node('Constant', '', { value: { ...scalar(0), type: 'int64' } }, 'zero'),
      node('Gather', 'Shape zero', { axis: 0 }),
      node('Unsqueeze', 'Gather axes'),
      node('Concat', 'Unsqueeze rest', { axis: 0 }),
      node('Reshape', 'Relu Concat'),
      node('Gemm', 'Reshape w c', { alpha: { float: 0.5 }, beta: { float: 2 }, transB: 1 }),
    ].map((one) => (one.op === 'Constant' ? { ...one, inputs: [] } : one)),
    weights: { ...conv(), axes: integers(0), rest: integers(-1), w: weights(5, 360), c: weights(5) },
  },
  'weights as transposed constants, MatMul and Add, LogSoftmax': {
    input: IMAGE,
    opset: 11,
    nodes: [
      node('Constant', '', { value: weights(5, 132) }, 'w'),
      node('Flatten', 'input'),
      node('Transpose', 'w', { perm: [1, 0] }),
      node('MatMul', 'Flatten Transpose'),
      node('Add', 'c MatMul'),
      node('LogSoftmax', 'Add', { axis: 1 }),
    ].map((one) => (one.op === 'Constant' ? { ...one, inputs: [] } : one)),
    weights: { c: weights(5) },
  },
  "tf2onnx's NHWC input and folded batch normalization, mean over the image": {
    input: [12, 11, 3],
    opset: 13,
    nodes: [
      node('Transpose', 'input', { perm: [0, 3, 1, 2] }),
      node('Conv', 'Transpose k b', { kernel_shape: [3, 3], auto_pad: 'SAME_UPPER', strides: [2, 2] }),
      node('Mul', 'Conv scale'),
      node('Add', 'Mul offset'),
      node('LeakyRelu', 'Add', { alpha: { float: 0.2 } }),
      node('Mul', 'LeakyRelu scale', {}, 'again'),
      node('Transpose', 'again', { perm: [0, 2, 3, 1] }, 'nhwc'),
      node('ReduceMean', 'nhwc', { axes: [1, 2], keepdims: 0 }),
      node('MatMul', 'ReduceMean w'),
    ],
    weights: { ...conv(3), scale: weights(1, 4, 1, 1), offset: weights(1, 4, 1, 1), w: weights(4, 5) },
  },
  'a residual block with strides, batch normalization, and pooling with a border': {
    input: IMAGE,
    nodes: [
      node('Conv', 'input k b', { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 2] }),
      node('Relu', 'Conv'),
      node('MaxPool', 'Relu', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
      node('Conv', 'MaxPool k2', { pads: [1, 1, 1, 1] }, 'inner'),
      node('BatchNormalization', 'inner g o m v', { epsilon: { float: 1e-3 } }),
      node('Add', 'BatchNormalization MaxPool'),
      node('GlobalAveragePool', 'Add'),
      node('Flatten', 'GlobalAveragePool'),
      node('Gemm', 'Flatten w c', { transB: 1 }),
    ],
    weights: {
      ...conv(),
      k2: weights(4, 4, 3, 3),
      g: weights(4),
      o: weights(4),
      m: weights(4),
      v: positive(4),
      w: weights(5, 4),
      c: weights(5),
    },
  },
  'depthwise convolution, asymmetric padding, average pooling that counts the border': {
    input: [3, 10, 9],
    nodes: [
      node('Conv', 'input k b', { group: 3, pads: [0, 1, 2, 3], strides: [1, 2] }),
      node('Pad', 'Conv pads'),
      // ONNX Runtime merges padding into pooling, and then refuses its own result.
      node('Relu', 'Pad'),
      node('AveragePool', 'Relu', { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }),
      node('AveragePool', 'AveragePool', { kernel_shape: [2, 2], pads: [0, 0, 0, 1], strides: [2, 2] }, 'same'),
      node('Flatten', 'same'),
      node('MatMul', 'Flatten w'),
      node('Softmax', 'MatMul', { axis: -1 }),
    ],
    weights: {
      k: weights(6, 1, 3, 3),
      b: weights(6),
      pads: integers(0, 0, 1, 0, 0, 0, 0, 2),
      w: weights(6 * 3 * 3, 5),
    },
  },
  'both formulas of GELU, ELU, SELU, tanh, sigmoid within the network': {
    input: IMAGE,
    nodes: [
      CONV,
      node('Div', 'Conv root2'),
      node('Erf', 'Div'),
      node('Add', 'Erf one'),
      node('Mul', 'Conv Add'),
      node('Mul', 'Mul half', {}, 'gelu'),
      node('Pow', 'gelu three'),
      node('Mul', 'Pow cubic', {}, 'cube'),
      node('Add', 'gelu cube', {}, 'inside'),
      node('Mul', 'inside root', {}, 'scaled'),
      node('Tanh', 'scaled'),
      node('Add', 'Tanh one', {}, 'plus'),
      node('Mul', 'gelu half', {}, 'halved'),
      node('Mul', 'halved plus', {}, 'approximate'),
      node('Elu', 'approximate', { alpha: { float: 0.7 } }),
      node('Selu', 'Elu'),
      node('GlobalMaxPool', 'Selu'),
      node('Squeeze', 'GlobalMaxPool last'),
      node('Gemm', 'Squeeze w c'),
      node('Sigmoid', 'Gemm'),
      node('MatMul', 'Sigmoid w2'),
    ],
    weights: {
      ...conv(),
      root2: scalar(Math.SQRT2),
      one: scalar(1),
      half: scalar(0.5),
      three: scalar(3),
      cubic: scalar(0.044715),
      root: scalar(Math.sqrt(2 / Math.PI)),
      last: integers(2, 3),
      w: weights(4, 6),
      c: weights(1, 6),
      w2: weights(6, 5),
    },
  },
  'branches joined by channels and as features, two outputs of which one is inside': {
    input: IMAGE,
    outputs: ['joined', 'Gemm'],
    nodes: [
      node('Sub', 'input mean'),
      node('Div', 'Sub deviation'),
      node('Conv', 'Div k b', { pads: [1, 1, 1, 1] }),
      node('Concat', 'Conv Div', { axis: 1 }),
      node('Flatten', 'Concat'),
      node('Flatten', 'Conv', {}, 'other'),
      node('Concat', 'Flatten other', { axis: 1 }, 'joined'),
      node('BatchNormalization', 'joined g o m v'),
      node('Dropout', 'BatchNormalization'),
      node('Cast', 'Dropout', { to: 1 }),
      node('Gemm', 'Cast w c', { transB: 1 }),
    ],
    weights: {
      ...conv(),
      mean: scalar(0.1307),
      deviation: scalar(0.3081),
      g: weights(1188),
      o: weights(1188),
      m: weights(1188),
      v: positive(1188),
      w: weights(5, 1188),
      c: weights(5),
    },
  },
  'pixels in a row that are transposed, weights of 64 bits in the fields of their types': {
    input: [144],
    type: 'double',
    opset: 9,
    nodes: [
      node('Reshape', 'input shape'),
      node('Transpose', 'Reshape', { perm: [0, 2, 1] }),
      node('Reshape', 'Transpose flat', {}, 'again'),
      node('MatMul', 'again k'),
      node('Relu', 'MatMul'),
      node('MatMul', 'Relu w', {}, 'last'),
    ],
    weights: {
      shape: { ...integers(-1, 9, 16), isTyped: true },
      flat: { ...integers(0, -1), isTyped: true },
      k: { ...weights(144, 8), type: 'double', isTyped: true },
      w: { ...weights(8, 5), type: 'double' },
    },
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-onnx-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The logits of the network that is read from a graph; images are bytes, channels last. */
async function ours(bytes: Buffer, images: Uint8Array, file = 'model.onnx') {
  const { network, weights } = await decodeOnnx(bytes, file);
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  return { network, logits: await reference.predict(images) };
}

/** [height, width, channels] to [channels, height, width]. */
function channelsFirst(image: Uint8Array, channels: number): Uint8Array {
  const places = image.length / channels;
  return image.map((_, index) => image[(index % places) * channels + Math.floor(index / places)]!);
}

/** ONNX Runtime's last output for one image. */
async function theirs(bytes: Buffer, { input, type = 'float' }: OnnxGraphSpec, image: Uint8Array) {
  const session = await InferenceSession.create(bytes);
  const pixels = Float64Array.from(
    input.length === 3 && input[0]! <= 3 ? channelsFirst(image, input[0]!) : image,
    (byte) => byte / 255,
  );
  const dims = [1, ...input];
  const tensor = type === 'double' ? new Tensor('float64', pixels, dims) : new Tensor(Float32Array.from(pixels), dims);
  const results = await session.run({ input: tensor });
  await session.release();
  return results[session.outputNames.at(-1)!]!.data as Float32Array;
}

/** Subtracts the logarithm of the sum of exponentials: what the softmax, and its logarithm, leave of logits. */
function normalized(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const sum = Math.log(values.reduce((total, value) => total + Math.exp(value), 0));
  return values.map((value) => value - sum);
}

describe('graphs of other programs give the same answers as in ONNX Runtime', () => {
  test.each(Object.keys(GRAPHS))('%s', async (name) => {
    const spec = GRAPHS[name]!;
    const bytes = onnxFile(spec);
    const count = spec.input.reduce((product, size) => product * size, 1);
    const image = Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
    const { logits } = await ours(bytes, image);
    const expected = await theirs(bytes, spec, image);
    const isSoftmax = spec.nodes.at(-1)!.op === 'Softmax';
    const [a, b] = [normalized(logits), normalized(isSoftmax ? Array.from(expected, Math.log) : expected)];
    expect(logits).toHaveLength(5);
    expect(largestDifference(a, b)).toBeLessThan(1e-4);
  });

  test('weights of 16 bits are read from both fields', async () => {
    const data = [0, 1, -2, 0.5, 65504, 2 ** -24, -0.25, 3.140625];
    const kernel = Array.from({ length: 4 }, () => data).flat();
    for (const isTyped of [false, true]) {
      const w: OnnxTensor = { dims: [4, 8], data: kernel, type: 'float16', isTyped };
      const nodes = [node('Flatten', 'input'), node('MatMul', 'Flatten w')];
      const bytes = onnxFile({ input: [2, 2], type: 'float16', nodes, weights: { w } });
      expect([...(await decodeOnnx(bytes, 'm.onnx')).weights[0]!]).toEqual(kernel);
    }
  });

  test('multiplications and additions after weights are folded into them, and those of pixels by 1/255 left out', async () => {
    const bytes = onnxFile({
      input: IMAGE,
      nodes: [
        node('Mul', 'input byte'),
        node('Conv', 'Mul k b', { kernel_shape: [3, 3] }),
        node('Mul', 'Conv scale', {}, 'scaled'),
        node('Add', 'scaled offset'),
        node('Clip', 'Add zero'),
        node('Flatten', 'Clip'),
        node('MatMul', 'Flatten w'),
        node('Add', 'MatMul c', {}, 'biased'),
      ],
      weights: {
        ...conv(),
        byte: scalar(1 / 255),
        scale: weights(4, 1, 1),
        offset: weights(4, 1, 1),
        zero: scalar(0),
        w: weights(360, 5),
        c: weights(5),
      },
    });
    const { network } = await decodeOnnx(bytes, 'm.onnx');
    expect(network.layers.map(({ type }) => type)).toEqual(['conv2d', 'relu', 'flatten', 'dense']);
    expect(network.layers).toContainEqual({ type: 'dense', units: 5, useBias: true });
  });
});

describe('what is not supported', () => {
  const refusal = (spec: OnnxGraphSpec, file = 'm.onnx') => {
    return decodeOnnx(onnxFile(spec), file).then(
      () => 'read',
      (error) => `${error.code}: ${error.message}`,
    );
  };

  test('all nodes are named at once, those with the same reason together', async () => {
    const message = await refusal({
      input: IMAGE,
      nodes: [
        node('Conv', 'input k b', { dilations: [2, 2] }),
        node('HardSwish', 'Conv'),
        node('Conv', 'HardSwish k2', { group: 2 }, 'grouped'),
        node('HardSwish', 'grouped', {}, 'second'),
        node('Clip', 'second low high'),
        node('ReduceMean', 'Clip', { axes: [2, 3], keepdims: 0 }),
        node('Gemm', 'ReduceMean w'),
      ],
      weights: { ...conv(), k2: weights(6, 2, 3, 3), low: scalar(0), high: scalar(6), w: weights(6, 5) },
    });
    expect(message).toBe(
      'model-unsupported: m.onnx is not supported: Conv "node_Conv" has the dilation 2x2; only 1 is supported; ' +
        'HardSwish "node_HardSwish" and "node_second" are not supported; ' +
        'Conv "node_grouped" has 2 groups; only 1, or one for each channel, is supported; ' +
        'Clip "node_Clip" limits values to 0 to 6, which is not supported',
    );
  });

  test.each(['constructor', 'hasOwnProperty', '__proto__'])(
    'an operator named as what every object has: %s',
    async (op) => {
      const message = await refusal({ input: IMAGE, nodes: [node(op, 'input', {}, 'x'), node('Flatten', 'x')] });
      expect(message).toContain(`${op} "node_x" is not supported`);
    },
  );

  test.each<[string, OnnxGraphSpec, string]>([
    [
      'two outputs',
      {
        input: [4],
        nodes: [node('MatMul', 'input w', {}, 'a'), node('MatMul', 'input w', {}, 'b')],
        outputs: ['a', 'b'],
      },
      'it has 2 outputs (a, b), not one',
    ],
    ['an image as output', { input: IMAGE, nodes: [node('Relu', 'input')] }, 'its output has the shape [1,12,11]'],
    [
      'a large input',
      { input: [3, 224, 224], nodes: [node('Flatten', 'input')] },
      'its input has the shape [3,224,224]',
    ],
    [
      'attention of channels',
      {
        input: [4],
        nodes: [node('MatMul', 'input w', {}, 'a'), node('MatMul', 'input w', {}, 'b'), node('Mul', 'a b')],
      },
      'Mul "node_Mul" combines the outputs of two nodes',
    ],
    ['weights that do not fit', { input: [9], nodes: [node('MatMul', 'input w')] }, 'multiplies [9] by [4,5]'],
    [
      'a softmax that is not the last node',
      { input: [4], nodes: [node('MatMul', 'input w'), node('LogSoftmax', 'MatMul'), node('Relu', 'LogSoftmax')] },
      'Relu "node_Relu" follows LogSoftmax, which must be the last node',
    ],
  ])('%s', async (_, spec, reason) => {
    const message = await refusal({ weights: { w: weights(4, 5) }, ...spec });
    expect(message).toContain('model-unsupported: m.onnx is not supported: ');
    expect(message).toContain(reason);
  });

  test('weights in another file are read from beside the model, and from nowhere else', async () => {
    const { onnx } = (await import('onnx-proto')).default;
    const withData = (location: string) => {
      const model = onnx.ModelProto.decode(
        onnxFile({ input: [4], nodes: [node('MatMul', 'input w')], weights: { w: weights(4, 5) } }),
      );
      const [tensor] = model.graph!.initializer!;
      tensor!.rawData = new Uint8Array();
      tensor!.dataLocation = onnx.TensorProto.DataLocation.EXTERNAL;
      const fields = { location, offset: '8', length: '80' };
      tensor!.externalData = Object.entries(fields).map(([key, value]) => ({ key, value }));
      return onnx.ModelProto.encode(model).finish();
    };
    const read = (location: string) => decodeOnnx(withData(location), path.join(folder, 'm.onnx'));
    await expect(read('m.onnx.data')).rejects.toThrow(
      /weights in another file, m\.onnx\.data, which is not next to it/,
    );
    await expect(read('../m.onnx.data')).rejects.toThrow(/outside its folder/);
    const data = Float32Array.from({ length: 22 }, (_, index) => index);
    await writeFile(path.join(folder, 'm.onnx.data'), new Uint8Array(data.buffer));
    expect([...(await read('m.onnx.data')).weights[0]!]).toEqual([...data.subarray(2)]);
    await writeFile(path.join(folder, 'm.onnx.data'), 'short');
    await expect(read('m.onnx.data')).rejects.toMatchObject({ code: 'model-damaged' });
  });
});
