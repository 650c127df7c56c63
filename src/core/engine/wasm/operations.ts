import { dropoutThreshold } from '../dropout-mask.ts';
import { type BnReluStep, bnReluShape, type DropoutStep, type LinearStep, type Tensor } from './execution-plan.ts';
import { type Fields, type KernelProgram, type View, viewFields } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import type { BatchNormParameters, LinearParameters, ParameterBlock } from './parameters.ts';

/** Converts an image's bytes to floats. */
export function inputOperation(
  program: KernelProgram,
  tensor: Tensor,
  bytes: number,
  to: View,
  channels: number,
): number {
  return program.operation(k.CODE_INPUT, {
    [k.INPUT_FROM]: bytes,
    ...viewFields(k.INPUT_TO, to),
    [k.INPUT_HEIGHT]: tensor.height,
    [k.INPUT_WIDTH]: tensor.width,
    [k.INPUT_CHANNELS]: channels,
    [k.INPUT_PADDED_CHANNELS]: tensor.padded,
    [k.INPUT_BORDER]: tensor.border,
  });
}

/**
 * A view that starts at the first value of the first 3x3 patch, for a convolution that reads `border` pixels outside.
 */
export function patches(view: View, tensor: Tensor, border: number): View {
  return { ...view, base: view.base - border * (view.row + tensor.padded * 4) };
}

/** The contiguous runs of values in a patch: three in a 3x3 patch, one in the input of a dense layer. */
function runsOf(step: LinearStep, tensor: Tensor): { runs: number; run: number } {
  if (step.convolution) return { runs: 3, run: 3 * tensor.padded };
  return { runs: 1, run: tensor.height * tensor.width * tensor.padded };
}

/** Whether the step uses Winograd's algorithm. An input image does not, since its channels are not padded. */
export function isWinograd({ convolution, from }: LinearStep): boolean {
  return convolution && from.padded % k.COLUMNS === 0;
}

function gemmCode(step: LinearStep): number {
  return isWinograd(step) ? k.CODE_WINOGRAD : k.CODE_GEMM;
}

function winogradFields(program: KernelProgram, step: LinearStep, from: Tensor, to: Tensor): Fields {
  if (!isWinograd(step)) return {};
  const place = 16 * k.WINOGRAD_BLOCK * 4;
  const workspace = program.workspace(place * (from.padded + to.padded));
  return { [k.WINOGRAD_INPUTS]: workspace, [k.WINOGRAD_PRODUCTS]: workspace + place * from.padded };
}

/** Size of a linear step's packed weights in bytes. */
export function packedBytes({ step, taps, channels, columns }: LinearParameters): number {
  return (isWinograd(step) ? 16 : taps) * channels * columns * 4;
}

/** Forward pass: the step's output from its input. `packed`: address of the weights from `packForward`. */
export function linearForwardOperation(
  program: KernelProgram,
  { step, block, taps, channels }: LinearParameters,
  packed: number,
  from: View,
  to: View,
): number {
  const { runs, run } = runsOf(step, step.from);
  return program.operation(gemmCode(step), {
    ...winogradFields(program, step, step.from, step.to),
    ...viewFields(k.GEMM_FROM, patches(from, step.from, step.same ? 1 : 0)),
    ...viewFields(k.GEMM_TO, to),
    // If the size is odd, pooling drops the last row and column.
    [k.GEMM_HEIGHT]: step.fusedPool ? step.to.height & ~1 : step.to.height,
    [k.GEMM_WIDTH]: step.fusedPool ? step.to.width & ~1 : step.to.width,
    [k.GEMM_FROM_PIXEL]: step.from.padded * 4,
    [k.GEMM_TO_PIXEL]: step.to.padded * 4,
    [k.GEMM_WEIGHTS]: packed,
    [k.GEMM_BIAS]: step.useBias ? block.weights + taps * channels * step.to.padded * 4 : 0,
    [k.GEMM_RUNS]: runs,
    [k.GEMM_RUN_BYTES]: run * 4,
    [k.GEMM_TILES]: step.to.padded / k.COLUMNS,
  });
}

/** Zero pixels around the gradient of a convolution's output that the gradient of its input reads. */
export function gradientBorder(step: LinearStep): number {
  if (!step.convolution) return 0;
  return step.same ? 1 : 2;
}

/**
 * Backward pass: the gradient of the input, which is a convolution with flipped kernels (or a product with the
 * transposed weights of a dense layer). `packed`: address of the weights from `packBackward`.
 */
export function inputGradientOperation(
  program: KernelProgram,
  { step }: LinearParameters,
  packed: number,
  gradient: View,
  to: View,
): number {
  const { runs, run } = runsOf(step, step.to);
  const columns = step.convolution ? step.from.padded : step.from.height * step.from.width * step.from.padded;
  return program.operation(gemmCode(step), {
    ...winogradFields(program, step, step.to, step.from),
    ...viewFields(k.GEMM_FROM, patches(gradient, step.to, gradientBorder(step))),
    ...viewFields(k.GEMM_TO, to),
    [k.GEMM_HEIGHT]: step.convolution ? step.from.height : 1,
    [k.GEMM_WIDTH]: step.convolution ? step.from.width : 1,
    [k.GEMM_FROM_PIXEL]: step.to.padded * 4,
    [k.GEMM_TO_PIXEL]: step.from.padded * 4,
    [k.GEMM_WEIGHTS]: packed,
    [k.GEMM_RUNS]: runs,
    [k.GEMM_RUN_BYTES]: run * 4,
    [k.GEMM_TILES]: columns / k.COLUMNS,
  });
}

/** Backward pass: for each chunk of images, the gradients of the transformed weights; see `winogradUnpackOperation`. */
export function winogradWeightGradientOperation(
  program: KernelProgram,
  { step }: LinearParameters,
  from: View,
  gradient: View,
  to: number,
): number {
  return program.operation(k.CODE_WINOGRAD_WEIGHT_GRADIENT, {
    ...winogradFields(program, step, step.from, step.to),
    ...viewFields(k.GEMM_FROM, patches(from, step.from, step.same ? 1 : 0)),
    [k.GEMM_HEIGHT]: step.to.height,
    [k.GEMM_WIDTH]: step.to.width,
    [k.GEMM_FROM_PIXEL]: step.from.padded * 4,
    ...viewFields(k.WINOGRAD_GRADIENT, gradient),
    [k.WINOGRAD_GRADIENT_PIXEL]: step.to.padded * 4,
    [k.WINOGRAD_TO]: to,
    [k.WINOGRAD_GROUP_STRIDE]: gradientValues(step) * 4,
    [k.WINOGRAD_BIAS]: step.useBias ? 1 : 0,
  });
}

/** Converts the gradients of transformed weights to those of kernel and bias. */
export function winogradUnpackOperation(
  program: KernelProgram,
  { step }: LinearParameters,
  from: number,
  to: number,
): ChunkedOperation {
  const operation = program.operation(k.CODE_WINOGRAD_UNPACK, {
    [k.UNPACK_FROM]: from,
    [k.UNPACK_TO]: to,
    [k.UNPACK_CHANNELS]: step.from.padded,
    [k.UNPACK_COLUMNS]: step.to.padded,
  });
  return { operation, chunks: step.from.padded + (step.useBias ? 1 : 0) };
}

/** Number of values in a convolution's weight gradients for each chunk of images. */
export function gradientValues(step: LinearStep): number {
  const kernel = step.from.padded * step.to.padded;
  return (isWinograd(step) && !step.fusedPool ? 16 : 9) * kernel + (step.useBias ? step.to.padded : 0);
}

/** Backward pass: for each chunk of images, the gradients of kernel and bias. */
export function weightGradientOperation(
  program: KernelProgram,
  { step, block }: LinearParameters,
  from: View,
  gradient: View,
  to: number,
): number {
  const { runs, run } = runsOf(step, step.from);
  return program.operation(k.CODE_WEIGHT_GRADIENT, {
    ...viewFields(k.WGRAD_FROM, patches(from, step.from, step.same ? 1 : 0)),
    ...viewFields(k.WGRAD_GRADIENT, gradient),
    [k.WGRAD_HEIGHT]: step.to.height,
    [k.WGRAD_WIDTH]: step.to.width,
    [k.WGRAD_FROM_PIXEL]: step.convolution ? step.from.padded * 4 : from.image,
    [k.WGRAD_GRADIENT_PIXEL]: step.convolution ? step.to.padded * 4 : gradient.image,
    [k.WGRAD_RUNS]: runs,
    [k.WGRAD_RUN]: run,
    [k.WGRAD_TILES]: step.to.padded / k.COLUMNS,
    [k.WGRAD_TO]: to,
    [k.WGRAD_GROUP_STRIDE]: block.count * 4,
    [k.WGRAD_BIAS]: step.useBias ? 1 : 0,
    [k.WGRAD_FLAT]: step.convolution ? 0 : 1,
  });
}

export interface BnReluBuffers {
  from: View;
  /** Output, or its gradient. */
  to?: View;
  /** Gradient of the input. */
  gradient?: View;
  border?: number;
  /** Address of the vectors of the batch norm. */
  vectors: number;
  partials?: number;
  /** Address of the argmax. */
  argmax?: number;
}

/** A pass over a step of batch norm, ReLU and pooling; `code` says which. */
export function bnReluOperation(
  program: KernelProgram,
  code: number,
  step: BnReluStep,
  buffers: BnReluBuffers,
): number {
  const { height, width, padded } = bnReluShape(step);
  return program.operation(code, {
    ...viewFields(k.BN_RELU_FROM, buffers.from),
    ...(buffers.to && viewFields(k.BN_RELU_TO, buffers.to)),
    ...(buffers.gradient && viewFields(k.BN_RELU_GRADIENT, buffers.gradient)),
    [k.BN_RELU_HEIGHT]: height,
    [k.BN_RELU_WIDTH]: width,
    [k.BN_RELU_CHANNELS]: padded,
    [k.BN_RELU_HAS_RELU]: step.relu ? 1 : 0,
    [k.BN_RELU_HAS_POOL]: step.pool ? 1 : 0,
    [k.BN_RELU_VECTORS]: step.batchNorm ? buffers.vectors : 0,
    [k.BN_RELU_BORDER]: buffers.border ?? 0,
    [k.BN_RELU_PARTIALS]: buffers.partials ?? 0,
    [k.BN_RELU_ARGMAX]: buffers.argmax ?? 0,
  });
}

/** A pass over the channels of a batch norm; `code` says which. */
export function batchNormOperation(
  program: KernelProgram,
  code: number,
  { step, block, movingMean, movingVariance }: BatchNormParameters,
  vectors: number,
  { partials = 0, imagesPerChunk = 0, gradients = 0 } = {},
): number {
  const { padded, height, width } = bnReluShape(step);
  return program.operation(
    code,
    {
      [k.BATCH_NORM_VECTORS_AT]: vectors,
      [k.BATCH_NORM_CHANNELS]: padded,
      [k.BATCH_NORM_GAMMA]: block.weights,
      [k.BATCH_NORM_BETA]: block.weights + padded * 4,
      [k.BATCH_NORM_MOVING_MEAN]: movingMean,
      [k.BATCH_NORM_MOVING_VARIANCE]: movingVariance,
      [k.BATCH_NORM_PARTIALS]: partials,
      [k.BATCH_NORM_GROUP_IMAGES]: imagesPerChunk,
      [k.BATCH_NORM_PIXELS]: height * width,
      [k.BATCH_NORM_GRADIENT_GAMMA]: gradients,
      [k.BATCH_NORM_GRADIENT_BETA]: gradients + padded * 4,
    },
    { [k.BATCH_NORM_MOMENTUM]: step.batchNorm!.momentum, [k.BATCH_NORM_EPSILON]: step.batchNorm!.epsilon },
  );
}

/** Applies dropout to values or gradients. The seed of the mask is set before each training step. */
export function dropoutOperation(program: KernelProgram, step: DropoutStep, values: View): number {
  const { height, width, channels, padded } = step.tensor;
  return program.operation(
    k.CODE_DROPOUT,
    {
      ...viewFields(k.DROPOUT_VALUES, values),
      [k.DROPOUT_HEIGHT]: height,
      [k.DROPOUT_WIDTH]: width,
      [k.DROPOUT_CHANNELS]: channels,
      [k.DROPOUT_PADDED_CHANNELS]: padded,
      [k.DROPOUT_THRESHOLD]: dropoutThreshold(step.rate),
    },
    { [k.DROPOUT_SCALE]: 1 / (1 - step.rate) },
  );
}

function packCode(step: LinearStep): number {
  return isWinograd(step) ? k.CODE_WINOGRAD_PACK : k.CODE_PACK;
}

/** An operation with its own chunks instead of chunks of images. */
export interface ChunkedOperation {
  operation: number;
  chunks: number;
}

/** Packs the weights for the forward pass, where columns are output channels. */
export function packForward(program: KernelProgram, linear: LinearParameters, to: number): ChunkedOperation {
  const { step, block, taps, channels, columns, transposed } = linear;
  const operation = program.operation(packCode(step), {
    [k.PACK_TILES]: columns / k.COLUMNS,
    [k.PACK_FROM]: block.weights,
    [k.PACK_TO]: to,
    [k.PACK_TAPS]: taps,
    [k.PACK_CHANNELS]: channels,
    [k.PACK_TAP_STRIDE]: channels * (transposed ? 4 : columns * 4),
    [k.PACK_CHANNEL_STRIDE]: transposed ? 4 : columns * 4,
    [k.PACK_COLUMN_STRIDE]: transposed ? taps * channels * 4 : 4,
  });
  return { operation, chunks: columns / k.COLUMNS };
}

/** Packs the weights for the gradient of the input, where columns are input channels and taps are in reverse order. */
export function packBackward(
  program: KernelProgram,
  { step, block, taps, channels, columns }: LinearParameters,
  to: number,
): ChunkedOperation {
  const tapBytes = channels * columns * 4;
  const shared = {
    [k.PACK_TO]: to,
    [k.PACK_CHANNELS]: columns,
    [k.PACK_CHANNEL_STRIDE]: 4,
    [k.PACK_COLUMN_STRIDE]: columns * 4,
  };
  if (step.convolution) {
    const operation = program.operation(packCode(step), {
      ...shared,
      [k.PACK_TILES]: channels / k.COLUMNS,
      [k.PACK_FROM]: block.weights + (taps - 1) * tapBytes,
      [k.PACK_TAPS]: taps,
      [k.PACK_TAP_STRIDE]: -tapBytes,
    });
    return { operation, chunks: channels / k.COLUMNS };
  }
  const operation = program.operation(k.CODE_PACK, { ...shared, [k.PACK_FROM]: block.weights, [k.PACK_TAPS]: 1 });
  return { operation, chunks: (taps * channels) / k.COLUMNS };
}

/** Values in a chunk of the operations below. */
const VALUES_PER_CHUNK = 4096;

/** Adds the results of all chunks of images, `count` values each, to those of the first. */
export function reduceOperation(
  program: KernelProgram,
  values: number,
  count: number,
  imagesPerChunk: number,
): ChunkedOperation {
  const operation = program.operation(k.CODE_REDUCE, {
    [k.REDUCE_VALUES]: values,
    [k.REDUCE_GROUP_STRIDE]: count * 4,
    [k.REDUCE_GROUP_IMAGES]: imagesPerChunk,
    [k.REDUCE_COUNT]: count,
    [k.REDUCE_CHUNK]: VALUES_PER_CHUNK,
  });
  return { operation, chunks: Math.ceil(count / VALUES_PER_CHUNK) };
}

/** An optimizer step on a block. `step`: address of the step's hyperparameters. */
export function updateOperation(
  program: KernelProgram,
  block: ParameterBlock,
  gradients: number,
  step: number,
): ChunkedOperation {
  const operation = program.operation(k.CODE_UPDATE, {
    [k.UPDATE_WEIGHTS]: block.weights,
    [k.UPDATE_GRADIENTS]: gradients,
    [k.UPDATE_STATE]: block.state,
    [k.UPDATE_STATE_2]: block.state2,
    [k.UPDATE_COUNT]: block.count,
    [k.UPDATE_STEP]: step,
    [k.UPDATE_DECAYING]: block.decaying,
    [k.UPDATE_CHUNK]: VALUES_PER_CHUNK,
  });
  return { operation, chunks: Math.ceil(block.count / VALUES_PER_CHUNK) };
}
