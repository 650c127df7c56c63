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
  CONTROL_DONE,
  CONTROL_FAILED,
  CONTROL_SEGMENT,
  CONTROL_SLEEPERS,
  CONTROL_TICKET,
  OP_CODE,
  SEGMENT_CHUNKS,
  SEGMENT_IMAGES,
  SEGMENT_IMAGES_PER_CHUNK,
  SEGMENT_IMAGES_PER_PASS,
  SEGMENT_LIST,
  SEGMENT_OPERATIONS,
  SEGMENT_SCRATCH,
  SEGMENT_SCRATCH_STRIDE,
  SEGMENT_SPLITS,
} from './layout';
import { loss } from './loss';
import { pack } from './pack';
import { reduce } from './reduce';
import { update } from './update';
import { weightGradient } from './weight-gradient';
import { winograd } from './winograd';
import { winogradPack } from './winograd-pack';
import { winogradUnpack, winogradWeightGradient } from './winograd-weight-gradient';

/*
 * Work is cut into segments, a segment into chunks. Threads claim chunks by raising the ticket, which names the segment
 * as well, so a thread that comes late can never claim a chunk of another segment than it looked at. The calling thread
 * publishes a segment, takes chunks like the others and returns when all are done. What a chunk computes depends on its
 * number alone, never on the thread.
 */

/** How often a thread looks for work before it sleeps: some tens of microseconds. */
const SPINS: u32 = 20000;
/** The low half of the ticket between segments. */
const NOTHING: u64 = 0xffffffff;

/** Runs one segment, with whatever helper threads there are; the calling thread is thread 0. False: a helper failed. */
export function dispatch(control: usize, segment: usize): bool {
  const chunks = load<u32>(segment, SEGMENT_CHUNKS);
  store<u32>(control, <u32>segment, CONTROL_SEGMENT);
  atomic.store<u32>(control, 0, CONTROL_DONE);
  const number = (atomic.load<u64>(control, CONTROL_TICKET) >> 32) + 1;
  atomic.store<u64>(control, number << 32, CONTROL_TICKET);
  if (chunks > 1 && atomic.load<u32>(control, CONTROL_SLEEPERS) > 0) atomic.notify(control + CONTROL_TICKET, -1);
  while (claim(control, 0)) {}
  let spins: u32 = 0;
  for (let done = atomic.load<u32>(control, CONTROL_DONE); done < chunks; ) {
    if (atomic.load<u32>(control, CONTROL_FAILED)) return false;
    if (++spins > SPINS) atomic.wait<i32>(control + CONTROL_DONE, done, 100000000);
    done = atomic.load<u32>(control, CONTROL_DONE);
  }
  // No thread may claim anything until the next segment is complete, whatever the caller changes in memory till then.
  atomic.store<u64>(control, (number << 32) | NOTHING, CONTROL_TICKET);
  return true;
}

/** A helper thread's life: it returns when the ticket is all ones. */
export function work(control: usize, thread: u32): void {
  let spins: u32 = 0;
  while (true) {
    const ticket = atomic.load<u64>(control, CONTROL_TICKET);
    if (ticket == u64.MAX_VALUE) return;
    if (claim(control, thread)) {
      spins = 0;
    } else if (++spins > SPINS) {
      spins = 0;
      atomic.add<u32>(control, 1, CONTROL_SLEEPERS);
      atomic.wait<i64>(control + CONTROL_TICKET, ticket, -1);
      atomic.sub<u32>(control, 1, CONTROL_SLEEPERS);
    }
  }
}

/** Takes the next chunk, if there is one, and does it. */
function claim(control: usize, thread: u32): bool {
  const ticket = atomic.load<u64>(control, CONTROL_TICKET);
  const segment = <usize>atomic.load<u32>(control, CONTROL_SEGMENT);
  const chunk = <u32>ticket;
  if (chunk == <u32>NOTHING) return false;
  const chunks = load<u32>(segment, SEGMENT_CHUNKS);
  if (chunk >= chunks) return false;
  if (atomic.cmpxchg<u64>(control, ticket, ticket + 1, CONTROL_TICKET) != ticket) return true;
  runChunk(segment, chunk, thread);
  if (atomic.add<u32>(control, 1, CONTROL_DONE) + 1 == chunks && thread != 0) {
    atomic.notify(control + CONTROL_DONE, 1);
  }
  return true;
}

function runChunk(segment: usize, chunk: u32, thread: u32): void {
  const images = load<u32>(segment, SEGMENT_IMAGES);
  const size = load<u32>(segment, SEGMENT_IMAGES_PER_CHUNK);
  const splits = load<u32>(segment, SEGMENT_SPLITS);
  const scratch = <usize>(load<u32>(segment, SEGMENT_SCRATCH) + thread * load<u32>(segment, SEGMENT_SCRATCH_STRIDE));
  const group = chunk / splits;
  const first = group * size;
  const last = min(first + size, images);
  const pass = load<u32>(segment, SEGMENT_IMAGES_PER_PASS);
  let start = first;
  do {
    const end = min(start + pass, last);
    runOperations(segment, chunk, group, start == first, start, end, chunk % splits, splits, images, scratch);
    start = end;
  } while (start < last);
}

/** All operations on the images from `first` to `last`; `overwrite`: they are their group's first ones. */
function runOperations(
  segment: usize,
  chunk: u32,
  group: u32,
  overwrite: bool,
  first: u32,
  last: u32,
  split: u32,
  splits: u32,
  images: u32,
  scratch: usize,
): void {
  const operations = load<u32>(segment, SEGMENT_OPERATIONS);
  for (let i: u32 = 0; i < operations; i++) {
    const op = <usize>load<u32>(segment + i * 4, SEGMENT_LIST);
    switch (load<u32>(op, OP_CODE)) {
      case CODE_INPUT:
        input(op, first, last, scratch);
        break;
      case CODE_GEMM:
        gemm(op, first, last, split, splits, scratch);
        break;
      case CODE_WEIGHT_GRADIENT:
        weightGradient(op, group, overwrite, first, last, split, splits, scratch);
        break;
      case CODE_BN_RELU_FORWARD:
        bnReluForward(op, first, last, split, splits, scratch);
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
        conv1Forward(op, first, last, split, splits, scratch);
        break;
      case CODE_CONV1_WEIGHT_GRADIENT:
        conv1WeightGradient(op, group, overwrite, first, last, scratch);
        break;
      case CODE_WINOGRAD:
        winograd(op, first, last, split, splits, scratch);
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
        unreachable();
    }
  }
}
