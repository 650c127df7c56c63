import * as geometry from './convolution.ts';
import type { LinearStep, Tensor } from './execution-plan.ts';
import { type Fields, type KernelProgram, type View, viewFields } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import type { ChunkedOperation } from './operations.ts';
import type { LinearParameters } from './parameters.ts';

/** The patches of an image that a matrix product reads. */
interface Patches {
  /** The first value of the first patch, and the strides from one patch to the next. */
  readonly view: View;
  readonly pixel: number;
  /** Contiguous runs of values in a patch, one for each row of the kernel, and the bytes from one to the next. */
  readonly runs: number;
  readonly runStride: number;
  /** Pixels in a run, and values in a pixel. */
  readonly taps: number;
  readonly values: number;
  /** How many of the values of a pixel are needed. */
  readonly needed: number;
}

/** If fewer than this part of the channels in memory are used, the products of the others are skipped. */
const NARROW = 0.8;

/** The channels of a tensor that matrix products read. */
function neededChannels({ channels, padded }: Tensor): number {
  return channels < NARROW * padded ? channels : padded;
}

/** Whether only the first 8 of the last 16 channels in memory are used. */
function endsInHalf({ channels, padded }: Tensor): boolean {
  return padded - channels >= k.COLUMNS / 2;
}

/** The view of an image from a row and a column on, which may lie in its border. */
export function viewFrom(view: View, tensor: Tensor, row: number, column: number): View {
  return { ...view, base: view.base + row * view.row + column * tensor.padded * 4 };
}

/** The patches of a step's input. Those of a dense layer are whole images. */
function patchesOf({ convolution, from }: LinearStep, view: View): Patches {
  const pixel = from.padded * 4;
  const channels = { values: from.padded, needed: neededChannels(from) };
  if (!convolution) {
    // Without a border the rows of an image form a single run.
    const single = view.row === from.width * pixel;
    const [runs, taps] = single ? [1, from.height * from.width] : [from.height, from.width];
    return { view, pixel, runs, runStride: view.row, taps, ...channels };
  }
  const { kernel, stride, top, left } = convolution;
  const first = viewFrom(view, from, -top, -left);
  return {
    view: { ...first, row: view.row * stride[0] },
    pixel: pixel * stride[1],
    runs: kernel[0],
    runStride: view.row,
    taps: kernel[1],
    ...channels,
  };
}

/** Whether the step uses Winograd's algorithm. An input image does not, since its channels are not padded. */
export function isWinograd({ convolution, from }: LinearStep): boolean {
  return convolution !== null && is3x3(convolution) && from.padded % k.COLUMNS === 0;
}

function is3x3({ kernel, stride }: geometry.Convolution): boolean {
  return [...kernel, ...stride].join() === '3,3,1,1';
}

function gemmCode(step: LinearStep): number {
  return isWinograd(step) ? k.CODE_WINOGRAD : k.CODE_GEMM;
}

function patchFields({ view, pixel, runs, runStride, taps, values, needed }: Patches): Fields {
  const pieces = needed < values && taps > 1;
  return {
    ...viewFields(k.GEMM_FROM, view),
    [k.GEMM_FROM_PIXEL]: pixel,
    [k.GEMM_RUNS]: runs,
    [k.GEMM_RUN_BYTES]: taps * (pieces ? values : needed) * 4,
    [k.GEMM_RUN_STRIDE]: runStride,
    [k.GEMM_TAPS]: pieces ? taps : 0,
    [k.GEMM_TAP_BYTES]: needed * 4,
    [k.GEMM_TAP_STRIDE]: values * 4,
  };
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
  return program.operation(gemmCode(step), {
    ...winogradFields(program, step, step.from, step.to),
    ...patchFields(patchesOf(step, from)),
    ...viewFields(k.GEMM_TO, to),
    // If the size is odd, pooling drops the last row and column.
    [k.GEMM_HEIGHT]: step.fusedPool ? step.to.height & ~1 : step.to.height,
    [k.GEMM_WIDTH]: step.fusedPool ? step.to.width & ~1 : step.to.width,
    [k.GEMM_TO_PIXEL]: step.to.padded * 4,
    [k.GEMM_WEIGHTS]: packed,
    [k.GEMM_BIAS]: step.useBias ? block.weights + taps * channels * step.to.padded * 4 : 0,
    [k.GEMM_TILES]: step.to.padded / k.COLUMNS,
    [k.GEMM_HALF]: !isWinograd(step) && endsInHalf(step.to) ? 1 : 0,
  });
}

/** Zero pixels around the gradient of a step's output that the gradients of its input and weights read. */
export function gradientBorder(step: LinearStep): number {
  if (!step.convolution) return 0;
  const border = geometry.gradientBorder(step.convolution, step.from, step.to);
  return isWinograd(step) ? Math.max(border, 1) : border;
}

/** A part of the gradient of a convolution's input: pixels that are `stride` apart, which the same taps read. */
interface GradientPart {
  readonly rows: geometry.Residue;
  readonly columns: geometry.Residue;
  /** The taps of the parts before, whose packed weights precede those of this one. */
  readonly tapsBefore: number;
}

/** With a stride of 1 there is a single part, and a dense layer has none. Pixels that no tap reads are in no part. */
function gradientParts({ convolution, from }: LinearStep): GradientPart[] {
  if (!convolution) return [];
  const { kernel, stride, top, left } = convolution;
  const parts: GradientPart[] = [];
  let tapsBefore = 0;
  for (const rows of geometry.residues(from.height, kernel[0], stride[0], top)) {
    for (const columns of geometry.residues(from.width, kernel[1], stride[1], left)) {
      const taps = rows.taps * columns.taps;
      if (taps > 0) parts.push({ rows, columns, tapsBefore });
      tapsBefore += taps;
    }
  }
  return parts;
}

/** Whether each pixel of the input is read, so that the operations of its gradient set all values. */
export function readsAllPixels({ convolution }: LinearStep): boolean {
  return !convolution || convolution.kernel.every((size, axis) => size >= convolution.stride[axis]!);
}

/**
 * Backward pass: the gradient of the input, which consists of convolutions of the gradient of the output with flipped
 * parts of the kernel (or is a product with the transposed weights of a dense layer). `packed`: address of the weights
 * from `packBackward`. Pixels that no tap reads keep their values.
 */
export function inputGradientOperations(
  program: KernelProgram,
  linear: LinearParameters,
  packed: number,
  gradient: View,
  to: View,
): number[] {
  const { step } = linear;
  const { from, convolution } = step;
  const pixel = step.to.padded * 4;
  const channels = { values: step.to.padded, needed: neededChannels(step.to) };
  if (!convolution) {
    const columns = from.height * from.width * from.padded;
    const patches = { view: gradient, pixel, runs: 1, runStride: gradient.row, taps: 1, ...channels };
    const operation = program.operation(k.CODE_GEMM, {
      ...patchFields(patches),
      ...viewFields(k.GEMM_TO, to),
      [k.GEMM_HEIGHT]: 1,
      [k.GEMM_WIDTH]: 1,
      [k.GEMM_WEIGHTS]: packed,
      [k.GEMM_TILES]: columns / k.COLUMNS,
    });
    return [operation];
  }
  const { stride } = convolution;
  return gradientParts(step).map(({ rows, columns, tapsBefore }) => {
    const view = viewFrom(gradient, step.to, rows.start, columns.start);
    const patches = { view, pixel, runs: rows.taps, runStride: gradient.row, taps: columns.taps, ...channels };
    const target = viewFrom(to, from, rows.first, columns.first);
    return program.operation(gemmCode(step), {
      ...winogradFields(program, step, step.to, from),
      ...patchFields(patches),
      ...viewFields(k.GEMM_TO, { ...target, row: to.row * stride[0] }),
      [k.GEMM_HEIGHT]: rows.count,
      [k.GEMM_WIDTH]: columns.count,
      [k.GEMM_TO_PIXEL]: from.padded * 4 * stride[1],
      [k.GEMM_WEIGHTS]: packed + tapsBefore * linear.channels * linear.columns * 4,
      [k.GEMM_TILES]: from.padded / k.COLUMNS,
      [k.GEMM_HALF]: !isWinograd(step) && endsInHalf(from) ? 1 : 0,
    });
  });
}

/** Number of values in a convolution's weight gradients for each chunk of images. */
export function gradientValues({ step, taps, channels, columns }: LinearParameters): number {
  const kernel = channels * columns;
  return (isWinograd(step) && !step.fusedPool ? 16 : taps) * kernel + (step.useBias ? columns : 0);
}

/**
 * Backward pass: for each chunk of images, the gradients of kernel and bias. If the step uses Winograd's algorithm, they
 * are those of the transformed kernel; see `winogradUnpackOperation`.
 */
export function weightGradientOperation(
  program: KernelProgram,
  linear: LinearParameters,
  from: View,
  gradient: View,
  to: number,
): number {
  const { step, block } = linear;
  const patches = patchesOf(step, from);
  if (isWinograd(step)) {
    return program.operation(k.CODE_WINOGRAD_WEIGHT_GRADIENT, {
      ...winogradFields(program, step, step.from, step.to),
      ...patchFields(patches),
      [k.GEMM_HEIGHT]: step.to.height,
      [k.GEMM_WIDTH]: step.to.width,
      ...viewFields(k.WINOGRAD_GRADIENT, gradient),
      [k.WINOGRAD_GRADIENT_PIXEL]: step.to.padded * 4,
      [k.WINOGRAD_TO]: to,
      [k.WINOGRAD_GROUP_STRIDE]: gradientValues(linear) * 4,
      [k.WINOGRAD_BIAS]: step.useBias ? 1 : 0,
    });
  }
  const narrow = patches.needed < patches.values;
  return program.operation(k.CODE_WEIGHT_GRADIENT, {
    ...viewFields(k.WGRAD_FROM, patches.view),
    ...viewFields(k.WGRAD_GRADIENT, gradient),
    [k.WGRAD_HEIGHT]: step.to.height,
    [k.WGRAD_WIDTH]: step.to.width,
    [k.WGRAD_FROM_PIXEL]: step.convolution ? patches.pixel : from.image,
    [k.WGRAD_GRADIENT_PIXEL]: step.convolution ? step.to.padded * 4 : gradient.image,
    [k.WGRAD_RUNS]: patches.runs,
    [k.WGRAD_RUN]: patches.taps * patches.values,
    [k.WGRAD_RUN_STRIDE]: patches.runStride,
    // The pieces of a run are of no interest if all of them are needed.
    [k.WGRAD_TAPS]: narrow ? patches.taps : 1,
    [k.WGRAD_TAP_VALUES]: narrow ? patches.needed : patches.taps * patches.values,
    [k.WGRAD_HALF]: endsInHalf(step.to) ? 1 : 0,
    [k.WGRAD_TILES]: step.to.padded / k.COLUMNS,
    [k.WGRAD_TO]: to,
    [k.WGRAD_GROUP_STRIDE]: block.count * 4,
    [k.WGRAD_BIAS]: step.useBias ? 1 : 0,
    [k.WGRAD_FLAT]: step.convolution ? 0 : 1,
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

function packCode(step: LinearStep): number {
  return isWinograd(step) ? k.CODE_WINOGRAD_PACK : k.CODE_PACK;
}

/** Packs the weights for the forward pass, where columns are output channels. */
export function packForward(program: KernelProgram, linear: LinearParameters, to: number): ChunkedOperation {
  const { step, block, taps, channels, columns, transposed } = linear;
  const operation = program.operation(packCode(step), {
    [k.PACK_TILES]: columns / k.COLUMNS,
    [k.PACK_FROM]: block.weights,
    [k.PACK_TO]: to,
    [k.PACK_TAPS]: taps,
    [k.PACK_ROW_TAPS]: taps,
    [k.PACK_CHANNELS]: isWinograd(step) ? channels : neededChannels(step.from),
    [k.PACK_TAP_STRIDE]: channels * (transposed ? 4 : columns * 4),
    [k.PACK_CHANNEL_STRIDE]: transposed ? 4 : columns * 4,
    [k.PACK_COLUMN_STRIDE]: transposed ? taps * channels * 4 : 4,
  });
  return { operation, chunks: columns / k.COLUMNS };
}

/** Packs the weights for the gradient of the input, where columns are input channels and taps are in reverse order. */
export function packBackward(program: KernelProgram, linear: LinearParameters, to: number): ChunkedOperation[] {
  const { step, block, taps, channels, columns } = linear;
  const needed = isWinograd(step) ? columns : neededChannels(step.to);
  const shared = { [k.PACK_CHANNELS]: needed, [k.PACK_CHANNEL_STRIDE]: 4, [k.PACK_COLUMN_STRIDE]: columns * 4 };
  if (!step.convolution) {
    const fields = { [k.PACK_FROM]: block.weights, [k.PACK_TO]: to, [k.PACK_TAPS]: 1, [k.PACK_ROW_TAPS]: 1 };
    const operation = program.operation(k.CODE_PACK, { ...shared, ...fields });
    return [{ operation, chunks: (taps * channels) / k.COLUMNS }];
  }
  const { kernel, stride } = step.convolution;
  const tapBytes = channels * columns * 4;
  return gradientParts(step).map((part) => {
    const lastRow = part.rows.firstTap + stride[0] * (part.rows.taps - 1);
    const lastColumn = part.columns.firstTap + stride[1] * (part.columns.taps - 1);
    const operation = program.operation(packCode(step), {
      ...shared,
      [k.PACK_TILES]: channels / k.COLUMNS,
      [k.PACK_FROM]: block.weights + (lastRow * kernel[1] + lastColumn) * tapBytes,
      [k.PACK_TO]: to + part.tapsBefore * tapBytes,
      [k.PACK_TAPS]: part.rows.taps * part.columns.taps,
      [k.PACK_ROW_TAPS]: part.columns.taps,
      [k.PACK_TAP_STRIDE]: -stride[1] * tapBytes,
      [k.PACK_ROW_STRIDE]: -stride[0] * kernel[1] * tapBytes,
    });
    return { operation, chunks: channels / k.COLUMNS };
  });
}
