import * as convPool from './conv-pool-operations.ts';
import {
  type DepthwiseStep,
  depthwiseInputGradientOperation,
  depthwiseWeightGradientOperation,
  isDepthwise,
} from './depthwise-operations.ts';
import {
  type BnReluStep,
  type DropoutStep,
  type FusedPool,
  inputsOf,
  isTrained,
  type LayerStep,
  type LinearStep,
  outputOf,
  type Step,
  type Tensor,
} from './execution-plan.ts';
import type { Activations } from './forward-pass.ts';
import { GradientMemory } from './gradient-memory.ts';
import type { View } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import { gradientCopyOperation, layerBackward, sumOperations } from './layer-step.ts';
import * as linearOps from './linear-operations.ts';
import * as ops from './operations.ts';
import type { Parameters } from './parameters.ts';
import type { PhaseBuilder } from './phase-builder.ts';

/** Shared memory of the backward pass. */
export interface GradientBuffers {
  /** Address of f32, [passes, 2, channels]: partial results of the current batch norm. */
  readonly partials: number;
  /** Address of f32: gradients of the current layer, [chunks of images, values], or [values] for the whole batch. */
  readonly gradients: number;
  /** Address of f32, [values]: gradients of weights, computed from those of transformed weights. */
  readonly untransformed: number;
}

/** The gradient of a tensor, or one of its summands. */
interface Gradient {
  readonly view: View;
  /** Another tensor's gradient is in the same memory. */
  readonly shared: boolean;
}

/** Builds the phases of the backward pass and the updates of a training step. */
export class BackwardPass {
  readonly #builder: PhaseBuilder;
  readonly #parameters: Parameters;
  readonly #activations: Activations;
  readonly #buffers: GradientBuffers;
  readonly #steps: readonly Step[];
  /** Tensors that depend on weights, so that their gradients are needed. */
  readonly #needed = new Set<Tensor>();
  /** How many gradients of a tensor are added up: one for each time that a step reads it. */
  readonly #summands = new Map<Tensor, number>();
  /** The convolutions of which tensors are the outputs, and their positions among the steps. */
  readonly #convolutions = new Map<Tensor, { step: LinearStep; position: number }>();
  readonly #gradients = new Map<Tensor, Gradient[]>();
  readonly #memory: GradientMemory;

  constructor(
    builder: PhaseBuilder,
    parameters: Parameters,
    activations: Activations,
    buffers: GradientBuffers,
    steps: readonly Step[],
  ) {
    this.#builder = builder;
    this.#parameters = parameters;
    this.#activations = activations;
    this.#buffers = buffers;
    this.#steps = steps;
    this.#memory = new GradientMemory(builder);
  }

  /** Adds the steps in reverse, from the gradient of the output back to the first steps with weights. */
  build(output: Tensor, gradient: View): void {
    this.#analyze(output);
    this.#gradients.set(output, [{ view: gradient, shared: false }]);
    for (let position = this.#steps.length - 1; position >= 0; position--) {
      const step = this.#steps[position]!;
      // Of a fused step the convolution takes care.
      if (!this.#needed.has(outputOf(step)) || this.#activations.argmax.has(step)) continue;
      const to = step.kind === 'linear' && step.fusedPool ? step.fusedPool.bnRelu.to : outputOf(step);
      const gradient = this.#gradientOf(to);
      // The output of the network does not depend on the step.
      if (!gradient) continue;
      if (step.kind === 'dropout') this.#dropout(step, gradient);
      else if (step.kind === 'bnRelu') this.#bnRelu(step, position, gradient.view);
      else if (step.kind === 'linear' && step.fusedPool) this.#convPool(step, step.fusedPool, gradient.view);
      else if (step.kind === 'linear') this.#linear(step, gradient.view);
      else if (isDepthwise(step)) this.#depthwise(step, gradient.view);
      else this.#layer(step, position, gradient);
      if (step.kind !== 'dropout') this.#memory.release(gradient.view);
    }
    this.#builder.flush('backward');
  }

  #analyze(output: Tensor): void {
    this.#steps.forEach((step, position) => {
      if (isTrained(step) || inputsOf(step).some((tensor) => this.#needed.has(tensor))) {
        this.#needed.add(outputOf(step));
      }
      if (step.kind === 'linear' && step.convolution) this.#convolutions.set(step.to, { step, position });
    });
    const used = new Set([output]);
    for (const step of this.#steps.toReversed()) {
      if (step.kind === 'dropout' || !used.has(outputOf(step))) continue;
      for (const tensor of inputsOf(step)) {
        used.add(tensor);
        this.#summands.set(tensor, (this.#summands.get(tensor) ?? 0) + 1);
      }
    }
  }

  /** The gradient of a tensor once all steps that read it have added theirs. */
  #gradientOf(tensor: Tensor): Gradient | null {
    const summands = this.#gradients.get(tensor) ?? [];
    if (summands.length < 2) return summands[0] ?? null;
    const border = this.#border(tensor);
    const view = this.#memory.allocate(tensor, border, true);
    const views = summands.map((summand) => summand.view);
    this.#builder.add(...sumOperations(this.#builder.program, tensor, views, view, border));
    for (const summand of views) this.#memory.release(summand);
    const sum = { view, shared: false };
    this.#gradients.set(tensor, [sum]);
    return sum;
  }

  /** Zero pixels around a tensor's gradient that the step before it reads. */
  #border(tensor: Tensor): number {
    const convolution = this.#convolutions.get(tensor);
    return convolution ? linearOps.gradientBorder(convolution.step) : 0;
  }

  #addGradient(tensor: Tensor, view: View, shared = false): void {
    const gradients = this.#gradients.get(tensor) ?? [];
    gradients.push({ view, shared });
    this.#gradients.set(tensor, gradients);
  }

  /**
   * A buffer for a gradient of a tensor in shared memory. `overwritten`: the operations set all values (not the border).
   */
  #allocate(tensor: Tensor, overwritten: boolean): View {
    const border = this.#summands.get(tensor) === 1 ? this.#border(tensor) : 0;
    const view = this.#memory.allocate(tensor, border, overwritten && border === 0);
    this.#addGradient(tensor, view);
    return view;
  }

  /**
   * A buffer for the gradient of a tensor that the step at `position` reads. It is in scratch memory if the next
   * operation that reads it is that of a convolution in the same phase. The step must write its border.
   */
  #allocateAdjacent(tensor: Tensor, position: number): { view: View; border: number } {
    const convolution = this.#convolutions.get(tensor);
    let before = position - 1;
    while (this.#steps[before]?.kind === 'dropout' && outputOf(this.#steps[before]!) === tensor) before--;
    const border = this.#summands.get(tensor) === 1 ? this.#border(tensor) : 0;
    const local = convolution?.position === before && this.#summands.get(tensor) === 1;
    const view = local
      ? this.#builder.program.local(tensor, this.#builder.imagesPerPass, border)
      : this.#memory.allocate(tensor, border, true);
    this.#addGradient(tensor, view);
    return { view, border };
  }

  #dropout(step: DropoutStep, { view, shared }: Gradient): void {
    let own = view;
    if (shared) {
      this.#gradients.delete(step.tensor);
      const border = this.#border(step.tensor);
      own = this.#memory.allocate(step.tensor, border, true);
      this.#builder.add(gradientCopyOperation(this.#builder.program, step.tensor, view, own, border));
      this.#memory.release(view);
      this.#addGradient(step.tensor, own);
    }
    this.#builder.dropout(step, own);
  }

  #bnRelu(step: BnReluStep, position: number, gradient: View): void {
    const builder = this.#builder;
    const { program } = builder;
    const { partials, gradients } = this.#buffers;
    const vectors = this.#activations.vectors.get(step)!;
    const from = this.#activations.values.get(step.from)!;
    if (step.batchNorm) {
      const buffers = { from, to: gradient, vectors, partials };
      builder.add(ops.bnReluOperation(program, k.CODE_BN_GRADIENT_SUMS, step, buffers));
      builder.flush('batch norm backward');
      const settings = { partials, imagesPerChunk: builder.imagesPerPass, gradients };
      const batchNorm = this.#parameters.batchNorm.get(step)!;
      const operation = ops.batchNormOperation(program, k.CODE_BATCH_NORM_BACKWARD, batchNorm, vectors, settings);
      builder.fixed('batch norm', { operation, chunks: 1 });
      builder.update(batchNorm.block, gradients);
    }
    if (!this.#needed.has(step.from)) return;
    const { view, border } = this.#allocateAdjacent(step.from, position);
    const buffers = { from, to: gradient, gradient: view, border, vectors };
    builder.add(ops.bnReluOperation(program, k.CODE_BN_RELU_BACKWARD, step, buffers));
  }

  #convPool(step: LinearStep, { kind, bnRelu }: FusedPool, gradient: View): void {
    const builder = this.#builder;
    const { program } = builder;
    const { gradients } = this.#buffers;
    const linear = this.#parameters.linear.get(step)!;
    const { values, argmax } = this.#activations;
    const buffers = { from: values.get(step.from)!, to: gradient, argmax: argmax.get(bnRelu)! };
    if (kind === 'conv1') {
      builder.add(convPool.conv1WeightGradientOperation(program, linear, buffers, gradients));
    } else {
      const needed = this.#needed.has(step.from);
      const to = needed ? this.#memory.allocate(step.from, convPool.fusedMargin(step), true) : null;
      builder.add(convPool.convPoolBackwardOperation(program, linear, buffers, gradients, to));
      if (to) this.#addGradient(step.from, to);
    }
    builder.flush('convolution backward', true);
    builder.sum(gradients, linearOps.gradientValues(linear));
    builder.update(linear.block, gradients);
  }

  #linear(step: LinearStep, gradient: View): void {
    const builder = this.#builder;
    const { program } = builder;
    const { gradients, untransformed } = this.#buffers;
    const linear = this.#parameters.linear.get(step)!;
    const from = this.#activations.values.get(step.from)!;
    const weightGradient = linearOps.weightGradientOperation(program, linear, from, gradient, gradients);
    let inputGradients: number[] = [];
    if (this.#needed.has(step.from)) {
      const packed = program.allocate(linearOps.packedBytes(linear));
      builder.pack(linearOps.packBackward(program, linear, packed));
      const to = this.#allocate(step.from, linearOps.readsAllPixels(step));
      inputGradients = linearOps.inputGradientOperations(program, linear, packed, gradient, to);
    }
    if (!step.convolution) {
      builder.flush('backward');
      const rows = linear.taps * linear.channels;
      builder.batch('dense weight gradients', weightGradient, Math.min(Math.max(Math.floor(rows / 48), 1), 32));
      for (const operation of inputGradients) builder.dense('dense backward', operation, rows / k.COLUMNS);
      builder.update(linear.block, gradients);
      return;
    }
    builder.add(weightGradient, ...inputGradients);
    builder.flush('convolution backward', true);
    builder.sum(gradients, linearOps.gradientValues(linear));
    const winograd = linearOps.isWinograd(step);
    if (winograd) {
      builder.fixed('gradients', linearOps.winogradUnpackOperation(program, linear, gradients, untransformed));
    }
    builder.update(linear.block, winograd ? untransformed : gradients);
  }

  #depthwise(step: DepthwiseStep, gradient: View): void {
    const builder = this.#builder;
    const { program } = builder;
    const { gradients } = this.#buffers;
    const depthwise = this.#parameters.depthwise.get(step)!;
    const input = step.from[0]!;
    const from = this.#activations.values.get(input)!;
    builder.add(depthwiseWeightGradientOperation(program, depthwise, { from, gradient }, gradients));
    if (this.#needed.has(input)) {
      const into = this.#allocate(input, true);
      builder.add(depthwiseInputGradientOperation(program, depthwise, { gradient, into, border: 0 }));
    }
    builder.flush('convolution backward', true);
    builder.sum(gradients, depthwise.block.count);
    builder.update(depthwise.block, gradients);
  }

  #layer(step: LayerStep, position: number, gradient: Gradient): void {
    const { program } = this.#builder;
    const needed = step.from.flatMap((tensor, input) => (this.#needed.has(tensor) ? [{ tensor, input }] : []));
    const from = step.from.map((tensor) => this.#activations.values.get(tensor)!);
    for (const { tensor, input } of needed) {
      if (step.layer.type === 'add' && this.#border(tensor) === 0) {
        // The gradient of each input is that of the sum.
        this.#memory.share(gradient.view);
        this.#addGradient(tensor, gradient.view, gradient.shared || needed.length > 1);
        continue;
      }
      const { view: into, border } = this.#allocateAdjacent(tensor, position);
      const buffers = { from, gradient: gradient.view, into, border, input };
      this.#builder.add(...layerBackward(program, step, buffers));
    }
  }
}
