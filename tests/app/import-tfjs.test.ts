import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../src/core/model/model-store.ts';
import { ImportFolder } from './importing.ts';

const here = new ImportFolder();

describe('TensorFlow.js models', () => {
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
    // TensorFlow.js lists non-trainable weights last.
    ['n/moving_mean', [2]],
    ['n/moving_variance', [2]],
  ] as const;
  const size = WEIGHTS.reduce((sum, [, shape]) => sum + shape.reduce((product: number, one) => product * one, 1), 0);
  const data = Float32Array.from({ length: size }, (_, index) => index / size);

  async function model(layers: unknown = LAYERS, change: object = {}): Promise<string> {
    const folder = path.join(here.folder, 'theirs');
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

  test('are read by weight name, from the folder or the file', async () => {
    const folder = await model();
    expect(await here.import(folder, { name: undefined })).toMatchObject({
      model: 'theirs',
      format: 'tfjs',
      orientation: 'assumed',
    });
    expect(await here.import(path.join(folder, 'model.json'))).toMatchObject({ model: 'it' });
    const { weights } = await loadModel('it', here.paths);
    expect(weights.map(({ length }) => length)).toEqual([18, 2, 2, 2, 2, 3380, 10]);
    expect(weights[3]).toEqual(data.slice(-4, -2));
    expect(weights[6]).toEqual(data.slice(-14, -4));
  });

  test('the topology may be nested in model_config, as tensorflowjs_converter writes it', async () => {
    const modelTopology = {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: { class_name: 'Sequential', config: { layers: LAYERS } },
    };
    expect(await here.import(await model(LAYERS, { modelTopology }))).toMatchObject({ classes: 10 });
  });

  test.each([
    ['rescaling to 0 to 1', layer('Rescaling', { name: 'r', scale: 1 / 255, offset: 0 }), [null, 28, 28, 1]],
    ['reshaping', layer('Reshape', { name: 'r', target_shape: [28, 28, 1] }), [null, 784]],
  ])('leading %s is accepted', async (_, first, batch_input_shape) => {
    const start = { ...first, config: { ...first.config, batch_input_shape } };
    expect(await here.import(await model([start, ...LAYERS]))).toMatchObject({ classes: 10 });
    expect((await loadModel('it', here.paths)).network.layers).toHaveLength(6);
  });

  const changed = (index: number, config: object) =>
    LAYERS.with(index, { ...LAYERS[index]!, config: { ...LAYERS[index]!.config, ...config } });
  test.each([
    ['gaps in the kernel', changed(0, { dilation_rate: [2, 2] }), 'layer 1, Conv2D "c", has dilation_rate [2,2]'],
    ['groups', changed(0, { groups: 2 }), 'layer 1, Conv2D "c", has groups 2'],
    ['channels first', changed(0, { data_format: 'channels_first' }), 'takes images with channels first, but gets'],
    ['another activation', changed(0, { activation: 'swish' }), 'layer 1, Conv2D "c", has the activation swish'],
    ['normalized rows', changed(1, { axis: 1 }), 'layer 2, BatchNormalization "n", has axis 1'],
    ['other padding', changed(2, { padding: 'causal' }), 'layer 3, MaxPooling2D "p", has padding "causal"'],
    ['four colors', changed(0, { batch_input_shape: [null, 28, 28, 4] }), 'its input shape [28,28,4] is not that of'],
    ['larger images', changed(0, { batch_input_shape: [null, 65, 32, 1] }), 'it takes images of 65x32, at most 64x64'],
    ['no input', changed(0, { batch_input_shape: undefined }), 'does not specify its input shape'],
    ['an unsupported layer', LAYERS.with(3, layer('LSTM', { name: 'g' })), 'layer 4, LSTM "g", is not supported'],
    [
      'no flatten layer',
      LAYERS.toSpliced(3, 1),
      'layer 4, Dense "d", is the last layer and has an output of [13,13,10]',
    ],
    ['too many parameters', changed(4, { units: 200_000 }), 'more than 50 million parameters'],
    [
      'more outputs than can be',
      changed(4, { units: 1e9 }),
      'layer 5, Dense "d", has units 1000000000, which is too large',
    ],
    [
      'pooling to nothing',
      [...LAYERS.slice(0, 3), ...Array(4).fill(LAYERS[2]), ...LAYERS.slice(3)],
      'layer 7, MaxPooling2D "p", shrinks the image to nothing',
    ],
  ])('%s', async (_, layers, message) => {
    const error = await here.refusal(await model(layers));
    expect(error).toMatchObject({ code: 'model-unsupported', message: expect.stringContaining(message) });
    expect(await readdir(here.folder)).toEqual(['theirs']);
  });

  test.each([
    [
      'a class of its author',
      { modelTopology: { class_name: 'MyModel', config: { units: 3 } } },
      'unsupported',
      'MyModel',
    ],
    ['a graph', { format: 'graph-model' }, 'unsupported', 'graph model'],
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
      'the weights c/kernel are missing',
    ],
    [
      'no layers',
      { modelTopology: { class_name: 'Sequential', config: { layers: [] } } },
      'damaged',
      'Sequential has no layers',
    ],
    ['labels for other outputs', { userDefinedMetadata: { labels: ['a', 'b'] } }, null, '2 labels for 10 outputs'],
  ])('%s', async (_, change, code, message) => {
    const error = await here.refusal(await model(LAYERS, change));
    expect(error).toMatchObject({
      code: code ? `model-${code}` : 'labels-wrong',
      message: expect.stringContaining(message),
    });
  });

  test('weights that are not finite', async () => {
    const folder = await model();
    await writeFile(path.join(folder, 'w.bin'), Buffer.from(Float32Array.from(data).fill(Number.NaN, 5, 6).buffer));
    expect(await here.refusal(folder)).toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining('conv2d/kernel'),
    });
  });
});
