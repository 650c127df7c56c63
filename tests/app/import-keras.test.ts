import { beforeEach, describe, expect, test } from 'vitest';
import { encodeLayersModel } from '../../src/core/model/layers-format.ts';
import type { Model } from '../../src/core/model/model.ts';
import { loadModel, saveModel } from '../../src/core/model/model-store.ts';
import type { Network } from '../../src/core/model/network.ts';
import { randomWeights } from '../core/engine/networks.ts';
import { functional2, layer, sequential } from '../core/model/keras/json.ts';
import { hdf5File } from '../helpers/keras-files.ts';
import { zip } from '../helpers/zip.ts';
import { ImportFolder } from './importing.ts';

/** Where Keras and TensorFlow.js store weights, and under which names. */

const here = new ImportFolder();

const NETWORK: Network = {
  input: [28, 28, 1],
  layers: [
    { type: 'conv2d', filters: 2, kernel: [3, 2], stride: [2, 2], padding: 'valid', useBias: true },
    { type: 'batchNorm', momentum: 0.99, epsilon: 1e-3 },
    { type: 'maxPool', size: [4, 4], stride: [4, 4], padding: 'valid' },
    { type: 'flatten' },
    { type: 'dense', units: 10, useBias: true },
  ],
};
const WEIGHTS = randomWeights(NETWORK, 4);
const SHAPES = [[3, 2, 1, 2], [2], [2], [2], [2], [2], [18, 10], [10]];
const NAMES = ['kernel', 'bias', 'gamma', 'beta', 'moving_mean', 'moving_variance', 'kernel', 'bias'];
const LAYERS = ['conv', 'conv', 'norm', 'norm', 'norm', 'norm', 'out', 'out'];
const CLASSES = ['conv2d', 'batch_normalization', 'dense'];

const conv = layer('Conv2D', { name: 'conv', filters: 2, kernel_size: [3, 2], strides: [2, 2], padding: 'valid' });
const norm = layer('BatchNormalization', { name: 'norm', axis: [3] });
const pool = layer('MaxPooling2D', { name: 'pool', pool_size: [4, 4] });
const flat = layer('Flatten', { name: 'flat' });
const out = layer('Dense', { name: 'out', units: 10, activation: 'softmax' });
const CHAIN = sequential([28, 28, 1], conv, norm, pool, flat, out);

async function imported(): Promise<Model> {
  return loadModel('it', here.paths);
}

async function expectWeights(file: string, options = {}, close = 0): Promise<void> {
  await here.import(file, { upright: true, overwrite: true, ...options });
  const { network, weights } = await imported();
  expect(network.layers).toEqual(NETWORK.layers);
  weights.forEach((tensor, index) => {
    const largest = tensor.reduce((most, value, i) => Math.max(most, Math.abs(value - WEIGHTS[index]![i]!)), 0);
    expect(largest, `${LAYERS[index]}/${NAMES[index]}`).toBeLessThanOrEqual(close);
  });
}

/** A group of weights per layer, as in Keras 2. `path` and `name` are of the weight with this index. */
function named(path: (index: number) => string, name: (index: number) => string, config?: object, attributes = {}) {
  return hdf5File((file) => {
    if (config) file.create_attribute('model_config', JSON.stringify(config));
    for (const [key, value] of Object.entries({ keras_version: '2.15.0', ...attributes }))
      file.create_attribute(key, value as string);
    const root = config ? file.create_group('model_weights') : file;
    const groups = [...new Set(WEIGHTS.map((_, index) => path(index)))];
    root.create_attribute('layer_names', groups);
    for (const group of groups) {
      const own = [...WEIGHTS.keys()].filter((index) => path(index) === group);
      const made = root.create_group(group);
      made.create_attribute('weight_names', own.map(name));
      for (const index of own) {
        const parts = name(index).split('/');
        let inner = made;
        for (const part of parts.slice(0, -1))
          inner = (inner.get(part) as typeof made | null) ?? inner.create_group(part);
        inner.create_dataset({ name: parts.at(-1)!, data: WEIGHTS[index]!, shape: SHAPES[index]!, dtype: '<f' });
      }
    }
  });
}

/** Weights numbered within each layer, as in Keras 3. */
function numbered(separator: string, root = 'layers') {
  return hdf5File((file) => {
    CLASSES.forEach((name, place) => {
      const own = LAYERS.flatMap((one, index) => (one === ['conv', 'norm', 'out'][place] ? [index] : []));
      const path = [root, name].join(separator);
      const group = path
        .split('/')
        .reduce(
          (inner, part) => (inner.get(part) as typeof inner | null) ?? (inner.create_group(part) as typeof inner),
          file,
        );
      const vars = group.create_group('vars');
      own.forEach((index, at) => {
        vars.create_dataset({ name: `${at}`, data: WEIGHTS[index]!, shape: SHAPES[index]!, dtype: '<f' });
      });
    });
  });
}

const keras2 = () =>
  named(
    (index) => LAYERS[index]!,
    (index) => `${LAYERS[index]}/${NAMES[index]}:0`,
  );

describe('layers and weights in separate files', () => {
  test.each([
    ['m.h5', keras2],
    ['m.weights.h5', () => numbered('/')],
    ['only.hdf5', keras2],
  ])('m.json with %s beside it', async (name, weights) => {
    await here.write(name, await weights());
    await expectWeights(await here.write('m.json', JSON.stringify(CHAIN)));
  });

  test('weights alone, of layers of other names, with --network', async () => {
    const network = await here.write('net.json', JSON.stringify([conv, norm, pool, flat, { ...out, name: 'mine' }]));
    const weights = await named(
      (index) => `${LAYERS[index]}_7`,
      (index) => `${LAYERS[index]}_7/${NAMES[index]}:0`,
    );
    await expectWeights(await here.write('w.h5', weights), { network });
    await saveModel({ ...(await imported()), name: 'like' }, here.paths);
    await expectWeights(await here.write('v.weights.h5', await numbered('/')), { network: 'like' });
  });

  test('either of them alone says so', async () => {
    const json = await here.write('alone/m.json', JSON.stringify(CHAIN));
    expect(await here.refusal(json)).toMatchObject({ code: 'model-unsupported' });
    const weights = await here.write('alone/w.h5', await keras2());
    expect(await here.refusal(weights)).toMatchObject({ code: 'model-unsupported' });
  });
});

describe('weights in nested models', () => {
  const body = sequential([28, 28, 1], conv, norm);
  const nested = functional2([28, 28, 1], {
    body: [body, 'in'],
    pool: [pool, 'body'],
    flat: [flat, 'pool'],
    out: [out, 'flat'],
  });
  const path = (index: number) => (index < 6 ? 'body' : 'out');

  test.each([
    ['by name', (index: number) => `${LAYERS[index]}/${NAMES[index]}:0`],
    ['by name, with that of the model', (index: number) => `body/${LAYERS[index]}/${NAMES[index]}`],
    ['by their order, if names do not tell', (index: number) => `w${index}`],
  ])('are found %s', async (_, name) => {
    await expectWeights(await here.write('n.h5', await named(path, name, nested)));
  });
});

test('.keras archives written on Windows name groups with backslashes', async () => {
  for (const root of ['layers', '_layer_checkpoint_dependencies']) {
    const members = new Map([
      ['metadata.json', Buffer.from('{"keras_version": "3.0.5"}')],
      ['config.json', Buffer.from(JSON.stringify(CHAIN))],
      ['model.weights.h5', Buffer.from(await numbered('\\', root))],
    ]);
    await expectWeights(await here.write('w.keras', await zip(members)));
  }
});

test('kernels of the Theano backend are flipped', async () => {
  const weights = await named(
    (index) => LAYERS[index]!,
    (index) => `${LAYERS[index]}/${NAMES[index]}:0`,
    CHAIN,
    { backend: 'theano' },
  );
  await here.import(await here.write('t.h5', weights), { upright: true });
  const [kernel] = (await imported()).weights;
  // [3, 2, 1, 2]: positions in reverse order, filters in the same.
  const [stored] = WEIGHTS;
  expect([...kernel!]).toEqual(
    [5, 4, 3, 2, 1, 0].flatMap((position) => [...stored!.subarray(2 * position, 2 * position + 2)]),
  );
});

describe('TensorFlow.js', () => {
  let manifest: { weightsManifest: { paths: string[]; weights: Record<string, unknown>[] }[]; modelTopology: unknown };
  let data: Uint8Array;
  beforeEach(() => {
    const model: Model = { name: 'm', network: NETWORK, labels: [...'0123456789'], weights: WEIGHTS, training: null };
    const { weightData } = encodeLayersModel(model, 'w.bin', '1');
    data = weightData;
    const weights = NAMES.map((name, index) => ({
      name: `${LAYERS[index]}/${name}`,
      shape: SHAPES[index]!,
      dtype: 'float32',
    }));
    manifest = { modelTopology: CHAIN, weightsManifest: [{ paths: ['w.bin'], weights }] };
  });
  const write = async (bytes: Uint8Array = data) => {
    await here.write('tfjs/w.bin', bytes);
    return here.write('tfjs/model.json', JSON.stringify(manifest));
  };
  const rename = (change: (name: string, index: number) => string) => {
    manifest.weightsManifest[0]!.weights.forEach((weight, index) => {
      weight.name = change(String(weight.name), index);
    });
  };

  test.each([
    ['of Keras 3', (name: string) => `sequential/${name}`],
    ['with a suffix', (name: string) => `${name}:0`],
    ['that tell nothing', (_: string, index: number) => `variable_${index}`],
  ])('names %s', async (_, change) => {
    rename(change);
    await expectWeights(await write());
  });

  test('paths that begin with ./, and several files', async () => {
    manifest.weightsManifest[0]!.paths = ['./w.bin', './x.bin'];
    await here.write('tfjs/x.bin', data.subarray(100));
    await expectWeights(await write(data.subarray(0, 100)));
  });

  test.each(['../w.bin', './../w.bin', '/w.bin', '..', '.'])('does not read %s', async (outside) => {
    manifest.weightsManifest[0]!.paths = [outside];
    expect(await here.refusal(await write())).toMatchObject({ code: 'model-damaged' });
  });

  test.each([
    ['uint8', 255],
    ['uint16', 65_535],
  ] as const)('weights that are quantized to %s', async (dtype, steps) => {
    const parts = WEIGHTS.map((tensor, index) => {
      const [min, max] = [Math.min(...tensor), Math.max(...tensor)];
      const scale = (max - min) / steps;
      manifest.weightsManifest[0]!.weights[index]!.quantization = { dtype, min, scale, original_dtype: 'float32' };
      const levels = Array.from(tensor, (value) => Math.round((value - min) / scale));
      const numbers = dtype === 'uint8' ? Uint8Array.from(levels) : Uint16Array.from(levels);
      return Buffer.from(numbers.buffer);
    });
    await expectWeights(await write(Buffer.concat(parts)), {}, 2 / steps);
  });
});
