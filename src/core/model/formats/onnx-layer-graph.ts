import type { LayerFunction, Shape } from '../layer.ts';
import { elements } from '../network.ts';
import { recognizeFunction } from './onnx-expression.ts';
import type { NetworkBuilder } from './onnx-network-builder.ts';
import { Blocker, type OnnxNode } from './onnx-node.ts';
import type { Constant } from './onnx-tensor.ts';
import {
  type Activation,
  broadcast,
  channelsFirst,
  type Expression,
  isSameOrder,
  sameOrder,
  type Value,
} from './onnx-value.ts';

/** The layers that nodes of an ONNX graph have become, and their outputs as tensors of that graph. */
export class LayerGraph {
  readonly builder: NetworkBuilder;

  constructor(builder: NetworkBuilder) {
    this.builder = builder;
  }

  /** An input that is the output of a layer. */
  input(node: OnnxNode, index = 0): Activation {
    const value = node.inputs[index];
    if (value?.kind === 'expression') return this.#settle(value);
    if (value?.kind !== 'activation') throw new Blocker(`has an input ${index + 1} that is constant`);
    return value;
  }

  /** The result at the end of a graph. */
  settle(value: Value): Value {
    return value.kind === 'expression' ? this.#settle(value) : value;
  }

  /** Appends a layer that keeps the shape. */
  append(value: Activation, layer: LayerFunction, weights: Float32Array[] = []): Activation {
    return { ...value, layer: this.builder.add(layer, [value.layer], weights) };
  }

  /** The shape of an input without the batch dimension. */
  dims(node: OnnxNode): readonly number[] {
    return this.expression(node.inputs[0]).base.dims;
  }

  /** The same elements with another shape. */
  reshaped(node: OnnxNode, dims: readonly number[]): Value {
    return this.reordered(node, (value) => ({ ...value, dims }));
  }

  /** The same elements in another order. Part of a formula remains one. */
  reordered(node: OnnxNode, reorder: (value: Activation) => Activation): Value {
    const expression = this.expression(node.inputs[0]);
    const base = reorder(expression.base);
    return node.inputs[0]?.kind === 'expression' ? { ...expression, base } : base;
  }

  /** A value as a formula. */
  expression(value: Value | null | undefined): Expression {
    if (value?.kind === 'expression') return value;
    if (value?.kind !== 'activation') throw new Blocker('has an input that is constant');
    return { kind: 'expression', base: value, compute: (x) => x };
  }

  /** Multiplies and adds constants that may differ between channels. */
  affine(value: Activation, scale: Constant | null, offset: Constant | null): Activation {
    const { input, channels } = this.perChannel(value, [
      scale ?? { dims: [], data: [1] },
      offset ?? { dims: [], data: [0] },
    ]);
    return { ...input, layer: this.builder.addAffine(input.layer, channels[0]!, channels[1]!) };
  }

  /**
   * Constants that are broadcast to an activation, for each channel of the layer's output. Flattens the layer's output first
   * if the constants differ between places of an image.
   */
  perChannel(
    value: Activation,
    constants: readonly Pick<Constant, 'dims' | 'data'>[],
  ): { input: Activation; channels: Float64Array[] } {
    const attempt = (input: Activation): Float64Array[] | null => {
      const width = this.builder.shape(input.layer).at(-1)!;
      const channels = constants.map(({ dims, data }) => {
        const from = broadcast(dims, [1, ...input.dims]);
        if (!from) throw new Blocker(`combines [${input.dims}] with constants of the shape [${dims}]`);
        const values = new Float64Array(width).fill(Number.NaN);
        const isChannel = input.order.every((place, index) => {
          const channel = place % width;
          const constant = data[from(index)]!;
          if (Number.isNaN(values[channel])) values[channel] = constant;
          return values[channel] === constant;
        });
        return isChannel ? values : null;
      });
      return channels.includes(null) ? null : (channels as Float64Array[]);
    };
    const found = attempt(value);
    if (found) return { input: value, channels: found };
    const input = value.dims.length === 1 ? this.flat(value) : this.asImage(value);
    const channels = attempt(input);
    if (!channels) throw new Blocker('has constants that differ between places of an image');
    return { input, channels };
  }

  /** An activation whose layer's output is flat. */
  flat(value: Activation): Activation {
    if (this.builder.shape(value.layer).length === 1) return value;
    return { ...value, layer: this.builder.add({ type: 'flatten' }, [value.layer]) };
  }

  /** An activation of an image whose layer's output has its shape, reshaped if only that is different. */
  asImage(value: Activation): Activation {
    const { layer, dims, order } = value;
    if (dims.length !== 3 || this.layout(value) !== 'other') return value;
    const [a, b, c] = dims as [number, number, number];
    if (isSameOrder(order, channelsFirst(b, c, a))) {
      return { ...value, layer: this.builder.add({ type: 'reshape', shape: [b, c, a] }, [layer]) };
    }
    if (!isSameOrder(order, sameOrder(order.length))) return value;
    return { ...value, layer: this.builder.add({ type: 'reshape', shape: [a, b, c] }, [layer]) };
  }

  /** How the axes of an activation are those of the layer's output. */
  layout({ layer, dims, order }: Activation): 'chw' | 'hwc' | 'other' {
    const shape = this.builder.shape(layer);
    if (shape.length !== 3 || dims.length !== 3) return 'other';
    const [height, width, channels] = shape;
    if (
      dims.join() === [channels, height, width].join() &&
      isSameOrder(order, channelsFirst(height, width, channels))
    ) {
      return 'chw';
    }
    return dims.join() === shape.join() && isSameOrder(order, sameOrder(order.length)) ? 'hwc' : 'other';
  }

  /** The layer whose output is an input of [channels, height, width], reshaped if necessary. */
  image(node: OnnxNode): { layer: number; shape: Extract<Shape, readonly [number, number, number]> } {
    const { layer, dims, order } = this.input(node);
    if (dims.length !== 3) throw new Blocker(`takes an image but gets [${dims}]`);
    const [channels, height, width] = dims as [number, number, number];
    if (!isSameOrder(order, channelsFirst(height, width, channels))) {
      throw new Blocker('takes an image whose axes were mixed');
    }
    const shape = [height, width, channels] as const;
    const isThatShape = this.builder.shape(layer).join() === shape.join();
    return { layer: isThatShape ? layer : this.builder.add({ type: 'reshape', shape }, [layer]), shape };
  }

  /** A layer's output of [height, width, channels] as [channels, height, width]. */
  imageValue(layer: number): Activation {
    const [height, width, channels] = this.builder.shape(layer) as [number, number, number];
    return {
      kind: 'activation',
      layer,
      dims: [channels, height, width],
      order: channelsFirst(height, width, channels),
    };
  }

  /** A layer's output as it is. */
  channelsLast(layer: number): Activation {
    const shape = this.builder.shape(layer);
    return { kind: 'activation', layer, dims: [...shape], order: sameOrder(elements(shape)) };
  }

  /** Appends the layer that computes an expression. */
  #settle({ base, compute, node }: Expression): Activation {
    const known = recognizeFunction(compute);
    if (!known) throw new Blocker('ends a formula that is not supported', node);
    if (known.type !== 'affine') return this.append(base, known);
    if (known.scale === 1 && known.offset === 0) return base;
    return { ...base, layer: this.builder.addAffine(base.layer, known.scale, known.offset) };
  }
}
