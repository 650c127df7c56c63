import type { Layer } from '../../model/layer.ts';
import type { LayerStep } from './execution-plan.ts';
import type { KernelProgram, View } from './kernel-program.ts';
import { viewFields } from './kernel-program.ts';
import * as l from './kernels/layer-layout.ts';
import { windowsOf } from './layer-step.ts';
import type { ParameterBlock } from './parameter-block.ts';

/** A step whose layer is a depthwise convolution. */
export type DepthwiseStep = LayerStep & { readonly layer: Extract<Layer, { type: 'depthwiseConv2d' }> };

/** Whether a step is a depthwise convolution. */
export function isDepthwise(step: LayerStep): step is DepthwiseStep {
  return step.layer.type === 'depthwiseConv2d';
}

/** A depthwise convolution and its weights, [taps, padded outputs], followed by the bias, [padded outputs]. */
export interface DepthwiseParameters {
  readonly step: DepthwiseStep;
  readonly block: ParameterBlock;
}

/** Number of values of the kernel in memory; the bias follows them. Output c * multiplier + m is column c * multiplier + m. */
export function depthwiseKernelValues({ layer, to }: DepthwiseStep): number {
  return layer.kernel[0] * layer.kernel[1] * to.padded;
}

/** Forward pass. `border`: zero pixels to write around the output. */
export function depthwiseForwardOperation(
  program: KernelProgram,
  { step, block }: DepthwiseParameters,
  { from, to, border }: { from: View; to: View; border: number },
): number {
  return program.operation(l.CODE_DEPTHWISE, {
    ...depthwiseFields(program, step, from, to, border),
    [l.DEPTHWISE_WEIGHTS]: block.weights,
    [l.DEPTHWISE_BIAS]: step.layer.useBias ? block.weights + depthwiseKernelValues(step) * 4 : 0,
  });
}

/** Backward pass: the gradient of the input, with `border` zero pixels around it. */
export function depthwiseInputGradientOperation(
  program: KernelProgram,
  { step, block }: DepthwiseParameters,
  { gradient, into, border }: { gradient: View; into: View; border: number },
): number {
  return program.operation(l.CODE_DEPTHWISE_INPUT_GRADIENT, {
    ...depthwiseFields(program, step, into, gradient, border),
    [l.DEPTHWISE_WEIGHTS]: block.weights,
  });
}

/**
 * Backward pass: for each chunk of images, the gradients of kernel and bias, in the order of the weights, `block.count`
 * values after those of the chunk before.
 */
export function depthwiseWeightGradientOperation(
  program: KernelProgram,
  { step, block }: DepthwiseParameters,
  { from, gradient }: { from: View; gradient: View },
  gradients: number,
): number {
  return program.operation(l.CODE_DEPTHWISE_WEIGHT_GRADIENT, {
    ...depthwiseFields(program, step, from, gradient, 0),
    [l.DEPTHWISE_WEIGHTS]: gradients,
    [l.DEPTHWISE_BIAS]: step.layer.useBias ? 1 : 0,
    [l.DEPTHWISE_GROUP_STRIDE]: block.count * 4,
  });
}

function depthwiseFields(program: KernelProgram, step: DepthwiseStep, from: View, to: View, border: number) {
  const { layer } = step;
  const input = step.from[0]!;
  const placed = windowsOf(layer, input);
  const { size, stride } = placed;
  const { top, left } = step.convolution ?? placed;
  const expanded = layer.multiplier > 1 || input.padded !== step.to.padded;
  const expandedBytes = input.height * input.width * step.to.padded * 4;
  return {
    ...viewFields(l.DEPTHWISE_FROM, from),
    ...viewFields(l.DEPTHWISE_TO, to),
    [l.DEPTHWISE_FROM_HEIGHT]: input.height,
    [l.DEPTHWISE_FROM_WIDTH]: input.width,
    [l.DEPTHWISE_TO_HEIGHT]: step.to.height,
    [l.DEPTHWISE_TO_WIDTH]: step.to.width,
    [l.DEPTHWISE_CHANNELS]: input.channels,
    [l.DEPTHWISE_PADDED_CHANNELS]: input.padded,
    [l.DEPTHWISE_MULTIPLIER]: layer.multiplier,
    [l.DEPTHWISE_OUTPUTS]: step.to.padded,
    [l.DEPTHWISE_BORDER]: border,
    [l.DEPTHWISE_KERNEL_HEIGHT]: size[0],
    [l.DEPTHWISE_KERNEL_WIDTH]: size[1],
    [l.DEPTHWISE_STRIDE_Y]: stride[0],
    [l.DEPTHWISE_STRIDE_X]: stride[1],
    [l.DEPTHWISE_TOP]: top,
    [l.DEPTHWISE_LEFT]: left,
    [l.DEPTHWISE_EXPANDED]: expanded ? 1 : 0,
    [l.DEPTHWISE_WORKSPACE]: expanded ? program.workspace(expandedBytes) : 0,
  };
}
