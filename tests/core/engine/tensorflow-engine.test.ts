import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs';
import { expect, test, vi } from 'vitest';
import { createTensorFlowEngine, tensorFlowEngine } from '../../../src/core/engine/tensorflow/tensorflow-engine.ts';
import { TensorFlowNetwork } from '../../../src/core/engine/tensorflow/tensorflow-network.ts';
import { engineContract } from './contract.ts';
import { randomBatch, SMALL_NETWORKS } from './networks.ts';

// A software renderer is slow.
vi.setConfig({ testTimeout: 300_000 });

// Keeps TensorFlow.js from advertising its native build on stderr at first use.
tf.env().set('IS_TEST', true);
tf.zeros([1]).dispose();
// As in a program: in its test mode TensorFlow.js reports tensors that kernels keep as leaks.
tf.env().set('IS_TEST', false);

// A step of vgg takes a quarter of a minute here, and is tested on WebGPU.
const onCpu = { effort: 'moderate', architectures: ['cnn'] } as const;
engineContract(
  'TensorFlow.js engine, CPU',
  async () => {
    await tf.setBackend('cpu');
    return tensorFlowEngine({ tf, device: 'CPU', gpu: false, close() {} });
  },
  onCpu,
);
engineContract('TensorFlow.js engine, WebGPU', createTensorFlowEngine, { effort: 'quick' });

test('leaks no tensors', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const network = SMALL_NETWORKS['same convolutions, batch norm, dropout']!;
  const trained = new TensorFlowNetwork(tf, network, { batchSize: 4 });
  const created = tf.memory().numTensors;
  const { images, labels } = randomBatch(network, 7, 4, 1);
  await trained.trainBatch(images, labels, { learningRate: 1e-3, step: 1, seed: 1 });
  await trained.predict(images);
  await trained.setWeights(await trained.getWeights());
  await trained.setOptimizerState(await trained.getOptimizerState());
  expect(tf.memory().numTensors).toBe(created);
  await trained.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('disposing of the last of several engines restores the backend from before the first', async () => {
  const backends: string[] = [];
  const open = (previous: string) => {
    const close = () => backends.push(previous);
    return tensorFlowEngine({ tf, device: 'CPU', gpu: false, close });
  };
  const first = open('cpu');
  // The second engine finds the backend of the first.
  const second = open('webgpu');
  await first.dispose();
  expect(backends).toEqual([]);
  await second.dispose();
  expect(backends).toEqual(['cpu']);
  await open('wasm').dispose();
  expect(backends).toEqual(['cpu', 'wasm']);
});

test('a process that starts the engine repeatedly exits cleanly', () => {
  const script = `
    import { createTensorFlowEngine } from ${JSON.stringify(new URL('../../../src/core/engine/tensorflow/tensorflow-engine.ts', import.meta.url).href)};
    for (let round = 0; round < 5; round++) {
      const engine = await createTensorFlowEngine();
      const network = { input: [4, 4, 1], layers: [{ type: 'flatten' }, { type: 'dense', units: 2, useBias: true }] };
      await (await engine.createNetwork(network)).predict(new Uint8Array(16));
      await engine.dispose();
    }
    console.log('done');`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'done\n', stderr: '' });
});
