import {
  COLUMNS,
  CONV1_ARGMAX,
  CONV1_BIAS,
  CONV1_BORDER,
  CONV1_FILTERS,
  CONV1_FROM,
  CONV1_GRADIENTS,
  CONV1_GROUP_STRIDE,
  CONV1_HEIGHT,
  CONV1_RELU,
  CONV1_TO,
  CONV1_WEIGHTS,
  CONV1_WIDTH,
  CONV1_WINDOWS,
  VIEW_ROW,
} from './layout';
import { conv1Window8, conv1Window16, conv1WindowGradients } from './microkernels';
import { ZEROS } from './simd';
import { clearBorder, viewAt } from './view';

/*
 * The first convolution, of an image with one channel, fused with ReLU and max pooling. Its patches are too short for
 * the runs of a GEMM.
 */

/**
 * Forward: the four pixels of a pooling window by 16 filters at a time, pooled in registers. A slice computes some of
 * the filters.
 */
export function conv1Forward(op: usize, first: u32, last: u32, slice: u32, slices: u32, scratch: usize): void {
  const height = <usize>load<u32>(op, CONV1_HEIGHT);
  const width = <usize>load<u32>(op, CONV1_WIDTH);
  const filters = <usize>load<u32>(op, CONV1_FILTERS);
  const row = <usize>load<u32>(op, CONV1_FROM + VIEW_ROW);
  const toRow = <usize>load<u32>(op, CONV1_TO + VIEW_ROW);
  const weights = <usize>load<u32>(op, CONV1_WEIGHTS);
  const bias = <usize>load<u32>(op, CONV1_BIAS);
  const relu = load<u32>(op, CONV1_RELU);
  const border = <usize>load<u32>(op, CONV1_BORDER);
  const allArgmax = <usize>load<u32>(op, CONV1_ARGMAX);
  const tiles = filters / COLUMNS;
  const firstFilter = ((slice * tiles) / slices) * COLUMNS;
  const lastFilter = (((slice + 1) * tiles) / slices) * COLUMNS;
  for (let image = first; image < last; image++) {
    const from = viewAt(op + CONV1_FROM, image, first, scratch);
    const to = viewAt(op + CONV1_TO, image, first, scratch);
    clearBorder(to, border, height, width, filters * 4, toRow);
    let argmax = allArgmax ? allArgmax + image * height * width * filters : 0;
    for (let y: usize = 0; y < height; y++) {
      for (let x: usize = 0; x < width; x++) {
        const patch = from + 2 * y * row + x * 8;
        const out = to + y * toRow + x * filters * 4;
        for (let filter = firstFilter; filter < lastFilter; filter += COLUMNS) {
          windowTile(
            patch,
            row,
            weights + filter * 4,
            filters * 4,
            bias ? bias + filter * 4 : ZEROS,
            relu,
            out + filter * 4,
            argmax ? argmax + filter : 0,
          );
        }
        if (argmax) argmax += filters;
      }
    }
  }
}

/** One pooling window by 16 filters: see `conv1Window16`. */
function windowTile(
  patch: usize,
  row: usize,
  weights: usize,
  tap: usize,
  bias: usize,
  relu: u32,
  to: usize,
  argmax: usize,
): void {
  if (WIDE) {
    conv1Window16(patch, row, weights, tap, bias, relu, to, argmax);
  } else {
    conv1Window8(patch, row, weights, tap, bias, relu, to, argmax);
    conv1Window8(patch, row, weights + 32, tap, bias + 32, relu, to + 32, argmax ? argmax + 8 : 0);
  }
}

/** Gradient of weights and bias, [9 (10 with a bias), filters], four filters at a time: see `conv1WindowGradients`. */
export function conv1WeightGradient(
  op: usize,
  group: u32,
  overwrite: bool,
  first: u32,
  last: u32,
  scratch: usize,
): void {
  const height = <usize>load<u32>(op, CONV1_HEIGHT);
  const width = <usize>load<u32>(op, CONV1_WIDTH);
  const filters = <usize>load<u32>(op, CONV1_FILTERS);
  const row = <usize>load<u32>(op, CONV1_FROM + VIEW_ROW);
  const gradients = <usize>load<u32>(op, CONV1_GRADIENTS) + group * <usize>load<u32>(op, CONV1_GROUP_STRIDE);
  const windows = scratch + <usize>load<u32>(op, CONV1_WINDOWS);
  const bias = load<u32>(op, CONV1_BIAS);
  const gradientRow = <usize>load<u32>(op, CONV1_TO + VIEW_ROW);
  if (overwrite) memory.fill(gradients, 0, filters * 36 + (bias ? filters * 4 : 0));
  for (let image = first; image < last; image++) {
    const from = viewAt(op + CONV1_FROM, image, first, scratch);
    const gradient = viewAt(op + CONV1_TO, image, first, scratch);
    const argmax = <usize>load<u32>(op, CONV1_ARGMAX) + image * height * width * filters;
    let at = windows;
    for (let y: usize = 0; y < height; y++) {
      let patch = from + 2 * y * row;
      for (let x: usize = 0; x < width; x++, patch += 8, at += 144) storeWindows(patch, row, at);
    }
    for (let filter: usize = 0; filter < filters; filter += 4) {
      const g = gradient + filter * 4;
      conv1WindowGradients(
        windows,
        height,
        width,
        argmax + filter,
        g,
        gradientRow,
        filters,
        gradients + filter * 4,
        bias,
      );
    }
  }
}

/**
 * What each tap sees at the four pixels of a pooling window, [9, 4]: top left, top right, bottom left, bottom right.
 */
function storeWindows(patch: usize, row: usize, to: usize): void {
  const r0 = v128.load(patch);
  const r1 = v128.load(patch + row);
  const r2 = v128.load(patch + 2 * row);
  const r3 = v128.load(patch + 3 * row);
  v128.store(to, v128.shuffle<f32>(r0, r1, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(r0, r1, 1, 2, 5, 6), 16);
  v128.store(to, v128.shuffle<f32>(r0, r1, 2, 3, 6, 7), 32);
  v128.store(to, v128.shuffle<f32>(r1, r2, 0, 1, 4, 5), 48);
  v128.store(to, v128.shuffle<f32>(r1, r2, 1, 2, 5, 6), 64);
  v128.store(to, v128.shuffle<f32>(r1, r2, 2, 3, 6, 7), 80);
  v128.store(to, v128.shuffle<f32>(r2, r3, 0, 1, 4, 5), 96);
  v128.store(to, v128.shuffle<f32>(r2, r3, 1, 2, 5, 6), 112);
  v128.store(to, v128.shuffle<f32>(r2, r3, 2, 3, 6, 7), 128);
}
