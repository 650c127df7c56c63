import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kerasTopology } from '../../../src/core/model/keras-layers.ts';
import type { Layer } from '../../../src/core/model/layer.ts';
import { canReject, outputCount } from '../../../src/core/model/model.ts';
import { checkpointPath, findModel, loadModel, saveModel } from '../../../src/core/model/model-store.ts';
import { layerShapes, type Network } from '../../../src/core/model/network.ts';
import { withOutputs } from '../../../src/core/model/with-outputs.ts';
import { type Paths, resolvePaths } from '../../../src/core/paths.ts';
import { networkName, readOwnNetwork } from '../../../src/core/training/own-network.ts';
import { startTraining } from '../../../src/core/training/start-training.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import { train } from '../../../src/core/training/trainer.ts';
import { TrainingControl } from '../../../src/core/training/training-control.ts';
import type { TrainOptions } from '../../../src/core/training/training-run.ts';
import { installDatasets } from '../../helpers/archive.ts';
import { biasedModel } from '../../helpers/biased-model.ts';

let home: string;
let paths: Paths;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'emnist-own-network-'));
  paths = resolvePaths(home);
  file = path.join(home, 'tiny.json');
  await installDatasets(paths, { digits: { train: 200, test: 20 }, letters: { train: 100, test: 26 } });
  await writeNetwork();
});
afterEach(() => rm(home, { recursive: true }));

/** A network that is none of the architectures. */
function tiny(outputs = 10, filters = 4): Network {
  const layers: Layer[] = [
    { type: 'conv2d', filters, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true },
    { type: 'relu' },
    { type: 'maxPool', size: [2, 2], stride: [2, 2], padding: 'valid' },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.2 },
    { type: 'dense', units: outputs, useBias: true },
  ];
  return { input: [28, 28, 1], layers };
}

async function writeNetwork(network = tiny()): Promise<void> {
  await writeFile(file, JSON.stringify(kerasTopology({ name: 'tiny', network })));
}

const SMALL = { split: 'digits', batchSize: 16, epochs: 3 } satisfies TrainOptions;

async function run(options: TrainOptions): Promise<TrainEvent[]> {
  return Array.fromAsync(startTraining({ ...SMALL, ...options }, paths));
}

/** Trains, and stops after the first epoch. */
async function cutOff(options: TrainOptions): Promise<void> {
  const control = new TrainingControl();
  for await (const event of train({ ...SMALL, ...options }, paths, control)) {
    if (event.event === 'epoch') control.handle({ type: 'stop', when: 'batch', reason: 'stopped' });
  }
}

describe('a network of one’s own', () => {
  test('is trained, named after its file, as plainly as cnn', async () => {
    const events = await run({ network: file });
    expect(events[0]).toMatchObject({ event: 'start', architecture: 'tiny', model: 'digits-tiny', classes: 10 });
    expect(events.at(-1)).toMatchObject({ event: 'end', reason: 'completed', model: 'digits-tiny' });
    const { network, training } = await loadModel('digits-tiny', paths);
    expect(network).toEqual(tiny());
    expect(training).toMatchObject({ architecture: 'tiny', recipe: { augment: 0, schedule: 'constant' } });
    expect(training!.validationAccuracy).toBeGreaterThan(0.5);
  });

  test('can be that of a model, with as many outputs as there are classes and new weights', async () => {
    await run({ network: file, epochs: 1 });
    const [start] = await run({ network: 'digits-tiny', split: 'letters', epochs: 1 });
    expect(start).toMatchObject({ architecture: 'digits-tiny', model: 'letters-digits-tiny', classes: 26 });
    expect((await loadModel('letters-digits-tiny', paths)).network).toEqual(tiny(26));
  });

  test('is resumed without its file, and ends with the same weights as without an interruption', async () => {
    await cutOff({ network: file, name: 'interrupted' });
    await run({ network: file, name: 'whole' });
    await rm(file);
    const [start] = await run({ name: 'interrupted', resume: true, split: undefined, batchSize: undefined });
    expect(start).toMatchObject({ architecture: 'tiny', epochsDone: 1 });
    const [one, other] = [await loadModel('interrupted', paths), await loadModel('whole', paths)];
    expect(one.weights).toEqual(other.weights);
  });

  test('may be a graph for larger images in color, and is resumed with the same weights', async () => {
    const layers = [
      {
        type: 'Conv2D',
        filters: 4,
        kernel_size: 5,
        strides: 2,
        activation: 'tanh',
        input_shape: [32, 40, 3],
        name: 'a',
      },
      { type: 'Conv2D', filters: 4, kernel_size: 3, padding: 'same', activation: 'leaky_relu', name: 'b' },
      { type: 'Add', inputs: ['a', 'b'] },
      { type: 'AveragePooling2D' },
      { type: 'BatchNormalization' },
      { type: 'Flatten' },
      { type: 'Dense' },
    ];
    await writeFile(file, JSON.stringify(layers));
    await cutOff({ network: file, name: 'interrupted', augment: 0.5 });
    await run({ network: file, name: 'whole', augment: 0.5 });
    await rm(file);
    await run({ name: 'interrupted', resume: true });
    const [one, other] = [await loadModel('interrupted', paths), await loadModel('whole', paths)];
    expect(one.network).toMatchObject({ input: [32, 40, 3], layers: expect.arrayContaining([{ type: 'tanh' }]) });
    expect(one.weights).toEqual(other.weights);
    expect(one.training!.validationAccuracy).toBeGreaterThan(0.3);
  });

  test('is resumed by what it trains, but not with another network', async () => {
    await cutOff({ network: file });
    await writeNetwork(tiny(10, 5));
    await expect(run({ network: file, resume: true })).rejects.toMatchObject({
      code: 'checkpoint-differs',
      data: { option: 'network', saved: 'tiny' },
    });
    await writeNetwork();
    expect((await run({ network: file, resume: true }))[0]).toMatchObject({ model: 'digits-tiny', epochsDone: 1 });
  });

  test('leaves nothing behind if it cannot be trained', async () => {
    const { input, layers } = tiny();
    await writeNetwork({ input, layers: [...layers.slice(0, -1), { type: 'flatten' }] });
    await expect(run({ network: file })).rejects.toMatchObject({ code: 'network-unsupported' });
    await expect(run({ network: 'missing' })).rejects.toMatchObject({ code: 'model-missing' });
    await expect(run({ network: path.join(home, 'none.json') })).rejects.toMatchObject({ code: 'file-missing' });
    await writeFile(file, '{"class_name": "Sequential"');
    await expect(run({ network: file })).rejects.toMatchObject({ code: 'model-damaged' });
    for (const name of ['digits-tiny', 'digits-missing', 'digits-none']) {
      expect(await findModel(paths, name)).toBeNull();
    }
  });

  test('is part of the checkpoint, where a damaged one is rejected', async () => {
    await cutOff({ network: file, name: 'mine' });
    const checkpoint = checkpointPath(paths, 'mine');
    const bytes = (await readFile(checkpoint)).toString('latin1');
    // Padding keeps the length of the header.
    await writeFile(checkpoint, bytes.replace('\\"filters\\":4', '\\"filters\\":-'), 'latin1');
    await expect(run({ name: 'mine', resume: true })).rejects.toMatchObject({ code: 'checkpoint-version' });
  });
});

test('a network gets another number of outputs, also if a pooling layer follows them', () => {
  expect(withOutputs(tiny(), 26)).toEqual(tiny(26));
  const conv: Layer = { type: 'conv2d', filters: 10, kernel: [3, 3], stride: [1, 1], padding: 'valid', useBias: true };
  const pooled: Network = { input: [28, 28, 1], layers: [conv, { type: 'relu' }, { type: 'globalAveragePool' }] };
  expect(layerShapes(withOutputs(pooled, 26)).at(-1)).toEqual([26]);
  // Both inputs of an addition have to fit.
  const residual: Network = {
    input: [28, 28, 1],
    layers: [...tiny().layers, { type: 'dense', units: 10, useBias: true }, { type: 'add', inputs: [5, 6] }],
  };
  expect(() => withOutputs(residual, 26)).toThrow('10 outputs');
});

test('the network of a model that rejects gets as many outputs as a run needs', async () => {
  await saveModel(biasedModel('unsure', [...'ABC'], [0, 0, 0, 0]), paths);
  const { labels } = await loadModel('unsure', paths);
  for (const outputs of [labels.length, outputCount(labels, 0.1), 10, 11]) {
    expect(layerShapes(await readOwnNetwork('unsure', outputs, paths)).at(-1)).toEqual([outputs]);
  }
  await run({ ...SMALL, epochs: 1, limit: 60, network: 'unsure', name: 'certain' });
  const certain = await loadModel('certain', paths);
  expect([certain.labels.join(''), canReject(certain)]).toEqual(['0123456789', false]);
  await run({ ...SMALL, epochs: 1, limit: 60, network: 'unsure', name: 'doubtful', reject: 0.2 });
  const doubtful = await loadModel('doubtful', paths);
  expect([doubtful.labels.join(''), canReject(doubtful)]).toEqual(['0123456789', true]);
});

test('the name of a network is that of its file or model', () => {
  expect(networkName('nets/lenet.json')).toBe('lenet');
  expect(networkName('lenet 5 (new).JSON')).toBe('lenet-5-new');
  expect(networkName('mine')).toBe('mine');
  expect(networkName('digits-v1.2')).toBe('digits-v1.2');
  expect(networkName('/models/mine/model.json')).toBe('mine');
  expect(networkName('/models/mine/')).toBe('mine');
  expect(networkName('日本.json')).toBe('network');
});
