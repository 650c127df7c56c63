import type { File, Group } from 'h5wasm';
import * as hdf5 from 'h5wasm';

/**
 * A `cnn` in the HDF5 layouts of several Keras versions, written independently of the product's own export so that the import
 * is not tested against it.
 */

/** The weights of the `cnn`, in layer order: kernel and bias of two convolutions and two dense layers. */
export interface NotebookModel {
  weights: readonly Float32Array[];
  classes: number;
}

export type KerasLayout = 'Keras 1' | 'Keras 2' | 'TF 2.x' | 'Keras 3';

interface LayoutDetails {
  config: unknown;
  /** Layers in order, with the names of their weights. */
  layers: Record<string, readonly string[]>;
  version: string;
}

/** The shapes of the weights. */
export const notebookShapes = (classes: number) => [
  [3, 3, 1, 32],
  [32],
  [3, 3, 32, 64],
  [64],
  [1600, 256],
  [256],
  [256, classes],
  [classes],
];

/** The bytes of a saved model. */
export async function notebookFile({ weights, classes }: NotebookModel, layout: KerasLayout): Promise<Uint8Array> {
  const { config, layers, version } = details(layout, classes);
  return hdf5File((file) => {
    file.create_attribute('model_config', JSON.stringify(config));
    file.create_attribute('backend', 'tensorflow');
    file.create_attribute('keras_version', version);
    // The import must find the groups in both places.
    const groups = layout === 'Keras 1' ? file : file.create_group('model_weights');
    groups.create_attribute('layer_names', Object.keys(layers));
    const shapes = notebookShapes(classes);
    let next = 0;
    for (const [layer, names] of Object.entries(layers)) {
      const group = groups.create_group(layer);
      if (names.length === 0) group.create_attribute('weight_names', new Float64Array(0), [0]);
      else group.create_attribute('weight_names', [...names]);
      for (const name of names) {
        parents(group, name).create_dataset({
          name: name.split('/').at(-1)!,
          data: weights[next]!,
          shape: shapes[next]!,
          dtype: '<f',
        });
        next++;
      }
    }
  });
}

/** The group that contains the last part of a path. */
function parents(group: Group, path: string): Group {
  let inner = group;
  for (const part of path.split('/').slice(0, -1))
    inner = (inner.get(part) as Group | null) ?? inner.create_group(part);
  return inner;
}

let files = 0;

/** The bytes of an HDF5 file. */
export async function hdf5File(fill: (file: File) => void): Promise<Uint8Array> {
  const { FS } = await hdf5.ready;
  const name = `/made-${++files}.h5`;
  const file = new hdf5.File(name, 'w');
  fill(file);
  file.close();
  return FS.readFile(name);
}

function details(layout: KerasLayout, classes: number): LayoutDetails {
  switch (layout) {
    case 'Keras 1':
      return {
        version: '1.2.2',
        config: { class_name: 'Sequential', config: keras1Layers(classes) },
        layers: {
          convolution2d_1: ['convolution2d_1_W:0', 'convolution2d_1_b:0'],
          maxpooling2d_1: [],
          convolution2d_2: ['convolution2d_2_W:0', 'convolution2d_2_b:0'],
          maxpooling2d_2: [],
          flatten_1: [],
          dense_1: ['dense_1_W:0', 'dense_1_b:0'],
          dense_2: ['dense_2_W:0', 'dense_2_b:0'],
        },
      };
    case 'Keras 2':
      return {
        version: '2.2.4',
        config: { class_name: 'Sequential', config: { name: 'sequential_1', layers: keras2Layers(classes, 1) } },
        layers: {
          conv2d_1: ['conv2d_1/kernel:0', 'conv2d_1/bias:0'],
          max_pooling2d_1: [],
          conv2d_2: ['conv2d_2/kernel:0', 'conv2d_2/bias:0'],
          max_pooling2d_2: [],
          flatten_1: [],
          dropout_1: [],
          dense_1: ['dense_1/kernel:0', 'dense_1/bias:0'],
          activation_1: [],
          dense_2: ['dense_2/kernel:0', 'dense_2/bias:0'],
          activation_2: [],
        },
      };
    case 'TF 2.x':
      return {
        version: '2.15.0',
        config: tf2Config(classes),
        layers: {
          conv2d: ['conv2d/kernel:0', 'conv2d/bias:0'],
          max_pooling2d: [],
          conv2d_1: ['conv2d_1/kernel:0', 'conv2d_1/bias:0'],
          max_pooling2d_1: [],
          flatten: [],
          dense: ['dense/kernel:0', 'dense/bias:0'],
          dense_1: ['dense_1/kernel:0', 'dense_1/bias:0'],
        },
      };
    case 'Keras 3':
      return {
        version: '3.5.0',
        config: keras3Config(classes),
        layers: {
          conv2d: ['sequential/conv2d/kernel', 'sequential/conv2d/bias'],
          max_pooling2d: [],
          conv2d_1: ['sequential/conv2d_1/kernel', 'sequential/conv2d_1/bias'],
          max_pooling2d_1: [],
          flatten: [],
          dense: ['sequential/dense/kernel', 'sequential/dense/bias'],
          dense_1: ['sequential/dense_1/kernel', 'sequential/dense_1/bias'],
        },
      };
  }
}

const layer = (class_name: string, config: Record<string, unknown>) => ({ class_name, config });

function keras1Layers(classes: number) {
  const convolution = (number: number, nb_filter: number, more = {}) =>
    layer('Convolution2D', {
      ...more,
      name: `convolution2d_${number}`,
      trainable: true,
      nb_filter,
      nb_row: 3,
      nb_col: 3,
      init: 'glorot_uniform',
      activation: 'relu',
      border_mode: 'valid',
      subsample: [1, 1],
      dim_ordering: 'tf',
      W_regularizer: null,
      bias: true,
    });
  const pooling = (number: number) =>
    layer('MaxPooling2D', {
      name: `maxpooling2d_${number}`,
      trainable: true,
      pool_size: [2, 2],
      strides: [2, 2],
      border_mode: 'valid',
      dim_ordering: 'tf',
    });
  const dense = (number: number, output_dim: number, activation: string) =>
    layer('Dense', {
      name: `dense_${number}`,
      trainable: true,
      output_dim,
      init: 'glorot_uniform',
      activation,
      bias: true,
    });
  return [
    convolution(1, 32, { batch_input_shape: [null, 28, 28, 1], input_dtype: 'float32' }),
    pooling(1),
    convolution(2, 64),
    pooling(2),
    layer('Flatten', { name: 'flatten_1', trainable: true }),
    dense(1, 256, 'relu'),
    dense(2, classes, 'softmax'),
  ];
}

const initializer = { class_name: 'VarianceScaling', config: { scale: 1, mode: 'fan_avg', distribution: 'uniform' } };

/** As in Keras 2.2 to TF 2.x; `first` is the number of the first layer of a type, where 0 is omitted. */
function keras2Layers(classes: number, first: 0 | 1) {
  const numbered = (name: string, count: number) => (first + count === 0 ? name : `${name}_${first + count}`);
  const convolution = (count: number, filters: number, more = {}) =>
    layer('Conv2D', {
      name: numbered('conv2d', count),
      trainable: true,
      ...more,
      dtype: 'float32',
      filters,
      kernel_size: [3, 3],
      strides: [1, 1],
      padding: 'valid',
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      ...(first === 0 && { groups: 1 }),
      activation: 'relu',
      use_bias: true,
      kernel_initializer: initializer,
      kernel_regularizer: null,
    });
  const pooling = (count: number) =>
    layer('MaxPooling2D', {
      name: numbered('max_pooling2d', count),
      trainable: true,
      pool_size: [2, 2],
      padding: 'valid',
      strides: [2, 2],
      data_format: 'channels_last',
    });
  const dense = (count: number, units: number, activation: string) =>
    layer('Dense', {
      name: numbered('dense', count),
      trainable: true,
      units,
      activation,
      use_bias: true,
      kernel_initializer: initializer,
    });
  const activation = (count: number, name: string) =>
    layer('Activation', { name: numbered('activation', count), trainable: true, activation: name });
  const start = [
    convolution(0, 32, { batch_input_shape: [null, 28, 28, 1] }),
    pooling(0),
    convolution(1, 64),
    pooling(1),
    layer('Flatten', { name: numbered('flatten', 0), trainable: true, data_format: 'channels_last' }),
  ];
  // The only layout with separate activations and a dropout layer.
  if (first === 1) {
    const dropout = layer('Dropout', { name: 'dropout_1', trainable: true, rate: 0.5, noise_shape: null, seed: null });
    return [
      ...start,
      dropout,
      dense(0, 256, 'linear'),
      activation(0, 'relu'),
      dense(1, classes, 'linear'),
      activation(1, 'softmax'),
    ];
  }
  return [...start, dense(0, 256, 'relu'), dense(1, classes, 'softmax')];
}

/** The JSON of TF 2.x, also in its `.keras` archives. */
export function tf2Config(classes: number) {
  const input = {
    batch_input_shape: [null, 28, 28, 1],
    dtype: 'float32',
    sparse: false,
    ragged: false,
    name: 'conv2d_input',
  };
  const object = ({ class_name, config }: { class_name: string; config: unknown }) => {
    return { module: 'keras.layers', class_name, config, registered_name: null, build_config: { input_shape: null } };
  };
  return {
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      trainable: true,
      dtype: 'float32',
      layers: [object(layer('InputLayer', input)), ...keras2Layers(classes, 0).map(object)],
    },
  };
}

function keras3Config(classes: number) {
  const dtype = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null };
  const layers = keras2Layers(classes, 0).map(({ class_name, config: { batch_input_shape, ...config } }) => {
    return layer(class_name, { ...config, dtype });
  });
  const input = { batch_shape: [null, 28, 28, 1], dtype: 'float32', sparse: false, name: 'input_layer' };
  return {
    class_name: 'Sequential',
    config: {
      name: 'sequential',
      trainable: true,
      dtype,
      layers: [layer('InputLayer', input), ...layers],
      build_input_shape: [null, 28, 28, 1],
    },
  };
}
