import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { createTensorFlowEngine, tensorFlowEngine } from '../../../src/core/engine/tensorflow/tensorflow-engine.ts';
import { TensorFlowNetwork } from '../../../src/core/engine/tensorflow/tensorflow-network.ts';
import { engineContract } from './contract.ts';
import { randomBatch, SMALL_NETWORKS } from './networks.ts';

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
  const network = SMALL_NETWORKS['same convolutions, batch normalisation, dropout']!;
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
