import { conv1ForwardOperation } from './conv-pool-operations.ts';
import { type BnReluStep, bnReluShape, type ExecutionPlan, type Step, type Tensor } from './execution-plan.ts';
import { KernelProgram, type Phase, tensorBytes, type View } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import {
  batchNormOperation,
  bnReluOperation,
  inputOperation,
  linearForwardOperation,
  packedBytes,
  packForward,
} from './operations.ts';
import type { Parameters } from './parameters.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Images that a thread takes through the whole network at a time: the rows of a register tile of a dense layer. */
const IMAGES_PER_CHUNK = 6;
const CHUNKS_PER_THREAD = 16;

/** Operations that a thread runs in succession. */
interface Stage {
  operations: number[];
  /** The maximum number of slices, by columns of the output. */
  columns: number;
}

/**
 * Forward passes. If there are many images, each thread takes a few at a time through all layers in scratch memory, so
 * that only weights and images come from outside the cache. If there are few, the threads split the columns of each
 * layer.
 */
export class InferenceProgram {
  readonly #program: KernelProgram;
  readonly #parameters: Parameters;
  readonly #prepare: Phase[] = [];
  /** The whole forward pass as one phase, for many images. */
  readonly #many: Phase[];
  /** The forward pass as a phase for each stage, for at most `IMAGES_PER_CHUNK` images. */
  readonly #few: Phase[];
  /** Images that fit in memory at a time. */
  readonly #capacity: number;
  /** Address of bytes, [capacity, height, width, channels]. */
  readonly #images: number;
  readonly #imageBytes: number;
  readonly #logits: View;
  readonly #input: Tensor;
  readonly #output: Tensor;
  readonly #steps: readonly Step[];
  /** Addresses of packed weights and of the vectors of batch norms. */
  readonly #prepared = new Map<Step, number>();

  constructor(pool: ThreadPool, { input, output, steps }: ExecutionPlan, parameters: Parameters) {
    const program = new KernelProgram(pool);
    this.#program = program;
    this.#parameters = parameters;
    this.#input = input;
    this.#output = output;
    this.#steps = steps;
    this.#capacity = IMAGES_PER_CHUNK * CHUNKS_PER_THREAD * pool.threads;
    this.#imageBytes = input.height * input.width * input.channels;
    this.#images = program.allocate(this.#capacity * this.#imageBytes);
    this.#logits = program.global(output, this.#capacity);
    for (const step of steps) this.#prepareStep(step);

    // Only the input and output of a step are live at a time: two buffers, used alternately.
    const all = this.#stages(this.#buffers(2, true)).flatMap(({ operations }) => operations);
    this.#many = [program.imagePhase('forward', IMAGES_PER_CHUNK, 1, all)];
    // A thread may be one step ahead of another within a stage: three buffers.
    const stages = pool.threads > 1 ? this.#stages(this.#buffers(3, false)) : [];
    this.#few = stages.map(({ operations, columns }) =>
      program.imagePhase('forward', IMAGES_PER_CHUNK, Math.min(columns, pool.threads), operations),
    );
    program.finish();
  }

  /** Allocates packed weights or batch norm vectors for a step, and adds the phase that computes them. */
  #prepareStep(step: Step): void {
    const program = this.#program;
    if (step.kind === 'linear' && step.fusedPool?.kind !== 'conv1') {
      const linear = this.#parameters.linear.get(step)!;
      const packed = program.allocate(packedBytes(linear));
      this.#prepared.set(step, packed);
      const { operation, chunks } = packForward(program, linear, packed);
      this.#prepare.push(program.fixedPhase('pack', chunks, [operation]));
    } else if (step.kind === 'bnRelu' && step.batchNorm) {
      const vectors = program.allocate(k.BATCH_NORM_VECTORS * bnReluShape(step).padded * 4);
      this.#prepared.set(step, vectors);
      const operation = batchNormOperation(
        program,
        k.CODE_BATCH_NORM_INFERENCE,
        this.#parameters.batchNorm.get(step)!,
        vectors,
      );
      this.#prepare.push(program.fixedPhase('batch norm', 1, [operation]));
    }
  }

  /** Places the tensors of a chunk in `count` buffers in turn, which are in scratch memory (`local`) or shared. */
  #buffers(count: number, local: boolean): (tensor: Tensor) => View {
    const program = this.#program;
    const isConv1 = (step: Step) => step.kind === 'linear' && step.fusedPool?.kind === 'conv1';
    const tensors = [
      this.#input,
      ...this.#steps.filter((step) => step.kind !== 'dropout' && !isConv1(step)).map((step) => (step as BnReluStep).to),
    ];
    const size = Math.max(...tensors.map((tensor) => tensorBytes(tensor, tensor.border).image)) * IMAGES_PER_CHUNK;
    const buffers = Array.from({ length: count }, () => (local ? program.localBytes(size) : program.allocate(size)));
    return (tensor) => {
      if (tensor === this.#output) return this.#logits;
      const { image, row, start } = tensorBytes(tensor, tensor.border);
      return { base: buffers[tensors.indexOf(tensor) % count]! + start, image, row, local };
    };
  }

  #stages(viewOf: (tensor: Tensor) => View): Stage[] {
    const program = this.#program;
    const input = inputOperation(program, this.#input, this.#images, viewOf(this.#input), this.#input.channels);
    const stages: Stage[] = [{ operations: [input], columns: 1 }];
    let before: Step | null = null;
    let skipped: BnReluStep | null = null;
    for (const step of this.#steps) {
      if (step.kind === 'linear') {
        const linear = this.#parameters.linear.get(step)!;
        const columns = step.to.padded / k.COLUMNS;
        const from = viewOf(step.from);
        let operation: number;
        if (step.fusedPool?.kind === 'conv1') {
          skipped = step.fusedPool.bnRelu;
          operation = conv1ForwardOperation(program, linear, { from, to: viewOf(skipped.to), argmax: 0 });
        } else {
          operation = linearForwardOperation(program, linear, this.#prepared.get(step)!, from, viewOf(step.to));
        }
        stages.push({ operations: [operation], columns });
      } else if (step.kind === 'bnRelu' && step !== skipped) {
        const vectors = this.#prepared.get(step) ?? 0;
        const buffers = { from: viewOf(step.from), to: viewOf(step.to), border: step.to.border, vectors };
        const operation = bnReluOperation(program, k.CODE_BN_RELU_FORWARD, step, buffers);
        // Slices cover the same channels in both, so a thread needs only its own results.
        if (before?.kind === 'linear') stages.at(-1)!.operations.push(operation);
        else stages.push({ operations: [operation], columns: 1 });
      }
      before = step;
    }
    return stages;
  }

  /** Packs the weights. Call it whenever they have changed. */
  prepare(): void {
    this.#program.run(this.#prepare, 1);
  }

  /** Logits, [n, classes], of images, [n, height, width, channels]. */
  predict(images: Uint8Array): Float32Array {
    const { memory } = this.#program.pool;
    const count = images.length / this.#imageBytes;
    const { channels } = this.#output;
    const logits = new Float32Array(count * channels);
    for (let first = 0; first < count; first += this.#capacity) {
      const size = Math.min(this.#capacity, count - first);
      const bytes = images.subarray(first * this.#imageBytes, (first + size) * this.#imageBytes);
      memory.bytes(this.#images, bytes.length).set(bytes);
      const few = size <= IMAGES_PER_CHUNK && this.#few.length > 0;
      this.#program.run(few ? this.#few : this.#many, size);
      for (let image = 0; image < size; image++) {
        const row = memory.floats(this.#logits.base + image * this.#logits.image, channels);
        logits.set(row, (first + image) * channels);
      }
    }
    return logits;
  }

  /** Frees the program's memory. */
  release(): void {
    this.#program.release();
  }
}
