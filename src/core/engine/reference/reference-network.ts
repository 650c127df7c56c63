import type { Shape } from '../../model/layer.ts';
import { classCount, elements, layerShapes, type Network, weightSpecs } from '../../model/network.ts';
import { ADAM, type EngineNetwork, type OptimizerSpec, type StepOptions, type StepResult } from '../engine.ts';
import { type Batch, type ReferenceLayer, referenceLayer, zeros } from './layers.ts';

/** The slow and readable engine that tests compare the others with: float64, one loop for each index, nothing fused. */
export class ReferenceNetwork implements EngineNetwork {
  readonly network: Network;
  readonly #layers: ReferenceLayer[];
  readonly #optimizer: OptimizerSpec;
  /** First moments or velocities, then second moments, of the trainable weights. */
  readonly #state: Float64Array[];

  constructor(network: Network, optimizer: OptimizerSpec = ADAM) {
    this.network = network;
    this.#optimizer = optimizer;
    const shapes: Shape[] = [network.input, ...layerShapes(network)];
    this.#layers = network.layers.map((layer, index) =>
      referenceLayer(layer, index, shapes[index]!, shapes[index + 1]!),
    );
    const slots = optimizer.type === 'adam' ? 2 : 1;
    const sizes = weightSpecs(network).flatMap(({ shape, trainable }) => (trainable ? [elements(shape)] : []));
    this.#state = Array.from({ length: slots }, () => sizes.map((size) => new Float64Array(size))).flat();
  }

  /** The weights themselves, not copies, in the order of `weightSpecs`. */
  get weights(): Float64Array[] {
    return this.#layers.flatMap((layer) => layer.weights);
  }

  /** The gradients from the last `lossAndGradients`, in the order of `weights`. */
  get gradients(): (Float64Array | null)[] {
    return this.#layers.flatMap((layer) => layer.gradients);
  }

  /** Forward and backward pass without an update. */
  lossAndGradients(images: Uint8Array, labels: Uint8Array, options: StepOptions): StepResult {
    const logits = this.#forward(images, true, options.seed);
    const classes = classCount(this.network);
    const smoothing = options.labelSmoothing ?? 0;
    let gradient = zeros(logits.n, logits.shape);
    let loss = 0;
    let correct = 0;
    for (let image = 0; image < logits.n; image++) {
      const row = logits.data.subarray(image * classes, (image + 1) * classes);
      const highest = Math.max(...row);
      if (row.indexOf(highest) === labels[image]) correct++;
      const logSum = highest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - highest), 0));
      row.forEach((value, c) => {
        const target = smoothing / classes + (c === labels[image] ? 1 - smoothing : 0);
        loss -= (target * (value - logSum)) / logits.n;
        gradient.data[image * classes + c] = (Math.exp(value - logSum) - target) / logits.n;
      });
    }
    for (const layer of this.#layers.toReversed()) gradient = layer.backward(gradient);
    return { loss, correct };
  }

  async trainBatch(images: Uint8Array, labels: Uint8Array, options: StepOptions): Promise<StepResult> {
    const result = this.lossAndGradients(images, labels, options);
    this.#update(options);
    return result;
  }

  /** Keras' formulas. Weight decay is decoupled and does not apply to vectors. */
  #update({ learningRate, step }: StepOptions): void {
    const optimizer = this.#optimizer;
    const shapes = weightSpecs(this.network).map(({ shape }) => shape);
    const gradients = this.gradients;
    let slot = 0;
    this.weights.forEach((weights, index) => {
      const gradient = gradients[index];
      if (!gradient) return;
      const m = this.#state[slot]!;
      const v = this.#state[slot + this.#state.length / 2];
      slot++;
      const decay = shapes[index]!.length >= 2 ? learningRate * optimizer.weightDecay : 0;
      for (let i = 0; i < weights.length; i++) {
        const g = gradient[i]!;
        weights[i]! -= decay * weights[i]!;
        if (optimizer.type === 'adam') {
          const alpha = (learningRate * Math.sqrt(1 - optimizer.beta2 ** step)) / (1 - optimizer.beta1 ** step);
          m[i]! += (g - m[i]!) * (1 - optimizer.beta1);
          v![i]! += (g * g - v![i]!) * (1 - optimizer.beta2);
          weights[i]! -= (alpha * m[i]!) / (Math.sqrt(v![i]!) + optimizer.epsilon);
        } else {
          m[i] = optimizer.momentum * m[i]! - learningRate * g;
          weights[i]! += optimizer.nesterov ? optimizer.momentum * m[i]! - learningRate * g : m[i]!;
        }
      }
    });
  }

  async predict(images: Uint8Array): Promise<Float32Array> {
    return Float32Array.from(this.#forward(images, false, 0).data);
  }

  #forward(images: Uint8Array, training: boolean, seed: number): Batch {
    const n = images.length / elements(this.network.input);
    let batch: Batch = { n, shape: this.network.input, data: Float64Array.from(images, (byte) => byte / 255) };
    for (const layer of this.#layers) batch = layer.forward(batch, training, seed);
    return batch;
  }

  async getWeights(): Promise<Float32Array[]> {
    return this.weights.map((values) => Float32Array.from(values));
  }

  async setWeights(weights: readonly Float32Array[]): Promise<void> {
    this.weights.forEach((values, index) => {
      values.set(weights[index]!);
    });
  }

  async getOptimizerState(): Promise<Float32Array[]> {
    return this.#state.map((values) => Float32Array.from(values));
  }

  async setOptimizerState(state: readonly Float32Array[]): Promise<void> {
    this.#state.forEach((values, index) => {
      values.set(state[index]!);
    });
  }

  async dispose(): Promise<void> {}
}
