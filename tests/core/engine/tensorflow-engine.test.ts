import * as tf from '@tensorflow/tfjs';
import { createTensorFlowEngine, tensorFlowEngine } from '../../../src/core/engine/tensorflow/tensorflow-engine.ts';
import { engineContract } from './contract.ts';

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
