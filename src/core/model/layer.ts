/** Height and width, of a window or a stride. */
export type Size = readonly [height: number, width: number];

/** `same`: the output has ceil(size / stride) rows and columns; as in Keras, more zeros follow than precede if they are odd. */
export type Padding = 'valid' | 'same';

/** The windows of a convolution or of pooling. */
export interface Windows {
  readonly stride: Size;
  readonly padding: Padding;
}

/** Activations of one image, channels last, without the batch dimension. */
export type Shape = readonly [height: number, width: number, channels: number] | readonly [units: number];

/** What a layer computes. Names and formulas are Keras'. */
export type LayerFunction =
  | ({ type: 'conv2d'; filters: number; kernel: Size; useBias: boolean } & Windows)
  /** `multiplier` outputs for each channel; output channel c * multiplier + m is of input channel c. */
  | ({ type: 'depthwiseConv2d'; multiplier: number; kernel: Size; useBias: boolean } & Windows)
  | { type: 'dense'; units: number; useBias: boolean }
  | { type: 'batchNorm'; momentum: number; epsilon: number }
  | { type: 'relu' }
  /** x if x > 0, else slope * x. */
  | { type: 'leakyRelu'; slope: number }
  /** x if x > 0, else alpha * (exp(x) - 1). */
  | { type: 'elu'; alpha: number }
  /** x * Phi(x) (Hendrycks & Gimpel 2016); `approximate`: with tanh instead of the error function. */
  | { type: 'gelu'; approximate: boolean }
  | { type: 'sigmoid' }
  | { type: 'tanh' }
  /** Over the last axis. The softmax after the last layer of a network is implied and not one of its layers. */
  | { type: 'softmax' }
  /** The padding of `same` counts as minus infinity for maxima, and not at all for averages. */
  | ({ type: 'maxPool'; size: Size } & Windows)
  | ({ type: 'averagePool'; size: Size } & Windows)
  /** [height, width, channels] to [channels]. */
  | { type: 'globalMaxPool' }
  | { type: 'globalAveragePool' }
  | { type: 'dropout'; rate: number }
  /** Drops whole channels of an image. */
  | { type: 'spatialDropout'; rate: number }
  | { type: 'flatten' }
  | { type: 'reshape'; shape: Shape }
  | { type: 'zeroPadding'; top: number; bottom: number; left: number; right: number }
  /** x * scale + offset */
  | { type: 'rescaling'; scale: number; offset: number }
  /** The sum of inputs of the same shape. */
  | { type: 'add' }
  /** The channels of all inputs, which have the same height and width. */
  | { type: 'concatenate' };

/** Functions of each value on its own. */
export const ACTIVATIONS = [
  'relu',
  'leakyRelu',
  'elu',
  'gelu',
  'sigmoid',
  'tanh',
] as const satisfies readonly LayerType[];

export type LayerType = LayerFunction['type'];

/**
 * One layer of a network. `inputs`: the indices of the layers whose outputs it takes, all of them before it; -1 is the network's
 * input. Without it, the layer takes the output of the layer before it.
 */
export type Layer = LayerFunction & { readonly inputs?: readonly number[] };

/** The zeros before and after `size` rows or columns, for windows of `window` values. */
export function paddingOf(
  padding: Padding,
  size: number,
  window: number,
  stride: number,
): readonly [before: number, after: number] {
  if (padding === 'valid') return [0, 0];
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0);
  return [total >> 1, total - (total >> 1)];
}

/** The number of windows along rows or columns. */
export function windowCount(padding: Padding, size: number, window: number, stride: number): number {
  return padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - window) / stride) + 1;
}
