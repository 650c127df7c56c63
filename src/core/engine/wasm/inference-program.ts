import { conv1ForwardOperation } from './conv-pool-operations.ts';
import { depthwiseForwardOperation, isDepthwise } from './depthwise-operations.ts';
import {
  type BnReluStep,
  type ExecutionPlan,
  type InputTensor,
  inputsOf,
  type LayerStep,
  outputOf,
  type Step,
  type Tensor,
} from './execution-plan.ts';
import { KernelProgram, type Phase, tensorBytes, type View } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import { isSliced, layerForward } from './layer-step.ts';
import { linearForwardOperation } from './linear-operations.ts';
import { bnReluOperation, inputOperation } from './operations.ts';
import type { Parameters } from './parameters.ts';
import { inferenceSteps, isConv1, type PreparedWeights } from './prepared-weights.ts';
import { placeTensors, type TensorAccess } from './tensor-placement.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Images that a thread takes through the whole network at a time: the rows of a register tile of a dense layer. */
const IMAGES_PER_CHUNK = 6;
const CHUNKS_PER_THREAD = 16;

/** Steps that a thread runs in succession, on part of the channels. */
interface Stage {
  readonly steps: Step[];
  /** The maximum number of slices, by columns of the output. */
  readonly columns: number;
}

/**
 * Forward passes. If there are many images, each thread takes a few at a time through all layers in scratch memory, so
 * that only weights and images come from outside the cache. If there are few, the threads split the columns of each
 * layer.
 */
export class InferenceProgram {
  readonly #program: KernelProgram;
  readonly #parameters: Parameters;
  readonly #prepared: PreparedWeights;
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
  readonly #input: InputTensor;
  readonly #output: Tensor;
  readonly #steps: readonly Step[];

  constructor(
    pool: ThreadPool,
    { input, output, steps }: ExecutionPlan,
    parameters: Parameters,
    prepared: PreparedWeights,
  ) {
    const program = new KernelProgram(pool);
    this.#program = program;
    this.#parameters = parameters;
    this.#prepared = prepared;
    this.#input = input;
    this.#output = output;
    this.#steps = inferenceSteps(steps);
    this.#capacity = IMAGES_PER_CHUNK * CHUNKS_PER_THREAD * pool.threads;
    this.#imageBytes = input.height * input.width * input.channels;
    this.#images = program.allocate(this.#capacity * this.#imageBytes);
    this.#logits = program.global(output, this.#capacity);

    const viewInScratch = this.#views(
      this.#steps.map((step) => [step]),
      true,
    );
    const all = this.#steps.flatMap((step) => this.#operations(step, viewInScratch));
    this.#many = [program.imagePhase('forward', IMAGES_PER_CHUNK, 1, [this.#inputOperation(viewInScratch), ...all])];
    this.#few = pool.threads > 1 ? this.#phasesForFew() : [];
    program.finish();
  }

  #phasesForFew(): Phase[] {
    const program = this.#program;
    const stages = stagesOf(this.#steps);
    const viewOf = this.#views(
      stages.map(({ steps }) => steps),
      false,
    );
    const input = program.imagePhase('input', IMAGES_PER_CHUNK, 1, [this.#inputOperation(viewOf)]);
    const others = stages.map(({ steps, columns }) => {
      const operations = steps.flatMap((step) => this.#operations(step, viewOf));
      return program.imagePhase('forward', IMAGES_PER_CHUNK, Math.min(columns, program.pool.threads), operations);
    });
    return [input, ...others];
  }

  /**
   * Places the tensors of a chunk in scratch memory (`local`) or shared memory. `groups`: steps during which the tensors
   * of all of them are needed, since a thread may be ahead of another.
   */
  #views(groups: readonly (readonly Step[])[], local: boolean): (tensor: Tensor) => View {
    const program = this.#program;
    const work: TensorAccess[] = groups.map((steps) => ({
      reads: steps.flatMap(inputsOf),
      writes: steps.map(outputInInference),
    }));
    const bytesOf = (tensor: Tensor) => tensorBytes(tensor, tensor.border).image * IMAGES_PER_CHUNK;
    const { offsets, bytes } = placeTensors([{ reads: [], writes: [this.#input] }, ...work], bytesOf);
    const base = local ? program.localBytes(bytes) : program.allocate(bytes);
    return (tensor) => {
      if (tensor === this.#output) return this.#logits;
      const { image, row, start } = tensorBytes(tensor, tensor.border);
      return { base: base + offsets.get(tensor)! + start, image, row, local };
    };
  }

  #inputOperation(viewOf: (tensor: Tensor) => View): number {
    return inputOperation(this.#program, this.#input, this.#images, viewOf(this.#input));
  }

  #operations(step: Step, viewOf: (tensor: Tensor) => View): number[] {
    const program = this.#program;
    const to = viewOf(outputInInference(step));
    switch (step.kind) {
      case 'linear': {
        const linear = this.#parameters.linear.get(step)!;
        const from = viewOf(step.from);
        if (isConv1(step)) return [conv1ForwardOperation(program, linear, { from, to, argmax: 0 })];
        return [linearForwardOperation(program, linear, this.#prepared.packed(step), from, to)];
      }
      case 'bnRelu': {
        const vectors = this.#prepared.vectors(step);
        const buffers = { from: viewOf(step.from), to, border: step.to.border, vectors };
        return [bnReluOperation(program, k.CODE_BN_RELU_FORWARD, step, buffers)];
      }
      case 'layer': {
        const from = step.from.map(viewOf);
        const { border } = step.to;
        if (!isDepthwise(step)) return layerForward(program, step, { from, to, border });
        const depthwise = this.#parameters.depthwise.get(step)!;
        return [depthwiseForwardOperation(program, depthwise, { from: from[0]!, to, border })];
      }
      case 'dropout':
        return [];
    }
  }

  /** Logits, [n, classes] or [n, steps, classes], of images, [n, height, width, channels]. */
  predict(images: Uint8Array): Float32Array {
    this.#prepared.prepare();
    const { memory } = this.#program.pool;
    const count = images.length / this.#imageBytes;
    const { channels, padded, width } = this.#output;
    const logits = new Float32Array(count * width * channels);
    for (let first = 0; first < count; first += this.#capacity) {
      const size = Math.min(this.#capacity, count - first);
      const bytes = images.subarray(first * this.#imageBytes, (first + size) * this.#imageBytes);
      memory.bytes(this.#images, bytes.length).set(bytes);
      const few = size <= IMAGES_PER_CHUNK && this.#few.length > 0;
      this.#program.run(few ? this.#few : this.#many, size);
      for (let pixel = 0; pixel < size * width; pixel++) {
        const [image, x] = [Math.floor(pixel / width), pixel % width];
        const row = memory.floats(this.#logits.base + image * this.#logits.image + x * padded * 4, channels);
        logits.set(row, (first * width + pixel) * channels);
      }
    }
    return logits;
  }

  /** Frees the program's memory, but not the prepared weights. */
  release(): void {
    this.#program.release();
  }
}

function outputInInference(step: Step): Tensor {
  return isConv1(step) ? step.fusedPool.bnRelu.to : outputOf(step);
}

/** Groups steps so that a thread needs, of the steps of its group, only results that it has computed itself. */
function stagesOf(steps: readonly Step[]): Stage[] {
  const stages: Stage[] = [];
  /** The stage and the number of columns of each tensor. */
  const written = new Map<Tensor, { stage: Stage; columns: number }>();
  for (const step of steps) {
    const to = outputInInference(step);
    const columns = to.padded / k.COLUMNS;
    const last = stages.at(-1);
    const own = inputsOf(step).map((tensor) => written.get(tensor));
    // Slices cover the same channels in both.
    const joins =
      last && isColumnwise(step) && own.some((before) => before?.stage === last && before.columns === columns);
    const fits = own.every((before) => before?.stage !== last || before?.columns === columns);
    if (joins && fits && last.columns === columns) {
      last.steps.push(step);
      written.set(to, { stage: last, columns });
      continue;
    }
    const stage: Stage = { steps: [step], columns: step.kind === 'linear' || isColumnwise(step) ? columns : 1 };
    stages.push(stage);
    written.set(to, { stage, columns });
  }
  return stages;
}

/** Whether each column of a step's output depends on the same column of its inputs only. */
function isColumnwise(step: BnReluStep | LayerStep | Step): boolean {
  if (step.kind === 'layer') return isSliced(step);
  return step.kind === 'bnRelu' && (!step.flat || step.from.height * step.from.width === 1);
}
