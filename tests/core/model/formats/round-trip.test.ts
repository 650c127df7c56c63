import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportModel } from '../../../../src/app/export-model.ts';
import { importModel } from '../../../../src/app/import-model.ts';
import { decodeKerasArchive, encodeKerasArchive } from '../../../../src/core/model/formats/keras-archive.ts';
import { decodeKerasHdf5, encodeKerasHdf5 } from '../../../../src/core/model/formats/keras-hdf5.ts';
import { MODEL_FORMATS } from '../../../../src/core/model/formats/model-formats.ts';
import {
  decodeSafetensorsModel,
  encodeSafetensorsModel,
} from '../../../../src/core/model/formats/safetensors-model.ts';
import { decodeLayersModel, encodeLayersModel, parseManifest } from '../../../../src/core/model/layers-format.ts';
import { canReject, type Model } from '../../../../src/core/model/model.ts';
import { loadModel, saveModel } from '../../../../src/core/model/model-store.ts';
import { classCount, layerInputs, type Network } from '../../../../src/core/model/network.ts';
import { CURVE_POINTS, type EpochRecord, type TrainingCurve } from '../../../../src/core/model/training-history.ts';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { trainingRecord } from '../../../helpers/training-record.ts';
import { LAYER_NETWORKS } from '../../engine/layer-networks.ts';
import { randomNetwork, randomWeights } from '../../engine/networks.ts';
import { randomGraph } from '../../engine/random-graph.ts';
import { shippedModel } from './models.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-formats-'));
});
afterAll(() => rm(home, { recursive: true }));

/** Exports a model and imports the result in a new data directory. */
async function thereAndBack(model: Model, format: (typeof MODEL_FORMATS)[number]): Promise<Model> {
  const folder = await mkdtemp(path.join(home, `${format}-`));
  const [from, to] = [resolvePaths(path.join(folder, 'from')), resolvePaths(path.join(folder, 'to'))];
  await saveModel(model, from);
  const out = path.join(folder, `exported.${format}`);
  await exportModel({ format, model: model.name, out }, { paths: from });
  // ONNX is recognized only by the file name.
  const { transposed, orientation } = await importModel({ file: out, name: model.name }, { paths: to });
  expect({ transposed, orientation }).toEqual({ transposed: false, orientation: 'recorded' });
  return loadModel(model.name, to);
}

/** Weights are compared as bytes: element by element, that takes seconds, and does not distinguish -0 from 0. */
function expectSame(back: Model, model: Model): void {
  const bytes = ({ weights }: Model) => weights.map(({ buffer }) => Buffer.from(buffer).toString('base64'));
  expect(bytes(back)).toEqual(bytes(model));
  expect({ ...back, weights: [] }).toEqual({ ...model, weights: [] });
}

const networks = fc
  .integer({ min: 0, max: 2 ** 31 })
  .map((seed): Network => ({ ...randomNetwork(seed), input: [28, 28, 1] }));
const characters = fc.uniqueArray(fc.constantFrom(...'0123456789ABCXYZabcxyzÄöß§€中文"\\\'{}'), {
  minLength: 12,
  maxLength: 12,
});

/** The formats that describe layers as Keras does, without files and folders. */
const CODECS: Record<string, (model: Model) => Promise<Pick<Model, 'network' | 'weights'>>> = {
  keras: async (model) => decodeKerasArchive(Buffer.from(await encodeKerasArchive(model)), 'm.keras'),
  h5: async (model) => decodeKerasHdf5(await encodeKerasHdf5(model), 'm.h5'),
  safetensors: async (model) => decodeSafetensorsModel(Buffer.from(encodeSafetensorsModel(model)), 'm.safetensors'),
  tfjs: async (model) => {
    const { modelJson, weightData } = encodeLayersModel(model, 'weights.bin', '1.0.0');
    return decodeLayersModel(model.name, parseManifest(modelJson, 'model.json'), weightData, 'model.json');
  },
};

/** With the inputs of every layer, which may also be left out where a layer follows the one before it. */
function explicit(network: Network): Network {
  const layers = network.layers.map((layer, index) => ({ ...layer, inputs: [...layerInputs(network, index)] }));
  return { ...network, layers };
}

const everyLayer = [
  ...Object.entries(LAYER_NETWORKS),
  ...Array.from({ length: 8 }, (_, seed) => [`random graph ${seed}`, randomGraph(seed)] as const),
].filter(([, { input }]) => [1, 3].includes(input[2]));

describe.each(Object.entries(CODECS))('%s, every layer and graphs', (_, thereAndBack) => {
  test.each(everyLayer)('%s', async (_, network) => {
    const labels = Array.from({ length: classCount(network) }, (_, index) => String.fromCodePoint(0x4e00 + index));
    const model: Model = { name: 'm', network, labels, weights: randomWeights(network, 1), training: null };
    const back = await thereAndBack(model);
    expect(explicit(back.network)).toEqual(explicit(network));
    expect(back.weights).toEqual(model.weights);
  });
});

describe.each(MODEL_FORMATS)('%s', (format) => {
  test('network, labels and weights round-trip bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(networks, characters, fc.integer(), async (network, labels, seed) => {
        const weights = randomWeights(network, seed);
        // Negative zero and subnormal numbers are easily lost.
        weights.at(-1)!.set([-0, 1e-45].slice(0, weights.at(-1)!.length));
        const model = {
          name: 'random',
          network,
          labels: labels.slice(0, classCount(network)),
          weights,
          training: null,
        };
        expectSame(await thereAndBack(model, format), model);
      }),
      { numRuns: 12 },
    );
  });

  test('that a model rejects round-trips', async () => {
    const labels = [...'ABC'];
    const network: Network = {
      input: [28, 28, 1],
      layers: [{ type: 'flatten' }, { type: 'dense', units: 4, useBias: true }],
    };
    const model: Model = { name: 'unsure', network, labels, weights: randomWeights(network, 1), training: null };
    const back = await thereAndBack(model, format);
    expect(back).toEqual(model);
    expect(canReject(back)).toBe(true);
  });

  test('the training record round-trips', async () => {
    const shipped = await shippedModel('mine');
    expect(shipped.training).not.toBeNull();
    expectSame(await thereAndBack(shipped, format), shipped);
  });

  test('the history of a long training round-trips', async () => {
    const network: Network = {
      input: [28, 28, 1],
      layers: [{ type: 'flatten' }, { type: 'dense', units: 3, useBias: true }],
    };
    const history = Array.from({ length: 500 }, (_, index): EpochRecord => {
      const share = (index + 1) / 501;
      const measured = { loss: 1 / share, accuracy: share, validationLoss: 2 / share, validationAccuracy: share / 3 };
      return { epoch: index + 1, ...measured, seconds: 20 + share, imagesPerSecond: 4000 / share };
    });
    const points = Array.from({ length: CURVE_POINTS }, (_, point) => (point < 9 ? null : point / 512));
    const curve: TrainingCurve = { span: 1, loss: points, accuracy: points, learningRate: points };
    const training = trainingRecord({ epochs: 500, history, curve });
    const model: Model = { name: 'm', network, labels: [...'ABC'], weights: randomWeights(network, 1), training };
    expect(await thereAndBack(model, format)).toEqual(model);
  });
});
