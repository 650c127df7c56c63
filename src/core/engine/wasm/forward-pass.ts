import * as convPool from './conv-pool-operations.ts';
import { depthwiseForwardOperation, isDepthwise } from './depthwise-operations.ts';
import {
  type BnReluStep,
  bnReluShape,
  type FusedPool,
  type LayerStep,
  type LinearStep,
  type Step,
  type Tensor,
} from './execution-plan.ts';
import type { View } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import { layerForward } from './layer-step.ts';
import { linearForwardOperation, packedBytes, packForward } from './linear-operations.ts';
import * as ops from './operations.ts';
import type { Parameters } from './parameters.ts';
import type { PhaseBuilder } from './phase-builder.ts';

/** What a forward pass keeps for the backward pass. */
export interface Activations {
  /** Activations of the whole batch. */
  readonly values: ReadonlyMap<Tensor, View>;
  /** Addresses of the vectors of batch norms, [BATCH_NORM_VECTORS, channels]; 0 for steps without batch norm. */
  readonly vectors: ReadonlyMap<Step, number>;
  /** Addresses of the argmax of steps that are fused with the convolution before them. */
  readonly argmax: ReadonlyMap<Step, number>;
}

/** Builds the phases of the forward pass of a training step. */
export class ForwardPass implements Activations {
  readonly values = new Map<Tensor, View>();
  readonly vectors = new Map<Step, number>();
  readonly argmax = new Map<Step, number>();
  readonly #builder: PhaseBuilder;
  readonly #parameters: Parameters;
  /** Address of f32, [passes, 2, channels]: partial results of the current batch norm. */
  readonly #partials: number;

  constructor(builder: PhaseBuilder, parameters: Parameters, partials: number) {
    this.#builder = builder;
    this.#parameters = parameters;
    this.#partials = partials;
  }

  /** Adds the steps. The input must be among the values. */
  build(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.kind === 'dropout') this.#builder.dropout(step, this.values.get(step.tensor)!);
      else if (step.kind === 'linear') this.#linear(step);
      else if (step.kind === 'layer') this.#layer(step);
      else if (!this.argmax.has(step)) this.#bnRelu(step);
    }
    this.#builder.flush('forward');
  }

  #linear(step: LinearStep): void {
    const builder = this.#builder;
    const { program } = builder;
    const linear = this.#parameters.linear.get(step)!;
    if (step.fusedPool?.kind === 'conv1') {
      builder.add(convPool.conv1ForwardOperation(program, linear, this.#convPool(step, step.fusedPool)));
      return;
    }
    const packed = program.allocate(packedBytes(linear));
    builder.pack([packForward(program, linear, packed)]);
    if (step.fusedPool) {
      const { from, to, argmax } = this.#convPool(step, step.fusedPool);
      const { bnRelu } = step.fusedPool;
      const full = program.local(step.to, builder.imagesPerPass, 0);
      const buffers = { from: full, to, border: bnRelu.to.border, vectors: 0, argmax };
      builder.add(linearForwardOperation(program, linear, packed, from, full));
      builder.add(ops.bnReluOperation(program, k.CODE_BN_RELU_FORWARD, bnRelu, buffers));
      return;
    }
    const to = this.#allocate(step.to);
    const operation = linearForwardOperation(program, linear, packed, this.values.get(step.from)!, to);
    if (step.convolution) builder.add(operation);
    else builder.dense('dense forward', operation, step.to.padded / k.COLUMNS);
  }

  /** Buffers of a convolution and the pooling after it; the values in between are not stored. */
  #convPool(step: LinearStep, { bnRelu }: FusedPool): convPool.ConvPoolBuffers {
    const from = this.values.get(step.from)!;
    const { height, width, padded } = bnRelu.to;
    const to = this.#allocate(bnRelu.to);
    const argmax = this.#builder.program.allocate(this.#builder.batchSize * height * width * padded);
    this.argmax.set(bnRelu, argmax);
    return { from, to, argmax };
  }

  #bnRelu(step: BnReluStep): void {
    const builder = this.#builder;
    const { program } = builder;
    const from = this.values.get(step.from)!;
    const to = this.#allocate(step.to);
    const vectors = step.batchNorm ? program.allocate(k.BATCH_NORM_VECTORS * bnReluShape(step).padded * 4) : 0;
    this.vectors.set(step, vectors);
    if (step.batchNorm) {
      const partials = this.#partials;
      builder.add(ops.bnReluOperation(program, k.CODE_BN_STATISTICS, step, { from, vectors, partials }));
      builder.flush('forward');
      const settings = { partials, imagesPerChunk: builder.imagesPerPass };
      const batchNorm = this.#parameters.batchNorm.get(step)!;
      const operation = ops.batchNormOperation(program, k.CODE_BATCH_NORM_FORWARD, batchNorm, vectors, settings);
      builder.fixed('batch norm', { operation, chunks: 1 });
    }
    const buffers = { from, to, border: step.to.border, vectors };
    builder.add(ops.bnReluOperation(program, k.CODE_BN_RELU_FORWARD, step, buffers));
  }

  #layer(step: LayerStep): void {
    const { program } = this.#builder;
    const from = step.from.map((tensor) => this.values.get(tensor)!);
    const to = this.#allocate(step.to);
    const { border } = step.to;
    if (isDepthwise(step)) {
      const depthwise = this.#parameters.depthwise.get(step)!;
      this.#builder.add(depthwiseForwardOperation(program, depthwise, { from: from[0]!, to, border }));
    } else {
      this.#builder.add(...layerForward(program, step, { from, to, border }));
    }
  }

  #allocate(tensor: Tensor): View {
    const view = this.#builder.program.global(tensor, this.#builder.batchSize);
    this.values.set(tensor, view);
    return view;
  }
}
