import type * as TensorFlow from '@tensorflow/tfjs-core';
import type { Layer } from '../../model/layer.ts';
import { classCount, elements, layerInputs, type Network, weightSpecs } from '../../model/network.ts';
import { checkBatch, checkedShapes, checkLengths, imageCount } from '../checks.ts';
import { dropoutHash, dropoutSeed, dropoutThreshold } from '../dropout-mask.ts';
import {
  ADAM,
  type EngineNetwork,
  type NetworkOptions,
  type OptimizerSpec,
  optimizerStateSpecs,
  type StepOptions,
  type StepResult,
} from '../engine.ts';
import { activation, batchNormInTraining, pool } from './layers.ts';
import { constants, PackedTensors, packed, type TensorFlowApi } from './packed-tensors.ts';

type Tensor = TensorFlow.Tensor;
type Tensor4D = TensorFlow.Tensor4D;

/** Images per pass of `predict`, to limit device memory. */
const PREDICTION_BATCH = 512;

/** The inputs of a forward pass in training besides the images, and what it records. */
interface TrainingPass {
  seed: number;
  /** Mean and variance of the batch for each batch norm, in order; kept beyond the pass. */
  moments: Tensor[];
}

/** A network built from TensorFlow.js operations, with the same optimizer formulas as the reference engine. */
export class TensorFlowNetwork implements EngineNetwork {
  readonly network: Network;
  readonly #tf: TensorFlowApi;
  readonly #batchSize: number;
  readonly #optimizer: OptimizerSpec;
  readonly #trainable: PackedTensors;
  readonly #averages: PackedTensors;
  /** For Adam the first moments, then the second; for SGD the velocities. Empty for prediction only. */
  readonly #state: readonly PackedTensors[];
  /** 1 for each value of `#trainable` that is subject to weight decay, otherwise 0. */
  readonly #decaying: Tensor;
  /** The momentum of each value of `#averages`. */
  readonly #momentum: Tensor;
  #disposed = false;

  /** Throws an `EmnistError` for networks that no engine can run. */
  constructor(tf: TensorFlowApi, network: Network, options: NetworkOptions) {
    const { batchSize = 0, optimizer = ADAM, features = false } = options;
    checkedShapes(network, features ? 'features' : 'classes');
    this.network = network;
    this.#tf = tf;
    this.#batchSize = batchSize;
    this.#optimizer = optimizer;
    const trainable = weightSpecs(network).filter((spec) => spec.trainable);
    const averages = weightSpecs(network).filter((spec) => !spec.trainable);
    this.#trainable = new PackedTensors(tf, trainable);
    this.#averages = new PackedTensors(tf, averages);
    const slots = batchSize === 0 ? 0 : optimizer.type === 'adam' ? 2 : 1;
    this.#state = Array.from({ length: slots }, () => new PackedTensors(tf, trainable));
    this.#decaying = constants(tf, trainable, ({ shape }) => (shape.length >= 2 ? 1 : 0));
    const momenta = network.layers.flatMap((layer) => (layer.type === 'batchNorm' ? [layer.momentum] : []));
    this.#momentum = constants(tf, averages, (_, index) => momenta[index >> 1]!);
  }

  async trainBatch(images: Uint8Array, labels: Uint8Array, options: StepOptions): Promise<StepResult> {
    this.#checkAlive();
    if (this.#batchSize === 0) throw new RangeError('the network was created without a batchSize, for prediction only');
    checkBatch(this.network, this.#batchSize, images, labels);
    const tf = this.#tf;
    const results = tf.tidy(() => {
      const pass: TrainingPass = { seed: options.seed, moments: [] };
      const averages = this.#averages.unpacked();
      let correct: Tensor | null = null;
      const { value, grads } = tf.valueAndGrads((...trainable: Tensor[]) => {
        const logits = this.#forward(this.#input(images), trainable, averages, pass);
        const truth = tf.tensor1d(Int32Array.from(labels), 'int32');
        correct = tf.keep(tf.sum(tf.cast(tf.equal(tf.argMax(logits, -1), truth), 'float32')));
        return crossEntropy(tf, logits, truth, options.labelSmoothing ?? 0);
      })(this.#trainable.unpacked());
      this.#update(packed(tf, grads), options);
      if (pass.moments.length > 0) this.#moveAverages(packed(tf, pass.moments));
      const both = tf.stack([value, correct!]);
      tf.dispose([correct!, pass.moments]);
      return both;
    });
    const [loss, correct] = await results.data();
    results.dispose();
    return { loss: loss!, correct: correct! };
  }

  async predict(images: Uint8Array): Promise<Float32Array> {
    this.#checkAlive();
    const count = imageCount(this.network, images);
    const size = elements(this.network.input);
    const classes = classCount(this.network);
    const logits = new Float32Array(count * classes);
    for (let from = 0; from < count; from += PREDICTION_BATCH) {
      const batch = images.subarray(from * size, (from + PREDICTION_BATCH) * size);
      const result = this.#tf.tidy(() =>
        this.#forward(this.#input(batch), this.#trainable.unpacked(), this.#averages.unpacked(), null),
      );
      logits.set(await result.data(), from * classes);
      result.dispose();
    }
    return logits;
  }

  async getWeights(): Promise<Float32Array[]> {
    this.#checkAlive();
    const [trainable, averages] = await Promise.all([this.#trainable.read(), this.#averages.read()]);
    return weightSpecs(this.network).map((spec) => (spec.trainable ? trainable : averages).shift()!);
  }

  async setWeights(weights: readonly Float32Array[]): Promise<void> {
    this.#checkAlive();
    const specs = weightSpecs(this.network);
    checkLengths(weights, specs);
    this.#trainable.write(weights.filter((_, index) => specs[index]!.trainable));
    this.#averages.write(weights.filter((_, index) => !specs[index]!.trainable));
  }

  async getOptimizerState(): Promise<Float32Array[]> {
    this.#checkAlive();
    this.#checkTrains();
    return (await Promise.all(this.#state.map((slot) => slot.read()))).flat();
  }

  async setOptimizerState(state: readonly Float32Array[]): Promise<void> {
    this.#checkAlive();
    this.#checkTrains();
    checkLengths(state, optimizerStateSpecs(this.network, this.#optimizer));
    const each = state.length / this.#state.length;
    this.#state.forEach((slot, index) => {
      slot.write(state.slice(index * each, (index + 1) * each));
    });
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const tensors of [this.#trainable, this.#averages, ...this.#state]) tensors.dispose();
    this.#tf.dispose([this.#decaying, this.#momentum]);
  }

  /** Converts bytes to values from 0 to 1, [n, height, width, channels]. */
  #input(images: Uint8Array): Tensor {
    const values = Float32Array.from(images, (byte) => byte / 255);
    return this.#tf.tensor4d(values, [imageCount(this.network, images), ...this.network.input]);
  }

  /**
   * Logits, [n, classes]. `trainable`, `averages`: the weights, in the order of `weightSpecs`; `pass`: null for
   * prediction.
   */
  #forward(
    images: Tensor,
    trainable: readonly Tensor[],
    averages: readonly Tensor[],
    pass: TrainingPass | null,
  ): Tensor {
    const weights = { trainable: trainable.values(), averages: averages.values() };
    const outputs: Tensor[] = [];
    this.network.layers.forEach((layer, index) => {
      const inputs = layerInputs(this.network, index).map((input) => (input < 0 ? images : outputs[input]!));
      outputs.push(this.#apply(layer, index, inputs, weights, pass));
    });
    return outputs.at(-1)!;
  }

  /** Applies a layer, consuming its weights from `weights`. */
  #apply(layer: Layer, index: number, inputs: Tensor[], weights: LayerWeights, pass: TrainingPass | null): Tensor {
    const tf = this.#tf;
    const next = () => weights.trainable.next().value!;
    const x = inputs[0]!;
    switch (layer.type) {
      case 'conv2d': {
        const y = tf.conv2d(x as Tensor4D, next() as Tensor4D, [...layer.stride], layer.padding);
        return layer.useBias ? tf.add(y, next()) : y;
      }
      case 'depthwiseConv2d': {
        const y = tf.depthwiseConv2d(x as Tensor4D, next() as Tensor4D, [...layer.stride], layer.padding);
        return layer.useBias ? tf.add(y, next()) : y;
      }
      case 'dense': {
        const y = tf.matMul(x, next());
        return layer.useBias ? tf.add(y, next()) : y;
      }
      case 'batchNorm': {
        const gamma = next();
        const beta = next();
        if (pass) return batchNormInTraining(tf, x, gamma, beta, layer.epsilon, pass.moments);
        const mean = weights.averages.next().value!;
        const inverse = tf.rsqrt(tf.add(weights.averages.next().value!, layer.epsilon));
        return tf.add(tf.mul(tf.sub(x, mean), tf.mul(inverse, gamma)), beta);
      }
      case 'dropout':
        return pass && layer.rate > 0
          ? tf.mul(x, this.#dropoutMask(x.shape, layer.rate, dropoutSeed(pass.seed, index)))
          : x;
      case 'spatialDropout': {
        const [n, , , channels] = (x as Tensor4D).shape;
        return pass && layer.rate > 0
          ? tf.mul(x, this.#dropoutMask([n, 1, 1, channels], layer.rate, dropoutSeed(pass.seed, index)))
          : x;
      }
      case 'maxPool':
      case 'averagePool':
      case 'globalMaxPool':
      case 'globalAveragePool':
        return pool(tf, layer, x as Tensor4D);
      case 'flatten':
        return tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]!]);
      case 'reshape':
        return tf.reshape(x, [x.shape[0]!, ...layer.shape]);
      case 'zeroPadding':
        return tf.pad(x, [
          [0, 0],
          [layer.top, layer.bottom],
          [layer.left, layer.right],
          [0, 0],
        ]);
      case 'rescaling':
        return tf.add(tf.mul(x, layer.scale), layer.offset);
      case 'add':
        return tf.addN(inputs);
      case 'concatenate':
        return tf.concat(inputs, -1);
      default:
        return activation(tf, layer, x);
    }
  }

  /** The same mask as on every other engine, so that a training run can change engines. */
  #dropoutMask(shape: number[], rate: number, seed: number): Tensor {
    const threshold = dropoutThreshold(rate);
    const scale = 1 / (1 - rate);
    const mask = new Float32Array(elements(shape));
    for (let i = 0; i < mask.length; i++) mask[i] = dropoutHash(seed, i) < threshold ? 0 : scale;
    return this.#tf.tensor(mask, shape);
  }

  /** Keras' formulas. Weight decay is decoupled and does not apply to vectors. `gradient`: that of `#trainable`. */
  #update(gradient: Tensor, { learningRate, step }: StepOptions): void {
    const tf = this.#tf;
    const optimizer = this.#optimizer;
    const weights = this.#trainable.variable;
    const [first, second] = this.#state.map(({ variable }) => variable);
    const decay = learningRate * optimizer.weightDecay;
    const decayed = decay > 0 ? tf.sub(weights, tf.mul(tf.mul(weights, this.#decaying), decay)) : weights;
    if (optimizer.type === 'sgd') {
      const step = tf.mul(gradient, learningRate);
      first!.assign(tf.sub(tf.mul(first!, optimizer.momentum), step));
      const move = optimizer.nesterov ? tf.sub(tf.mul(first!, optimizer.momentum), step) : first!;
      weights.assign(tf.add(decayed, move));
      return;
    }
    first!.assign(tf.add(first!, tf.mul(tf.sub(gradient, first!), 1 - optimizer.beta1)));
    second!.assign(tf.add(second!, tf.mul(tf.sub(tf.square(gradient), second!), 1 - optimizer.beta2)));
    const alpha = (learningRate * Math.sqrt(1 - optimizer.beta2 ** step)) / (1 - optimizer.beta1 ** step);
    const direction = tf.div(first!, tf.add(tf.sqrt(second!), optimizer.epsilon));
    weights.assign(tf.sub(decayed, tf.mul(direction, alpha)));
  }

  #moveAverages(moments: Tensor): void {
    const averages = this.#averages.variable;
    averages.assign(this.#tf.add(moments, this.#tf.mul(this.#tf.sub(averages, moments), this.#momentum)));
  }

  #checkTrains(): void {
    if (this.#batchSize === 0) throw new RangeError('a network for prediction only has no optimizer');
  }

  #checkAlive(): void {
    if (this.#disposed) throw new RangeError('the network was disposed');
  }
}

/** The weights that the remaining layers will consume. */
interface LayerWeights {
  trainable: ArrayIterator<Tensor>;
  averages: ArrayIterator<Tensor>;
}

/** Mean cross-entropy with smoothed labels (Szegedy et al. 2016). `truth`: class indices, [n]. */
function crossEntropy(
  tf: TensorFlowApi,
  logits: Tensor,
  truth: TensorFlow.Tensor1D,
  smoothing: number,
): TensorFlow.Scalar {
  const classes = logits.shape[1]!;
  const targets = tf.oneHot(truth, classes, 1 - smoothing + smoothing / classes, smoothing / classes, 'float32');
  return tf.mul(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), -1)), -1);
}
