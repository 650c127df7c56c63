import type { Shape } from '../../model/layer.ts';
import { elements, layerInputs, layerShapes, type Network, weightSpecs } from '../../model/network.ts';
import { Ctc } from '../ctc.ts';
import { ADAM, type EngineNetwork, type OptimizerSpec, type StepOptions, type StepResult } from '../engine.ts';
import { type Batch, type ReferenceLayer, zeros } from './layers/layer.ts';
import { referenceLayer } from './reference-layer.ts';

/** The slow and readable engine that tests compare the others with: float64, one loop for each index, nothing fused. */
export class ReferenceNetwork implements EngineNetwork {
  readonly network: Network;
  readonly #layers: ReferenceLayer[];
  /** The shape of each layer's output. */
  readonly #outputs: Shape[];
  readonly #optimizer: OptimizerSpec;
  /** First moments or velocities, then second moments, of the trainable weights. */
  readonly #state: Float64Array[];

  constructor(network: Network, optimizer: OptimizerSpec = ADAM) {
    this.network = network;
    this.#optimizer = optimizer;
    const shapes = layerShapes(network);
    this.#outputs = shapes;
    this.#layers = network.layers.map((layer, index) => {
      const inputs = layerInputs(network, index).map((input) => (input < 0 ? network.input : shapes[input]!));
      return referenceLayer(layer, index, inputs, shapes[index]!);
    });
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

  /** The loss of a forward pass in training. */
  loss(images: Uint8Array, labels: Uint8Array, options: StepOptions): number {
    return crossEntropy(this.#forward(images, true, options.seed), labels, options.labelSmoothing).loss;
  }

  /** Forward and backward pass without an update. */
  lossAndGradients(images: Uint8Array, labels: Uint8Array, options: StepOptions): StepResult {
    const logits = this.#forward(images, true, options.seed);
    const { loss, correct, gradient } = crossEntropy(logits, labels, options.labelSmoothing);
    this.#backward(gradient);
    return { loss, correct };
  }

  /** Like `trainBatch`, for a network whose output is a row of steps: `targets` are the class indices that they spell. */
  trainSequences(images: Uint8Array, targets: readonly Uint8Array[], options: StepOptions): StepResult {
    const logits = this.#forward(images, true, options.seed);
    const [, steps, classes] = logits.shape as readonly [number, number, number];
    const gradient = zeros(logits.n, logits.shape);
    const ctc = new Ctc(classes);
    const results = targets.map((target, image) => {
      const part = ({ data }: Batch) => data.subarray(image * steps * classes, (image + 1) * steps * classes);
      return ctc.loss(part(logits), steps, classes, target, part(gradient), 1 / targets.length);
    });
    this.#backward(gradient);
    this.#update(options);
    const loss = results.reduce((total, result) => total + result.loss, 0) / targets.length;
    return { loss, correct: results.filter(({ correct }) => correct).length };
  }

  /** The backward pass, given the gradient of the logits. */
  #backward(gradient: Batch): void {
    const last = this.#layers.length - 1;
    /** The gradient of each layer's output: the sum over all layers that take it as input. */
    const gradients = this.#layers.map((_, index) => (index === last ? gradient : undefined));
    for (let index = last; index >= 0; index--) {
      // No other layer takes this one's output, so the loss does not depend on it.
      const dy = gradients[index] ?? zeros(gradient.n, this.#outputs[index]!);
      const inputs = layerInputs(this.network, index);
      this.#layers[index]!.backward(dy).forEach((dx, position) => {
        const input = inputs[position]!;
        if (input >= 0) gradients[input] = sum(gradients[input], dx);
      });
    }
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
    const image: Batch = { n, shape: this.network.input, data: Float64Array.from(images, (byte) => byte / 255) };
    const outputs: Batch[] = [];
    this.#layers.forEach((layer, index) => {
      const inputs = layerInputs(this.network, index).map((input) => (input < 0 ? image : outputs[input]!));
      outputs.push(layer.forward(inputs, training, seed));
    });
    return outputs.at(-1)!;
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

function sum(a: Batch | undefined, b: Batch): Batch {
  return a ? { ...a, data: a.data.map((value, i) => value + b.data[i]!) } : b;
}

/** Mean softmax cross-entropy with smoothed labels, and its gradient. `logits`: [n, classes]. */
function crossEntropy(logits: Batch, labels: Uint8Array, smoothing = 0): StepResult & { gradient: Batch } {
  const [classes] = logits.shape;
  const gradient = zeros(logits.n, logits.shape);
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
  return { loss, correct, gradient };
}
