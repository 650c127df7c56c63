import { describe, expect, test } from 'vitest';
import { readKerasModel } from '../../../src/core/model/keras-reader.ts';
import type { Layer } from '../../../src/core/model/layer.ts';
import { functional2, functional3, layer, sequential } from './keras/json.ts';

const IMAGE = [28, 28, 1];
const dense = (units: number, more = {}) => layer('Dense', { units, ...more });
const conv = (filters: number, more = {}) => layer('Conv2D', { filters, kernel_size: [3, 3], ...more });

const layersOf = (json: unknown): readonly Layer[] => readKerasModel(json, 'model.json').network.layers;
const inputOf = (json: unknown) => readKerasModel(json, 'model.json').network.input;
/** The types of layers, with the layers that they take if it is not the one before. */
const outline = (json: unknown) => layersOf(json).map(({ type, inputs }) => (inputs ? `${type} ${inputs}` : type));

/** Layers between the input and a dense layer with ten outputs, and what they are read as. */
describe.each([
  [
    'kernel of two numbers',
    [conv(4, { kernel_size: [5, 3], strides: [2, 1], padding: 'same' })],
    [{ type: 'conv2d', filters: 4, kernel: [5, 3], stride: [2, 1], padding: 'same', useBias: true }],
  ],
  [
    'names of Keras 1',
    [
      layer('Convolution2D', {
        nb_filter: 4,
        nb_row: 2,
        nb_col: 3,
        border_mode: 'same',
        subsample: [1, 2],
        bias: false,
      }),
    ],
    [{ type: 'conv2d', filters: 4, kernel: [2, 3], stride: [1, 2], padding: 'same', useBias: false }],
  ],
  [
    'separable convolution',
    [layer('SeparableConv2D', { filters: 6, kernel_size: 3, depth_multiplier: 2, activation: 'relu' })],
    [
      { type: 'depthwiseConv2d', multiplier: 2, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: false },
      { type: 'conv2d', filters: 6, kernel: [1, 1], stride: [1, 1], padding: 'valid', useBias: true },
      { type: 'relu' },
    ],
  ],
  [
    'pooling without strides',
    [layer('AveragePooling2D', { pool_size: 3, strides: null, padding: 'same' })],
    [{ type: 'averagePool', size: [3, 3], stride: [3, 3], padding: 'same' }],
  ],
  [
    'slopes of both versions',
    [
      layer('LeakyReLU', { alpha: 0.1 }),
      layer('LeakyReLU', { negative_slope: 0.2 }),
      layer('LeakyReLU'),
      layer('ReLU', { negative_slope: 0.4 }),
    ],
    [
      { type: 'leakyRelu', slope: 0.1 },
      { type: 'leakyRelu', slope: 0.2 },
      { type: 'leakyRelu', slope: 0.3 },
      { type: 'leakyRelu', slope: 0.4 },
    ],
  ],
  [
    'activations as objects',
    [
      conv(2, { activation: { class_name: 'function', config: 'tanh' } }),
      layer('Activation', { activation: { module: 'keras.layers', class_name: 'ELU', config: { alpha: 2 } } }),
    ],
    [
      { type: 'conv2d', filters: 2, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
      { type: 'tanh' },
      { type: 'elu', alpha: 2 },
    ],
  ],
  [
    'layers for training alone',
    [
      layer('GaussianNoise', { stddev: 1 }),
      layer('RandomRotation', { factor: 0.1 }),
      layer('ActivityRegularization'),
      layer('SpatialDropout2D', { rate: 0.1 }),
      layer('Dropout', { rate: 0.2, noise_shape: [null, 1, 1, 1] }),
    ],
    [
      { type: 'spatialDropout', rate: 0.1 },
      { type: 'spatialDropout', rate: 0.2 },
    ],
  ],
  [
    'padding in all forms',
    [
      layer('ZeroPadding2D', { padding: 1 }),
      layer('ZeroPadding2D', { padding: [1, 2] }),
      layer('ZeroPadding2D', {
        padding: [
          [1, 2],
          [3, 4],
        ],
      }),
    ],
    [
      { type: 'zeroPadding', top: 1, bottom: 1, left: 1, right: 1 },
      { type: 'zeroPadding', top: 1, bottom: 1, left: 2, right: 2 },
      { type: 'zeroPadding', top: 1, bottom: 2, left: 3, right: 4 },
    ],
  ],
  [
    'a dense layer on an image',
    [dense(5)],
    [{ type: 'conv2d', filters: 5, kernel: [1, 1], stride: [1, 1], padding: 'valid', useBias: true }],
  ],
  [
    'pixels from 0 to 255',
    [layer('Rescaling', { scale: 1 / 127.5, offset: -1 })],
    [{ type: 'rescaling', scale: 2, offset: -1 }],
  ],
  ['pixels that are scaled to what they are', [layer('Rescaling', { scale: 1 / 255 })], []],
  [
    'a mean and variance',
    [layer('Normalization', { axis: null, mean: 0.5, variance: 0.25 })],
    [{ type: 'rescaling', scale: 2, offset: -1 }],
  ],
  ['NumPy numbers', [layer('ELU', { alpha: { type: 'ndarray', value: 1.5 } })], [{ type: 'elu', alpha: 1.5 }]],
] as [string, ReturnType<typeof layer>[], Layer[]][])('%s', (_, described, expected) => {
  test('is read', () => {
    const layers = layersOf(sequential(IMAGE, ...described, layer('Flatten'), dense(10)));
    expect(layers).toEqual([...expected, { type: 'flatten' }, { type: 'dense', units: 10, useBias: true }]);
  });
});

describe('the input', () => {
  test.each([
    [[784], [28, 28, 1], ['flatten', 'dense']],
    [
      [28, 28],
      [28, 28, 1],
      ['flatten', 'dense'],
    ],
    [
      [32, 20, 3],
      [32, 20, 3],
      ['flatten', 'dense'],
    ],
    [
      [1, 28, 28],
      [28, 28, 1],
      ['flatten', 'dense'],
    ],
    [
      [null, null, 1],
      [28, 28, 1],
      ['flatten', 'dense'],
    ],
  ])('of shape %j is an image of %j', (shape, image, layers) => {
    const json = sequential(shape, layer('Flatten'), dense(10));
    expect(inputOf(json)).toEqual(image);
    expect(outline(json)).toEqual(layers);
  });

  test('that is flat and reshaped needs no layers for it', () => {
    const json = sequential(
      [64],
      layer('Reshape', { target_shape: [8, 8, 1] }),
      conv(2),
      layer('Reshape', { target_shape: [-1] }),
      dense(10),
    );
    expect(inputOf(json)).toEqual([8, 8, 1]);
    expect(outline(json)).toEqual(['conv2d', 'flatten', 'dense']);
  });

  test.each([[[100, 64, 1]], [[28, 28, 2]], [[28, 28, 28, 1]], [[783]]])('of shape %j is not supported', (shape) => {
    expect(() => layersOf(sequential(shape, layer('Flatten'), dense(10)))).toThrow(/images of 100x64|input shape/);
  });
});

describe('the output', () => {
  test.each([
    ['softmax in the last layer', [dense(10, { activation: 'softmax' })], ['flatten', 'dense']],
    ['softmax as a layer', [dense(10), layer('Softmax')], ['flatten', 'dense']],
    ['sigmoid', [dense(10, { activation: 'sigmoid' })], ['flatten', 'dense']],
    [
      'softmax before the last layer',
      [dense(10, { activation: 'softmax' }), dense(10)],
      ['flatten', 'dense', 'softmax', 'dense'],
    ],
    ['ReLU', [dense(10, { activation: 'relu' })], ['flatten', 'dense', 'relu']],
  ])('%s', (_, last, expected) => {
    expect(outline(sequential(IMAGE, layer('Flatten'), ...last))).toEqual(expected);
  });

  test('can be an image of one pixel', () => {
    const layers = [conv(10, { kernel_size: 28 }), layer('Activation', { activation: 'softmax' })];
    expect(outline(sequential(IMAGE, ...layers, layer('Flatten')))).toEqual(['conv2d', 'flatten']);
    expect(outline(sequential(IMAGE, ...layers))).toEqual(['conv2d', 'flatten']);
  });
});

const GRAPH: Parameters<typeof functional2>[1] = {
  a: [conv(4, { padding: 'same' }), 'in'],
  b: [layer('BatchNormalization', { axis: [3] }), 'a'],
  c: [conv(4, { padding: 'same', activation: 'relu' }), 'b'],
  sum: [layer('Add'), 'c', 'a'],
  joined: [layer('Concatenate', { axis: -1 }), 'sum', 'in'],
  mean: [layer('GlobalAveragePooling2D'), 'joined'],
  out: [dense(10, { activation: 'softmax' }), 'mean'],
};
const GRAPH_OUTLINE = [
  'conv2d',
  'batchNorm',
  'conv2d',
  'relu',
  'add 3,0',
  'concatenate 4,-1',
  'globalAveragePool',
  'dense',
];

describe('a functional model', () => {
  test.each([
    ['Keras 2', functional2(IMAGE, GRAPH)],
    ['Keras 3', functional3(IMAGE, GRAPH)],
  ])('of %s is read as a graph', (_, json) => {
    expect(outline(json)).toEqual(GRAPH_OUTLINE);
  });

  test('in any order of its layers, without those that the output does not need', () => {
    const json = functional2(IMAGE, GRAPH);
    const { layers } = json.config;
    const unused = functional2(IMAGE, { ...GRAPH, extra: [layer('Unknown'), 'a'] }).config.layers.at(-1)!;
    json.config.layers = [...layers.toReversed(), unused] as typeof layers;
    expect(outline(json).toSorted()).toEqual(GRAPH_OUTLINE.map((one) => one).toSorted());
  });

  test('may contain models, which are numbered by their calls from 1', () => {
    const inner = functional3([28, 28, 1], { x: [conv(3), 'in'], y: [layer('Add'), 'x', 'x'] });
    const block = sequential([26, 26, 3], layer('MaxPooling2D', { pool_size: 2 }), layer('Flatten'));
    const json = functional2(IMAGE, {
      inner: [{ class_name: 'Functional', config: inner.config }, 'in'],
      block: [{ class_name: 'Sequential', config: block.config }, 'inner'],
      out: [dense(10), 'block'],
    });
    const calls = json.config.layers.map((one) => one.inbound_nodes.flat()) as unknown[][][];
    calls[2]![0]![1] = 1;
    expect(outline(json)).toEqual(['conv2d', 'add 0,0', 'maxPool', 'flatten', 'dense']);
    const { weights } = readKerasModel(json, 'model.json');
    expect(weights[0]).toMatchObject({ path: ['inner', 'x'], archivePath: ['functional', 'conv2d'] });
  });

  test('may apply a layer twice, with the same weights', () => {
    const json = functional3(IMAGE, {
      a: [conv(1, { padding: 'same' }), 'in'],
      flat: [layer('Flatten'), 'a'],
      out: [dense(10), 'flat'],
    });
    const layers = json.config.layers as { inbound_nodes: unknown[] }[];
    const [call] = layers[1]!.inbound_nodes;
    layers[1]!.inbound_nodes.push(JSON.parse(JSON.stringify(call).replace('"in",0,0', '"a",0,0')));
    layers[2]!.inbound_nodes = JSON.parse(JSON.stringify(layers[2]!.inbound_nodes).replace('"a",0,0', '"a",1,0'));
    expect(outline(json)).toEqual(['conv2d', 'conv2d', 'flatten', 'dense']);
    const { weights } = readKerasModel(json, 'model.json');
    expect(weights[2]).toEqual(weights[0]);
  });

  test.each([
    ['a cycle', { a: [conv(1), 'b'], b: [conv(1), 'a'] }, /cycle/],
    ['an unknown layer', { a: [conv(1), 'nothing'] }, /no layer has the output \["nothing",0,0\]/],
  ] as [string, typeof GRAPH, RegExp][])('with %s is refused', (_, graph, message) => {
    expect(() => layersOf(functional2(IMAGE, graph))).toThrow(message);
  });
});

describe('channels first', () => {
  const first = { data_format: 'channels_first' };

  test('is read as channels last, where the weights after flattening have another order', () => {
    const json = sequential(
      [1, 4, 4],
      conv(2, first),
      layer('BatchNormalization', { axis: 1 }),
      layer('Flatten'),
      dense(10),
    );
    const { network, weights } = readKerasModel(json, 'model.json');
    expect(network.input).toEqual([4, 4, 1]);
    expect(outline(json)).toEqual(['conv2d', 'batchNorm', 'flatten', 'dense']);
    // [channel, row, column] to [row, column, channel].
    expect(weights.at(-2)).toMatchObject({ order: Uint32Array.of(0, 2, 4, 6, 1, 3, 5, 7) });
  });

  test('that Flatten moves to the end needs no other order', () => {
    const { weights } = readKerasModel(sequential([1, 4, 4], conv(2, first), layer('Flatten', first), dense(10)), 'm');
    expect(weights.at(-2)).toMatchObject({ order: null });
  });

  test('is not mixed with channels last', () => {
    const json = sequential(
      IMAGE,
      conv(2, { data_format: 'channels_last' }),
      conv(2, first),
      layer('Flatten'),
      dense(10),
    );
    expect(() => layersOf(json)).toThrow(
      /layer 3, Conv2D "conv2d", takes images with channels first, but gets them last/,
    );
  });
});

describe('what is not supported', () => {
  test('is named all at once, with the numbers in nested models', () => {
    const nested = sequential([26, 26, 2], layer('LSTM', { name: 'memory' }), layer('Dropout', { rate: 2 }));
    const json = sequential(
      IMAGE,
      conv(2, { dilation_rate: [2, 2] }),
      { class_name: 'Sequential', config: nested.config },
      layer('Lambda', { name: 'code', function: ['4wEAAAAAAAAA', null, null] }),
      layer('ReLU', { name: 'capped', max_value: 6 }),
      conv(2, { name: 'wide', dilation_rate: 3 }),
      dense(10, { activation: 'swish' }),
      layer('Custom>MyLayer', { name: 'mine' }),
    );
    const reason = [
      'layer 2, Conv2D "conv2d", has dilation_rate [2,2]; only 1 is supported',
      'layer 3.2, LSTM "memory", is not supported',
      'layer 4, Lambda "code", contains Python code, which is not executed; replace it by layers',
      'layer 5, ReLU "capped", has max_value 6; only null is supported',
      'layer 6, Conv2D "wide", has dilation_rate 3; only 1 is supported',
      'layer 7, Dense "dense", has the activation swish, which is not supported',
      'layer 8, Custom>MyLayer "mine", is not supported',
    ].join('; ');
    expect(() => layersOf(json)).toThrow(
      expect.objectContaining({ code: 'model-unsupported', data: { file: 'model.json', reason } }),
    );
  });

  test.each([
    ['a class of its author', { class_name: 'MyModel', config: { depth: 3 } }, /it is a MyModel model/],
    [
      'no input shape',
      { class_name: 'Sequential', config: [layer('Flatten'), dense(10)] },
      /does not specify its input shape/,
    ],
    ['no dense layer at the end', sequential(IMAGE, conv(2)), /last layer and has an output of \[26,26,2\]/],
    [
      'an image that shrinks to nothing',
      sequential(IMAGE, layer('MaxPooling2D', { pool_size: 40 })),
      /shrinks the image to nothing/,
    ],
    ['another axis', sequential(IMAGE, layer('BatchNormalization', { axis: 1 })), /has axis 1/],
    [
      'a mode named as what every object has',
      sequential(IMAGE, layer('Merge', { mode: 'constructor' }), layer('Flatten'), dense(10)),
      /has mode "constructor"/,
    ],
    [
      'sums of different shapes',
      functional2(IMAGE, { a: [conv(2), 'in'], out: [layer('Add'), 'a', 'in'] }),
      /cannot add/,
    ],
    [
      'two outputs',
      {
        ...functional2(IMAGE, GRAPH),
        config: {
          ...functional2(IMAGE, GRAPH).config,
          output_layers: [
            ['a', 0, 0],
            ['out', 0, 0],
          ],
        },
      },
      /it has 2 outputs/,
    ],
  ])('%s', (_, json, message) => {
    expect(() => layersOf(json)).toThrow(message);
  });
});

describe('sizes that no file can have are refused at once', () => {
  test.each([
    ['layers', sequential(IMAGE, ...Array.from({ length: 1001 }, () => layer('Activation')))],
    ['filters', sequential(IMAGE, conv(999_999))],
    ['outputs', sequential(IMAGE, layer('ZeroPadding2D', { padding: 500_000 }))],
    ['parameters', sequential(IMAGE, layer('Flatten'), dense(900_000), dense(900_000))],
    ['no number', sequential(IMAGE, layer('Flatten'), dense(Number.MAX_SAFE_INTEGER))],
  ])('%s', (_, json) => {
    expect(() => layersOf(json)).toThrow(expect.objectContaining({ code: 'model-unsupported' }));
  });

  test('models in models in models', () => {
    let inner: Record<string, unknown> = { class_name: 'Activation', config: { activation: 'relu', name: 'a' } };
    for (let depth = 0; depth < 15; depth++) {
      inner = { class_name: 'Sequential', config: { name: 's', layers: [inner, inner, inner] } };
    }
    const json = sequential(IMAGE, inner as unknown as ReturnType<typeof layer>);
    expect(() => layersOf(json)).toThrow(/more than 1000 layers/);
  });
});
