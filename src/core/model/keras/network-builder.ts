import type { Layer, LayerFunction, Shape } from '../layer.ts';
import { MAX_MODEL_BYTES } from '../model-bytes.ts';
import { elements, layerWeightSpecs, type Network, outputShape } from '../network.ts';
import type { LayerFields } from './layer-fields.ts';
import { channelsFirstOrder, type Tensor } from './tensor.ts';
import type { KerasWeight, WeightSource } from './weight-source.ts';

/** What the largest accepted file can hold. */
const MAX_PARAMETERS = MAX_MODEL_BYTES / 4;
/** The largest output of a layer, in numbers: that of 256 filters on an image of 128x128. */
const MAX_OUTPUT = 2 ** 22;

/** A weight of a Keras layer: its names in several versions and its place among the layer's weights. */
export interface WeightPlace {
  names: readonly string[];
  index: number;
  /** Its shape in the file, if that is not the shape in the network. */
  shape?: readonly number[];
  /** The order of its rows in the file. */
  order?: Uint32Array | null;
}

/** Collects the layers of a network, with where their weights come from. */
export class NetworkBuilder {
  readonly #layers: Layer[] = [];
  readonly #shapes: Shape[] = [];
  readonly #weights: WeightSource[] = [];
  readonly #input: Network['input'];
  #parameters = 0;

  constructor(input: Network['input']) {
    this.#input = input;
  }

  /**
   * Adds a layer, whose output has the kind and order of its first input unless `as` says otherwise. `weights` are in the
   * order of `weightSpecs`. Layers that do not fit are recorded as problems; the result is then null.
   */
  add(
    fields: LayerFields,
    inputs: readonly Tensor[],
    layer: LayerFunction,
    as: Partial<Pick<Tensor, 'kind' | 'order'>> = {},
    weights: readonly (WeightPlace | WeightSource)[] = [],
  ): Tensor | null {
    const [first] = inputs;
    if (fields.failed || !first) return null;
    let shape: Shape;
    try {
      shape = outputShape(
        layer,
        inputs.map((input) => input.shape),
      );
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      fields.problem(`does not fit its input: ${error.message}`);
      return null;
    }
    if (shape.some((size) => size < 1)) {
      fields.problem('shrinks the image to nothing');
      return null;
    }
    if (elements(shape) > MAX_OUTPUT) {
      fields.problem(`has an output of [${shape}], which is too large`);
      return null;
    }
    const specs = layerWeightSpecs(layer, first.shape, shape);
    this.#parameters += specs.reduce((sum, spec) => sum + elements(spec.shape), 0);
    if (this.#parameters > MAX_PARAMETERS) {
      fields.problem(`brings the model to more than ${MAX_PARAMETERS / 1e6} million parameters`);
      return null;
    }
    const sources = inputs.map((input) => input.layer);
    const isNext = sources.length === 1 && sources[0] === this.#layers.length - 1;
    this.#layers.push(isNext ? layer : { ...layer, inputs: sources });
    this.#shapes.push(shape);
    const { path, archivePath, trainable } = fields.node;
    for (const [index, spec] of specs.entries()) {
      const weight = weights[index]!;
      this.#weights.push(
        typeof weight === 'number' || 'path' in weight || 'values' in weight
          ? weight
          : ({ ...weight, shape: weight.shape ?? spec.shape, path, archivePath, trainable } satisfies KerasWeight),
      );
    }
    return { layer: this.#layers.length - 1, shape, kind: first.kind, order: first.order, ...as };
  }

  /** A tensor whose shape is flat in the network too. */
  flat(fields: LayerFields, tensor: Tensor): Tensor | null {
    if (tensor.shape.length === 1) return tensor;
    const order = tensor.kind === 'first' ? channelsFirstOrder(tensor.shape) : null;
    return this.add(fields, [tensor], { type: 'flatten' }, { kind: 'flat', order });
  }

  /** The layers up to an output, without a final softmax or sigmoid, which leaves the order of the classes as it is. */
  finish(): { network: Network; weights: WeightSource[] } {
    const layers = [...this.#layers];
    const last = layers.findLastIndex(({ type }) => type !== 'flatten' && type !== 'reshape' && type !== 'dropout');
    const type = layers[last]?.type;
    if (type === 'softmax' || type === 'sigmoid') removeLayer(layers, last);
    return { network: { input: this.#input, layers }, weights: this.#weights };
  }
}

/** Removes a layer with one input, whose output is then that of its input. */
function removeLayer(layers: Layer[], index: number): void {
  const source = layers[index]!.inputs?.[0] ?? index - 1;
  const moved = (input: number) => (input === index ? source : input > index ? input - 1 : input);
  for (let later = index + 1; later < layers.length; later++) {
    const { inputs = [later - 1], ...layer } = layers[later]!;
    const renamed = inputs.map(moved);
    const isNext = renamed.length === 1 && renamed[0] === later - 2;
    layers[later] = isNext ? layer : { ...layer, inputs: renamed };
  }
  layers.splice(index, 1);
}
