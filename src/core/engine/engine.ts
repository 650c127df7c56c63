import { type Network, type WeightSpec, weightSpecs } from '../model/network.ts';

export const ENGINE_NAMES = ['wasm', 'tensorflow'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** The most threads that an engine can be asked for. */
export const MOST_THREADS = 64;

export type OptimizerSpec =
  /** Adam (Kingma & Ba 2015); with `weightDecay` it is AdamW (Loshchilov & Hutter 2019), which spares vectors. */
  | { type: 'adam'; beta1: number; beta2: number; epsilon: number; weightDecay: number }
  | { type: 'sgd'; momentum: number; nesterov: boolean; weightDecay: number };

/** Keras' defaults, except that the learning rate is given to each step. */
export const ADAM: OptimizerSpec = { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 };

/**
 * The optimizer's state in the order that checkpoints keep it: for Adam the first moments of all trainable weights, then
 * the second moments; for SGD the velocities. Shapes are those of the weights.
 */
export function optimizerStateSpecs(network: Network, optimizer: OptimizerSpec): WeightSpec[] {
  const slots = optimizer.type === 'adam' ? ['m', 'v'] : ['velocity'];
  const trainable = weightSpecs(network).filter((spec) => spec.trainable);
  return slots.flatMap((slot) => trainable.map((spec) => ({ ...spec, name: `${spec.name}/${slot}` })));
}

export interface StepOptions {
  learningRate: number;
  /** Counts the steps of the whole training, from 1: Adam's bias correction needs it. */
  step: number;
  /** Seeds the dropout masks of this step (unsigned 32-bit); the same seed gives the same masks. */
  seed: number;
  /** 0 to 1: how much of the target goes to all classes alike (Szegedy et al. 2016). Default 0. */
  labelSmoothing?: number;
}

export interface StepResult {
  /** Softmax cross-entropy, mean over the batch, before the update. */
  loss: number;
  /** Number of images whose highest logit was the right one, before the update. */
  correct: number;
}

/**
 * One network on one device, with its weights and, once it was trained, the optimizer's state. Images are bytes, upright,
 * row-major, [n, height, width, channels]; the engine divides them by 255. Calls must not overlap.
 */
export interface EngineNetwork {
  readonly network: Network;
  /** Forward, backward and update for 1 to `batchSize` images. `labels`: class indices, [n]. */
  trainBatch(images: Uint8Array, labels: Uint8Array, options: StepOptions): Promise<StepResult>;
  /** Logits, [n, classes], for any n. Batch normalization uses its moving averages; dropout is off. */
  predict(images: Uint8Array): Promise<Float32Array>;
  /** Copies of the weights in the order of `weightSpecs(network)`. */
  getWeights(): Promise<Float32Array[]>;
  setWeights(weights: readonly Float32Array[]): Promise<void>;
  /** Copies of the optimizer's state; see `optimizerStateSpecs`. */
  getOptimizerState(): Promise<Float32Array[]>;
  setOptimizerState(state: readonly Float32Array[]): Promise<void>;
  dispose(): Promise<void>;
}

export interface Engine {
  readonly name: EngineName;
  /** What it runs on, for people: `2 threads, WebAssembly relaxed SIMD`. */
  readonly device: string;
  readonly threads: number;
  /** `batchSize`: the most images a `trainBatch` may get; leave it out for a network that only predicts. */
  createNetwork(network: Network, options?: { batchSize?: number; optimizer?: OptimizerSpec }): Promise<EngineNetwork>;
  /** Frees the device and ends the engine's threads. */
  dispose(): Promise<void>;
}
