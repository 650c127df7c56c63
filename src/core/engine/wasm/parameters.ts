import type { OptimizerSpec } from '../engine.ts';
import {
  type DepthwiseParameters,
  type DepthwiseStep,
  depthwiseKernelValues,
  isDepthwise,
} from './depthwise-operations.ts';
import type { EngineMemory } from './engine-memory.ts';
import { type BnReluStep, bnReluShape, type LinearStep, type Step } from './execution-plan.ts';
import { COLUMNS } from './kernels/layout.ts';
import type { ParameterBlock } from './parameter-block.ts';

/** The size of blocks is a multiple of this many values, so that vectors never cross their end. */
const ALIGN = COLUMNS;

/** A vector is a matrix with one row. */
const ONE_ROW = { taps: 1, channels: 1, paddedChannels: 1, transposed: false } as const;

type Part = 'weights' | 'state' | 'state2';

/** Where one of the network's tensors is stored. */
export interface StoredTensor {
  readonly block: ParameterBlock | null;
  /** Offset in the block, in values; the address of a tensor that has no block (moving averages). */
  readonly offset: number;
  /** The tensor is [taps, channels, columns]; in memory channels and columns are padded. */
  readonly taps: number;
  readonly channels: number;
  readonly paddedChannels: number;
  readonly columns: number;
  readonly paddedColumns: number;
  /** Whether columns come first in memory: [columns, taps, channels]. */
  readonly transposed: boolean;
}

export interface LinearParameters {
  readonly step: LinearStep;
  readonly block: ParameterBlock;
  readonly taps: number;
  /** Channels of a tap, with padding. */
  readonly channels: number;
  readonly columns: number;
  /** Whether weights are stored as [columns, taps, channels] instead of [taps, channels, columns]. */
  readonly transposed: boolean;
}

export interface BatchNormParameters {
  readonly step: BnReluStep;
  readonly block: ParameterBlock;
  readonly movingMean: number;
  readonly movingVariance: number;
}

/** The weights of a network in the engine's memory. */
export class Parameters {
  readonly linear = new Map<Step, LinearParameters>();
  readonly batchNorm = new Map<Step, BatchNormParameters>();
  readonly depthwise = new Map<Step, DepthwiseParameters>();
  /** In the order of `weightSpecs`. */
  readonly tensors: StoredTensor[] = [];
  readonly #memory: EngineMemory;
  readonly #addresses: number[] = [];
  /** What is allocated for each layer: its block, and the moving averages of batch norms. */
  private readonly allocated = new Map<number, { block: ParameterBlock; averages: readonly number[] }>();
  readonly #shared: Parameters | null;

  /** `shared`: those of a network with the same layers and another size of its input, whose memory is used. */
  constructor(
    memory: EngineMemory,
    steps: readonly Step[],
    optimizer: OptimizerSpec | null,
    shared: Parameters | null = null,
  ) {
    this.#memory = memory;
    this.#shared = shared;
    const tensors = new Map<number, StoredTensor[]>();
    for (const step of steps) {
      if (step.kind === 'linear') tensors.set(step.index, this.#addLinear(step, optimizer));
      else if (step.kind === 'bnRelu' && step.batchNorm)
        tensors.set(step.batchNorm.index, this.#addBatchNorm(step, optimizer));
      else if (step.kind === 'layer' && isDepthwise(step)) tensors.set(step.index, this.#addDepthwise(step, optimizer));
    }
    // Steps are not always in the order of the layers whose weights they have.
    for (const index of [...tensors.keys()].sort((a, b) => a - b)) this.tensors.push(...tensors.get(index)!);
  }

  #addLinear(step: LinearStep, optimizer: OptimizerSpec | null): StoredTensor[] {
    const { from, to } = step;
    const [rows, columns] = step.convolution?.kernel ?? [from.height, from.width];
    const taps = rows * columns;
    const kernel = taps * from.padded * to.padded;
    const { block } = this.#block(step.index, kernel + (step.useBias ? to.padded : 0), kernel, optimizer);
    const transposed = step.fusedPool?.kind === 'sparse';
    this.linear.set(step, { step, block, taps, channels: from.padded, columns: to.padded, transposed });
    const outputs = { columns: to.channels, paddedColumns: to.padded };
    const inputs = { taps, channels: from.channels, paddedChannels: from.padded };
    const bias = step.useBias ? [{ block, offset: kernel, ...ONE_ROW, ...outputs }] : [];
    return [{ block, offset: 0, ...inputs, ...outputs, transposed }, ...bias];
  }

  #addDepthwise(step: DepthwiseStep, optimizer: OptimizerSpec | null): StoredTensor[] {
    const { layer, to } = step;
    const kernel = depthwiseKernelValues(step);
    const { block } = this.#block(step.index, kernel + (layer.useBias ? to.padded : 0), kernel, optimizer);
    this.depthwise.set(step, { step, block });
    const outputs = { columns: to.channels, paddedColumns: to.padded };
    const bias = layer.useBias ? [{ block, offset: kernel, ...ONE_ROW, ...outputs }] : [];
    // Of each tap, the outputs of all channels form a row.
    return [{ block, offset: 0, ...ONE_ROW, taps: kernel / to.padded, ...outputs }, ...bias];
  }

  #addBatchNorm(step: BnReluStep, optimizer: OptimizerSpec | null): StoredTensor[] {
    const { channels, padded } = step.from;
    const values = bnReluShape(step).padded;
    const { block, averages } = this.#block(step.batchNorm!.index, 2 * values, 0, optimizer, [values, values]);
    const [movingMean, movingVariance] = averages as [number, number];
    this.batchNorm.set(step, { step, block, movingMean, movingVariance });
    // After a flatten layer each pixel has its own vector.
    const vector = { ...ONE_ROW, taps: values / padded, columns: channels, paddedColumns: padded };
    return [
      ...[0, values].map((offset) => ({ block, offset, ...vector })),
      ...[movingMean, movingVariance].map((offset) => ({ block: null, offset, ...vector })),
    ];
  }

  /** The block of the layer at `index`, and vectors of the lengths `averages`. */
  #block(
    index: number,
    count: number,
    decaying: number,
    optimizer: OptimizerSpec | null,
    averages: readonly number[] = [],
  ): { block: ParameterBlock; averages: readonly number[] } {
    if (count % ALIGN !== 0) throw new RangeError('parameters must be padded');
    const shared = this.#shared?.allocated.get(index);
    if (shared && shared.block.count !== count) throw new RangeError(`layer ${index} has other weights at this size`);
    if (shared) return shared;
    const weights = this.#allocate(count);
    const state = optimizer ? this.#allocate(count) : 0;
    const state2 = optimizer?.type === 'adam' ? this.#allocate(count) : 0;
    const allocated = {
      block: { weights, state, state2, count, decaying },
      averages: averages.map((length) => this.#allocate(length)),
    };
    this.allocated.set(index, allocated);
    return allocated;
  }

  #allocate(values: number): number {
    const address = this.#memory.allocate(values * 4);
    this.#addresses.push(address);
    return address;
  }

  /** A copy of a tensor in Keras' order. `part`: weights, or a part of the optimizer's state. */
  read(tensor: StoredTensor, part: Part = 'weights'): Float32Array {
    const values = new Float32Array(tensor.taps * tensor.channels * tensor.columns);
    const stored = this.#stored(tensor, part);
    forElements(tensor, (at, index) => {
      values[index] = stored[at]!;
    });
    return values;
  }

  /** Sets a tensor from values in Keras' order. */
  write(tensor: StoredTensor, values: Float32Array, part: Part = 'weights'): void {
    const stored = this.#stored(tensor, part);
    forElements(tensor, (at, index) => {
      stored[at] = values[index]!;
    });
  }

  #stored({ block, offset, taps, paddedChannels, paddedColumns }: StoredTensor, part: Part): Float32Array {
    return this.#memory.floats(block ? block[part] + offset * 4 : offset, taps * paddedChannels * paddedColumns);
  }

  /** Frees the weights and the optimizer's state, except shared ones. */
  release(): void {
    for (const address of this.#addresses.splice(0)) this.#memory.release(address);
  }
}

/** Calls `each` for each element with its index in memory, `at`, and its index in Keras' order. */
function forElements(tensor: StoredTensor, each: (at: number, index: number) => void): void {
  const { taps, channels, paddedChannels, columns, paddedColumns, transposed } = tensor;
  const rowStride = transposed ? 1 : paddedColumns;
  const columnStride = transposed ? taps * paddedChannels : 1;
  let index = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let channel = 0; channel < channels; channel++) {
      const row = (tap * paddedChannels + channel) * rowStride;
      for (let column = 0; column < columns; column++) each(row + column * columnStride, index++);
    }
  }
}
