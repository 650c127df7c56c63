import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { architectureOf, readArchitecture, readNetworkFile } from '../../../src/core/model/network-file.ts';
import { LAYER_NETWORKS } from '../engine/layer-networks.ts';
import { functional3, layer, sequential } from './keras/json.ts';

const read = (value: unknown, classes = 47) => readNetworkFile(JSON.stringify(value), 'network.json', classes);

const CONVOLUTION = { type: 'Conv2D', filters: 32, kernel_size: 3, activation: 'relu' };
const SMALL = {
  input: [28, 28, 1],
  layers: [
    { type: 'conv2d', filters: 32, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
    { type: 'relu' },
    { type: 'flatten' },
    { type: 'dense', units: 47, useBias: true },
  ],
};

describe('a list of layers', () => {
  test.each([
    ['with fields beside the type', [CONVOLUTION, { type: 'Flatten' }, { type: 'Dense', units: 47 }]],
    [
      'as Keras writes layers',
      [
        { class_name: 'Conv2D', config: { filters: 32, kernel_size: [3, 3], activation: 'relu' } },
        { class_name: 'Flatten' },
        { class_name: 'Dense', config: { units: 47, activation: 'softmax' } },
      ],
    ],
    ['whose last layer has no outputs', [CONVOLUTION, { type: 'Flatten' }, { type: 'Dense' }]],
    [
      'whose last layer has other outputs',
      [CONVOLUTION, { type: 'Flatten' }, { type: 'Dense', units: 10, activation: 'softmax' }],
    ],
    [
      'with the shape of the input',
      [{ type: 'InputLayer', shape: [28, 28, 1] }, CONVOLUTION, { type: 'Flatten' }, { type: 'Dense' }],
    ],
  ])('%s', (_, list) => {
    expect(read(list)).toEqual(SMALL);
  });

  test('with another input', () => {
    const list = [{ ...CONVOLUTION, input_shape: [32, 32, 3] }, { type: 'GlobalAveragePooling2D' }, { type: 'Dense' }];
    expect(read(list).input).toEqual([32, 32, 3]);
  });

  test('that ends in a convolution of the classes', () => {
    const list = [CONVOLUTION, { type: 'Conv2D', filters: 10, kernel_size: 1 }, { type: 'GlobalAveragePooling2D' }];
    expect(read(list).layers[2]).toMatchObject({ type: 'conv2d', filters: 47 });
  });

  test('that branches', () => {
    const { layers } = read([
      { type: 'Conv2D', name: 'a', filters: 8, kernel_size: 3, padding: 'same' },
      { type: 'Conv2D', name: 'b', filters: 8, kernel_size: 3, padding: 'same', inputs: 'input' },
      { type: 'Add', inputs: ['a', 'b'] },
      { type: 'Flatten' },
      { type: 'Dense' },
    ]);
    expect(layers.map(({ inputs }) => inputs)).toEqual([undefined, [-1], [0, 1], undefined, undefined]);
  });
});

test('the examples of docs/training.md', () => {
  const text = readFileSync(path.join(import.meta.dirname, '../../../docs/training.md'), 'utf8');
  const networks = [...text.matchAll(/^```json\n(\[.*?)^```/gms)].map(([, json]) => {
    return readNetworkFile(json!, 'network.json', 47);
  });
  const [lenet, residual] = networks;
  expect(networks).toHaveLength(2);
  expect(lenet!.input).toEqual([32, 32, 1]);
  expect(residual!.layers.find(({ type }) => type === 'add')).toEqual({ type: 'add', inputs: [6, 2] });
  for (const { layers } of networks) expect(layers.at(-1)).toMatchObject({ units: 47 });
});

describe('other files', () => {
  const json = sequential([28, 28, 1], layer('Flatten'), layer('Dense', { units: 10 }));

  test.each([
    ['a Keras model', json],
    ["TensorFlow.js' model.json", { format: 'layers-model', modelTopology: json, weightsManifest: [] }],
    ['a converted model.json', { modelTopology: { model_config: json } }],
    [
      'a functional model',
      functional3([28, 28, 1], { f: [layer('Flatten'), 'in'], d: [layer('Dense', { units: 3 }), 'f'] }),
    ],
  ])('%s', (_, value) => {
    expect(read(value).layers).toEqual([{ type: 'flatten' }, { type: 'dense', units: 47, useBias: true }]);
  });
});

describe('errors', () => {
  test.each([
    [
      '[{"type": "Flatten"},\n  {"type" "Dense"}]',
      /network\.json is not a valid model: invalid JSON at line 2, column 11/,
    ],
    ['', /invalid JSON at line 1, column 1/],
    ['[]', /invalid list of layers/],
    ['[{"type": "Flatten"}, {"units": 3}]', /invalid list of layers \(layer 2: it must have a "type"/],
    ['3', /invalid description of layers/],
  ])('%j is damaged', (text, message) => {
    const damaged = expect.objectContaining({ code: 'model-damaged', message: expect.stringMatching(message) });
    expect(() => readNetworkFile(text, 'network.json', 10)).toThrow(damaged);
  });

  test('names all problems at once', () => {
    const list = [
      { type: 'Conv2D', filters: 3.5 },
      { type: 'Dense2', name: 'typo' },
      { type: 'Add', inputs: ['typo', 'nothing'] },
      { type: 'Flatten', inputs: 'input' },
      { type: 'Dense' },
    ];
    const reason = [
      'layer 3, Add "add", takes "nothing", which is not the name of a layer before it',
      'layer 3, Add "add", is not used by any other layer',
      'layer 1, Conv2D "conv2d", lacks kernel_size',
      'layer 1, Conv2D "conv2d", has filters 3.5, not a whole number of at least 1',
      'layer 2, Dense2 "typo", is not supported',
    ].join('; ');
    expect(() => read(list)).toThrow(
      expect.objectContaining({ code: 'model-unsupported', data: { file: 'network.json', reason } }),
    );
  });

  test('without a layer that can have as many outputs as there are classes', () => {
    expect(() => read([CONVOLUTION, { type: 'Flatten' }])).toThrow(
      expect.objectContaining({ code: 'network-unsupported' }),
    );
  });
});

test.each(Object.entries(LAYER_NETWORKS).filter(([, { input }]) => [1, 3].includes(input[2])))(
  'the architecture of a model: %s',
  (_, network) => {
    const architecture = architectureOf(network);
    expect(architecture.weights.every((weight) => typeof weight === 'object')).toBe(true);
    expect(architecture.network.layers.map(({ type }) => type)).toEqual(network.layers.map(({ type }) => type));
  },
);

test('weights for a list of layers are found by the order of the layers', () => {
  const list = [CONVOLUTION, { ...CONVOLUTION, name: 'mine' }, { type: 'Flatten' }, { type: 'Dense', units: 10 }];
  const { weights } = readArchitecture(JSON.stringify(list), 'network.json');
  expect(weights[2]).toMatchObject({ path: ['mine'], archivePath: ['conv2d_1'], names: ['kernel', 'W'], index: 0 });
});
