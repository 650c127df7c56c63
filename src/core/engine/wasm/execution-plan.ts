import type { Layer } from '../../model/layer.ts';
import type { Convolution } from './convolution.ts';

/** Activations between two steps: for each image [height, width, padded channels], in a border of zero pixels. */
export interface Tensor {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Channels in memory: a multiple of 16, padded with zeros. An input image that linear steps read is not padded. */
  readonly padded: number;
  /** Zero pixels on each side, which a convolution with padding reads. */
  border: number;
  /** Whether one more row and pixel of zeros follow the last: Winograd's tiles read them if the size is odd. */
  slack: boolean;
}

/** A convolution or dense layer. In all steps `index` is that of the layer in the network. */
export interface LinearStep {
  readonly kind: 'linear';
  readonly index: number;
  /** Null: a dense layer, whose input is flattened. */
  readonly convolution: Convolution | null;
  readonly useBias: boolean;
  readonly from: Tensor;
  readonly to: Tensor;
  /** The ReLU and max pooling that follow, if the convolution is fused with them. */
  fusedPool: FusedPool | null;
}

/**
 * ReLU and max pooling fused with the convolution before them. `conv1`: the first convolution, of an image with one
 * channel, which pools in registers. `sparse`: any other; its backward pass skips the zeros that pooling leaves.
 */
export interface FusedPool {
  readonly kind: 'conv1' | 'sparse';
  readonly bnRelu: BnReluStep;
}

/** Batch norm, ReLU and 2x2 max pooling, each of them optional, in one pass. With none of them it is a copy. */
export interface BnReluStep {
  readonly kind: 'bnRelu';
  batchNorm: { readonly index: number; readonly momentum: number; readonly epsilon: number } | null;
  relu: boolean;
  pool: boolean;
  /** After a flatten layer, where each value of each pixel is a channel. */
  readonly flat: boolean;
  readonly from: Tensor;
  to: Tensor;
}

/** Dropout in place. `spatial`: of whole channels. */
export interface DropoutStep {
  readonly kind: 'dropout';
  readonly index: number;
  readonly rate: number;
  readonly spatial: boolean;
  readonly tensor: Tensor;
}

/**
 * A layer that is a step of its own: an activation, pooling, zero padding, reshape or flatten, rescaling, add or
 * concatenate. A depthwise convolution has weights: see depthwise-operations.ts.
 *
 * All tensors have their channels padded to a multiple of 16, except those of rescaling, zero padding, reshape and
 * flatten, which may also be images without padding.
 */
export interface LayerStep {
  readonly kind: 'layer';
  /** The index of the layer in the network. */
  readonly index: number;
  readonly layer: Layer;
  /** The inputs of the layer, in order. */
  readonly from: readonly Tensor[];
  readonly to: Tensor;
  /** How the windows of a depthwise convolution lie on its input if there is a zero padding layer in between. */
  readonly convolution?: Convolution;
}

/** Height, width and padded channels as a batch norm, ReLU and pooling step sees them. */
export function bnReluShape({ flat, from }: BnReluStep): { height: number; width: number; padded: number } {
  const { height, width, padded } = from;
  return flat ? { height: 1, width: 1, padded: height * width * padded } : { height, width, padded };
}

export type Step = LinearStep | BnReluStep | DropoutStep | LayerStep;

/** The steps that the kernels take to run a network, each after those whose outputs it reads. */
export interface ExecutionPlan {
  readonly input: InputTensor;
  readonly output: Tensor;
  readonly steps: readonly Step[];
}

/** The input images. Their values, from 0 to 1, are multiplied by the scale, after which the offset is added. */
export interface InputTensor extends Tensor {
  scale: number;
  offset: number;
}

/** The tensors that a step reads, once for each of its inputs. */
export function inputsOf(step: Step): readonly Tensor[] {
  switch (step.kind) {
    case 'dropout':
      return [step.tensor];
    case 'layer':
      return step.from;
    default:
      return [step.from];
  }
}

/** The tensor that a step writes; dropout writes the one that it reads. */
export function outputOf(step: Step): Tensor {
  return step.kind === 'dropout' ? step.tensor : step.to;
}

/** Whether a step has weights that are trained. */
export function isTrained(step: Step): boolean {
  switch (step.kind) {
    case 'linear':
      return true;
    case 'bnRelu':
      return step.batchNorm !== null;
    case 'layer':
      return step.layer.type === 'depthwiseConv2d';
    case 'dropout':
      return false;
  }
}
