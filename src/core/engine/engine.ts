import { type Network, type WeightSpec, weightSpecs } from '../model/network.ts';

export const ENGINE_NAMES = ['wasm', 'tensorflow'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** The largest number of threads an engine accepts. */
export const MAX_THREADS = 64;

export type OptimizerSpec =
  /** Adam (Kingma & Ba 2015); with `weightDecay` AdamW (Loshchilov & Hutter 2019), which does not decay vectors. */
  | { type: 'adam'; beta1: number; beta2: number; epsilon: number; weightDecay: number }
  | { type: 'sgd'; momentum: number; nesterov: boolean; weightDecay: number };

/** Keras' defaults. The learning rate is an option of each step. */
export const ADAM: OptimizerSpec = { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0 };

/**
 * The optimizer's state in the order in which checkpoints store it: for Adam the first moments of all trainable
 * weights, then the second moments; for SGD the velocities. Shapes are those of the weights.
 */
export function optimizerStateSpecs(network: Network, optimizer: OptimizerSpec): WeightSpec[] {
  const slots = optimizer.type === 'adam' ? ['m', 'v'] : ['velocity'];
  const trainable = weightSpecs(network).filter((spec) => spec.trainable);
  return slots.flatMap((slot) => trainable.map((spec) => ({ ...spec, name: `${spec.name}/${slot}` })));
}

export interface StepOptions {
  learningRate: number;
  /** Number of the step in the whole training run, from 1; Adam's bias correction needs it. */
  step: number;
  /** Seed of this step's dropout masks (unsigned, 32 bits). The same seed produces the same masks on every engine. */
  seed: number;
  /**
   * Label smoothing, 0 to 1: the share of the target spread evenly over all classes (Szegedy et al. 2016). Default 0.
   */
  labelSmoothing?: number;
}

export interface StepResult {
  /** Softmax cross-entropy before the update, mean over the batch. */
  loss: number;
  /** Number of images whose highest logit was the right one before the update. */
  correct: number;
}

/**
 * A network on a device, with its weights and, if it can be trained, the optimizer's state. Images are bytes, upright
 * and row-major, [n, height, width, channels]; the engine divides them by 255. Calls must not overlap.
 */
export interface EngineNetwork {
  readonly network: Network;
  /** Forward pass, backward pass and update for 1 to `batchSize` images. `labels`: class indices, [n]. */
  trainBatch(images: Uint8Array, labels: Uint8Array, options: StepOptions): Promise<StepResult>;
  /** Logits, [n, classes], for any n. Batch norm uses its moving averages; dropout is off. */
  predict(images: Uint8Array): Promise<Float32Array>;
  /** Copies of the weights in the order of `weightSpecs(network)`. */
  getWeights(): Promise<Float32Array[]>;
  setWeights(weights: readonly Float32Array[]): Promise<void>;
  /** Copies of the optimizer's state in the order of `optimizerStateSpecs`. */
  getOptimizerState(): Promise<Float32Array[]>;
  setOptimizerState(state: readonly Float32Array[]): Promise<void>;
  dispose(): Promise<void>;
}

/** Images of one width and what they spell. */
export interface SequenceBatch {
  /** Bytes, [n, height, width, channels]. */
  images: Uint8Array;
  width: number;
  /** The class indices of each image, without blanks. */
  targets: readonly Uint8Array[];
}

/**
 * A network that reads a sequence from an image of any width, trained by connectionist temporal classification. Its last class is
 * the blank. See `EngineNetwork` for what the methods have in common.
 */
export interface SequenceNetwork {
  /** At one of its widths. */
  readonly network: Network;
  /** The loss is the mean over the batch; `correct` counts images whose best path spells the target. */
  trainBatch(batch: SequenceBatch, options: StepOptions): Promise<StepResult>;
  /** Logits, [n, steps, classes]. */
  predict(images: Uint8Array, width: number): Promise<Float32Array>;
  getWeights(): Promise<Float32Array[]>;
  setWeights(weights: readonly Float32Array[]): Promise<void>;
  getOptimizerState(): Promise<Float32Array[]>;
  setOptimizerState(state: readonly Float32Array[]): Promise<void>;
  dispose(): Promise<void>;
}

export interface SequenceNetworkOptions {
  /** The maximum number of images of a width that `trainBatch` accepts. Without it the network can only predict. */
  batchSize?: (width: number) => number;
  optimizer?: OptimizerSpec;
}

export interface NetworkOptions {
  /** The maximum number of images that `trainBatch` accepts. Without it the network can only predict. */
  batchSize?: number;
  optimizer?: OptimizerSpec;
  /** The outputs are features instead of classes, so there may be any number of them. Such a network can only predict. */
  features?: boolean;
}

/** An engine that also runs networks for sequences. */
export interface SequenceEngine extends Engine {
  createSequenceNetwork(network: Network, options?: SequenceNetworkOptions): Promise<SequenceNetwork>;
}

export interface Engine {
  readonly name: EngineName;
  /** What it runs on, as text: `2 threads, WebAssembly relaxed SIMD (256-bit)`. */
  readonly device: string;
  readonly threads: number;
  createNetwork(network: Network, options?: NetworkOptions): Promise<EngineNetwork>;
  /** Disposes of all networks, terminates the engine's threads and frees the device. */
  dispose(): Promise<void>;
}
