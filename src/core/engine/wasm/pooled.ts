import * as k from './kernels/layout.ts';
import { patches } from './operations.ts';
import type { LinearParameters } from './parameters.ts';
import { type Program, tensorBytes, type View, viewFields } from './program.ts';

/** Where a convolution with the ReLU and pooling after it has its data. */
export interface PooledBuffers {
  from: View;
  /** The pooled output (forward) or its gradient (backward). */
  to: View;
  /** Which value won, bytes; 0: nobody wants to know. */
  winners: number;
}

/** Forward of a `first` step. */
export function firstForwardOperation(program: Program, linear: LinearParameters, buffers: PooledBuffers): number {
  const { post } = linear.step.pooled!;
  return program.operation(k.CODE_FIRST_FORWARD, {
    ...firstFields(linear, buffers),
    [k.FIRST_BIAS]: linear.step.useBias ? biasOf(linear) : 0,
    [k.FIRST_RELU]: post.relu ? 1 : 0,
    [k.FIRST_BORDER]: post.to.border,
  });
}

/** Backward of a `first` step: the gradients of its weights. */
export function firstBackwardOperation(
  program: Program,
  linear: LinearParameters,
  buffers: PooledBuffers,
  gradients: number,
): number {
  const { height, width } = linear.step.pooled!.post.to;
  return program.operation(k.CODE_FIRST_BACKWARD, {
    ...firstFields(linear, buffers),
    [k.FIRST_BIAS]: linear.step.useBias ? 1 : 0,
    [k.FIRST_GRADIENTS]: gradients,
    [k.FIRST_GRADIENTS_GROUP]: linear.block.count * 4,
    [k.FIRST_WINDOWS]: program.workspace(height * width * 9 * 16),
  });
}

function firstFields({ step, block }: LinearParameters, { from, to, winners }: PooledBuffers) {
  const pooled = step.pooled!.post.to;
  return {
    ...viewFields(k.FIRST_FROM, patches(from, step.from, step.same ? 1 : 0)),
    ...viewFields(k.FIRST_TO, to),
    [k.FIRST_HEIGHT]: pooled.height,
    [k.FIRST_WIDTH]: pooled.width,
    [k.FIRST_FILTERS]: pooled.padded,
    [k.FIRST_WINNERS]: winners,
    [k.FIRST_WEIGHTS]: block.weights,
  };
}

/**
 * Backward of a `sparse` step: the gradients of its weights and, if it is given a place, of its input, which has the
 * border that the step reads.
 */
export function pooledBackwardOperation(
  program: Program,
  { step, block }: LinearParameters,
  { from, to, winners }: PooledBuffers,
  gradients: number,
  inputGradient: View | null,
): number {
  const pooled = step.pooled!.post.to;
  const border = step.same ? 1 : 0;
  const bytes = tensorBytes(step.from, border);
  return program.operation(k.CODE_POOLED_BACKWARD, {
    ...viewFields(k.POOLED_FROM, patches(from, step.from, border)),
    ...viewFields(k.POOLED_GRADIENT, to),
    ...(inputGradient && viewFields(k.POOLED_TO, patches(inputGradient, step.from, border))),
    [k.POOLED_HEIGHT]: pooled.height,
    [k.POOLED_WIDTH]: pooled.width,
    [k.POOLED_CHANNELS]: step.from.padded,
    [k.POOLED_FILTERS]: pooled.padded,
    [k.POOLED_WINNERS]: winners,
    [k.POOLED_WEIGHTS]: block.weights,
    [k.POOLED_GRADIENTS]: gradients,
    [k.POOLED_GRADIENTS_GROUP]: block.count * 4,
    [k.POOLED_BIAS]: step.useBias ? 1 : 0,
    [k.POOLED_LISTS]: program.workspace(Math.max(32 + 5 * pooled.padded * 8, pooled.height * pooled.width * 8 + 8)),
    [k.POOLED_CLEAR_BYTES]: inputGradient ? bytes.image : 0,
  });
}

function biasOf({ block, taps, channels, step }: LinearParameters): number {
  return block.weights + taps * channels * step.to.padded * 4;
}
