import '@tensorflow/tfjs-backend-cpu';
import * as tfc from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { createWasmEngine } from '../../../src/core/engine/wasm/wasm-engine.ts';
import { EmnistError } from '../../../src/core/errors.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { initialWeights } from '../../../src/core/model/initial-weights.ts';
import { decodeLayersModel, encodeLayersModel, parseManifest } from '../../../src/core/model/layers-format.ts';
import type { Model } from '../../../src/core/model/model.ts';
import { type Network, parameterCount, weightSpecs } from '../../../src/core/model/network.ts';
import { hash32, randomStream } from '../../../src/core/random.ts';

const LABELS = [...'0123456789'];

function model(name: 'cnn' | 'vgg'): Model {
  const network = architecture(name, LABELS.length);
  const random = randomStream(7);
  const weights = initialWeights(network, 3);
  // Random moving averages and biases, as after training.
  weightSpecs(network).forEach((spec, index) => {
    if (spec.shape.length === 1) weights[index] = weights[index]!.map(() => 0.5 + random());
  });
  return { name, network, labels: LABELS, weights, training: null };
}

function images(count: number): Uint8Array {
  return Uint8Array.from({ length: count * 784 }, (_, index) => (hash32(index) % 3 === 0 ? hash32(index, 1) & 255 : 0));
}

async function predictedByTensorFlow(
  modelJson: string,
  weightData: Uint8Array,
  input: Uint8Array,
): Promise<Float32Array> {
  const json = JSON.parse(modelJson);
  const loaded = await tfl.loadLayersModel(
    tfc.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((group: { weights: tfc.io.WeightsManifestEntry[] }) => group.weights),
      weightData: weightData.slice().buffer,
    }),
  );
  const batch = tfc.tensor4d(
    Float32Array.from(input, (byte) => byte / 255),
    [input.length / 784, 28, 28, 1],
  );
  return (await (loaded.predict(batch) as tfc.Tensor).data()) as Float32Array;
}

/** What our engine predicts for `images(4)`, [4, classes]. */
async function probabilities({ network, weights }: Pick<Model, 'network' | 'weights'>): Promise<number[]> {
  const engine = await createWasmEngine({ threads: 1 });
  const loaded = await engine.createNetwork(network);
  await loaded.setWeights(weights);
  const logits = await loaded.predict(images(4));
  await engine.dispose();
  return softmaxRows(logits, LABELS.length);
}

function softmaxRows(logits: Float32Array, classes: number): number[] {
  const probabilities: number[] = [];
  for (let first = 0; first < logits.length; first += classes) {
    const row = [...logits.subarray(first, first + classes)];
    const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
    probabilities.push(...row.map((logit) => Math.exp(logit) / sum));
  }
  return probabilities;
}

describe.each(['cnn', 'vgg'] as const)('a %s in the TensorFlow.js Layers format', (name) => {
  test('round-trips', () => {
    const original = model(name);
    const { modelJson, weightData } = encodeLayersModel(original, 'weights.bin', '1.2.3');
    const manifest = parseManifest(modelJson, 'model.json');
    expect(decodeLayersModel(name, manifest, weightData, 'model.json')).toEqual(original);
  });

  test('round-trips within half precision as float16', () => {
    const original = model(name);
    const { modelJson, weightData } = encodeLayersModel(original, 'weights.bin', '1.2.3', 'float16');
    const { weights } = decodeLayersModel(name, parseManifest(modelJson, 'model.json'), weightData, 'model.json');
    original.weights.forEach((tensor, index) => {
      const close = tensor.every((value, i) => {
        return Math.abs(weights[index]![i]! - value) <= Math.abs(value) * 2 ** -11 + 2 ** -25;
      });
      expect(close).toBe(true);
    });
  });

  test('in 8 bits it predicts almost the same', async () => {
    const original = model(name);
    const { modelJson, weightData } = encodeLayersModel(original, 'weights.bin', '1.2.3', 'uint8');
    const { network, weights } = decodeLayersModel(name, parseManifest(modelJson, 'm'), weightData, 'm');
    expect(weightData.length).toBeLessThan(parameterCount(network) * 1.1);
    const [exact, rounded] = await Promise.all([probabilities(original), probabilities({ network, weights })]);
    rounded.forEach((probability, index) => {
      expect(Math.abs(probability - exact[index]!)).toBeLessThan(0.02);
    });
  });

  test.each(['float32', 'float16', 'uint8'] as const)(
    'TensorFlow.js reads it (%s) and predicts the same',
    async (weightType) => {
      const original = model(name);
      const { modelJson, weightData } = encodeLayersModel(original, 'weights.bin', '1.2.3', weightType);
      const { network, weights } = decodeLayersModel(name, parseManifest(modelJson, 'm'), weightData, 'm');
      const ours = await probabilities({ network, weights });
      const theirs = await predictedByTensorFlow(modelJson, weightData, images(4));
      ours.forEach((probability, index) => {
        expect(probability).toBeCloseTo(theirs[index]!, 5);
      });
    },
  );
});

test('the weights of a small model have memory of their own', () => {
  const network: Network = {
    input: [1, 1, 1],
    layers: [{ type: 'flatten' }, { type: 'dense', units: 2, useBias: true }],
  };
  const small: Model = { name: 's', network, labels: ['0', '1'], weights: initialWeights(network, 1), training: null };
  const { weightData } = encodeLayersModel(small, 'weights.bin', '1.0.0');
  expect(weightData.length).toBe(16);
  expect(weightData.buffer.byteLength).toBe(16);
});

describe('an invalid model file', () => {
  const { modelJson, weightData } = encodeLayersModel(model('cnn'), 'weights.bin', '1.2.3');

  test.each([
    ['not JSON', (text: string) => text.slice(0, 100)],
    ['another format', () => '{"format":"graph-model"}'],
  ])('%s', (_, change) => {
    expect(() => parseManifest(change(modelJson), 'model.json')).toThrow(EmnistError);
  });

  test.each([
    [
      'a layer we lack',
      (text: string) => text.replace('"Flatten"', '"Cropping2D"'),
      /layer 5, Cropping2D "flatten", is not supported/,
    ],
    [
      'another kernel size',
      (text: string) => text.replace(/"kernel_size": \[\s*3,\s*3/, '"kernel_size": [5, 5'),
      /conv2d\/kernel has shape \[3,3,1,32\], but its layer expects \[5,5,1,32\]/,
    ],
    ['other labels', (text: string) => text.replace('"9"', '"9", "A"'), /10 outputs but 11 labels/],
    ['another shape', (text: string) => text.replace('"units": 256', '"units": 64'), /shape/],
  ])('%s', (_, change, message) => {
    const manifest = parseManifest(change(modelJson), 'model.json');
    expect(() => decodeLayersModel('m', manifest, weightData, 'model.json')).toThrow(message);
  });

  test('truncated weights', () => {
    const manifest = parseManifest(modelJson, 'model.json');
    expect(() => decodeLayersModel('m', manifest, weightData.subarray(0, 1000), 'model.json')).toThrow(/ends within/);
  });
});
