import { dropoutThreshold } from '../dropout-mask.ts';
import { type BnReluStep, bnReluShape, type DropoutStep, type InputTensor } from './execution-plan.ts';
import { type KernelProgram, type View, viewFields } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import { spatialDropoutOperation } from './layer-step.ts';
import type { ParameterBlock } from './parameter-block.ts';
import type { BatchNormParameters } from './parameters.ts';

/** Converts an image's bytes to floats. */
export function inputOperation(program: KernelProgram, tensor: InputTensor, bytes: number, to: View): number {
  return program.operation(
    k.CODE_INPUT,
    {
      [k.INPUT_FROM]: bytes,
      ...viewFields(k.INPUT_TO, to),
      [k.INPUT_HEIGHT]: tensor.height,
      [k.INPUT_WIDTH]: tensor.width,
      [k.INPUT_CHANNELS]: tensor.channels,
      [k.INPUT_PADDED_CHANNELS]: tensor.padded,
      [k.INPUT_BORDER]: tensor.border,
    },
    { [k.INPUT_SCALE]: tensor.scale, [k.INPUT_OFFSET]: tensor.offset },
  );
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
  if (step.spatial) return spatialDropoutOperation(program, step, values);
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

/** An operation with its own chunks instead of chunks of images. */
export interface ChunkedOperation {
  operation: number;
  chunks: number;
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
