import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { ReferenceNetwork } from '../../../src/core/engine/reference/reference-network.ts';
import { architecture, type Layer, type Network } from '../../../src/core/model/network.ts';
import { relativeDifference } from './contract.ts';
import { randomBatch, randomWeights } from './networks.ts';

// Without this it advertises its native build on stderr.
tf.env().set('IS_TEST', true);

/** The same network in TensorFlow.js, an implementation that knows nothing of ours. */
function inTensorFlow(network: Network): tfl.Sequential {
  const model = tfl.sequential();
  const layerOf = (layer: Layer, first: boolean) => {
    const inputShape = first ? [...network.input] : undefined;
    switch (layer.type) {
      case 'conv2d':
        return tfl.layers.conv2d({ ...layer, kernelSize: 3, ...(inputShape && { inputShape }) });
      case 'batchNorm':
        return tfl.layers.batchNormalization(layer);
      case 'relu':
        return tfl.layers.reLU();
      case 'maxPool':
        return tfl.layers.maxPooling2d({ poolSize: 2, strides: 2 });
      case 'flatten':
        return tfl.layers.flatten();
      case 'dropout':
        return tfl.layers.dropout(layer);
      case 'dense':
        return tfl.layers.dense(layer);
    }
  };
  network.layers.forEach((layer, index) => {
    model.add(layerOf(layer, index === 0));
  });
  return model;
}

describe.each(['cnn', 'vgg'] as const)('the reference and TensorFlow.js: %s', (name) => {
  test('give the same logits', async () => {
    const network = architecture(name, 47);
    const weights = randomWeights(network, 9);
    const { images } = randomBatch(network, 47, 2, 4);
    const reference = new ReferenceNetwork(network);
    await reference.setWeights(weights);
    const model = inTensorFlow(network);
    // Layer by layer, since the model itself lists all moving averages last.
    let used = 0;
    for (const layer of model.layers) {
      const shapes = layer.getWeights().map((tensor) => tensor.shape);
      layer.setWeights(shapes.map((shape) => tf.tensor(weights[used++]!, shape)));
    }
    expect(used).toBe(weights.length);
    const input = tf.tensor4d(
      Float32Array.from(images, (byte) => byte / 255),
      [2, 28, 28, 1],
    );
    const logits = (model.predict(input) as tf.Tensor).dataSync() as Float32Array;
    expect(relativeDifference(logits, await reference.predict(images))).toBeLessThan(1e-4);
  });
});
