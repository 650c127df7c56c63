import type { Tensor } from './execution-plan.ts';
import { tensorBytes, type View } from './kernel-program.ts';
import type { PhaseBuilder } from './phase-builder.ts';

interface Block {
  readonly address: number;
  readonly bytes: number;
  /** Whether it can be used again. If not, it must be 0 in each training step where nothing is written. */
  readonly reusable: boolean;
  /** How many gradients are in it. */
  uses: number;
  /** The number of phases when it was freed. */
  freed: number;
}

/**
 * Memory for the gradients of tensors, of the whole batch. It is used again in the phases after the last one that reads
 * it; not before, since within a phase some images are ahead of others.
 */
export class GradientMemory {
  readonly #builder: PhaseBuilder;
  readonly #free: Block[] = [];
  readonly #used = new Map<number, Block>();

  constructor(builder: PhaseBuilder) {
    this.#builder = builder;
  }

  /**
   * A buffer for the gradient of a tensor. `overwritten`: the operations that write it set all values and the border; if
   * not, they are 0 before.
   */
  allocate(tensor: Tensor, border: number, overwritten: boolean): View {
    const { program, batchSize, flushes } = this.#builder;
    const { image, row, start } = tensorBytes(tensor, border);
    const bytes = batchSize * image;
    const fitting = this.#free
      .filter((block) => block.bytes >= bytes && block.freed < flushes)
      .toSorted((a, b) => a.bytes - b.bytes);
    let block = overwritten ? fitting[0] : undefined;
    if (block) this.#free.splice(this.#free.indexOf(block), 1);
    else block = { address: program.allocate(bytes), bytes, reusable: overwritten, uses: 0, freed: 0 };
    block.uses = 1;
    this.#used.set(block.address + start, block);
    return { base: block.address + start, image, row, local: false };
  }

  /** Takes account of another gradient in the same buffer. */
  share({ base }: View): void {
    const block = this.#used.get(base);
    if (block) block.uses++;
  }

  /** Frees a buffer from the next phase on, once no gradient is in it. Views from elsewhere are left alone. */
  release({ base, local }: View): void {
    const block = local ? undefined : this.#used.get(base);
    if (!block || --block.uses > 0) return;
    this.#used.delete(base);
    if (!block.reusable) return;
    block.freed = this.#builder.flushes;
    this.#free.push(block);
  }
}
