import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportModel } from '../../../../src/app/export-model.ts';
import { ReferenceNetwork } from '../../../../src/core/engine/reference/reference-network.ts';
import { architecture } from '../../../../src/core/model/architectures.ts';
import { encodeKerasArchive } from '../../../../src/core/model/formats/keras-archive.ts';
import { encodeKerasHdf5 } from '../../../../src/core/model/formats/keras-hdf5.ts';
import type { ModelFormat } from '../../../../src/core/model/formats/model-formats.ts';
import { encodeLayersModel } from '../../../../src/core/model/layers-format.ts';
import { type Model, outputCount } from '../../../../src/core/model/model.ts';
import { SHIPPED, saveModel } from '../../../../src/core/model/model-store.ts';
import { classCount, elements, type Network } from '../../../../src/core/model/network.ts';
import { resolvePaths } from '../../../../src/core/paths.ts';
import { pythonWith, runPython } from '../../../helpers/python.ts';
import { named } from '../../../helpers/skip.ts';
import { LAYER_NETWORKS } from '../../engine/layer-networks.ts';
import { randomWeights } from '../../engine/networks.ts';
import { randomGraph } from '../../engine/random-graph.ts';
import {
  floats,
  HAS_EMNIST,
  installBalanced,
  largestDifference,
  probabilities,
  shippedModel,
  testImages,
} from './models.ts';

// Suppresses its advertisement of the native build on stderr.
tf.env().set('IS_TEST', true);

if (!HAS_EMNIST) console.log('using generated images: ../shared/emnist/gzip.zip is missing');
const withH5py = pythonWith('h5py');
const noH5py = withH5py ? null : 'no Python has h5py (apt-get install python3-h5py)';
const withKeras = pythonWith('keras');
const noKeras = withKeras ? null : 'no Python has Keras (pip install keras jax)';

/** TensorFlow.js without native code takes a tenth of a second for each. */
const IMAGES = 200;

let home: string;
let images: Uint8Array;
/** The shipped model, a `vgg`, and a `cnn` with random weights, which can reject. */
const models: Record<string, Model> = {};
const answers: Record<string, Float32Array> = {};

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-elsewhere-'));
  const paths = resolvePaths(home);
  await installBalanced(paths);
  images = await testImages(paths, IMAGES);
  const vgg = await shippedModel('vgg');
  const { labels } = vgg;
  const network = architecture('cnn', outputCount(labels, 1));
  models.vgg = vgg;
  models.cnn = { name: 'cnn', network, labels, weights: randomWeights(network, 3), training: null };
  for (const [name, model] of Object.entries(models)) {
    await saveModel(model, paths);
    answers[name] = await probabilities(model, images);
  }
});
afterAll(() => rm(home, { recursive: true }));

async function exported(name: string, format: ModelFormat): Promise<string> {
  const out = path.join(home, `${name}.${format}`);
  await exportModel({ format, model: name, out, force: true }, { paths: resolvePaths(home) });
  return out;
}

describe.each(['vgg', 'cnn'])('a %s', (name) => {
  test('gives the same answers in TensorFlow.js', { timeout: 300_000 }, async () => {
    const folder = await exported(name, 'tfjs');
    expect((await readdir(folder)).sort()).toEqual([
      'model.json',
      expect.stringMatching(/^weights\.[0-9a-f]{8}\.bin$/),
    ]);
    const json = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'));
    const [{ paths, weights }] = json.weightsManifest;
    const data = await readFile(path.join(folder, paths[0]));
    const loaded = await tfl.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: weights,
        weightData: new Uint8Array(data).buffer,
      }),
    );
    const theirs = loaded.predict(tf.tensor4d(floats(images), [IMAGES, 28, 28, 1])) as tf.Tensor;
    expect(largestDifference(await theirs.data(), answers[name]!)).toBeLessThan(1e-4);
  });

  test('gives the same answers in ONNX Runtime', async () => {
    const session = await InferenceSession.create(await readFile(await exported(name, 'onnx')));
    expect([session.inputNames, session.outputNames]).toEqual([['input'], ['probabilities']]);
    const { probabilities: theirs } = await session.run({ input: new Tensor(floats(images), [IMAGES, 28, 28, 1]) });
    expect(theirs!.dims).toEqual([IMAGES, classCount(models[name]!.network)]);
    expect(largestDifference(theirs!.data as Float32Array, answers[name]!)).toBeLessThan(1e-4);
    await session.release();
  });

  test.skipIf(noKeras)(
    named('is read by Keras itself from both of its files, and answers the same', noKeras),
    { timeout: 300_000 },
    async () => {
      await writeFile(path.join(home, 'images.bin'), images);
      for (const format of ['keras', 'h5'] as const) {
        const script = `
import sys
import keras, numpy as np
images = np.fromfile(sys.argv[2], np.uint8).reshape(-1, 28, 28, 1).astype(np.float32) / 255
model = keras.models.load_model(sys.argv[1], compile=False)
model.predict(images, verbose=0).astype(np.float32).tofile(sys.argv[3])
`;
        const args = [await exported(name, format), path.join(home, 'images.bin'), path.join(home, 'answers.bin')];
        runPython(withKeras!, script, args);
        const theirs = new Float32Array(new Uint8Array(await readFile(args[2]!)).buffer);
        expect(largestDifference(theirs, answers[name]!)).toBeLessThan(1e-4);
      }
    },
  );
});

describe('every layer, and graphs of layers', () => {
  const networks = [
    ...Object.entries(LAYER_NETWORKS),
    ...Array.from({ length: 12 }, (_, seed) => [`random graph ${seed}`, randomGraph(seed)] as const),
  ];
  const model = (network: Network): Model => {
    const labels = Array.from({ length: classCount(network) }, (_, index) => String.fromCodePoint(0x4e00 + index));
    return { name: 'm', network, labels, weights: randomWeights(network, 7), training: null };
  };
  const imagesFor = ({ input }: Network) => {
    return Uint8Array.from({ length: 3 * elements(input) }, (_, index) => (index * 7919) % 256);
  };
  /** A GELU that is approximate here is exact there. */
  const tolerance = ({ layers }: Network) => {
    return layers.some((layer) => layer.type === 'gelu' && layer.approximate) ? 1e-3 : 1e-4;
  };
  const ours = async (described: Model) => {
    const reference = new ReferenceNetwork(described.network);
    await reference.setWeights(described.weights);
    const logits = await reference.predict(imagesFor(described.network));
    return softmaxOf(Float32Array.from(logits), classCount(described.network));
  };

  // TensorFlow.js has no ELU with another alpha.
  const opensThere = ({ layers }: Network) => layers.every((layer) => layer.type !== 'elu' || layer.alpha === 1);

  test.each(networks.filter(([, network]) => opensThere(network)))('%s: TensorFlow.js', async (_, network) => {
    const described = model(network);
    const { modelJson, weightData } = encodeLayersModel(described, 'weights.bin', '1.0.0');
    const { modelTopology, weightsManifest } = JSON.parse(modelJson);
    const loaded = await tfl.loadLayersModel(
      tf.io.fromMemory({
        modelTopology,
        weightSpecs: weightsManifest[0].weights,
        weightData: weightData.slice().buffer,
      }),
    );
    const theirs = loaded.predict(tf.tensor(floats(imagesFor(network)), [3, ...network.input])) as tf.Tensor;
    expect(largestDifference(await theirs.data(), await ours(described))).toBeLessThan(tolerance(network));
  });

  test.skipIf(noKeras)(named('Keras, from both of its files', noKeras), { timeout: 300_000 }, async () => {
    const folder = path.join(home, 'layers');
    await mkdir(folder);
    for (const [index, [, network]] of networks.entries()) {
      await writeFile(path.join(folder, `${index}.keras`), await encodeKerasArchive(model(network)));
      await writeFile(path.join(folder, `${index}.h5`), await encodeKerasHdf5(model(network)));
      await writeFile(path.join(folder, `${index}.images`), imagesFor(network));
    }
    const script = `
import json, sys
import keras, numpy as np
answers = []
for index, shape in enumerate(json.loads(sys.argv[2])):
    images = np.fromfile(f"{sys.argv[1]}/{index}.images", np.uint8).reshape(-1, *shape).astype(np.float32) / 255
    for format in ("keras", "h5"):
        model = keras.models.load_model(f"{sys.argv[1]}/{index}.{format}", compile=False)
        answers.append(np.array(model.predict_on_batch(images)).astype(float).ravel().tolist())
print(json.dumps(answers))
`;
    const shapes = JSON.stringify(networks.map(([, { input }]) => input));
    const answers: number[][] = JSON.parse(runPython(withKeras!, script, [folder, shapes]).split('\n').at(-2)!);
    for (const [index, [name, network]] of networks.entries()) {
      const expected = await ours(model(network));
      for (const theirs of answers.slice(2 * index, 2 * index + 2)) {
        expect(largestDifference(theirs, expected), name).toBeLessThan(tolerance(network));
      }
    }
  });
});

describe.skipIf(noH5py)(named('h5py opens', noH5py), () => {
  /** The contents of an HDF5 file: attributes of groups and types of datasets, by path. */
  const LISTING = `
import h5py, io, json, sys, zipfile
def text(value):
    if isinstance(value, bytes): return value.decode()
    return [text(one) for one in value] if hasattr(value, "__len__") and not isinstance(value, str) else value
def listing(file):
    found = {"/": {key: text(value) for key, value in file.attrs.items()}}
    def visit(path, thing):
        found[path] = f"{thing.dtype} {list(thing.shape)}" if isinstance(thing, h5py.Dataset) else {key: text(value) for key, value in thing.attrs.items()}
    file.visititems(visit)
    return found
path = sys.argv[1]
if path.endswith(".keras"):
    archive = zipfile.ZipFile(path)
    whole = {name: json.loads(archive.read(name)) for name in ("metadata.json", "config.json")}
    whole["names"] = archive.namelist()
    whole["weights"] = listing(h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r"))
else:
    whole = listing(h5py.File(path, "r"))
print(json.dumps(whole))
`;
  const list = async (name: string, format: ModelFormat) => {
    return JSON.parse(runPython(withH5py!, LISTING, [await exported(name, format)]));
  };

  test("the .h5, with Keras 2's names and shapes", async () => {
    const { '/': root, ...groups } = await list('cnn', 'h5');
    expect(root).toMatchObject({ backend: 'tensorflow', keras_version: '2.15.0' });
    const { class_name, config } = JSON.parse(root.model_config);
    expect(class_name).toBe('Sequential');
    expect(config.layers.map((layer: { class_name: string }) => layer.class_name)).toEqual([
      'InputLayer',
      'Conv2D',
      'MaxPooling2D',
      'Conv2D',
      'MaxPooling2D',
      'Flatten',
      'Dense',
      'Dropout',
      'Dense',
    ]);
    expect(config.layers[1].config).toMatchObject({ batch_input_shape: [null, 28, 28, 1], activation: 'relu' });
    expect(JSON.parse(root.emnist_tui)).toMatchObject({ labels: models.cnn!.labels, training: null });
    const weighted = (layer: string, kernel: string, bias: string) => ({
      [`model_weights/${layer}`]: { weight_names: [`${layer}/kernel:0`, `${layer}/bias:0`] },
      [`model_weights/${layer}/${layer}`]: {},
      [`model_weights/${layer}/${layer}/kernel:0`]: kernel,
      [`model_weights/${layer}/${layer}/bias:0`]: bias,
    });
    expect(groups).toEqual({
      model_weights: {
        layer_names: [
          'conv2d',
          'max_pooling2d',
          'conv2d_1',
          'max_pooling2d_1',
          'flatten',
          'dense',
          'dropout',
          'dense_1',
        ],
        backend: 'tensorflow',
        keras_version: '2.15.0',
      },
      ...weighted('conv2d', 'float32 [3, 3, 1, 32]', 'float32 [32]'),
      ...weighted('conv2d_1', 'float32 [3, 3, 32, 64]', 'float32 [64]'),
      ...weighted('dense', 'float32 [1600, 256]', 'float32 [256]'),
      ...weighted('dense_1', 'float32 [256, 48]', 'float32 [48]'),
      'model_weights/max_pooling2d': { weight_names: [] },
      'model_weights/max_pooling2d_1': { weight_names: [] },
      'model_weights/flatten': { weight_names: [] },
      'model_weights/dropout': { weight_names: [] },
      'model_weights/top_level_model_weights': { weight_names: [] },
    });
  });

  test("the .keras, with Keras 3's names and shapes", async () => {
    const { names, weights, 'config.json': config, 'metadata.json': metadata } = await list('cnn', 'keras');
    expect(names).toEqual(['metadata.json', 'config.json', 'model.weights.h5']);
    expect(metadata).toMatchObject({
      keras_version: '3.15.1',
      date_saved: expect.stringMatching(/^[\d-]{10}@[\d:]{8}$/),
    });
    expect(config).toMatchObject({ module: 'keras', class_name: 'Sequential', registered_name: null });
    expect(config.config.layers[0]).toMatchObject({
      class_name: 'InputLayer',
      config: { batch_shape: [null, 28, 28, 1] },
    });
    const weighted = (layer: string, kernel: string, bias: string) => ({
      [`layers/${layer}`]: {},
      [`layers/${layer}/vars`]: { name: layer },
      [`layers/${layer}/vars/0`]: kernel,
      [`layers/${layer}/vars/1`]: bias,
    });
    const empty = (layer: string) => ({ [`layers/${layer}`]: {}, [`layers/${layer}/vars`]: { name: layer } });
    expect(weights).toEqual({
      '/': {},
      vars: { name: 'cnn' },
      layers: {},
      ...weighted('conv2d', 'float32 [3, 3, 1, 32]', 'float32 [32]'),
      ...weighted('conv2d_1', 'float32 [3, 3, 32, 64]', 'float32 [64]'),
      ...weighted('dense', 'float32 [1600, 256]', 'float32 [256]'),
      ...weighted('dense_1', 'float32 [256, 48]', 'float32 [48]'),
      ...empty('max_pooling2d'),
      ...empty('max_pooling2d_1'),
      ...empty('flatten'),
      ...empty('dropout'),
    });
  });

  test('batch normalization in both, in the order gamma, beta, mean, variance', async () => {
    const order = ['gamma', 'beta', 'moving_mean', 'moving_variance'];
    const h5 = await list('vgg', 'h5');
    expect(h5['model_weights/batch_normalization_3'].weight_names).toEqual(
      order.map((weight) => `batch_normalization_3/${weight}:0`),
    );
    const { weights } = await list('vgg', 'keras');
    for (const index of order.keys()) {
      expect(weights[`layers/batch_normalization_3/vars/${index}`]).toBe('float32 [80]');
    }
  });
});

describe('the examples of docs/models.md', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../../../docs/models.md'), 'utf8');
  const examples = [...text.matchAll(/^```python\n(import (\w+)\n.*?)^```/gms)].map(([, code, module]) => {
    return { code: code!, module: module!, python: pythonWith(module!) };
  });

  test('cover every format', () => {
    expect(examples.map(({ module }) => module)).toEqual(['keras', 'h5py', 'onnxruntime', 'safetensors']);
  });

  for (const { code, module, python } of examples) {
    const noModule = python ? null : `no Python has ${module}`;
    test.skipIf(noModule)(
      named(`${module}: it runs, and prints something`, noModule),
      { timeout: 300_000 },
      async () => {
        for (const format of ['keras', 'h5', 'onnx', 'safetensors'] as const) {
          const out = path.join(home, `${SHIPPED}.${format}`);
          await exportModel({ format, model: SHIPPED, out, force: true }, { paths: resolvePaths(home) });
        }
        expect(runPython(python!, code, [], home)).toMatch(/\S/);
      },
    );
  }
});

/** The softmax of each row of logits, [n, classes]. */
function softmaxOf(logits: Float32Array, classes: number): Float32Array {
  for (let first = 0; first < logits.length; first += classes) {
    const row = logits.subarray(first, first + classes);
    const largest = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    row.set(row.map((logit) => Math.exp(logit - largest) / sum));
  }
  return logits;
}
