import { isSelu } from './keras/activations.ts';
import { numberedByClass } from './keras/layer-class.ts';
import type { Layer, LayerFunction, Shape } from './layer.ts';
import type { Model } from './model.ts';
import { layerInputs, layerNames, layerShapes, type Network } from './network.ts';

/** Which programs a description is for, where their fields differ. TensorFlow.js follows Keras 2. */
export type KerasDialect = 'tfjs' | 'keras2' | 'keras3';

/** A layer in the JSON of Keras (all versions) and TensorFlow.js. */
export interface KerasLayer {
  class_name: string;
  config: Record<string, unknown>;
}

/** A layer with the names of the layers whose outputs it takes; `INPUT_NAME` is the input. */
export interface ConnectedLayer extends KerasLayer {
  inputs: readonly string[];
}

/** The name of the input layer of models that are graphs. */
export const INPUT_NAME = 'input';

/** Whether each layer takes the output of the one before it, as Keras' `Sequential` requires. */
export function isSequential(network: Network): boolean {
  return network.layers.every((layer, index) => {
    return (
      layerInputs(network, index).join() === `${index - 1}` && layer.type !== 'add' && layer.type !== 'concatenate'
    );
  });
}

/**
 * The layers of a network for Keras, without the input. A ReLU after a convolution or dense layer becomes that layer's
 * activation, as is usual in Keras; the last layer gets the softmax.
 */
export function kerasLayers(network: Network, dialect: KerasDialect = 'keras2'): ConnectedLayer[] {
  const names = layerNames(network);
  const shapes = layerShapes(network);
  const last = network.layers.length - 1;
  const layers: ConnectedLayer[] = [];
  /** The names of the Keras layers that compute the outputs of our layers. */
  const computedBy: string[] = [];
  for (let index = 0; index <= last; index++) {
    const layer = network.layers[index]!;
    const inputs = layerInputs(network, index).map((input) => (input < 0 ? INPUT_NAME : computedBy[input]!));
    const next = onlyUser(network, index);
    const isWeighted = layer.type === 'conv2d' || layer.type === 'dense';
    const hasRelu = isWeighted && next?.type === 'relu';
    const isActivated = hasRelu || (next !== null && isSelu(layer, next));
    const softmax = index === last && layer.type === 'dense';
    const activation = softmax ? 'softmax' : hasRelu ? 'relu' : 'linear';
    const described =
      isActivated && !hasRelu
        ? activationLayer('selu')
        : describe(layer, activation, dialect, shapeBefore(network, shapes, index));
    const name = names[index]!;
    layers.push({ class_name: described.class_name, config: { name, trainable: true, ...described.config }, inputs });
    computedBy.push(name);
    if (isActivated) {
      computedBy.push(name);
      index++;
    }
  }
  if (network.layers[last]?.type !== 'dense') {
    const name = names.includes('softmax') ? 'softmax_output' : 'softmax';
    const config = { name, trainable: true, activation: 'softmax' };
    layers.push({ class_name: 'Activation', config, inputs: [computedBy.at(-1)!] });
  }
  return layers;
}

/**
 * The layers in the order in which Keras has them once it has read them, and in which it reads their weights: by the length of
 * the longest path to the output, then as they are met from there.
 * https://github.com/keras-team/keras/blob/v3.15.1/keras/src/ops/function.py
 */
export function kerasOrder<T extends ConnectedLayer>(layers: readonly T[]): T[] {
  const byName = new Map(layers.map((layer) => [String(layer.config.name), layer]));
  const sources = (layer: T) => layer.inputs.map((name) => byName.get(name)).filter((source) => source !== undefined);
  const depths = new Map<T, number>(layers.map((layer) => [layer, 0]));
  for (const layer of layers.toReversed()) {
    for (const source of sources(layer)) depths.set(source, Math.max(depths.get(source)!, depths.get(layer)! + 1));
  }
  const met = new Set<T>();
  const visit = (layer: T) => {
    if (met.has(layer)) return;
    met.add(layer);
    for (const source of sources(layer)) visit(source);
  };
  visit(layers.at(-1)!);
  return [...met].toSorted((one, other) => depths.get(other)! - depths.get(one)!);
}

/** The names of the groups of layers in a `.keras` archive, by the layers' own names. */
export function archiveNames(network: Network): Map<string, string> {
  const layers = kerasLayers(network, 'keras3');
  const names = layers.map(({ config }) => String(config.name));
  if (isSequential(network)) return new Map(names.map((name) => [name, name]));
  const ordered = kerasOrder(layers);
  const numbered = numberedByClass(ordered.map(({ class_name }) => class_name));
  return new Map(ordered.map(({ config }, index) => [String(config.name), numbered[index]!]));
}

/** The layer after a layer, if it takes that layer's output alone, and no other layer does. */
function onlyUser(network: Network, index: number): Layer | null {
  const users = network.layers.filter((_, user) => layerInputs(network, user).includes(index));
  const next = network.layers[index + 1];
  return next && users.length === 1 && users[0] === next && layerInputs(network, index + 1).length === 1 ? next : null;
}

/** The shapes of the outputs of Keras' layers, and of the input, by name. */
export function connectedShapes(network: Network): Map<string, Shape> {
  const names = layerNames(network);
  return new Map([
    [INPUT_NAME, network.input],
    ...layerShapes(network).map((shape, index) => [names[index]!, shape] as const),
  ]);
}

function activationLayer(activation: string, more: Record<string, unknown> = {}): KerasLayer {
  return { class_name: 'Activation', config: { activation, ...more } };
}

/** The shape of the first input of a layer. */
function shapeBefore(network: Network, shapes: readonly Shape[], index: number): Shape {
  const [input] = layerInputs(network, index);
  return shapes[input!] ?? network.input;
}

/** A layer's class and config, without its name. `input` is the shape of its first input. */
function describe(layer: LayerFunction, activation: string, dialect: KerasDialect, input: Shape): KerasLayer {
  const isFlat = input.length === 1;
  const data_format = 'channels_last';
  switch (layer.type) {
    case 'conv2d':
      return {
        class_name: 'Conv2D',
        config: {
          filters: layer.filters,
          kernel_size: layer.kernel,
          strides: layer.stride,
          padding: layer.padding,
          data_format,
          dilation_rate: [1, 1],
          activation,
          use_bias: layer.useBias,
        },
      };
    case 'depthwiseConv2d':
      return {
        class_name: 'DepthwiseConv2D',
        config: {
          kernel_size: layer.kernel,
          strides: layer.stride,
          padding: layer.padding,
          depth_multiplier: layer.multiplier,
          data_format,
          dilation_rate: [1, 1],
          activation,
          use_bias: layer.useBias,
        },
      };
    case 'dense':
      return { class_name: 'Dense', config: { units: layer.units, activation, use_bias: layer.useBias } };
    case 'batchNorm':
      return {
        class_name: 'BatchNormalization',
        config: { axis: -1, momentum: layer.momentum, epsilon: layer.epsilon, center: true, scale: true },
      };
    case 'maxPool':
    case 'averagePool':
      return {
        class_name: layer.type === 'maxPool' ? 'MaxPooling2D' : 'AveragePooling2D',
        config: { pool_size: layer.size, strides: layer.stride, padding: layer.padding, data_format },
      };
    case 'globalMaxPool':
      return { class_name: 'GlobalMaxPooling2D', config: { data_format } };
    case 'globalAveragePool':
      return { class_name: 'GlobalAveragePooling2D', config: { data_format } };
    case 'relu':
    case 'sigmoid':
    case 'tanh':
      return activationLayer(layer.type);
    case 'gelu':
      // Neither Keras' nor TensorFlow.js' files can say so; TensorFlow.js ignores fields that it does not know.
      return activationLayer('gelu', layer.approximate && dialect === 'tfjs' ? { approximate: true } : {});
    case 'leakyRelu':
      return { class_name: 'LeakyReLU', config: { [dialect === 'keras3' ? 'negative_slope' : 'alpha']: layer.slope } };
    case 'elu':
      return { class_name: 'ELU', config: { alpha: layer.alpha } };
    case 'softmax':
      return { class_name: 'Softmax', config: { axis: -1 } };
    case 'dropout':
      return { class_name: 'Dropout', config: { rate: layer.rate } };
    case 'spatialDropout':
      // TensorFlow.js lacks the class; noise that is the same in all rows and columns means the same.
      if (dialect === 'tfjs') {
        return {
          class_name: 'Dropout',
          config: { rate: layer.rate, noise_shape: isFlat ? null : [null, 1, 1, input.at(-1)] },
        };
      }
      // Keras 3 rejects the fields that it accepts for other layers.
      return { class_name: 'SpatialDropout2D', config: { rate: layer.rate, trainable: undefined } };
    case 'flatten':
      // TensorFlow.js only flattens images; a flat list stays as it is.
      return isFlat && dialect === 'tfjs' ? activationLayer('linear') : { class_name: 'Flatten', config: {} };
    case 'reshape':
      return { class_name: 'Reshape', config: { target_shape: layer.shape } };
    case 'zeroPadding': {
      const { top, bottom, left, right } = layer;
      const padding = [
        [top, bottom],
        [left, right],
      ];
      return { class_name: 'ZeroPadding2D', config: { padding, data_format } };
    }
    case 'rescaling':
      return { class_name: 'Rescaling', config: { scale: layer.scale, offset: layer.offset } };
    case 'add':
      return { class_name: 'Add', config: {} };
    case 'concatenate':
      return { class_name: 'Concatenate', config: { axis: -1 } };
  }
}

/**
 * A model in the JSON of Keras 2 and TensorFlow.js: `Sequential`, whose first layer holds the input shape, or `Functional` for a
 * graph of layers. `inputShape`: the shape of the input as stated there, null for any size.
 */
export function kerasTopology(
  { name, network }: Pick<Model, 'name' | 'network'>,
  dialect: KerasDialect = 'tfjs',
  inputShape: readonly (number | null)[] = network.input,
) {
  const connected = kerasLayers(network, dialect);
  const shape = { batch_input_shape: [null, ...inputShape], dtype: 'float32' };
  if (isSequential(network)) {
    const [first, ...others] = connected.map(({ class_name, config }): KerasLayer => ({ class_name, config }));
    const layers = [{ ...first!, config: { ...first!.config, ...shape } }, ...others];
    return { class_name: 'Sequential', config: { name, layers } };
  }
  const input = { class_name: 'InputLayer', config: { ...shape, sparse: false, name: INPUT_NAME } };
  const layers = [
    { ...input, name: INPUT_NAME, inbound_nodes: [] },
    ...connected.map(({ class_name, config, inputs }) => {
      return { class_name, config, name: String(config.name), inbound_nodes: [inputs.map((one) => [one, 0, 0, {}])] };
    }),
  ];
  const output = String(connected.at(-1)!.config.name);
  return {
    class_name: 'Functional',
    config: { name, layers, input_layers: [[INPUT_NAME, 0, 0]], output_layers: [[output, 0, 0]] },
  };
}
