import { type BnReluStep, bnReluShape, type LinearStep, type Step } from './execution-plan.ts';
import { KernelProgram, type Phase } from './kernel-program.ts';
import * as k from './kernels/layout.ts';
import { packedBytes, packForward } from './linear-operations.ts';
import { batchNormOperation } from './operations.ts';
import type { Parameters } from './parameters.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Whether the step includes the ReLU and pooling after it in inference too. */
export function isConv1(step: Step): step is LinearStep & { fusedPool: { kind: 'conv1' } } {
  return step.kind === 'linear' && step.fusedPool?.kind === 'conv1';
}

/** The steps of inference: all but dropout and steps that are fused into another. */
export function inferenceSteps(steps: readonly Step[]): Step[] {
  const fused = steps.flatMap((step) => (isConv1(step) ? step.fusedPool.bnRelu : []));
  return steps.filter((step) => step.kind !== 'dropout' && !fused.includes(step as BnReluStep));
}

/**
 * The weights in the form that inference reads: packed, with the vectors of batch norms. They do not depend on the size of the
 * images, so networks that differ only in it share them.
 */
export class PreparedWeights {
  readonly #program: KernelProgram;
  readonly #phases: Phase[] = [];
  /** By the index of the layer. */
  readonly #addresses = new Map<number, number>();
  #ready = false;

  constructor(pool: ThreadPool, steps: readonly Step[], parameters: Parameters) {
    const program = new KernelProgram(pool);
    this.#program = program;
    for (const step of inferenceSteps(steps)) {
      if (step.kind === 'linear' && !isConv1(step)) {
        const linear = parameters.linear.get(step)!;
        const packed = program.allocate(packedBytes(linear));
        this.#addresses.set(step.index, packed);
        const { operation, chunks } = packForward(program, linear, packed);
        this.#phases.push(program.fixedPhase('pack', chunks, [operation]));
      } else if (step.kind === 'bnRelu' && step.batchNorm) {
        const vectors = program.allocate(k.BATCH_NORM_VECTORS * bnReluShape(step).padded * 4);
        this.#addresses.set(step.batchNorm.index, vectors);
        const batchNorm = parameters.batchNorm.get(step)!;
        const operation = batchNormOperation(program, k.CODE_BATCH_NORM_INFERENCE, batchNorm, vectors);
        this.#phases.push(program.fixedPhase('batch norm', 1, [operation]));
      }
    }
    program.finish();
  }

  /** The address of the packed weights of a layer. */
  packed({ index }: LinearStep): number {
    return this.#addresses.get(index)!;
  }

  /** The address of the vectors of a batch norm; 0 for a step without one. */
  vectors({ batchNorm }: BnReluStep): number {
    return batchNorm ? this.#addresses.get(batchNorm.index)! : 0;
  }

  /** To be called when the weights have changed. */
  invalidate(): void {
    this.#ready = false;
  }

  /** Prepares the weights, if they have changed. */
  prepare(): void {
    if (!this.#ready) this.#program.run(this.#phases, 1);
    this.#ready = true;
  }

  /** Frees the memory. */
  release(): void {
    this.#program.release();
  }
}
