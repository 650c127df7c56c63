import type { Layer, LayerFunction, Padding, Shape, Size } from '../../../src/core/model/layer.ts';
import { type Network, outputShape } from '../../../src/core/model/network.ts';
import { randomStream } from '../../../src/core/random.ts';

/** Activations with more values than this are pooled or flattened, so that the reference stays fast. */
const MOST_VALUES = 1200;

/** A random network of all layers, with branches, determined by the seed. Its output is a vector of 2 to 256 values. */
export function randomGraph(seed: number): Network {
  return new GraphBuilder(seed).build();
}

class GraphBuilder {
  readonly #random: () => number;
  readonly #input: readonly [number, number, number];
  readonly #layers: Layer[] = [];
  readonly #shapes: Shape[] = [];

  constructor(seed: number) {
    this.#random = randomStream(seed);
    this.#input = [this.#between(4, 12), this.#between(4, 12), this.#chance(0.6) ? 1 : this.#between(2, 4)];
  }

  build(): Network {
    let last = -1;
    for (let count = this.#between(1, 6); count > 0; count--) last = this.#grow(last);
    if (this.#shape(last).length === 3) {
      const type = this.#pick(['flatten', 'flatten', 'globalAveragePool', 'globalMaxPool'] as const);
      last = this.#push({ type }, [last]);
    }
    for (let count = this.#between(0, 2); count > 0; count--)
      last = this.#push(this.#vectorLayer(this.#shape(last)[0], false), [last]);
    const [outputs] = this.#shape(last);
    const trained = this.#layers.some(({ type }) => type === 'dense' || type === 'conv2d');
    if (!trained || outputs < 2 || outputs > 256 || this.#chance(0.5)) {
      this.#push({ type: 'dense', units: this.#between(2, 8), useBias: this.#chance(0.5) }, [last]);
    }
    return { input: this.#input, layers: this.#layers };
  }

  /** Adds a layer or several branches after the layer `from`; returns the index of the last. */
  #grow(from: number): number {
    if (this.#chance(0.35)) return this.#branch(from);
    const shape = this.#shape(from);
    const large = shape.reduce((product, size) => product * size, 1) > MOST_VALUES;
    if (shape.length === 1) return this.#push(this.#vectorLayer(shape[0], true), [from]);
    return this.#push(large ? this.#pool(shape, 2) : this.#imageLayer(shape), [from]);
  }

  /** Two or three branches from one layer, joined again. */
  #branch(from: number): number {
    const ends = Array.from({ length: this.#between(2, 3) }, () => {
      let end = from;
      for (let count = this.#between(0, 2); count > 0; count--)
        end = this.#push(this.#keepsSize(this.#shape(end)), [end]);
      return end;
    });
    const shapes = ends.map((end) => this.#shape(end));
    const equal = shapes.every((shape) => shape.join() === shapes[0]!.join());
    return this.#push({ type: equal && this.#chance(0.6) ? 'add' : 'concatenate' }, ends);
  }

  #vectorLayer(units: number, reshape: boolean): LayerFunction {
    const kind = this.#random();
    if (kind < 0.4) return { type: 'dense', units: this.#between(2, 20), useBias: this.#chance(0.5) };
    if (kind < 0.5 && reshape && units % 2 === 0) return { type: 'reshape', shape: [1, 2, units / 2] };
    if (kind < 0.55) return { type: 'flatten' };
    return this.#activation();
  }

  #imageLayer(shape: readonly [number, number, number]): LayerFunction {
    const [height, width, channels] = shape;
    const kind = this.#random();
    if (kind < 0.35) {
      return { type: 'conv2d', filters: this.#between(1, 18), ...this.#kernel(shape), useBias: this.#chance(0.5) };
    }
    if (kind < 0.45) {
      const multiplier = channels < 7 ? this.#between(1, 3) : 1;
      return { type: 'depthwiseConv2d', multiplier, ...this.#kernel(shape), useBias: this.#chance(0.5) };
    }
    if (kind < 0.65) return this.#pool(shape, this.#between(1, 3));
    if (kind < 0.7) {
      const sides = () => this.#between(0, 2);
      return { type: 'zeroPadding', top: sides(), bottom: sides(), left: sides(), right: sides() };
    }
    if (kind < 0.75) return { type: 'reshape', shape: [width, channels, height] };
    return this.#keepsSize(shape);
  }

  /** A layer after which height and width are the same. */
  #keepsSize(shape: Shape): LayerFunction {
    if (shape.length === 1 || this.#chance(0.5)) {
      if (shape.length === 3 && this.#chance(0.15)) return { type: 'spatialDropout', rate: 0.3 };
      return this.#activation();
    }
    const kernel = [this.#between(1, 5), this.#between(1, 5)] as const;
    const windows = { stride: [1, 1], padding: 'same' } as const;
    const kind = this.#random();
    if (kind < 0.6) {
      const filters = this.#chance(0.5) ? shape[2] : this.#between(1, 10);
      return { type: 'conv2d', filters, kernel, ...windows, useBias: this.#chance(0.5) };
    }
    if (kind < 0.8) return { type: 'depthwiseConv2d', multiplier: 1, kernel, ...windows, useBias: this.#chance(0.5) };
    return { type: this.#chance(0.5) ? 'maxPool' : 'averagePool', size: kernel, ...windows };
  }

  #activation(): LayerFunction {
    return this.#pick<LayerFunction>([
      { type: 'relu' },
      { type: 'relu' },
      { type: 'leakyRelu', slope: 0.1 },
      { type: 'elu', alpha: 1 },
      { type: 'gelu', approximate: this.#chance(0.5) },
      { type: 'sigmoid' },
      { type: 'tanh' },
      { type: 'softmax' },
      { type: 'batchNorm', momentum: 0.9, epsilon: 1e-3 },
      { type: 'dropout', rate: 0.3 },
      { type: 'rescaling', scale: 0.5, offset: 0.1 },
    ]);
  }

  #pool(shape: readonly [number, number, number], most: number): LayerFunction {
    const { kernel: size, stride, padding } = this.#kernel(shape, most + 1);
    const faster = most === 2 ? ([2, 2] as const) : stride;
    return { type: this.#chance(0.6) ? 'maxPool' : 'averagePool', size, stride: faster, padding };
  }

  #kernel([height, width]: readonly [number, number, number], most = 7) {
    const padding: Padding = this.#chance(0.5) ? 'valid' : 'same';
    const side = (size: number) => this.#between(1, padding === 'valid' ? Math.min(most, size) : most);
    const kernel: Size = this.#chance(0.3) ? [Math.min(3, height), Math.min(3, width)] : [side(height), side(width)];
    const stride: Size = this.#chance(0.6) ? [1, 1] : [this.#between(1, 3), this.#between(1, 3)];
    return { kernel, stride, padding };
  }

  #push(layer: LayerFunction, inputs: readonly number[]): number {
    const index = this.#layers.length;
    const implied = inputs.length === 1 && inputs[0] === index - 1 && this.#chance(0.8);
    this.#layers.push(implied ? layer : { ...layer, inputs });
    this.#shapes.push(
      outputShape(
        layer,
        inputs.map((input) => this.#shape(input)),
      ),
    );
    return index;
  }

  #shape(index: number): Shape {
    return index < 0 ? this.#input : this.#shapes[index]!;
  }

  #between(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#between(0, choices.length - 1)]!;
  }
}
