import { batchNormBackward, batchNormForward, batchNormInference } from './batch-norm';
import { bnReluForward, bnStatistics } from './bn-relu';
import { bnGradientSums, bnReluBackward } from './bn-relu-backward';
import { convPoolBackward } from './conv-pool-backward';
import { conv1Forward, conv1WeightGradient } from './conv1';
import { dropout } from './dropout';
import { gemm } from './gemm';
import { input } from './input';
import {
  CODE_BATCH_NORM_BACKWARD,
  CODE_BATCH_NORM_FORWARD,
  CODE_BATCH_NORM_INFERENCE,
  CODE_BN_GRADIENT_SUMS,
  CODE_BN_RELU_BACKWARD,
  CODE_BN_RELU_FORWARD,
  CODE_BN_STATISTICS,
  CODE_CONV_POOL_BACKWARD,
  CODE_CONV1_FORWARD,
  CODE_CONV1_WEIGHT_GRADIENT,
  CODE_DROPOUT,
  CODE_GEMM,
  CODE_INPUT,
  CODE_LOSS,
  CODE_PACK,
  CODE_REDUCE,
  CODE_UPDATE,
  CODE_WEIGHT_GRADIENT,
  CODE_WINOGRAD,
  CODE_WINOGRAD_PACK,
  CODE_WINOGRAD_UNPACK,
  CODE_WINOGRAD_WEIGHT_GRADIENT,
  OP_CODE,
  PHASE_IMAGES,
  PHASE_IMAGES_PER_CHUNK,
  PHASE_IMAGES_PER_PASS,
  PHASE_LIST,
  PHASE_OPERATIONS,
  PHASE_SCRATCH,
  PHASE_SCRATCH_STRIDE,
  PHASE_SLICES,
} from './layout';
import { loss } from './loss';
import { pack } from './pack';
import { reduce } from './reduce';
import { runLayerOperation } from './run-layer-operation';
import { update } from './update';
import { weightGradient } from './weight-gradient';
import { winograd } from './winograd';
import { winogradPack } from './winograd-pack';
import { winogradUnpack, winogradWeightGradient } from './winograd-weight-gradient';

/** Runs all operations of a phase on the images, or the part of the work, that belong to a chunk. */
export function runChunk(phase: usize, chunk: u32, thread: u32): void {
  const images = load<u32>(phase, PHASE_IMAGES);
  const size = load<u32>(phase, PHASE_IMAGES_PER_CHUNK);
  const slices = load<u32>(phase, PHASE_SLICES);
  const scratch = <usize>(load<u32>(phase, PHASE_SCRATCH) + thread * load<u32>(phase, PHASE_SCRATCH_STRIDE));
  const group = chunk / slices;
  const first = group * size;
  const last = min(first + size, images);
  const pass = load<u32>(phase, PHASE_IMAGES_PER_PASS);
  let start = first;
  do {
    const end = min(start + pass, last);
    runOperations(phase, chunk, group, start == first, start, end, chunk % slices, slices, images, scratch);
    start = end;
  } while (start < last);
}

/** Runs all operations on the images from `first` to `last`. `overwrite`: they are the first ones of their group. */
function runOperations(
  phase: usize,
  chunk: u32,
  group: u32,
  overwrite: bool,
  first: u32,
  last: u32,
  slice: u32,
  slices: u32,
  images: u32,
  scratch: usize,
): void {
  const operations = load<u32>(phase, PHASE_OPERATIONS);
  for (let i: u32 = 0; i < operations; i++) {
    const op = <usize>load<u32>(phase + i * 4, PHASE_LIST);
    switch (load<u32>(op, OP_CODE)) {
      case CODE_INPUT:
        input(op, first, last, scratch);
        break;
      case CODE_GEMM:
        gemm(op, first, last, slice, slices, scratch);
        break;
      case CODE_WEIGHT_GRADIENT:
        weightGradient(op, group, overwrite, first, last, slice, slices, scratch);
        break;
      case CODE_BN_RELU_FORWARD:
        bnReluForward(op, first, last, slice, slices, scratch);
        break;
      case CODE_BN_STATISTICS:
        bnStatistics(op, group, first, last, scratch);
        break;
      case CODE_BN_GRADIENT_SUMS:
        bnGradientSums(op, group, first, last, scratch);
        break;
      case CODE_BN_RELU_BACKWARD:
        bnReluBackward(op, first, last, scratch);
        break;
      case CODE_BATCH_NORM_FORWARD:
        batchNormForward(op, images);
        break;
      case CODE_BATCH_NORM_BACKWARD:
        batchNormBackward(op, images);
        break;
      case CODE_BATCH_NORM_INFERENCE:
        batchNormInference(op);
        break;
      case CODE_DROPOUT:
        dropout(op, first, last, scratch);
        break;
      case CODE_LOSS:
        loss(op, first, last, images);
        break;
      case CODE_PACK:
        pack(op, chunk);
        break;
      case CODE_UPDATE:
        update(op, chunk);
        break;
      case CODE_CONV_POOL_BACKWARD:
        convPoolBackward(op, group, overwrite, first, last, scratch);
        break;
      case CODE_CONV1_FORWARD:
        conv1Forward(op, first, last, slice, slices, scratch);
        break;
      case CODE_CONV1_WEIGHT_GRADIENT:
        conv1WeightGradient(op, group, overwrite, first, last, scratch);
        break;
      case CODE_WINOGRAD:
        winograd(op, first, last, slice, slices, scratch);
        break;
      case CODE_WINOGRAD_PACK:
        winogradPack(op, chunk);
        break;
      case CODE_WINOGRAD_WEIGHT_GRADIENT:
        winogradWeightGradient(op, group, overwrite, first, last, scratch);
        break;
      case CODE_WINOGRAD_UNPACK:
        winogradUnpack(op, chunk);
        break;
      case CODE_REDUCE:
        reduce(op, chunk, images);
        break;
      default:
        runLayerOperation(op, group, overwrite, first, last, slice, slices, scratch);
    }
  }
}
