import type { LinearStep } from './execution-plan.ts';
import { type KernelProgram, tensorBytes, type View, viewFields } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import { viewFrom } from './linear-operations.ts';
import type { LinearParameters } from './parameters.ts';

/** Zero pixels on each side of the input that a fused convolution reads: 0 or 1. */
export function fusedMargin({ convolution }: LinearStep): number {
  return convolution!.top;
}

/** Buffers of a convolution fused with ReLU and max pooling. */
export interface ConvPoolBuffers {
  from: View;
  /** The pooled output (forward) or its gradient (backward). */
  to: View;
  /** Address of the argmax (see BN_RELU_ARGMAX), or 0 to keep none. */
  argmax: number;
}

/** Forward pass of a `conv1` step. */
export function conv1ForwardOperation(
  program: KernelProgram,
  linear: LinearParameters,
  buffers: ConvPoolBuffers,
): number {
  const { bnRelu } = linear.step.fusedPool!;
  return program.operation(k.CODE_CONV1_FORWARD, {
    ...conv1Fields(linear, buffers),
    [k.CONV1_BIAS]: linear.step.useBias ? biasOf(linear) : 0,
    [k.CONV1_RELU]: bnRelu.relu ? 1 : 0,
    [k.CONV1_BORDER]: bnRelu.to.border,
  });
}

/** Backward pass of a `conv1` step: the gradients of its weights. */
export function conv1WeightGradientOperation(
  program: KernelProgram,
  linear: LinearParameters,
  buffers: ConvPoolBuffers,
  gradients: number,
): number {
  const { height, width } = linear.step.fusedPool!.bnRelu.to;
  return program.operation(k.CODE_CONV1_WEIGHT_GRADIENT, {
    ...conv1Fields(linear, buffers),
    [k.CONV1_BIAS]: linear.step.useBias ? 1 : 0,
    [k.CONV1_GRADIENTS]: gradients,
    [k.CONV1_GROUP_STRIDE]: linear.block.count * 4,
    [k.CONV1_WINDOWS]: program.workspace(height * width * 9 * 16),
  });
}

function conv1Fields({ step, block }: LinearParameters, { from, to, argmax }: ConvPoolBuffers) {
  const pooled = step.fusedPool!.bnRelu.to;
  return {
    ...viewFields(k.CONV1_FROM, viewFrom(from, step.from, -fusedMargin(step), -fusedMargin(step))),
    ...viewFields(k.CONV1_TO, to),
    [k.CONV1_HEIGHT]: pooled.height,
    [k.CONV1_WIDTH]: pooled.width,
    [k.CONV1_FILTERS]: pooled.padded,
    [k.CONV1_ARGMAX]: argmax,
    [k.CONV1_WEIGHTS]: block.weights,
  };
}

/**
 * Backward pass of a `sparse` step: the gradients of its weights and, unless `inputGradient` is null, of its input,
 * with the border that the step reads.
 */
export function convPoolBackwardOperation(
  program: KernelProgram,
  { step, block }: LinearParameters,
  { from, to, argmax }: ConvPoolBuffers,
  gradients: number,
  inputGradient: View | null,
): number {
  const pooled = step.fusedPool!.bnRelu.to;
  const border = fusedMargin(step);
  const bytes = tensorBytes(step.from, border);
  return program.operation(k.CODE_CONV_POOL_BACKWARD, {
    ...viewFields(k.CONV_POOL_FROM, viewFrom(from, step.from, -border, -border)),
    ...viewFields(k.CONV_POOL_GRADIENT, to),
    ...(inputGradient && viewFields(k.CONV_POOL_TO, viewFrom(inputGradient, step.from, -border, -border))),
    [k.CONV_POOL_HEIGHT]: pooled.height,
    [k.CONV_POOL_WIDTH]: pooled.width,
    [k.CONV_POOL_CHANNELS]: step.from.padded,
    [k.CONV_POOL_FILTERS]: pooled.padded,
    [k.CONV_POOL_ARGMAX]: argmax,
    [k.CONV_POOL_WEIGHTS]: block.weights,
    [k.CONV_POOL_GRADIENTS]: gradients,
    [k.CONV_POOL_GROUP_STRIDE]: block.count * 4,
    [k.CONV_POOL_BIAS]: step.useBias ? 1 : 0,
    [k.CONV_POOL_LISTS]: program.workspace(Math.max(32 + 5 * pooled.padded * 8, pooled.height * pooled.width * 8 + 8)),
    [k.CONV_POOL_CLEAR_BYTES]: inputGradient ? bytes.image : 0,
  });
}

function biasOf({ block, taps, channels, step }: LinearParameters): number {
  return block.weights + taps * channels * step.to.padded * 4;
}
