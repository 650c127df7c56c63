import type { Shape } from '../layer.ts';
import { elements } from '../network.ts';

/** The output of a layer, as Keras sees it and as the network has it. */
export interface Tensor {
  /** The index of the network's layer; -1 is the input. */
  readonly layer: number;
  /** Its shape in the network. That of a flat input is still the image's. */
  readonly shape: Shape;
  /**
   * What Keras sees: an image with its channels `last` or `first`, an image without channels in `rows` and columns, or a
   * `flat` list.
   */
  readonly kind: 'last' | 'first' | 'rows' | 'flat';
  /**
   * The order of a flat list in Keras if it is not the network's, because channels come first there: element i is the network's
   * element `order[i]`.
   */
  readonly order: Uint32Array | null;
}

/** The shape in Keras, without the batch dimension. */
export function kerasShape({ kind, shape }: Tensor): readonly number[] {
  if (kind === 'flat') return [elements(shape)];
  const [height, width, channels] = shape as readonly [number, number, number];
  if (kind === 'rows') return [height, width];
  return kind === 'first' ? [channels, height, width] : [height, width, channels];
}

/** The order of [channels, height, width] if it is flattened as it is; null if it is that of [height, width, channels]. */
export function channelsFirstOrder(shape: Shape): Uint32Array | null {
  const [height, width, channels] = shape as readonly [number, number, number];
  const area = height * width;
  if (area === 1 || channels === 1) return null;
  return Uint32Array.from({ length: area * channels }, (_, index) => {
    return (index % area) * channels + Math.floor(index / area);
  });
}
