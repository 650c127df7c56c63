import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { Layer } from '../../../src/core/model/network.ts';
import { serve } from './serve.ts';

/* TensorFlow.js: `node tfjs.ts cpu|wasm THREADS`. */
const [backend = 'cpu', threads = '1'] = process.argv.slice(2);
const module = (await import(`@tensorflow/tfjs-backend-${backend}`)) as { setThreadsCount?: (count: number) => void };
module.setThreadsCount?.(Number(threads));
await tf.setBackend(backend);
await tf.ready();

function layerOf(layer: Layer, inputShape: number[] | undefined): tfl.layers.Layer {
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
}

/** [n, 28, 28, 1] */
function tensorOf(images: Uint8Array): tf.Tensor4D {
  return tf.tensor4d(
    Float32Array.from(images, (byte) => byte / 255),
    [images.length / 784, 28, 28, 1],
  );
}

await serve(`TensorFlow.js ${tf.version_core}, ${backend}`, async ({ network, weights }) => {
  const model = tfl.sequential();
  network.layers.forEach((layer, index) => {
    model.add(layerOf(layer, index === 0 ? [...network.input] : undefined));
  });
  // Layer by layer, since the model itself lists all moving averages last.
  let used = 0;
  for (const layer of model.layers) {
    const shapes = layer.getWeights().map(({ shape }) => shape);
    layer.setWeights(shapes.map((shape) => tf.tensor(weights[used++]!, shape)));
  }
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-7);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  return {
    step: (images, labels) => {
      const cost = optimizer.minimize(
        () =>
          tf.tidy(() => {
            const logits = model.apply(tensorOf(images), { training: true }) as tf.Tensor;
            const targets = tf.oneHot(tf.tensor1d(labels, 'int32'), logits.shape[1]!);
            return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar;
          }),
        true,
        variables,
      )!;
      const [loss] = cost.dataSync();
      cost.dispose();
      return loss!;
    },
    predict: (images) => tf.tidy(() => (model.predict(tensorOf(images)) as tf.Tensor).dataSync()),
    dispose: () => model.dispose(),
  };
});
