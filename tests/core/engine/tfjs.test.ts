import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { architecture } from '../../../src/core/model/architectures.ts';
import { inTensorFlow } from '../../helpers/tensorflow.ts';
import { relativeDifference } from './contract.ts';
import { randomBatch, randomWeights } from './networks.ts';

// Suppresses its advertisement of the native build on stderr.
tf.env().set('IS_TEST', true);

describe.each(['cnn', 'vgg'] as const)('the reference and TensorFlow.js: %s', (name) => {
  test('give the same logits', async () => {
    const network = architecture(name, 47);
    const weights = randomWeights(network, 9);
    const { images } = randomBatch(network, 47, 2, 4);
    const reference = new ReferenceNetwork(network);
    await reference.setWeights(weights);
    const model = inTensorFlow(tf, tfl, network, weights);
    const input = tf.tensor4d(
      Float32Array.from(images, (byte) => byte / 255),
      [2, 28, 28, 1],
    );
    const logits = (model.predict(input) as tf.Tensor).dataSync() as Float32Array;
    expect(relativeDifference(logits, await reference.predict(images))).toBeLessThan(1e-4);
  });
});
