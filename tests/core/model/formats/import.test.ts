import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import yazl from 'yazl';
import { EmnistError } from '../../../../src/core/errors.ts';
import { exportModel } from '../../../../src/core/model/formats/export-model.ts';
import { MODEL_FORMATS } from '../../../../src/core/model/formats/format.ts';
import { type ImportOptions, importModel } from '../../../../src/core/model/formats/import-model.ts';
import { initialWeights } from '../../../../src/core/model/initialisation.ts';
import { architecture, type Layer, type Network } from '../../../../src/core/model/network.ts';
import { loadModel, saveModel } from '../../../../src/core/model/store.ts';
import { type Paths, resolvePaths } from '../../../../src/core/paths.ts';
import { lockModel } from '../../../../src/core/training/model-lock.ts';
import { hdf5File, type KerasLayout, notebookFile, notebookShapes, tf2Config } from '../../../helpers/keras-files.ts';
import { randomWeights } from '../../engine/networks.ts';
import { largestDifference, probabilities } from './models.ts';

const FIXTURES = path.join(import.meta.dirname, '../../../fixtures/keras');

let home: string;
let paths: Paths;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-import-'));
  paths = resolvePaths(path.join(home, 'home'));
});
afterEach(() => rm(home, { recursive: true }));

async function written(name: string, contents: string | Uint8Array): Promise<string> {
  const file = path.join(home, name);
  await writeFile(file, contents);
  return file;
}

const run = (file: string, options: Partial<ImportOptions> = {}) =>
  importModel({ file, name: 'it', paths, ...options });
const refusal = (file: string, options?: Partial<ImportOptions>) =>
  run(file, options).then(
    () => null,
    (error) => error,
  );

describe('files that Keras itself wrote (tests/fixtures/keras/make.py)', () => {
  test.each(['small.keras', 'small.h5'])('%s answers as it did in Keras', async (name) => {
    const answers = JSON.parse(await readFile(path.join(FIXTURES, 'answers.json'), 'utf8')).probabilities.flat();
    const event = await run(path.join(FIXTURES, name), { name: undefined });
    expect(event).toMatchObject({ model: 'small', classes: 10, labels: '0123456789', orientation: 'assumed' });
    const images = Uint8Array.from({ length: 3 * 784 }, (_, index) => {
      return ((index % 784) * 7 + Math.floor(index / 784) * 13) % 256;
    });
    const ours = await probabilities(await loadModel('small', paths), images);
    expect(largestDifference(ours, answers)).toBeLessThan(1e-5);
  });
});

describe("the notebook's network", () => {
  const network = architecture('cnn', 47);
  const weights = randomWeights(network, 8);

  test.each(['Keras 1', 'Keras 2', 'TF 2.x', 'Keras 3'] as KerasLayout[])('in the layout of %s', async (layout) => {
    const file = await written('model_emnist.h5', await notebookFile({ weights, classes: 47 }, layout));
    const event = await run(file, { name: undefined, orientation: 'upright' });
    expect(event).toMatchObject({ format: 'h5', model: 'model_emnist', transposed: false, orientation: 'given' });
    const model = await loadModel('model_emnist', paths);
    expect(model.weights).toEqual(weights);
    const plain = (layers: readonly Layer[]) => layers.filter(({ type }) => type !== 'dropout');
    expect(plain(model.network.layers)).toEqual(network.layers);
    expect(model).toMatchObject({ training: null, labels: [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'] });
  });

  test.each([
    [10, '0123456789', undefined],
    [26, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', undefined],
    [27, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', [0]],
    [37, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', [0, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36]],
    [62, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', undefined],
  ])('with %i outputs reads %s', async (classes, labels, leftOut) => {
    const weights = randomWeights(architecture('cnn', classes), 4);
    const event = await run(await written('n.h5', await notebookFile({ weights, classes }, 'TF 2.x')));
    expect(event).toMatchObject({ classes: labels.length, labels, ...(leftOut && { leftOut }) });
    expect('leftOut' in event).toBe(leftOut !== undefined);
    const model = await loadModel('it', paths);
    const images = new Uint8Array(784).fill(90, 300, 500);
    const whole = await probabilities(
      { ...model, network: architecture('cnn', classes), weights, labels: Array(classes).fill('') },
      images,
    );
    const kept = whole.filter((_, output) => !leftOut?.includes(output));
    const sum = kept.reduce((total, value) => total + value, 0);
    expect(
      largestDifference(
        await probabilities(model, images),
        kept.map((value) => value / sum),
      ),
    ).toBeLessThan(1e-5);
  });

  test('labels: those asked for, or an error that asks for them', async () => {
    const weights = randomWeights(architecture('cnn', 3), 4);
    const file = await written('n.h5', await notebookFile({ weights, classes: 3 }, 'TF 2.x'));
    expect(await refusal(file)).toMatchObject({ code: 'labels-unknown', hint: expect.stringContaining('--labels') });
    for (const labels of ['ab', 'abcd', 'aba', 'a b', 'a\u0301c', 'a\nb']) {
      expect(await refusal(file, { labels }), labels).toMatchObject({ code: 'usage', exitCode: 2 });
    }
    expect(await run(file, { labels: 'πab' })).toMatchObject({ classes: 3, labels: 'πab' });
    expect((await loadModel('it', paths)).labels).toEqual(['π', 'a', 'b']);
  });

  test('as a .keras of Keras 2.13, which has another name for the group of layers', async () => {
    const zip = new yazl.ZipFile();
    const add = (name: string, contents: Uint8Array | string) => zip.addBuffer(Buffer.from(contents), name);
    add('metadata.json', '{"keras_version": "2.13.1", "date_saved": "2023-07-05@09:30:00"}');
    add('config.json', JSON.stringify(tf2Config(47)));
    const shapes = notebookShapes(47);
    const contents = await hdf5File((file) => {
      const group = file.create_group('_layer_checkpoint_dependencies');
      ['conv2d', 'conv2d_1', 'dense', 'dense_1'].forEach((name, layer) => {
        const vars = group.create_group(name).create_group('vars');
        for (const index of [0, 1]) {
          const [data, shape] = [weights[layer * 2 + index]!, shapes[layer * 2 + index]!];
          vars.create_dataset({ name: String(index), data, shape, dtype: '<f' });
        }
      });
    });
    add('model.weights.h5', contents);
    zip.end();
    const file = await written('old.keras', await buffer(zip.outputStream));
    expect(await run(file, { orientation: 'upright' })).toMatchObject({ format: 'keras', classes: 47 });
    expect((await loadModel('it', paths)).weights).toEqual(weights);
  });

  test('transposed: the weights are turned', async () => {
    const file = await written('n.h5', await notebookFile({ weights, classes: 47 }, 'TF 2.x'));
    expect(await run(file, { orientation: 'transposed' })).toMatchObject({ transposed: true, orientation: 'given' });
    const image = Uint8Array.from({ length: 784 }, (_, index) => (index * index) % 251);
    const turned = image.map((_, index) => image[(index % 28) * 28 + Math.floor(index / 28)]!);
    const ours = await probabilities(await loadModel('it', paths), image);
    const theirs = await probabilities({ ...(await loadModel('it', paths)), network, weights }, turned);
    expect(largestDifference(ours, theirs)).toBeLessThan(1e-5);
  });
});

describe("models of TensorFlow.js' own", () => {
  const layer = (class_name: string, config: object) => ({ class_name, config });
  const LAYERS = [
    layer('Conv2D', {
      name: 'c',
      batch_input_shape: [null, 28, 28, 1],
      filters: 2,
      kernel_size: [3, 3],
      strides: [1, 1],
      padding: 'valid',
      activation: 'relu',
      use_bias: false,
      dilation_rate: [1, 1],
    }),
    layer('BatchNormalization', { name: 'n', axis: -1, momentum: 0.99, epsilon: 0.001, center: true, scale: true }),
    layer('MaxPooling2D', { name: 'p', pool_size: [2, 2], strides: [2, 2], padding: 'valid' }),
    layer('Flatten', { name: 'f' }),
    layer('Dense', { name: 'd', units: 10, activation: 'softmax', use_bias: true }),
  ];
  const WEIGHTS = [
    ['c/kernel', [3, 3, 1, 2]],
    ['n/gamma', [2]],
    ['n/beta', [2]],
    ['d/kernel', [338, 10]],
    ['d/bias', [10]],
    // TensorFlow.js has all that is not trained at the end.
    ['n/moving_mean', [2]],
    ['n/moving_variance', [2]],
  ] as const;
  const size = WEIGHTS.reduce((sum, [, shape]) => sum + shape.reduce((product: number, one) => product * one, 1), 0);
  const data = Float32Array.from({ length: size }, (_, index) => index / size);

  async function model(layers: unknown = LAYERS, change: object = {}): Promise<string> {
    const folder = path.join(home, 'theirs');
    await mkdir(folder, { recursive: true });
    const json = {
      format: 'layers-model',
      generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
      convertedBy: null,
      modelTopology: { class_name: 'Sequential', config: { name: 's', layers }, keras_version: 'tfjs-layers 4.22.0' },
      weightsManifest: [
        { paths: ['./w.bin'.slice(2)], weights: WEIGHTS.map(([name, shape]) => ({ name, shape, dtype: 'float32' })) },
      ],
      ...change,
    };
    await writeFile(path.join(folder, 'w.bin'), Buffer.from(data.buffer));
    await writeFile(path.join(folder, 'model.json'), JSON.stringify(json));
    return folder;
  }

  test('are read by the names of their weights, from the folder or the file', async () => {
    const folder = await model();
    expect(await run(folder, { name: undefined })).toMatchObject({
      model: 'theirs',
      format: 'tfjs',
      orientation: 'assumed',
    });
    expect(await run(path.join(folder, 'model.json'))).toMatchObject({ model: 'it' });
    const { weights } = await loadModel('it', paths);
    expect(weights.map(({ length }) => length)).toEqual([18, 2, 2, 2, 2, 3380, 10]);
    expect(weights[3]).toEqual(data.slice(-4, -2));
    expect(weights[6]).toEqual(data.slice(-14, -4));
  });

  test('what tensorflowjs_converter wraps in model_config is found', async () => {
    const modelTopology = {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: { class_name: 'Sequential', config: { layers: LAYERS } },
    };
    expect(await run(await model(LAYERS, { modelTopology }))).toMatchObject({ classes: 10 });
  });

  test.each([
    ['rescaling to 0 to 1', layer('Rescaling', { name: 'r', scale: 1 / 255, offset: 0 }), [null, 28, 28, 1]],
    ['reshaping', layer('Reshape', { name: 'r', target_shape: [28, 28, 1] }), [null, 784]],
  ])('%s at the beginning changes nothing', async (_, first, batch_input_shape) => {
    const start = { ...first, config: { ...first.config, batch_input_shape } };
    expect(await run(await model([start, ...LAYERS]))).toMatchObject({ classes: 10 });
    expect((await loadModel('it', paths)).network.layers).toHaveLength(6);
  });

  const changed = (index: number, config: object) =>
    LAYERS.with(index, { ...LAYERS[index]!, config: { ...LAYERS[index]!.config, ...config } });
  test.each([
    [
      'another kernel',
      changed(0, { kernel_size: [5, 5] }),
      'layer 1, Conv2D "c", has kernel_size [5,5], only [3,3] is known',
    ],
    ['steps', changed(0, { strides: [2, 2] }), 'layer 1, Conv2D "c", has strides [2,2]'],
    ['groups', changed(0, { groups: 2 }), 'layer 1, Conv2D "c", has groups 2'],
    ['channels first', changed(0, { data_format: 'channels_first' }), 'has data_format "channels_first"'],
    ['another activation', changed(0, { activation: 'elu' }), 'layer 1, Conv2D "c", has the activation elu'],
    [
      'other scales',
      [
        layer('Rescaling', { name: 'r', scale: 1 / 127.5, offset: -1, batch_input_shape: [null, 28, 28, 1] }),
        ...LAYERS,
      ],
      'layer 1, Rescaling "r", has scale',
    ],
    ['normalised rows', changed(1, { axis: 1 }), 'layer 2, BatchNormalization "n", has axis 1'],
    ['other pooling', changed(2, { pool_size: [3, 3] }), 'layer 3, MaxPooling2D "p", has pool_size [3,3]'],
    ['sigmoids at the end', changed(4, { activation: 'sigmoid' }), 'layer 5, Dense "d", has the activation sigmoid'],
    ['a ReLU at the end', changed(4, { activation: 'relu' }), 'it does not end in a dense layer with softmax'],
    [
      'colours',
      changed(0, { batch_input_shape: [null, 28, 28, 3] }),
      'layer 1, Conv2D "c", has the input [28,28,3], only',
    ],
    ['larger images', changed(0, { batch_input_shape: [null, 32, 32, 1] }), 'has the input [32,32,1]'],
    ['no input', changed(0, { batch_input_shape: undefined }), 'does not say what its input is'],
    [
      'a layer that is not known',
      LAYERS.with(3, layer('GlobalAveragePooling2D', { name: 'g' })),
      'layer 4, GlobalAveragePooling2D "g", is not known',
    ],
    ['no flatten layer', LAYERS.toSpliced(3, 1), 'layer 4, Dense "d", needs a Flatten layer before it'],
    [
      'a layer after the softmax',
      [...LAYERS, layer('Dropout', { name: 'o', rate: 0.5 })],
      'layer 6, Dropout "o", follows the softmax',
    ],
    ['more than memory holds', changed(4, { units: 1e9 }), 'it has more than 50 million parameters'],
    [
      'too much pooling',
      [...LAYERS.slice(0, 3), ...Array(4).fill(LAYERS[2]), ...LAYERS.slice(3)],
      'layer 7, MaxPooling2D "p", leaves nothing of the image',
    ],
  ])('%s', async (_, layers, message) => {
    const error = await refusal(await model(layers));
    expect(error).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining(message) });
    expect(await readdir(home)).toEqual(['theirs']);
  });

  test.each([
    [
      'a Functional model',
      { modelTopology: { class_name: 'Functional', config: { layers: LAYERS } } },
      'unsupported',
      'Functional',
    ],
    ['a graph', { format: 'graph-model' }, 'damaged', 'graph-model'],
    [
      'weights elsewhere',
      { weightsManifest: [{ paths: ['../../w.bin'], weights: [] }] },
      'damaged',
      'outside its folder',
    ],
    [
      'weights that are not there',
      { weightsManifest: [{ paths: ['w.bin'], weights: [{ name: 'x', shape: [size], dtype: 'float32' }] }] },
      'damaged',
      'it has no weights c/kernel',
    ],
    [
      'no layers',
      { modelTopology: { class_name: 'Sequential', config: { layers: [] } } },
      'damaged',
      'it has no layers',
    ],
    [
      'labels for other outputs',
      { userDefinedMetadata: { labels: ['a', 'b'] } },
      null,
      'has 2 where the model has 10 outputs',
    ],
  ])('%s', async (_, change, code, message) => {
    const error = await refusal(await model(LAYERS, change));
    expect(error).toMatchObject({
      code: code ? `model-${code}` : 'labels-wrong',
      message: expect.stringContaining(message),
    });
  });

  test('weights that are no numbers', async () => {
    const folder = await model();
    await writeFile(path.join(folder, 'w.bin'), Buffer.from(Float32Array.from(data).fill(Number.NaN, 5, 6).buffer));
    expect(await refusal(folder)).toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining('conv2d/kernel'),
    });
  });
});

describe('what is no model', () => {
  test('files of other kinds, and too large ones', async () => {
    const large = await written('large.h5', '');
    await truncate(large, 201e6);
    const weightsOnly = await hdf5File((file) => void file.create_group('conv2d'));
    const files = {
      'text.h5': 'once upon a time',
      'empty.keras': '',
      'weights.h5': weightsOnly,
      'other.onnx': Buffer.from([8, 7, 18, 1, 65]),
      'noise.onnx': Buffer.from([255, 255, 255]),
      'other.zip': Buffer.from('PK\x05\x06'.padEnd(22, '\0')),
    };
    const codes: Record<string, string> = {};
    for (const [name, contents] of Object.entries(files))
      codes[name] = (await refusal(await written(name, contents)))?.code;
    expect(codes).toEqual({
      'text.h5': 'model-unsupported',
      'empty.keras': 'model-unsupported',
      'weights.h5': 'model-unsupported',
      'other.onnx': 'model-unsupported',
      'noise.onnx': 'model-damaged',
      'other.zip': 'model-damaged',
    });
    expect(await refusal(large)).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('200 MB'),
    });
    expect(await refusal(path.join(home, 'nothing.h5'))).toMatchObject({ code: 'file-missing' });
    expect(await refusal(home)).toMatchObject({ code: 'file-missing', message: expect.stringContaining('model.json') });
  });

  test.each(MODEL_FORMATS)(
    '%s that is cut, or has some bytes changed, is read or refused, never a bug',
    async (format) => {
      const network: Network = architecture('vgg', 10);
      await saveModel(
        { name: 'whole', network, labels: [...'0123456789'], weights: initialWeights(network, 1), training: null },
        paths,
      );
      const out = path.join(home, `whole.${format}`);
      await exportModel({ format, model: 'whole', out, paths });
      const file = format === 'tfjs' ? path.join(out, 'model.json') : out;
      const bytes = await readFile(file);
      const place = fc.oneof(
        fc.nat(4000),
        fc.nat(bytes.length - 1),
        fc.nat(3000).map((back) => bytes.length - 1 - back),
      );
      const change = fc.oneof(
        place.map((end) => bytes.subarray(0, Math.max(0, end))),
        fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 20 }).map((changes) => {
          const changed = Buffer.from(bytes);
          for (const [at, byte] of changes) changed[Math.max(0, at)] = byte;
          return changed;
        }),
      );
      let count = 0;
      await fc.assert(
        fc.asyncProperty(change, async (damaged) => {
          await writeFile(file, damaged);
          const error = await refusal(file, { name: `n${++count}` });
          if (error !== null && !(error instanceof EmnistError)) throw error;
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe('the store', () => {
  test('a name that is taken, the shipped one, or one that is being trained, is refused before anything is written', async () => {
    const file = path.join(FIXTURES, 'small.h5');
    await run(file);
    const before = await loadModel('it', paths);
    expect(await refusal(path.join(FIXTURES, 'small.keras'))).toMatchObject({
      code: 'model-exists',
      hint: expect.stringContaining('--name'),
    });
    expect(await loadModel('it', paths)).toEqual(before);
    expect(await refusal(file, { name: 'shipped' })).toMatchObject({ code: 'usage' });
    await using _lock = await lockModel(path.join(paths.models, 'busy'), 'busy');
    expect(await refusal(file, { name: 'busy' })).toMatchObject({ code: 'model-busy' });
    expect(await readdir(path.join(paths.models, 'busy'))).toEqual(['training.lock']);
  });

  test("a name is made of the file's", async () => {
    const bytes = await readFile(path.join(FIXTURES, 'small.h5'));
    const file = await written('-My Büro, 2.h5', bytes);
    expect(await run(file, { name: undefined })).toMatchObject({ model: 'My-B-ro-2' });
  });
});
