import type { Layer } from '../../model/layer.ts';
import type { Network } from '../../model/network.ts';
import { checkedShapes, unsupportedLayer } from '../checks.ts';
import { roundUp } from './engine-memory.ts';
import { COLUMNS } from './kernels/layout.ts';

/** Activations between two steps: for each image [height, width, padded channels], in a border of zero pixels. */
export interface Tensor {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Channels in memory: a multiple of 16, padded with zeros. An input image that a linear step reads is not padded. */
  readonly padded: number;
  /** Zero pixels on each side, which a convolution with padding reads. */
  border: number;
  /** Whether one more row and pixel of zeros follow the last: Winograd's tiles read them if the size is odd. */
  slack: boolean;
}

/** A 3x3 convolution or dense layer. In all steps `index` is that of the layer in the network. */
export interface LinearStep {
  readonly kind: 'linear';
  readonly index: number;
  readonly convolution: boolean;
  /** Whether the convolution has padding. */
  readonly same: boolean;
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

/** Batch norm, ReLU and max pooling, each of them optional, in one pass. */
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

export interface DropoutStep {
  readonly kind: 'dropout';
  readonly index: number;
  readonly rate: number;
  readonly tensor: Tensor;
}

/** Height, width and padded channels as a batch norm, ReLU and pooling step sees them. */
export function bnReluShape({ flat, from }: BnReluStep): { height: number; width: number; padded: number } {
  const { height, width, padded } = from;
  return flat ? { height: 1, width: 1, padded: height * width * padded } : { height, width, padded };
}

export type Step = LinearStep | BnReluStep | DropoutStep;

/** The steps that the kernels take to run a network. */
export interface ExecutionPlan {
  readonly input: Tensor;
  readonly output: Tensor;
  /** Each convolution is followed by a `BnReluStep`, which may be empty. */
  readonly steps: readonly Step[];
}

/** Fuses the layers of a network into steps. Throws an `EmnistError` for networks that the engine cannot run. */
export function planExecution(network: Network): ExecutionPlan {
  const shapes = checkedShapes(network);
  const [height, width, channels] = network.input;
  const first = network.layers.find(({ type }) => type !== 'flatten')?.type;
  const direct = first === 'conv2d' || first === 'dense';
  const input: Tensor = {
    height,
    width,
    channels,
    padded: direct ? channels : roundUp(channels, COLUMNS),
    border: 0,
    slack: false,
  };
  const steps: Step[] = [];
  let tensor = input;
  let flat = false;

  const bnRelu = (fits: (step: BnReluStep) => boolean): BnReluStep => {
    const last = steps.at(-1);
    if (last?.kind === 'bnRelu' && fits(last)) return last;
    const step: BnReluStep = {
      kind: 'bnRelu',
      batchNorm: null,
      relu: false,
      pool: false,
      flat,
      from: tensor,
      to: { ...tensor, border: 0, slack: false },
    };
    steps.push(step);
    tensor = step.to;
    return step;
  };

  network.layers.forEach((layer, index) => {
    switch (layer.type) {
      case 'conv2d':
      case 'dense': {
        const linear = linearStep(layer, index, tensor, shapes[index]!);
        steps.push(linear);
        tensor = linear.to;
        flat = false;
        if (layer.type === 'conv2d') bnRelu(() => false);
        break;
      }
      case 'batchNorm':
        bnRelu((step) => !step.batchNorm && !step.relu && !step.pool && step.flat === flat).batchNorm = {
          ...layer,
          index,
        };
        break;
      case 'relu':
        // ReLU and max pooling commute.
        bnRelu(() => true).relu = true;
        break;
      case 'maxPool': {
        const step = bnRelu((last) => !last.pool);
        step.pool = true;
        step.to = { ...step.to, height: step.from.height >> 1, width: step.from.width >> 1 };
        tensor = step.to;
        break;
      }
      case 'dropout':
        if (steps.length === 0) bnRelu(() => false);
        if (layer.rate > 0) steps.push({ kind: 'dropout', index, rate: layer.rate, tensor });
        break;
      case 'flatten':
        flat = tensor.height * tensor.width > 1;
        break;
      default:
        throw unsupportedLayer(layer.type);
    }
  });
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'linear') step.fusedPool = fusedPool(step, steps[index + 1]);
  }
  return { input, output: tensor, steps };
}

function fusedPool({ convolution, from }: LinearStep, next: Step | undefined): FusedPool | null {
  if (!convolution || next?.kind !== 'bnRelu' || !next.pool || next.batchNorm) return null;
  if (from.padded === 1) return { kind: 'conv1', bnRelu: next };
  return from.padded % COLUMNS === 0 ? { kind: 'sparse', bnRelu: next } : null;
}

function linearStep(
  layer: Extract<Layer, { type: 'conv2d' | 'dense' }>,
  index: number,
  from: Tensor,
  shape: readonly number[],
): LinearStep {
  const convolution = layer.type === 'conv2d';
  const same = convolution && layer.padding === 'same';
  if (same) from.border = 1;
  if (convolution) from.slack = ((from.height | from.width) & 1) === 1;
  const [height, width] = convolution ? (shape as [number, number]) : [1, 1];
  const channels = shape.at(-1)!;
  const to: Tensor = { height, width, channels, padded: roundUp(channels, COLUMNS), border: 0, slack: false };
  return { kind: 'linear', index, convolution, same, useBias: layer.useBias, from, to, fusedPool: null };
}
