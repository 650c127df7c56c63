import type { DropoutStep } from './execution-plan.ts';
import type { KernelProgram, Phase, View } from './kernel-program.ts';
import { type ChunkedOperation, dropoutOperation, reduceOperation, updateOperation } from './operations.ts';
import type { ParameterBlock } from './parameter-block.ts';

/** Rows in a chunk of a dense layer: eleven register tiles. */
const DENSE_ROWS = 66;
/**
 * Passes whose weight gradients of a convolution accumulate in the same memory, so that less is written and read. More
 * of them would leave too few chunks for many threads.
 */
const PASSES_PER_GRADIENT = 2;

/**
 * The phases of a training step. Up to the next point at which the whole batch must be known (batch norm, dense layers),
 * a few images go through all operations in succession.
 */
export class PhaseBuilder {
  readonly program: KernelProgram;
  readonly batchSize: number;
  /** Images in a pass. Depends on the batch size alone, so that sums do not depend on the number of threads. */
  readonly imagesPerPass: number;
  /** Phases that pack weights, which come first. */
  readonly packing: Phase[] = [];
  readonly phases: Phase[] = [];
  /** Operations whose seed is set before each step. */
  readonly dropouts: { layer: number; operation: number }[] = [];
  /** Address of the hyperparameters of an optimizer step, STEP_*. */
  readonly #step: number;
  /** How many image phases have been completed. */
  flushes = 0;
  /** Operations of the image phase under construction. */
  #pending: number[] = [];

  constructor(program: KernelProgram, batchSize: number, step: number) {
    this.program = program;
    this.batchSize = batchSize;
    this.imagesPerPass = Math.min(Math.max(Math.ceil(batchSize / 32), 1), 8);
    this.#step = step;
  }

  /** Passes in a batch, and chunks of images whose weight gradients are summed separately. */
  get passes(): number {
    return Math.ceil(this.batchSize / this.imagesPerPass);
  }

  get gradientGroups(): number {
    return Math.ceil(this.passes / PASSES_PER_GRADIENT);
  }

  /** Adds operations on each image. */
  add(...operations: number[]): void {
    this.#pending.push(...operations);
  }

  /** Adds dropout of values or gradients, in place. */
  dropout(step: DropoutStep, values: View): void {
    const operation = dropoutOperation(this.program, step, values);
    this.dropouts.push({ layer: step.index, operation });
    this.add(operation);
  }

  /** Completes the image phase under construction. `gradients`: its chunks accumulate weight gradients. */
  flush(name: string, gradients = false): void {
    if (this.#pending.length > 0) {
      const images = this.imagesPerPass * (gradients ? PASSES_PER_GRADIENT : 1);
      this.phases.push(this.program.imagePhase(name, images, 1, this.#pending, this.imagesPerPass));
    }
    this.flushes++;
    this.#pending = [];
    this.program.resetLocal();
  }

  /** A GEMM over the whole batch, split by rows and columns. */
  dense(name: string, operation: number, tiles: number): void {
    this.flush('forward');
    const slices = Math.min(tiles, 16);
    this.phases.push(this.program.imagePhase(name, DENSE_ROWS, slices, [operation]));
  }

  /** An operation on the whole batch, split into slices. */
  batch(name: string, operation: number, slices: number): void {
    this.phases.push(this.program.imagePhase(name, this.batchSize, slices, [operation]));
  }

  /** A phase of an operation with its own chunks. */
  fixed(name: string, { operation, chunks }: ChunkedOperation): void {
    this.phases.push(this.program.fixedPhase(name, chunks, [operation]));
  }

  pack(operations: readonly ChunkedOperation[]): void {
    for (const { operation, chunks } of operations) {
      this.packing.push(this.program.fixedPhase('pack', chunks, [operation]));
    }
  }

  /** Sums the weight gradients of all chunks of images, `count` values each. */
  sum(gradients: number, count: number): void {
    const images = this.imagesPerPass * PASSES_PER_GRADIENT;
    this.fixed('gradients', reduceOperation(this.program, gradients, count, images));
  }

  update(block: ParameterBlock, gradients: number): void {
    this.fixed('update', updateOperation(this.program, block, gradients, this.#step));
  }
}
