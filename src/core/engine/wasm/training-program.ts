import { Ctc } from '../ctc.ts';
import { dropoutSeed } from '../dropout-mask.ts';
import type { OptimizerSpec, StepOptions, StepResult } from '../engine.ts';
import { BackwardPass } from './backward-pass.ts';
import { bnReluShape, type ExecutionPlan, type Tensor } from './execution-plan.ts';
import { ForwardPass } from './forward-pass.ts';
import { KernelProgram, type Phase, type View } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import { gradientValues } from './linear-operations.ts';
import { inputOperation } from './operations.ts';
import type { Parameters } from './parameters.ts';
import { PhaseBuilder } from './phase-builder.ts';
import type { ThreadPool } from './thread-pool.ts';

const IMAGES_PER_LOSS_CHUNK = 32;

/** Forward pass, backward pass and update for one batch, as a list of phases that is built once. */
export class TrainingProgram {
  readonly #program: KernelProgram;
  readonly #builder: PhaseBuilder;
  readonly #optimizer: OptimizerSpec;
  /** Address of bytes, [batch size, height, width, channels]. */
  readonly #images: number;
  /** Address of bytes, [batch size]. */
  readonly #labels: number;
  /** Address of f64, [batch size, 2]: see LOSS_RESULTS. */
  readonly #results: number;
  readonly #output: Tensor;
  readonly #logits: View;
  readonly #gradient: View;
  readonly #forward: readonly Phase[];
  readonly #loss: readonly Phase[];
  readonly #backward: readonly Phase[];
  readonly #ctc: Ctc;
  /** Address of the hyperparameters of an optimizer step, STEP_*. */
  readonly #step: number;
  readonly #lossOperation: number;

  constructor(
    pool: ThreadPool,
    { input, output, steps }: ExecutionPlan,
    parameters: Parameters,
    optimizer: OptimizerSpec,
    batchSize: number,
  ) {
    const program = new KernelProgram(pool);
    this.#program = program;
    this.#optimizer = optimizer;
    this.#images = program.allocate(batchSize * input.height * input.width * input.channels);
    this.#labels = program.allocate(batchSize);
    this.#results = program.allocate(batchSize * 16);
    this.#step = program.allocate(k.STEP_BYTES);
    const builder = new PhaseBuilder(program, batchSize, this.#step);
    this.#builder = builder;
    const buffers = gradientBuffers(builder, parameters);

    const forward = new ForwardPass(builder, parameters, buffers.partials);
    const images = program.global(input, batchSize);
    forward.values.set(input, images);
    builder.add(inputOperation(program, input, this.#images, images));
    forward.build(steps);
    this.#forward = builder.phases.splice(0);
    const gradient = program.global(output, batchSize, 0);
    this.#output = output;
    this.#logits = forward.values.get(output)!;
    this.#gradient = gradient;
    this.#ctc = new Ctc(output.channels);
    this.#lossOperation = program.operation(k.CODE_LOSS, {
      [k.LOSS_LOGITS]: this.#logits.base,
      [k.LOSS_GRADIENT]: gradient.base,
      [k.LOSS_LABELS]: this.#labels,
      [k.LOSS_RESULTS]: this.#results,
      [k.LOSS_CLASSES]: output.channels,
      [k.LOSS_PADDED_CLASSES]: output.padded,
    });
    this.#loss = [program.imagePhase('loss', IMAGES_PER_LOSS_CHUNK, 1, [this.#lossOperation])];
    new BackwardPass(builder, parameters, forward, buffers, steps).build(output, gradient);
    this.#backward = builder.phases;
    program.finish();
  }

  /** One training step on `labels.length` images. */
  run(images: Uint8Array, labels: Uint8Array, options: StepOptions): StepResult {
    const { memory } = this.#program.pool;
    const count = labels.length;
    memory.bytes(this.#labels, count).set(labels);
    memory.floats(this.#lossOperation + k.LOSS_SMOOTHING, 1)[0] = options.labelSmoothing ?? 0;
    this.#runForward(images, count, options);
    this.#program.run(this.#loss, count);
    this.#program.run(this.#backward, count);
    const results = memory.doubles(this.#results, count * 2);
    let loss = 0;
    let correct = 0;
    for (let image = 0; image < count; image++) {
      loss += results[image * 2]!;
      correct += results[image * 2 + 1]!;
    }
    return { loss: loss / count, correct };
  }

  /** One training step on images of sequences. `targets`: the class indices that each of them spells. */
  runSequences(images: Uint8Array, targets: readonly Uint8Array[], options: StepOptions): StepResult {
    const { memory } = this.#program.pool;
    this.#runForward(images, targets.length, options);
    const { width, padded } = this.#output;
    const values = width * padded;
    let loss = 0;
    let correct = 0;
    targets.forEach((target, image) => {
      const logits = memory.floats(this.#logits.base + image * this.#logits.image, values);
      const gradient = memory.floats(this.#gradient.base + image * this.#gradient.image, values);
      const result = this.#ctc.loss(logits, width, padded, target, gradient, 1 / targets.length);
      // A target that does not fit its image would hide the others; NaN must be seen.
      if (result.loss !== Number.POSITIVE_INFINITY) loss += result.loss;
      if (result.correct) correct++;
    });
    this.#program.run(this.#backward, targets.length);
    return { loss: loss / targets.length, correct };
  }

  #runForward(images: Uint8Array, count: number, options: StepOptions): void {
    const { memory } = this.#program.pool;
    memory.bytes(this.#images, images.length).set(images);
    memory.floats(this.#step, k.STEP_BYTES / 4).set(this.#hyperparameters(options));
    memory.words(this.#step + k.STEP_KIND, 1)[0] = this.#optimizerKind();
    for (const { layer, operation } of this.#builder.dropouts) {
      memory.words(operation + k.DROPOUT_SEED, 1)[0] = dropoutSeed(options.seed, layer);
    }
    this.#program.run(this.#builder.packing, count);
    this.#program.run(this.#forward, count);
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

/** Allocates memory that the layers use in turn. */
function gradientBuffers({ program, passes, gradientGroups }: PhaseBuilder, parameters: Parameters) {
  const linear = [...parameters.linear.values()];
  const batchNorms = [...parameters.batchNorm.values()];
  const widest = Math.max(0, ...batchNorms.map(({ step }) => bnReluShape(step).padded));
  const gradients = [
    ...linear.map((each) => (each.step.convolution ? gradientValues(each) * gradientGroups : each.block.count)),
    ...[...parameters.depthwise.values()].map(({ block }) => block.count * gradientGroups),
    ...batchNorms.map(({ block }) => block.count),
  ];
  return {
    partials: program.allocate(passes * 2 * widest * 4),
    gradients: program.allocate(Math.max(0, ...gradients) * 4),
    untransformed: program.allocate(Math.max(0, ...linear.map(({ block }) => block.count)) * 4),
  };
}
