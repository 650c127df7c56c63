import type * as Core from '@tensorflow/tfjs-core';
import type * as Layers from '@tensorflow/tfjs-layers';
import type { Layer } from '../../src/core/model/layer.ts';
import type { Network } from '../../src/core/model/network.ts';

/**
 * The same network in TensorFlow.js, an independent implementation, with weights in the order of `weightSpecs`. The caller
 * passes TensorFlow.js, since backends belong to one copy of it.
 */
export function inTensorFlow(
  tf: typeof Core,
  tfl: typeof Layers,
  network: Network,
  weights: readonly Float32Array[],
): Layers.Sequential {
  const model = tfl.sequential();
  const layerOf = (layer: Layer, first: boolean) => {
    const inputShape = first ? [...network.input] : undefined;
    switch (layer.type) {
      case 'conv2d':
        return tfl.layers.conv2d({
          ...layer,
          kernelSize: [...layer.kernel],
          strides: [...layer.stride],
          ...(inputShape && { inputShape }),
        });
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
      default:
        throw new RangeError(`no TensorFlow.js layer for ${layer.type}`);
    }
  };
  network.layers.forEach((layer, index) => {
    model.add(layerOf(layer, index === 0));
  });
  // Layer by layer, since the model lists all moving averages last.
  let used = 0;
  for (const layer of model.layers) {
    const shapes = layer.getWeights().map(({ shape }) => shape);
    layer.setWeights(shapes.map((shape) => tf.tensor(weights[used++]!, shape)));
  }
  if (used !== weights.length) throw new RangeError(`${weights.length} weights for a network of ${used}`);
  return model;
}
