import { type Network, weightSpecs } from '../../model/network.ts';
import { checkLengths, imageCount } from '../checks.ts';
import {
  ADAM,
  type OptimizerSpec,
  optimizerStateSpecs,
  type SequenceBatch,
  type SequenceNetwork,
  type SequenceNetworkOptions,
  type StepOptions,
  type StepResult,
} from '../engine.ts';
import type { ExecutionPlan } from './execution-plan.ts';
import { InferenceProgram } from './inference-program.ts';
import { Parameters, type StoredTensor } from './parameters.ts';
import { planExecution } from './plan-execution.ts';
import { PreparedWeights } from './prepared-weights.ts';
import type { ThreadPool } from './thread-pool.ts';
import { TrainingProgram } from './training-program.ts';

/** The network for images of one width. */
interface AtWidth {
  readonly plan: ExecutionPlan;
  readonly network: Network;
  readonly parameters: Parameters;
  training: TrainingProgram | null;
  inference: InferenceProgram | null;
}

/**
 * Programs of the widths used last are kept as long as their widths add up to at most this many pixels: enough for the twenty or so
 * widths of a word as it is written, since building a program may take as long as reading an image. The memory of a program grows
 * with its width.
 */
const READ_PIXELS = 4096;

/** A network for images of any width in the engine's memory. All widths share the weights. */
export class WasmSequenceNetwork implements SequenceNetwork {
  readonly network: Network;
  readonly #pool: ThreadPool;
  readonly #optimizer: OptimizerSpec;
  readonly #batchSize: (width: number) => number;
  readonly #trainable: boolean;
  readonly #own: AtWidth;
  #prepared: PreparedWeights | null = null;
  /** The most recently used width comes last. */
  readonly #widths = new Map<number, AtWidth>();

  constructor(pool: ThreadPool, network: Network, options: SequenceNetworkOptions) {
    const { batchSize, optimizer = ADAM } = options;
    this.network = network;
    this.#pool = pool;
    this.#optimizer = optimizer;
    this.#trainable = batchSize !== undefined;
    this.#batchSize = batchSize ?? (() => 0);
    const plan = planExecution(network, 'sequence');
    const parameters = new Parameters(pool.memory, plan.steps, batchSize ? optimizer : null);
    this.#own = { plan, network, parameters, training: null, inference: null };
    this.#widths.set(network.input[1], this.#own);
  }

  async trainBatch({ images, width, targets }: SequenceBatch, options: StepOptions): Promise<StepResult> {
    if (!this.#trainable) throw new RangeError('the network was created without a batchSize, for prediction only');
    const at = this.#at(width);
    const most = this.#batchSize(width);
    if (targets.length < 1 || targets.length > most) {
      throw new RangeError(`a batch of ${targets.length} images; must be 1 to ${most}`);
    }
    if (imageCount(at.network, images) !== targets.length) {
      throw new RangeError('the numbers of images and targets differ');
    }
    this.#prepared?.invalidate();
    if (!at.training) {
      this.#makeRoom('training', 0);
      at.training = new TrainingProgram(this.#pool, at.plan, at.parameters, this.#optimizer, most);
    }
    return at.training.runSequences(images, targets, options);
  }

  async predict(images: Uint8Array, width: number): Promise<Float32Array> {
    const at = this.#at(width);
    imageCount(at.network, images);
    this.#prepared ??= new PreparedWeights(this.#pool, this.#own.plan.steps, this.#own.parameters);
    if (!at.inference) {
      this.#makeRoom('inference', READ_PIXELS - width);
      at.inference = new InferenceProgram(this.#pool, at.plan, at.parameters, this.#prepared);
    }
    return at.inference.predict(images);
  }

  async getWeights(): Promise<Float32Array[]> {
    const { parameters } = this.#own;
    return parameters.tensors.map((tensor) => parameters.read(tensor));
  }

  async setWeights(weights: readonly Float32Array[]): Promise<void> {
    checkLengths(weights, weightSpecs(this.network));
    const { parameters } = this.#own;
    parameters.tensors.forEach((tensor, index) => {
      parameters.write(tensor, weights[index]!);
    });
    this.#prepared?.invalidate();
  }

  async getOptimizerState(): Promise<Float32Array[]> {
    return this.#stateTensors().map(({ tensor, part }) => this.#own.parameters.read(tensor, part));
  }

  async setOptimizerState(state: readonly Float32Array[]): Promise<void> {
    checkLengths(state, optimizerStateSpecs(this.network, this.#optimizer));
    this.#stateTensors().forEach(({ tensor, part }, index) => {
      this.#own.parameters.write(tensor, state[index]!, part);
    });
  }

  async dispose(): Promise<void> {
    for (const { training, inference } of this.#widths.values()) {
      training?.release();
      inference?.release();
    }
    this.#widths.clear();
    this.#prepared?.release();
    this.#own.parameters.release();
  }

  /** Releases the programs of the least recently used widths until the remaining widths add up to at most `pixels`. */
  #makeRoom(kind: 'training' | 'inference', pixels: number): void {
    const kept = [...this.#widths].filter(([, at]) => at[kind]);
    let sum = kept.reduce((total, [width]) => total + width, 0);
    for (const [width, at] of kept) {
      if (sum <= pixels) break;
      sum -= width;
      at[kind]!.release();
      at[kind] = null;
      if (at !== this.#own && !at.training && !at.inference) this.#widths.delete(width);
    }
  }

  #at(width: number): AtWidth {
    let at = this.#widths.get(width);
    if (at) {
      this.#widths.delete(width);
    } else {
      const [height, , channels] = this.network.input;
      const network: Network = { ...this.network, input: [height, width, channels] };
      const plan = planExecution(network, 'sequence');
      const parameters = new Parameters(
        this.#pool.memory,
        plan.steps,
        this.#trainable ? this.#optimizer : null,
        this.#own.parameters,
      );
      at = { plan, network, parameters, training: null, inference: null };
    }
    this.#widths.set(width, at);
    return at;
  }

  #stateTensors(): { tensor: StoredTensor; part: 'state' | 'state2' }[] {
    const trainable = this.#own.parameters.tensors.filter(({ block }) => block);
    const parts = this.#optimizer.type === 'adam' ? (['state', 'state2'] as const) : (['state'] as const);
    return parts.flatMap((part) => trainable.map((tensor) => ({ tensor, part })));
  }
}
