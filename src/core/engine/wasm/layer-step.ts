import { type Layer, paddingOf, type Size, type Windows } from '../../model/layer.ts';
import { dropoutThreshold } from '../dropout-mask.ts';
import type { LayerStep, Tensor } from './execution-plan.ts';
import { type Fields, type KernelProgram, type View, viewFields } from './kernel-program.ts';
import * as l from './kernels/layer-layout.ts';
import * as k from './kernels/layout.ts';

/** Buffers of a forward pass. */
export interface LayerBuffers {
  /** In the order of the step's inputs. They may lie in borders. */
  readonly from: readonly View[];
  readonly to: View;
  /** Zero pixels to write around the output. */
  readonly border: number;
}

/** Buffers of a backward pass. It computes everything from the inputs, so the output may have changed meanwhile. */
export interface LayerGradientBuffers {
  /** Inputs of the layer, unchanged since the forward pass. Only activations and max pooling read them. */
  readonly from: readonly View[];
  /** Gradient of the output. It may lie in a border. */
  readonly gradient: View;
  /** Where to write the gradient of one of the inputs: not where that of the output is. */
  readonly into: View;
  /** Which of the inputs: an index of `from`. */
  readonly input: number;
  /** Zero pixels to write around the gradient of the input. */
  readonly border: number;
}

/**
 * Whether the layer's operations may run in slices, each of which reads and writes the same 16-channel columns of all
 * tensors: at most `to.padded / 16`. Others run unsliced.
 */
export function isSliced({ layer, from, to }: LayerStep): boolean {
  switch (layer.type) {
    case 'relu':
    case 'leakyRelu':
    case 'elu':
    case 'gelu':
    case 'sigmoid':
    case 'tanh':
    case 'add':
    case 'maxPool':
    case 'averagePool':
    case 'globalMaxPool':
    case 'globalAveragePool':
      return true;
    case 'rescaling':
      return to.padded % k.COLUMNS === 0;
    case 'depthwiseConv2d':
      return layer.multiplier === 1 && from[0]!.padded === to.padded;
    default:
      return false;
  }
}

/** Operations that compute the output of a layer, in order. */
export function layerForward(program: KernelProgram, step: LayerStep, buffers: LayerBuffers): number[] {
  const { layer, to } = step;
  const from = step.from[0]!;
  const view = buffers.from[0]!;
  const { border } = buffers;
  switch (layer.type) {
    case 'softmax':
      return [activationOperation(program, l.CODE_SOFTMAX, layer, from, { from: view, to: buffers.to, border })];
    case 'maxPool':
    case 'globalMaxPool':
      return [poolOperation(program, l.CODE_MAX_POOL, step, { from: view, to: buffers.to, border })];
    case 'averagePool':
    case 'globalAveragePool':
      return [poolOperation(program, l.CODE_AVERAGE_POOL, step, { from: view, to: buffers.to, border })];
    case 'flatten':
    case 'reshape':
      return [reshapeOperation(program, from, to, view, buffers.to, border)];
    case 'zeroPadding': {
      const channels = { fromPixel: from.padded, toPixel: to.padded, channels: to.padded };
      return [copyOperation(program, from, { from: view, to: buffers.to, border, ...channels, margins: layer })];
    }
    case 'add':
      return sumOperations(program, to, buffers.from, buffers.to, border);
    case 'concatenate': {
      let channel = 0;
      return step.from.map((tensor, index) => {
        const last = index === step.from.length - 1;
        const operation = copyOperation(program, tensor, {
          from: buffers.from[index]!,
          to: buffers.to,
          border: index === 0 ? border : 0,
          fromPixel: tensor.padded,
          toPixel: to.padded,
          channels: tensor.channels,
          toChannel: channel,
          zeros: last ? to.padded - to.channels : 0,
        });
        channel += tensor.channels;
        return operation;
      });
    }
    default:
      return [activationOperation(program, l.CODE_ACTIVATION, layer, from, { from: view, to: buffers.to, border })];
  }
}

/** Operations that compute the gradient of one of a layer's inputs, in order. */
export function layerBackward(program: KernelProgram, step: LayerStep, buffers: LayerGradientBuffers): number[] {
  const { layer, to } = step;
  const { gradient, into, border, input } = buffers;
  const tensor = step.from[input]!;
  const passed = { from: buffers.from[input]!, to: gradient, gradient: into, border };
  switch (layer.type) {
    case 'softmax':
      return [activationOperation(program, l.CODE_SOFTMAX_BACKWARD, layer, tensor, passed)];
    case 'maxPool':
    case 'globalMaxPool':
      return [poolOperation(program, l.CODE_MAX_POOL_BACKWARD, step, passed)];
    case 'averagePool':
    case 'globalAveragePool':
      return [poolOperation(program, l.CODE_AVERAGE_POOL_BACKWARD, step, passed)];
    case 'flatten':
    case 'reshape':
      return [reshapeOperation(program, to, tensor, gradient, into, border)];
    case 'zeroPadding': {
      const pixel = to.padded * 4;
      const inner = { ...gradient, base: gradient.base + layer.top * gradient.row + layer.left * pixel };
      const channels = { fromPixel: to.padded, toPixel: tensor.padded, channels: tensor.padded };
      return [copyOperation(program, tensor, { from: inner, to: into, border, ...channels })];
    }
    case 'add':
      return [gradientCopyOperation(program, tensor, gradient, into, border)];
    case 'concatenate': {
      const before = step.from.slice(0, input).reduce((sum, { channels }) => sum + channels, 0);
      return [
        copyOperation(program, tensor, {
          from: { ...gradient, base: gradient.base + before * 4 },
          to: into,
          border,
          fromPixel: to.padded,
          toPixel: tensor.padded,
          channels: tensor.channels,
          zeros: tensor.padded - tensor.channels,
        }),
      ];
    }
    default:
      return [activationOperation(program, l.CODE_ACTIVATION_BACKWARD, layer, tensor, passed)];
  }
}

/** Copies a tensor, for example the gradient of an add layer, to where it has a border. */
export function gradientCopyOperation(
  program: KernelProgram,
  tensor: Tensor,
  from: View,
  to: View,
  border: number,
): number {
  const { padded } = tensor;
  return copyOperation(program, tensor, { from, to, border, fromPixel: padded, toPixel: padded, channels: padded });
}

/**
 * Operations that add tensors of the same shape, in order: the inputs of an add layer, or the gradients of a tensor that
 * several layers read. The output may be the first of `from`, but no other.
 */
export function sumOperations(
  program: KernelProgram,
  tensor: Tensor,
  from: readonly View[],
  to: View,
  border: number,
): number[] {
  const [first, ...others] = from;
  if (others.length === 0) return [gradientCopyOperation(program, tensor, first!, to, border)];
  return others.map((view, index) =>
    program.operation(l.CODE_ADD, {
      ...viewFields(l.ADD_A, index === 0 ? first! : to),
      ...viewFields(l.ADD_B, view),
      ...viewFields(l.ADD_TO, to),
      [l.ADD_HEIGHT]: tensor.height,
      [l.ADD_WIDTH]: tensor.width,
      [l.ADD_CHANNELS]: tensor.padded,
      [l.ADD_BORDER]: index === 0 ? border : 0,
    }),
  );
}

/**
 * Applies spatial dropout in place to values or gradients. The seed of the mask, DROPOUT_SEED, is set before each
 * training step.
 */
export function spatialDropoutOperation(
  program: KernelProgram,
  { tensor, rate }: { tensor: Tensor; rate: number },
  values: View,
): number {
  return program.operation(
    l.CODE_SPATIAL_DROPOUT,
    {
      ...viewFields(k.DROPOUT_VALUES, values),
      [k.DROPOUT_HEIGHT]: tensor.height,
      [k.DROPOUT_WIDTH]: tensor.width,
      [k.DROPOUT_CHANNELS]: tensor.channels,
      [k.DROPOUT_PADDED_CHANNELS]: tensor.padded,
      [k.DROPOUT_THRESHOLD]: dropoutThreshold(rate),
    },
    { [k.DROPOUT_SCALE]: 1 / (1 - rate) },
  );
}

/** The buffers of one operation: `to` is the output, or its gradient if `gradient`, that of the input, is to be computed. */
interface Buffers {
  from: View;
  to: View;
  gradient?: View;
  border: number;
}

function activationOperation(
  program: KernelProgram,
  code: number,
  layer: Layer,
  tensor: Tensor,
  { from, to, gradient, border }: Buffers,
): number {
  const { name, factor = 0, offset = 0 } = activationFunction(layer);
  return program.operation(
    code,
    {
      ...viewFields(l.ACTIVATION_FROM, from),
      ...viewFields(l.ACTIVATION_TO, to),
      ...(gradient && viewFields(l.ACTIVATION_GRADIENT, gradient)),
      [l.ACTIVATION_HEIGHT]: tensor.height,
      [l.ACTIVATION_WIDTH]: tensor.width,
      [l.ACTIVATION_CHANNELS]: tensor.channels,
      [l.ACTIVATION_PADDED_CHANNELS]: tensor.padded,
      [l.ACTIVATION_BORDER]: border,
      [l.ACTIVATION_FUNCTION]: name,
    },
    { [l.ACTIVATION_FACTOR]: factor, [l.ACTIVATION_OFFSET]: offset },
  );
}

function activationFunction(layer: Layer): { name: number; factor?: number; offset?: number } {
  switch (layer.type) {
    case 'relu':
      return { name: l.FUNCTION_RELU };
    case 'leakyRelu':
      return { name: l.FUNCTION_LEAKY_RELU, factor: layer.slope };
    case 'elu':
      return { name: l.FUNCTION_ELU, factor: layer.alpha };
    case 'gelu':
      return { name: layer.approximate ? l.FUNCTION_GELU_TANH : l.FUNCTION_GELU };
    case 'sigmoid':
      return { name: l.FUNCTION_SIGMOID };
    case 'tanh':
      return { name: l.FUNCTION_TANH };
    case 'rescaling':
      return { name: l.FUNCTION_RESCALING, factor: layer.scale, offset: layer.offset };
    case 'softmax':
      return { name: 0 };
    default:
      throw new RangeError(`a ${layer.type} layer is not a step of its own`);
  }
}

/** The size of windows and how they lie on an image; global pooling has a single one. */
export function windowsOf(
  layer: Layer,
  { height, width }: Tensor,
): { size: Size; stride: Size; top: number; left: number } {
  switch (layer.type) {
    case 'maxPool':
    case 'averagePool':
      return placedWindows(layer, layer.size, height, width);
    case 'depthwiseConv2d':
      return placedWindows(layer, layer.kernel, height, width);
    default:
      return { size: [height, width], stride: [1, 1], top: 0, left: 0 };
  }
}

function placedWindows({ padding, stride }: Windows, size: Size, height: number, width: number) {
  const [top] = paddingOf(padding, height, size[0], stride[0]);
  const [left] = paddingOf(padding, width, size[1], stride[1]);
  return { size, stride, top, left };
}

function poolOperation(
  program: KernelProgram,
  code: number,
  { layer, from: [from], to }: LayerStep,
  buffers: Buffers,
): number {
  const { size, stride, top, left } = windowsOf(layer, from!);
  return program.operation(code, {
    ...viewFields(l.POOL_FROM, buffers.from),
    ...viewFields(l.POOL_TO, buffers.to),
    ...(buffers.gradient && viewFields(l.POOL_GRADIENT, buffers.gradient)),
    [l.POOL_FROM_HEIGHT]: from!.height,
    [l.POOL_FROM_WIDTH]: from!.width,
    [l.POOL_TO_HEIGHT]: to.height,
    [l.POOL_TO_WIDTH]: to.width,
    [l.POOL_CHANNELS]: to.padded,
    [l.POOL_BORDER]: buffers.border,
    [l.POOL_WINDOW_HEIGHT]: size[0],
    [l.POOL_WINDOW_WIDTH]: size[1],
    [l.POOL_STRIDE_Y]: stride[0],
    [l.POOL_STRIDE_X]: stride[1],
    [l.POOL_TOP]: top,
    [l.POOL_LEFT]: left,
  });
}

function reshapeOperation(
  program: KernelProgram,
  from: Tensor,
  to: Tensor,
  fromView: View,
  toView: View,
  border: number,
): number {
  return program.operation(l.CODE_RESHAPE, {
    ...viewFields(l.RESHAPE_FROM, fromView),
    ...viewFields(l.RESHAPE_TO, toView),
    [l.RESHAPE_FROM_WIDTH]: from.width,
    [l.RESHAPE_FROM_CHANNELS]: from.channels,
    [l.RESHAPE_FROM_PADDED_CHANNELS]: from.padded,
    [l.RESHAPE_TO_HEIGHT]: to.height,
    [l.RESHAPE_TO_WIDTH]: to.width,
    [l.RESHAPE_TO_CHANNELS]: to.channels,
    [l.RESHAPE_TO_PADDED_CHANNELS]: to.padded,
    [l.RESHAPE_BORDER]: border,
  });
}

interface CopySettings {
  from: View;
  to: View;
  border: number;
  /** Values between pixels. */
  fromPixel: number;
  toPixel: number;
  /** Channels to copy, their place in the output, and the number of zeros after them. */
  channels: number;
  toChannel?: number;
  zeros?: number;
  margins?: { top: number; bottom: number; left: number; right: number };
}

/** Copies channels of a rectangle of the size of `tensor`. */
function copyOperation(program: KernelProgram, { height, width }: Tensor, settings: CopySettings): number {
  const { from, to, border, fromPixel, toPixel, channels, toChannel = 0, zeros = 0, margins } = settings;
  const fields: Fields = {
    ...viewFields(l.COPY_FROM, from),
    ...viewFields(l.COPY_TO, to),
    [l.COPY_HEIGHT]: height,
    [l.COPY_WIDTH]: width,
    [l.COPY_FROM_PIXEL]: fromPixel * 4,
    [l.COPY_TO_PIXEL]: toPixel * 4,
    [l.COPY_CHANNELS]: channels,
    [l.COPY_ZEROS]: zeros,
    [l.COPY_TO_OFFSET]: toChannel * 4,
    [l.COPY_TOP]: margins?.top ?? 0,
    [l.COPY_BOTTOM]: margins?.bottom ?? 0,
    [l.COPY_LEFT]: margins?.left ?? 0,
    [l.COPY_RIGHT]: margins?.right ?? 0,
    [l.COPY_BORDER]: border,
  };
  return program.operation(l.CODE_COPY, fields);
}
