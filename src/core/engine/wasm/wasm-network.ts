import { type Network, weightSpecs } from '../../model/network.ts';
import { checkBatch, checkLengths, imageCount } from '../checks.ts';
import {
  ADAM,
  type EngineNetwork,
  type NetworkOptions,
  type OptimizerSpec,
  optimizerStateSpecs,
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

/**
 * A network in the engine's memory. Methods compute on the calling thread and its helpers before they return a promise.
 */
export class WasmNetwork implements EngineNetwork {
  readonly network: Network;
  readonly #parameters: Parameters;
  readonly #optimizer: OptimizerSpec;
  readonly #batchSize: number;
  readonly #pool: ThreadPool;
  readonly #plan: ExecutionPlan;
  readonly #training: TrainingProgram | null;
  /** Built when first needed. */
  #inference: InferenceProgram | null = null;
  #prepared: PreparedWeights | null = null;
  #disposed = false;

  /** Throws an `EmnistError` for networks that the engine cannot run. */
  constructor(pool: ThreadPool, network: Network, options: NetworkOptions) {
    const { batchSize = 0, optimizer = ADAM, features = false } = options;
    this.network = network;
    this.#pool = pool;
    this.#optimizer = optimizer;
    this.#batchSize = batchSize;
    this.#plan = planExecution(network, features ? 'features' : 'classes');
    this.#parameters = new Parameters(pool.memory, this.#plan.steps, batchSize > 0 ? optimizer : null);
    this.#training =
      batchSize > 0 ? new TrainingProgram(pool, this.#plan, this.#parameters, optimizer, batchSize) : null;
  }

  async trainBatch(images: Uint8Array, labels: Uint8Array, options: StepOptions): Promise<StepResult> {
    this.#checkAlive();
    if (!this.#training) throw new RangeError('the network was created without a batchSize, for prediction only');
    checkBatch(this.network, this.#batchSize, images, labels);
    this.#prepared?.invalidate();
    return this.#training.run(images, labels, options);
  }

  async predict(images: Uint8Array): Promise<Float32Array> {
    this.#checkAlive();
    imageCount(this.network, images);
    this.#prepared ??= new PreparedWeights(this.#pool, this.#plan.steps, this.#parameters);
    this.#inference ??= new InferenceProgram(this.#pool, this.#plan, this.#parameters, this.#prepared);
    return this.#inference.predict(images);
  }

  async getWeights(): Promise<Float32Array[]> {
    this.#checkAlive();
    return this.#parameters.tensors.map((tensor) => this.#parameters.read(tensor));
  }

  async setWeights(weights: readonly Float32Array[]): Promise<void> {
    this.#checkAlive();
    checkLengths(weights, weightSpecs(this.network));
    this.#parameters.tensors.forEach((tensor, index) => {
      this.#parameters.write(tensor, weights[index]!);
    });
    this.#prepared?.invalidate();
  }

  async getOptimizerState(): Promise<Float32Array[]> {
    this.#checkAlive();
    return this.#stateTensors().map(({ tensor, part }) => this.#parameters.read(tensor, part));
  }

  async setOptimizerState(state: readonly Float32Array[]): Promise<void> {
    this.#checkAlive();
    checkLengths(state, optimizerStateSpecs(this.network, this.#optimizer));
    this.#stateTensors().forEach(({ tensor, part }, index) => {
      this.#parameters.write(tensor, state[index]!, part);
    });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#training?.release();
    this.#inference?.release();
    this.#prepared?.release();
    this.#parameters.release();
  }

  #stateTensors(): { tensor: StoredTensor; part: 'state' | 'state2' }[] {
    if (!this.#training) throw new RangeError('a network for prediction only has no optimizer');
    const trainable = this.#parameters.tensors.filter(({ block }) => block);
    const parts = this.#optimizer.type === 'adam' ? (['state', 'state2'] as const) : (['state'] as const);
    return parts.flatMap((part) => trainable.map((tensor) => ({ tensor, part })));
  }

  #checkAlive(): void {
    if (this.#disposed) throw new RangeError('the network was disposed');
  }
}
