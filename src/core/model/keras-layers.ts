import type { Model } from './model.ts';
import { layerNames, type Network } from './network.ts';

/** A layer in the JSON of Keras (all versions) and TensorFlow.js. */
export interface KerasLayer {
  class_name: string;
  config: Record<string, unknown>;
}

/**
 * The layers of a network for Keras' `Sequential`, without the input shape. A ReLU after a convolution or dense layer becomes
 * that layer's activation, as is usual in Keras; the last layer gets the softmax.
 */
export function kerasLayers(network: Network): KerasLayer[] {
  const names = layerNames(network);
  const layers: KerasLayer[] = [];
  network.layers.forEach((layer, index) => {
    const name = names[index]!;
    const last = index === network.layers.length - 1;
    const activation = last ? 'softmax' : network.layers[index + 1]?.type === 'relu' ? 'relu' : 'linear';
    const previous = network.layers[index - 1]?.type;
    switch (layer.type) {
      case 'conv2d':
        layers.push({
          class_name: 'Conv2D',
          config: {
            name,
            trainable: true,
            filters: layer.filters,
            kernel_size: [3, 3],
            strides: [1, 1],
            padding: layer.padding,
            data_format: 'channels_last',
            dilation_rate: [1, 1],
            activation,
            use_bias: layer.useBias,
          },
        });
        break;
      case 'batchNorm':
        layers.push({
          class_name: 'BatchNormalization',
          config: {
            name,
            trainable: true,
            axis: -1,
            momentum: layer.momentum,
            epsilon: layer.epsilon,
            center: true,
            scale: true,
          },
        });
        break;
      case 'relu':
        if (previous !== 'conv2d' && previous !== 'dense') {
          layers.push({ class_name: 'Activation', config: { name, trainable: true, activation: 'relu' } });
        }
        break;
      case 'maxPool':
        layers.push({
          class_name: 'MaxPooling2D',
          config: {
            name,
            trainable: true,
            pool_size: [2, 2],
            strides: [2, 2],
            padding: 'valid',
            data_format: 'channels_last',
          },
        });
        break;
      case 'flatten':
        layers.push({ class_name: 'Flatten', config: { name, trainable: true } });
        break;
      case 'dropout':
        layers.push({ class_name: 'Dropout', config: { name, trainable: true, rate: layer.rate } });
        break;
      case 'dense':
        layers.push({
          class_name: 'Dense',
          config: { name, trainable: true, units: layer.units, activation, use_bias: layer.useBias },
        });
        break;
    }
  });
  if (network.layers.at(-1)?.type !== 'dense') {
    layers.push({ class_name: 'Activation', config: { name: 'softmax', trainable: true, activation: 'softmax' } });
  }
  return layers;
}

/** A model in the JSON of Keras 2 and TensorFlow.js, where the first layer holds the input shape. */
export function kerasSequential({ name, network }: Pick<Model, 'name' | 'network'>) {
  const [first, ...others] = kerasLayers(network);
  const shape = { batch_input_shape: [null, ...network.input], dtype: 'float32' };
  const layers = [{ ...first!, config: { ...first!.config, ...shape } }, ...others];
  return { class_name: 'Sequential', config: { name, layers } };
}
