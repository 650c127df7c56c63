import { describe, expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../../src/core/engine/reference/reference-network.ts';
import { decodeTorch } from '../../../../src/core/model/formats/torch-model.ts';
import type { Network } from '../../../../src/core/model/network.ts';
import { architectureOf } from '../../../../src/core/model/network-file.ts';
import { randomStream } from '../../../../src/core/random.ts';
import {
  type PickleSpec,
  pickleFile,
  stateDict,
  type TorchTensorSpec,
  torchFile,
} from '../../../helpers/torch-files.ts';
import { largestDifference } from './models.ts';

const random = randomStream(7);

function tensor(...dims: number[]): TorchTensorSpec {
  const count = dims.reduce((product, size) => product * size, 1);
  return { dims, data: Float32Array.from({ length: count }, () => random() - 0.5) };
}

const positive = (size: number): TorchTensorSpec => ({
  dims: [size],
  data: Array.from({ length: size }, () => random() + 0.5),
});

const norm = (name: string, size: number) => ({
  [`${name}.weight`]: tensor(size),
  [`${name}.bias`]: tensor(size),
  [`${name}.running_mean`]: tensor(size),
  [`${name}.running_var`]: positive(size),
  [`${name}.num_batches_tracked`]: { dims: [], data: [7], type: 'Long' } as const,
});

const conv = (name: string, out: number, input: number, kernel: number) => ({
  [`${name}.weight`]: tensor(out, input, kernel, kernel),
  [`${name}.bias`]: tensor(out),
});

const linear = (name: string, out: number, input: number) => ({
  [`${name}.weight`]: tensor(out, input),
  [`${name}.bias`]: tensor(out),
});

const decode = async (value: PickleSpec, architecture?: Network | null) => {
  const { network, weights } = await decodeTorch(
    await torchFile(value),
    'm.pth',
    architecture && architectureOf(architecture),
  );
  return { network, weights };
};

const refusal = async (value: PickleSpec, architecture?: Network) => {
  return decode(value, architecture).then(
    () => 'read',
    (error) => `${error.code}: ${error.message}`,
  );
};

/** The logits of one image. */
async function run({ network, weights }: { network: Network; weights: readonly Float32Array[] }, image: Uint8Array) {
  const reference = new ReferenceNetwork(network);
  await reference.setWeights(weights);
  return reference.predict(image);
}

/** What PyTorch computes: Linear(flatten(relu(conv(x)))), channels first, one loop for each index. */
function convThenLinear(tensors: Record<string, TorchTensorSpec>, image: Uint8Array, size: number): number[] {
  const kernel = tensors['c.weight']!;
  const [filters, , extent] = kernel.dims as [number, number, number];
  const inner = size - extent + 1;
  const features: number[] = [];
  for (let filter = 0; filter < filters; filter++) {
    for (let y = 0; y < inner; y++) {
      for (let x = 0; x < inner; x++) {
        let sum = tensors['c.bias']!.data[filter]!;
        for (let i = 0; i < extent; i++) {
          for (let j = 0; j < extent; j++) {
            sum += kernel.data[(filter * extent + i) * extent + j]! * (image[(y + i) * size + x + j]! / 255);
          }
        }
        features.push(Math.max(sum, 0));
      }
    }
  }
  const weight = tensors['f.weight']!;
  return Array.from({ length: weight.dims[0]! }, (_, unit) => {
    return features.reduce(
      (sum, value, index) => sum + value * weight.data[unit * features.length + index]!,
      tensors['f.bias']!.data[unit]!,
    );
  });
}

describe('a state dict', () => {
  test('gives the answers that PyTorch computes, channels first', async () => {
    const tensors = { ...conv('c', 3, 1, 5), ...linear('f', 4, 3 * 24 * 24) };
    const image = Uint8Array.from({ length: 784 }, () => Math.floor(random() * 256));
    const logits = await run(await decode(stateDict(tensors)), image);
    expect(largestDifference(logits, convThenLinear(tensors, image, 28))).toBeLessThan(1e-4);
  });

  test('is found in a checkpoint; strides, offsets and other number types are honored', async () => {
    const plain = { 'f.weight': { dims: [2, 4], data: [1, 2, 4, 8, 0.5, -1, 0, -2] } } as const;
    const expected = await decode(stateDict(plain));
    const transposed = { dims: [2, 4], strides: [1, 2], offset: 1, data: [9, 1, 0.5, 2, -1, 4, 0, 8, -2] };
    for (const type of ['Float', 'Half', 'Double'] as const) {
      const data = type === 'Half' ? transposed.data.map((value) => (value === 9 ? 1 : value)) : transposed.data;
      const inner = stateDict({ 'f.weight': { ...transposed, data, type } });
      const checkpoint: PickleSpec = {
        dict: [
          ['epoch', 3],
          ['accuracy', 0.5],
          ['model_state_dict', inner],
        ],
      };
      expect(await decode(checkpoint)).toEqual(expected);
    }
  });

  test('is found beside other tensors of a checkpoint, also under a name of its author', async () => {
    const inner = stateDict(linear('f', 2, 4));
    const expected = await decode(inner);
    for (const key of ['model_state_dict', 'best_weights']) {
      const entries: [string, PickleSpec][] = [
        ['loss', { tensor: { dims: [], data: [0.5] } }],
        ['optimizer', { dict: [['state', { dict: [['0', { dict: [['exp_avg', { tensor: tensor(2, 4) }]] }]] }]] }],
        [key, inner],
      ];
      expect(await decode({ dict: entries })).toEqual(expected);
    }
  });

  test.each<[string, Record<string, TorchTensorSpec>, string]>([
    [
      'convolutions, batch normalization and pooling',
      {
        ...conv('a', 4, 1, 3),
        ...norm('b', 4),
        ...conv('c', 8, 4, 3),
        ...linear('d', 16, 8 * 25),
        ...norm('e', 16),
        ...linear('f', 10, 16),
      },
      'conv2d batchNorm relu maxPool conv2d relu maxPool flatten dense batchNorm relu dense',
    ],
    [
      'two convolutions before pooling',
      { ...conv('a', 4, 1, 3), ...conv('b', 8, 4, 3), ...linear('c', 10, 8 * 144) },
      'conv2d relu conv2d relu maxPool flatten dense',
    ],
    ['dense layers', { ...linear('a', 8, 784), ...linear('b', 10, 8) }, 'flatten dense relu dense'],
  ])('of %s is enough to infer the layers', async (_, tensors, layers) => {
    const { network } = await decode(stateDict(tensors));
    expect(network.layers.map(({ type }) => type).join(' ')).toBe(layers);
  });

  test('takes the layers from a description, with features in the order of channels', async () => {
    const tensors = { ...conv('c', 3, 1, 5), ...linear('f', 4, 3 * 8 * 8) };
    const network: Network = {
      input: [12, 12, 1],
      layers: [
        { type: 'conv2d', filters: 3, kernel: [5, 5], stride: [1, 1], padding: 'valid', useBias: true },
        { type: 'relu' },
        { type: 'flatten' },
        { type: 'dense', units: 4, useBias: true },
      ],
    };
    const image = Uint8Array.from({ length: 144 }, () => Math.floor(random() * 256));
    const logits = await run(await decode(stateDict(tensors), network), image);
    expect(largestDifference(logits, convThenLinear(tensors, image, 12))).toBeLessThan(1e-4);
    expect(await refusal(stateDict({ ...conv('c', 3, 1, 3), ...linear('f', 4, 192) }), network)).toBe(
      'model-damaged: m.pth is not a valid model: c, of [3,1,3,3], does not fit the layer conv2d',
    );
    expect(await refusal(stateDict(conv('c', 3, 1, 5)), network)).toContain(
      'weights of 1 layers (c), and the network has 2',
    );
  });

  test.each<[string, Record<string, TorchTensorSpec>, string]>([
    [
      'pooling that may be in several places',
      { ...conv('a', 4, 1, 3), ...conv('b', 4, 4, 3), ...conv('c', 4, 4, 3), ...linear('d', 10, 4 * 49) },
      '3 arrangements of pooling after its convolutions lead to the 196 inputs of "d"',
    ],
    ['global pooling', { ...conv('a', 4, 1, 3), ...linear('b', 10, 4) }, '"b" takes one value for each channel'],
    [
      'a size that does not follow',
      { ...conv('a', 4, 1, 3), ...linear('b', 10, 77) },
      'no usual arrangement of pooling',
    ],
    ['a branch', { ...conv('a', 4, 1, 3), ...conv('b', 4, 4, 1), ...linear('c', 9, 4 * 169) }, '"b" is 1x1'],
    ['groups', { ...conv('a', 4, 1, 3), ...conv('b', 4, 1, 3), ...linear('c', 9, 4 * 25) }, '"b" takes 1 channels'],
    ['other layers', { 'lstm.weight_ih_l0': tensor(4, 4), ...linear('c', 9, 784) }, 'lstm.weight_ih_l0'],
  ])('with %s is refused', async (_, tensors, reason) => {
    const message = await refusal(stateDict(tensors));
    expect(message).toContain('model-unsupported: m.pth is not supported: it has weights, and ');
    expect(message).toContain(reason);
  });
});

describe('other files of torch.save', () => {
  test.each<[string, PickleSpec, string]>([
    ['os.system', { object: ['os', 'system'] }, 'it contains a Python object, os.system'],
    [
      'builtins.eval inside',
      { dict: [['w', { object: ['builtins', 'eval'] }]] },
      'it contains a Python object, builtins.eval',
    ],
    ['a whole model', { object: ['__main__', 'Net'] }, 'it contains a Python object, __main__.Net'],
    ['inherited names of objects', { object: ['constructor', ''] }, 'constructor.'],
    ['no tensors', { dict: [['epoch', 3]] }, 'contains no state dict'],
    ['a number', 3, 'contains no state dict'],
  ])('%s: refused by name, nothing is executed', async (_, value, reason) => {
    const message = await refusal(value);
    expect(message).toContain('model-unsupported: m.pth is not supported: ');
    expect(message).toContain(reason);
  });

  test.each([
    ['text and an object made from a mark', '(Vtouch x\nios\nsystem\n.', 'a Python object, os.system'],
    ['an unknown opcode', '\x82\x01.', 'data.pkl is invalid: it has the opcode 0x82'],
    ['a checkpoint that contains itself', '}q\0X\x05\0\0\0modelh\0s.', 'contains no state dict'],
  ])('a pickle with %s', async (_, pickle, reason) => {
    await expect(decodeTorch(await pickleFile(Buffer.from(pickle, 'latin1')), 'm.pth')).rejects.toThrow(reason);
  });

  test('TorchScript', async () => {
    const bytes = await torchFile(stateDict(linear('a', 2, 4)), { 'code/net.py': 'class Net: …' });
    await expect(decodeTorch(bytes, 'm.pt')).rejects.toMatchObject({ data: { type: 'torchscript' } });
  });

  test('tensors that claim more than there is', async () => {
    for (const spec of [
      { dims: [2, 4], data: [1, 2, 3] },
      { dims: [2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8], offset: 1 },
      { dims: [2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8], strides: [100, 1] },
    ]) {
      expect(await refusal(stateDict({ 'f.weight': spec }))).toContain('model-damaged: ');
    }
    const huge = stateDict({ 'f.weight': { dims: [30_000, 30_000], strides: [0, 0], data: [1] } });
    expect(await refusal(huge)).toContain('f.weight has an invalid shape');
  });
});
