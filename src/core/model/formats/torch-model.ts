import type { KerasModel } from '../keras-reader.ts';
import type { ModelFile } from '../model.ts';
import { damagedModel, otherFile } from '../model-errors.ts';
import { type Network, weightSpecs } from '../network.ts';
import { reverseAxes } from './reverse-axes.ts';
import { inferNetwork } from './torch-architecture.ts';
import { groupModules, type TorchModule } from './torch-modules.ts';
import { flatOrders } from './torch-order.ts';
import { readStateDict } from './torch-state-dict.ts';

/** Keras' and PyTorch's epsilon of batch normalization where none is given. */
const KERAS_EPSILON = 1e-3;
const TORCH_EPSILON = 1e-5;

/**
 * Decodes a PyTorch state dict: weights without layers. `architecture` has the layers, whose weights must have the order of
 * the state dict; without it, they are inferred where the shapes of the weights leave only one possibility. Throws
 * `model-unsupported` if they do not, and `model-damaged` if the weights do not fit.
 */
export async function decodeTorch(bytes: Buffer, file: string, architecture?: KerasModel | null): Promise<ModelFile> {
  const tensors = await readStateDict(bytes, file);
  const modules = groupModules(tensors);
  if (typeof modules === 'string') throw otherFile(file, 'weights-only', modules);
  const inferred = architecture?.network ?? inferNetwork(modules);
  if (typeof inferred === 'string') throw otherFile(file, 'weights-only', inferred);
  const network = withTorchDefaults(inferred);
  const weights = arrange(network, modules, file);
  return { network, weights, labels: null, rejects: false, training: null, isOurs: false, isInferred: !architecture };
}

/** A description of layers does not say the epsilon that PyTorch used; its default is another than Keras'. */
function withTorchDefaults(network: Network): Network {
  const layers = network.layers.map((layer) => {
    return layer.type === 'batchNorm' && layer.epsilon === KERAS_EPSILON ? { ...layer, epsilon: TORCH_EPSILON } : layer;
  });
  return { ...network, layers };
}

/** The weights in the order and layout of `weightSpecs`. */
function arrange(network: Network, modules: readonly TorchModule[], file: string): Float32Array[] {
  const orders = flatOrders(network);
  const weighted = network.layers.flatMap((layer, index) => {
    return ['conv2d', 'depthwiseConv2d', 'dense', 'batchNorm'].includes(layer.type) ? [index] : [];
  });
  if (weighted.length !== modules.length) {
    throw damagedModel(
      file,
      `it has weights of ${modules.length} layers (${modules.map(({ name }) => name).join(', ')}), and the network has ${weighted.length}`,
    );
  }
  const specs = weightSpecs(network);
  let next = 0;
  return weighted.flatMap((index, place) => {
    const layer = network.layers[index]!;
    const module = modules[place]!;
    const own = specs.slice(next, next + weightCount(layer));
    next += own.length;
    const order = orders[index] ?? null;
    return own.map(({ name, shape }) => {
      const part = name.split('/').at(-1)!;
      const found = convert(module, part, shape, order);
      if (!found) {
        const { weight } = module;
        throw damagedModel(file, `${module.name}, of [${weight.dims}], does not fit the layer ${name.split('/')[0]}`);
      }
      return found;
    });
  });
}

function weightCount(layer: Network['layers'][number]): number {
  if (layer.type === 'batchNorm') return 4;
  return 'useBias' in layer && layer.useBias ? 2 : 1;
}

/** One weight of a layer from a module; null if it does not fit. `order`: of the layer's flat input, see `flatOrders`. */
function convert(
  module: TorchModule,
  part: string,
  shape: readonly number[],
  order: Int32Array | null,
): Float32Array | null {
  const { kind, weight, bias, mean, variance } = module;
  const flat = (tensor: Float32Array | undefined): Float32Array | null => {
    if (!tensor || tensor.length !== shape[0]) return null;
    return order === null ? tensor : permuted(tensor, order, 1);
  };
  switch (part) {
    case 'kernel': {
      if (shape.length === 2) {
        const [inputs, units] = shape as [number, number];
        if (kind !== 'linear' || weight.dims.join() !== [units, inputs].join()) return null;
        const rows = reverseAxes(weight.data, units, 1, inputs);
        return order === null ? rows : permuted(rows, order, units);
      }
      const [height, width, inputs, filters] = shape as [number, number, number, number];
      if (kind !== 'conv' || weight.dims.join() !== [filters, inputs, height, width].join()) return null;
      return reverseAxes(weight.data, filters, inputs, height * width);
    }
    case 'depthwise_kernel': {
      const [height, width, channels, multiplier] = shape as [number, number, number, number];
      if (kind !== 'conv' || weight.dims.join() !== [channels * multiplier, 1, height, width].join()) return null;
      return reverseAxes(weight.data, channels * multiplier, 1, height * width);
    }
    case 'bias':
      // Without one, PyTorch adds nothing.
      if (kind === 'norm') return null;
      return bias ? (bias.length === shape[0] ? bias : null) : new Float32Array(shape[0]!);
    case 'gamma':
      return kind === 'norm' ? flat(weight.data) : null;
    case 'beta':
      return flat(bias);
    case 'moving_mean':
      return flat(mean);
    case 'moving_variance':
      return flat(variance);
    default:
      return null;
  }
}

/** Moves each row of [n, width] to its place. */
function permuted(data: Float32Array, order: Int32Array, width: number): Float32Array {
  const result = new Float32Array(data.length);
  order.forEach((row, index) => {
    result.set(data.subarray(index * width, (index + 1) * width), row * width);
  });
  return result;
}
