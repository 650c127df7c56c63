import { dropoutSeed } from '../dropout-mask.ts';
import type { OptimizerSpec, StepOptions, StepResult } from '../engine.ts';
import * as convPool from './conv-pool-operations.ts';
import {
  type BnReluStep,
  bnReluShape,
  type DropoutStep,
  type ExecutionPlan,
  type FusedPool,
  type LinearStep,
  type Step,
  type Tensor,
} from './execution-plan.ts';
import { KernelProgram, type Phase, type View } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import * as ops from './operations.ts';
import type { ParameterBlock, Parameters } from './parameters.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Rows in a chunk of a dense layer: eleven register tiles. */
const DENSE_ROWS = 66;
const IMAGES_PER_LOSS_CHUNK = 32;
/**
 * Passes whose weight gradients of a convolution accumulate in the same memory, so that less is written and read. More
 * of them would leave too few chunks for many threads.
 */
const PASSES_PER_GRADIENT = 2;

/**
 * Forward pass, backward pass and update for one batch, as a list of phases that is built once. Up to the next point at
 * which the whole batch must be known (batch norm, dense layers), a few images go through all layers in succession.
 */
export class TrainingProgram {
  readonly #program: KernelProgram;
  readonly #parameters: Parameters;
  readonly #optimizer: OptimizerSpec;
  readonly #batchSize: number;
  /** Images in a pass. Depends on the batch size alone, so that sums do not depend on the number of threads. */
  readonly #imagesPerPass: number;
  readonly #input: Tensor;
  /** Address of bytes, [batch size, height, width, channels]. */
  readonly #images: number;
  /** Address of bytes, [batch size]. */
  readonly #labels: number;
  /** Address of f64, [batch size, 2]: see LOSS_RESULTS. */
  readonly #results: number;
  /** Address of the hyperparameters of an optimizer step, STEP_*. */
  readonly #step: number;
  /** Address of f32, [passes, 2, channels]: partial results of the current batch norm. */
  readonly #partials: number;
  /** Address of f32: gradients of the current layer, [chunks of images, values], or [values] for the whole batch. */
  readonly #gradients: number;
  /** Address of f32, [values]: gradients of weights, computed from those of transformed weights. */
  readonly #untransformed: number;
  readonly #lossOperation: number;
  readonly #dropouts: { layer: number; operation: number }[] = [];
  /** Activations of the whole batch. */
  readonly #values = new Map<Tensor, View>();
  /** Addresses of the vectors of batch norms, [BATCH_NORM_VECTORS, channels]; 0 for steps without batch norm. */
  readonly #vectors = new Map<Step, number>();
  /** Addresses of the argmax of steps that are fused with the convolution before them. */
  readonly #argmax = new Map<Step, number>();
  readonly #packing: Phase[] = [];
  readonly #phases: Phase[] = [];
  /** Operations of the image phase under construction. */
  #pending: number[] = [];

  constructor(
    pool: ThreadPool,
    { input, output, steps }: ExecutionPlan,
    parameters: Parameters,
    optimizer: OptimizerSpec,
    batchSize: number,
  ) {
    const program = new KernelProgram(pool);
    this.#program = program;
    this.#parameters = parameters;
    this.#optimizer = optimizer;
    this.#batchSize = batchSize;
    this.#imagesPerPass = Math.min(Math.max(Math.ceil(batchSize / 32), 1), 8);
    this.#input = input;
    this.#images = program.allocate(batchSize * input.height * input.width * input.channels);
    this.#labels = program.allocate(batchSize);
    this.#results = program.allocate(batchSize * 16);
    this.#step = program.allocate(k.STEP_BYTES);
    const passes = Math.ceil(batchSize / this.#imagesPerPass);
    const widest = Math.max(0, ...[...parameters.batchNorm.values()].map(({ step }) => bnReluShape(step).padded));
    this.#partials = program.allocate(passes * 2 * widest * 4);
    const blocks = [
      ...[...parameters.linear.values()].map(({ step, block }) =>
        step.convolution ? ops.gradientValues(step) * Math.ceil(passes / PASSES_PER_GRADIENT) : block.count,
      ),
      ...[...parameters.batchNorm.values()].map(({ block }) => block.count),
    ];
    this.#gradients = program.allocate(Math.max(...blocks) * 4);
    this.#untransformed = program.allocate(
      Math.max(...[...parameters.linear.values()].map(({ block }) => block.count)) * 4,
    );

    this.#forward(steps);
    const gradient = program.global(output, batchSize, 0);
    this.#lossOperation = program.operation(k.CODE_LOSS, {
      [k.LOSS_LOGITS]: this.#values.get(output)!.base,
      [k.LOSS_GRADIENT]: gradient.base,
      [k.LOSS_LABELS]: this.#labels,
      [k.LOSS_RESULTS]: this.#results,
      [k.LOSS_CLASSES]: output.channels,
      [k.LOSS_PADDED_CLASSES]: output.padded,
    });
    this.#phases.push(program.imagePhase('loss', IMAGES_PER_LOSS_CHUNK, 1, [this.#lossOperation]));
    this.#backward(steps, gradient);
    program.finish();
  }

  #forward(steps: readonly Step[]): void {
    const program = this.#program;
    const input = program.global(this.#input, this.#batchSize);
    this.#values.set(this.#input, input);
    this.#pending.push(ops.inputOperation(program, this.#input, this.#images, input, this.#input.channels));
    for (const step of steps) {
      if (step.kind === 'dropout') this.#dropout(step, this.#values.get(step.tensor)!);
      else if (step.kind === 'linear') this.#linearForward(step);
      else if (!this.#argmax.has(step)) this.#bnReluForward(step);
    }
    this.#flush('forward');
  }

  #linearForward(step: LinearStep): void {
    const program = this.#program;
    const linear = this.#parameters.linear.get(step)!;
    if (step.fusedPool?.kind === 'conv1') {
      this.#pending.push(convPool.conv1ForwardOperation(program, linear, this.#convPoolForward(step, step.fusedPool)));
      return;
    }
    const packed = program.allocate(ops.packedBytes(linear));
    this.#pack(ops.packForward(program, linear, packed));
    if (step.fusedPool) {
      const { from, to, argmax } = this.#convPoolForward(step, step.fusedPool);
      const { bnRelu } = step.fusedPool;
      const full = program.local(step.to, this.#imagesPerPass, 0);
      const buffers = { from: full, to, border: bnRelu.to.border, vectors: 0, argmax };
      this.#pending.push(ops.linearForwardOperation(program, linear, packed, from, full));
      this.#pending.push(ops.bnReluOperation(program, k.CODE_BN_RELU_FORWARD, bnRelu, buffers));
      return;
    }
    const to = program.global(step.to, this.#batchSize, 0);
    this.#values.set(step.to, to);
    const operation = ops.linearForwardOperation(program, linear, packed, this.#values.get(step.from)!, to);
    if (step.convolution) this.#pending.push(operation);
    else this.#dense('dense forward', operation, step.to.padded / k.COLUMNS);
  }

  /** Buffers of a convolution and the pooling after it; the values in between are not stored. */
  #convPoolForward(step: LinearStep, { bnRelu }: FusedPool): convPool.ConvPoolBuffers {
    const from = this.#values.get(step.from)!;
    const to = this.#program.global(bnRelu.to, this.#batchSize);
    const argmax = this.#program.allocate(this.#batchSize * bnRelu.to.height * bnRelu.to.width * bnRelu.to.padded);
    this.#values.set(bnRelu.to, to);
    this.#argmax.set(bnRelu, argmax);
    return { from, to, argmax };
  }

  #bnReluForward(step: BnReluStep): void {
    const program = this.#program;
    const from = this.#values.get(step.from)!;
    const to = program.global(step.to, this.#batchSize);
    this.#values.set(step.to, to);
    const vectors = step.batchNorm ? program.allocate(k.BATCH_NORM_VECTORS * bnReluShape(step).padded * 4) : 0;
    this.#vectors.set(step, vectors);
    if (step.batchNorm) {
      const partials = this.#partials;
      this.#pending.push(ops.bnReluOperation(program, k.CODE_BN_STATISTICS, step, { from, vectors, partials }));
      this.#flush('forward');
      const settings = { partials, imagesPerChunk: this.#imagesPerPass };
      const batchNorm = this.#parameters.batchNorm.get(step)!;
      const operation = ops.batchNormOperation(program, k.CODE_BATCH_NORM_FORWARD, batchNorm, vectors, settings);
      this.#phases.push(program.fixedPhase('batch norm', 1, [operation]));
    }
    const buffers = { from, to, border: step.to.border, vectors };
    this.#pending.push(ops.bnReluOperation(program, k.CODE_BN_RELU_FORWARD, step, buffers));
  }

  /** From the gradient of the logits back to the first layer with weights. */
  #backward(steps: readonly Step[], gradientOfLogits: View): void {
    let gradient = gradientOfLogits;
    for (let index = steps.length - 1; index >= 0; index--) {
      const step = steps[index]!;
      const needed = steps
        .slice(0, index)
        .some((before) => before.kind === 'linear' || (before.kind === 'bnRelu' && before.batchNorm));
      if (step.kind === 'dropout') this.#dropout(step, gradient);
      else if (step.kind === 'linear' && step.fusedPool)
        gradient = this.#convPoolBackward(step, step.fusedPool, gradient, needed);
      else if (step.kind === 'linear') gradient = this.#linearBackward(step, gradient, needed);
      else if (!this.#argmax.has(step)) gradient = this.#bnReluBackward(step, gradient, steps[index - 1], needed);
      if (!needed) break;
    }
    this.#flush('backward');
  }

  #bnReluBackward(step: BnReluStep, gradient: View, before: Step | undefined, needed: boolean): View {
    const program = this.#program;
    const vectors = this.#vectors.get(step)!;
    const from = this.#values.get(step.from)!;
    if (step.batchNorm) {
      const partials = this.#partials;
      const buffers = { from, to: gradient, vectors, partials };
      this.#pending.push(ops.bnReluOperation(program, k.CODE_BN_GRADIENT_SUMS, step, buffers));
      this.#flush('batch norm backward');
      const settings = { partials, imagesPerChunk: this.#imagesPerPass, gradients: this.#gradients };
      const batchNorm = this.#parameters.batchNorm.get(step)!;
      const operation = ops.batchNormOperation(program, k.CODE_BATCH_NORM_BACKWARD, batchNorm, vectors, settings);
      this.#phases.push(program.fixedPhase('batch norm', 1, [operation]));
      this.#update(batchNorm.block);
    }
    if (!needed) return gradient;
    const local = before?.kind === 'linear' && before.convolution;
    const border = local ? ops.gradientBorder(before) : 0;
    const to = local
      ? program.local(step.from, this.#imagesPerPass, border)
      : program.global(step.from, this.#batchSize, 0);
    const buffers = { from, to: gradient, gradient: to, border, vectors };
    this.#pending.push(ops.bnReluOperation(program, k.CODE_BN_RELU_BACKWARD, step, buffers));
    return to;
  }

  #convPoolBackward(step: LinearStep, { kind, bnRelu }: FusedPool, gradient: View, needed: boolean): View {
    const program = this.#program;
    const linear = this.#parameters.linear.get(step)!;
    const buffers = { from: this.#values.get(step.from)!, to: gradient, argmax: this.#argmax.get(bnRelu)! };
    let to: View | null = null;
    if (kind === 'conv1') {
      this.#pending.push(convPool.conv1WeightGradientOperation(program, linear, buffers, this.#gradients));
    } else {
      if (needed) to = program.global(step.from, this.#batchSize, step.same ? 1 : 0);
      this.#pending.push(convPool.convPoolBackwardOperation(program, linear, buffers, this.#gradients, to));
    }
    this.#flush('convolution backward', true);
    this.#sum(step);
    this.#update(linear.block);
    return to ?? gradient;
  }

  #linearBackward(step: LinearStep, gradient: View, needed: boolean): View {
    const program = this.#program;
    const linear = this.#parameters.linear.get(step)!;
    const from = this.#values.get(step.from)!;
    const winograd = ops.isWinograd(step);
    const gradientOperation = winograd ? ops.winogradWeightGradientOperation : ops.weightGradientOperation;
    const weightGradient = gradientOperation(program, linear, from, gradient, this.#gradients);
    let to = gradient;
    let inputGradient = 0;
    if (needed) {
      const packed = program.allocate(ops.packedBytes(linear));
      this.#pack(ops.packBackward(program, linear, packed));
      to = program.global(step.from, this.#batchSize, 0);
      inputGradient = ops.inputGradientOperation(program, linear, packed, gradient, to);
    }
    if (step.convolution) {
      this.#pending.push(weightGradient);
      if (needed) this.#pending.push(inputGradient);
      this.#flush('convolution backward', true);
    } else {
      this.#flush('backward');
      const rows = linear.taps * linear.channels;
      const slices = Math.min(Math.max(Math.floor(rows / 48), 1), 32);
      this.#phases.push(program.imagePhase('dense weight gradients', this.#batchSize, slices, [weightGradient]));
      if (needed) this.#dense('dense backward', inputGradient, rows / k.COLUMNS);
    }
    if (step.convolution) this.#sum(step);
    if (winograd)
      this.#fixed('gradients', ops.winogradUnpackOperation(program, linear, this.#gradients, this.#untransformed));
    this.#update(linear.block, winograd ? this.#untransformed : this.#gradients);
    return to;
  }

  /** A GEMM over the whole batch, split by rows and columns. */
  #dense(name: string, operation: number, tiles: number): void {
    this.#flush('forward');
    const slices = Math.min(tiles, 16);
    this.#phases.push(this.#program.imagePhase(name, DENSE_ROWS, slices, [operation]));
  }

  #dropout(step: DropoutStep, values: View): void {
    const operation = ops.dropoutOperation(this.#program, step, values);
    this.#dropouts.push({ layer: step.index, operation });
    this.#pending.push(operation);
  }

  #pack({ operation, chunks }: ops.ChunkedOperation): void {
    this.#packing.push(this.#program.fixedPhase('pack', chunks, [operation]));
  }

  /** Sums the weight gradients of a convolution over the chunks of images. */
  #sum(step: LinearStep): void {
    const count = ops.gradientValues(step);
    this.#fixed(
      'gradients',
      ops.reduceOperation(this.#program, this.#gradients, count, this.#imagesPerPass * PASSES_PER_GRADIENT),
    );
  }

  #update(block: ParameterBlock, gradients = this.#gradients): void {
    this.#fixed('update', ops.updateOperation(this.#program, block, gradients, this.#step));
  }

  #fixed(name: string, { operation, chunks }: ops.ChunkedOperation): void {
    this.#phases.push(this.#program.fixedPhase(name, chunks, [operation]));
  }

  /** Completes the image phase under construction. `gradients`: its chunks accumulate weight gradients. */
  #flush(name: string, gradients = false): void {
    if (this.#pending.length > 0) {
      const images = this.#imagesPerPass * (gradients ? PASSES_PER_GRADIENT : 1);
      this.#phases.push(this.#program.imagePhase(name, images, 1, this.#pending, this.#imagesPerPass));
    }
    this.#pending = [];
    this.#program.resetLocal();
  }

  /** One training step on `labels.length` images. */
  run(images: Uint8Array, labels: Uint8Array, options: StepOptions): StepResult {
    const { memory } = this.#program.pool;
    const count = labels.length;
    memory.bytes(this.#images, images.length).set(images);
    memory.bytes(this.#labels, count).set(labels);
    memory.floats(this.#step, k.STEP_BYTES / 4).set(this.#hyperparameters(options));
    memory.words(this.#step + k.STEP_KIND, 1)[0] = this.#optimizerKind();
    memory.floats(this.#lossOperation + k.LOSS_SMOOTHING, 1)[0] = options.labelSmoothing ?? 0;
    for (const { layer, operation } of this.#dropouts) {
      memory.words(operation + k.DROPOUT_SEED, 1)[0] = dropoutSeed(options.seed, layer);
    }
    this.#program.run(this.#packing, count);
    this.#program.run(this.#phases, count);
    const results = memory.doubles(this.#results, count * 2);
    let loss = 0;
    let correct = 0;
    for (let image = 0; image < count; image++) {
      loss += results[image * 2]!;
      correct += results[image * 2 + 1]!;
    }
    return { loss: loss / count, correct };
  }

  #optimizerKind(): number {
    if (this.#optimizer.type === 'adam') return 0;
    return this.#optimizer.nesterov ? 2 : 1;
  }

  #hyperparameters({ learningRate, step }: StepOptions): Float32Array {
    const optimizer = this.#optimizer;
    const values = new Float32Array(k.STEP_BYTES / 4);
    const set = (offset: number, value: number) => {
      values[offset / 4] = value;
    };
    set(k.STEP_RATE, learningRate);
    set(k.STEP_DECAY, optimizer.weightDecay);
    if (optimizer.type === 'adam') {
      const { beta1, beta2, epsilon } = optimizer;
      set(k.STEP_ALPHA, (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step));
      set(k.STEP_BETA1, beta1);
      set(k.STEP_BETA2, beta2);
      set(k.STEP_EPSILON, epsilon);
    } else {
      set(k.STEP_BETA1, optimizer.momentum);
    }
    return values;
  }

  /** Frees the program's memory. */
  release(): void {
    this.#program.release();
  }
}
