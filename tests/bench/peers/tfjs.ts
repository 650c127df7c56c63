import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { inTensorFlow } from '../../helpers/tensorflow.ts';
import { serve } from './serve.ts';

/* TensorFlow.js: `node tfjs.ts cpu|wasm`. In Node both backends have one thread. */
const [backend = 'cpu'] = process.argv.slice(2);
await import(`@tensorflow/tfjs-backend-${backend}`);
await tf.setBackend(backend);
await tf.ready();

/** [n, 28, 28, 1] */
function tensorOf(images: Uint8Array): tf.Tensor4D {
  return tf.tensor4d(
    Float32Array.from(images, (byte) => byte / 255),
    [images.length / 784, 28, 28, 1],
  );
}

await serve(`TensorFlow.js ${tf.version_core}, ${backend}`, async ({ network, weights }) => {
  const model = inTensorFlow(tf, tfl, network, weights);
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
