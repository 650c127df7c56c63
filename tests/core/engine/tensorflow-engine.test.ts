import { spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs';
import { expect, test, vi } from 'vitest';
import { createTensorFlowEngine, tensorFlowEngine } from '../../../src/core/engine/tensorflow/tensorflow-engine.ts';
import { TensorFlowNetwork } from '../../../src/core/engine/tensorflow/tensorflow-network.ts';
import { engineContract } from './contract.ts';
import { randomBatch, SMALL_NETWORKS } from './networks.ts';

// A graphics processor in software takes its time.
vi.setConfig({ testTimeout: 300_000 });

// So it does not advertise its native build on stderr at first use.
tf.env().set('IS_TEST', true);
tf.zeros([1]).dispose();
// As a program has it: tests count what a kernel keeps as lost.
tf.env().set('IS_TEST', false);

engineContract('TensorFlow.js engine, processor', async () => {
  await tf.setBackend('cpu');
  return tensorFlowEngine({ tf, device: 'processor', gpu: false, close() {} });
});
engineContract('TensorFlow.js engine, WebGPU', createTensorFlowEngine, { thorough: false });

test('keeps no tensor beyond a step, a prediction or its network', async () => {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  const network = SMALL_NETWORKS['same convolutions, batch normalization, dropout']!;
  const trained = new TensorFlowNetwork(tf, network, 4);
  const made = tf.memory().numTensors;
  const { images, labels } = randomBatch(network, 7, 4, 1);
  await trained.trainBatch(images, labels, { learningRate: 1e-3, step: 1, seed: 1 });
  await trained.predict(images);
  await trained.setWeights(await trained.getWeights());
  await trained.setOptimizerState(await trained.getOptimizerState());
  expect(tf.memory().numTensors).toBe(made);
  await trained.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('with the last of several engines TensorFlow.js goes back to what it computed on before the first', async () => {
  const backends: string[] = [];
  const open = (before: string) => {
    const close = () => backends.push(before);
    return tensorFlowEngine({ tf, device: 'processor', gpu: false, close });
  };
  const first = open('cpu');
  // It found the backend of the first.
  const second = open('webgpu');
  await first.dispose();
  expect(backends).toEqual([]);
  await second.dispose();
  expect(backends).toEqual(['cpu']);
  await open('wasm').dispose();
  expect(backends).toEqual(['cpu', 'wasm']);
});

test('a process that opens the engine again and again ends well', () => {
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
