import { setImmediate } from 'node:timers/promises';
import { ADAM, type Engine } from '../engine/engine.ts';
import type { Layer } from '../model/layer.ts';
import { layerWeights } from '../model/layer-weights.ts';
import { elements, layerInputs, layerShapes, type Network } from '../model/network.ts';
import { outputLayer } from '../model/with-outputs.ts';
import { hash32, shuffledIndices } from '../random.ts';
import type { BatchSource } from './batch-source.ts';
import type { TrainingState } from './checkpoint.ts';
import { learningRateAt } from './schedule.ts';
import type { TrainEvent } from './train-event.ts';
import type { TrainingControl } from './training-control.ts';

/** How many training images the head is trained on, at most: a linear classifier needs no more. */
const MAX_IMAGES = 8192;
/** Their features must fit into this many bytes. */
const MAX_FEATURE_BYTES = 64e6;
/** How often it sees each of them, in batches of this size, and at least how many batches that is. */
const PASSES = 10;
const BATCH_SIZE = 64;
const MIN_STEPS = 400;
/** The peak of the one-cycle schedule. */
const LEARNING_RATE = 0.003;
/** Limits events to 10 a second. */
const EVENT_INTERVAL_MS = 100;
/** Mixed into the seed to make the order and dropout independent of everything else. */
const STREAM = { order: 11, dropout: 12 };

interface HeadParts {
  engine: Engine;
  /** The whole network, with its weights in the order of `weightSpecs`. */
  network: Network;
  weights: readonly Float32Array[];
  batches: BatchSource;
  state: TrainingState;
  control: TrainingControl;
}

/**
 * Trains the last layer with weights alone, on the outputs of the layers before it for some training images. Otherwise the large
 * gradients of outputs that know nothing yet would distort those layers (Kumar et al. 2022, arXiv 2202.10054). Returns the
 * weights of the whole network; if the run is stopped meanwhile, those it was given.
 */
export async function* trainHead(parts: HeadParts): AsyncGenerator<TrainEvent, readonly Float32Array[]> {
  const { network, weights, engine, state, control } = parts;
  const own = layerWeights(network, weights);
  const index = outputLayer(network);
  // Without other weights there is nothing to protect.
  if (index === null || own.every((tensors, layer) => layer === index || tensors.length === 0)) return weights;
  const set = yield* readFeatures(parts, index);
  if (!set) return weights;
  const trained = await engine.createNetwork(headOf(network, index, set), { batchSize: BATCH_SIZE, optimizer: ADAM });
  await trained.setWeights(own[index]!);
  const images = set.labels.length;
  const size = set.bytes.length / images;
  const batches = Math.ceil(images / BATCH_SIZE);
  const passes = Math.max(PASSES, Math.ceil(MIN_STEPS / batches));
  let reported = performance.now();
  for (let pass = 0; pass < passes; pass++) {
    const order = shuffledIndices(images, hash32(state.seed, STREAM.order, pass));
    let correct = 0;
    for (let batch = 0; batch < batches; batch++) {
      const chosen = order.subarray(batch * BATCH_SIZE, (batch + 1) * BATCH_SIZE);
      const bytes = new Uint8Array(chosen.length * size);
      chosen.forEach((image, position) => {
        bytes.set(set.bytes.subarray(image * size, (image + 1) * size), position * size);
      });
      const labels = Uint8Array.from(chosen, (image) => set.labels[image]!);
      const step = pass * batches + batch + 1;
      const result = await trained.trainBatch(bytes, labels, {
        learningRate: learningRateAt('one-cycle', LEARNING_RATE, step, passes * batches),
        step,
        seed: hash32(state.seed, STREAM.dropout, step),
        labelSmoothing: state.recipe.labelSmoothing,
      });
      correct += result.correct;
      await setImmediate();
      if (control.stop?.when === 'batch') return weights;
    }
    const now = performance.now();
    if (now - reported < EVENT_INTERVAL_MS && pass < passes - 1) continue;
    reported = now;
    yield { event: 'head', images, total: images, accuracy: correct / images };
  }
  const head = await trained.getWeights();
  await trained.dispose();
  return own.flatMap((tensors, layer) => (layer === index ? head : tensors));
}

/** The outputs of the layers before the head, as bytes, since engines train on bytes. */
interface FeatureSet {
  /** [images, ...shape] */
  bytes: Uint8Array;
  /** Class indices, [images]. */
  labels: Uint8Array;
  /** The value of a byte of 0, and the difference to that of 255. */
  offset: number;
  scale: number;
}

/** Null if the run is stopped. */
async function* readFeatures(
  { engine, network, weights, batches, control }: HeadParts,
  index: number,
): AsyncGenerator<TrainEvent, FeatureSet | null> {
  const [last] = layerInputs(network, index) as [number];
  const shape = layerShapes(network)[last]!;
  const size = elements(shape);
  const { trainImages, rejectImages } = batches.set;
  const total = Math.min(trainImages + rejectImages, MAX_IMAGES, Math.floor(MAX_FEATURE_BYTES / 4 / size));
  const layers = network.layers.slice(0, last + 1);
  const reader = await engine.createNetwork(
    { ...network, layers: shape.length === 1 ? layers : [...layers, { type: 'flatten' }] },
    { features: true },
  );
  const own = layerWeights(network, weights);
  await reader.setWeights(own.slice(0, last + 1).flat());
  const features = new Float32Array(total * size);
  const labels = new Uint8Array(total);
  let reported = performance.now();
  for (let images = 0, batch = 1; images < total; batch++) {
    const taken = await batches.take(0, batch);
    const count = Math.min(taken.labels.length, total - images);
    features.set((await reader.predict(taken.images)).subarray(0, count * size), images * size);
    labels.set(taken.labels.subarray(0, count), images);
    images += count;
    await setImmediate();
    if (control.paused) {
      yield { event: 'paused', epoch: 1 };
      await control.resumed();
      yield { event: 'resumed', epoch: 1 };
    }
    if (control.stop?.when === 'batch') return null;
    const now = performance.now();
    if (now - reported < EVENT_INTERVAL_MS && images < total) continue;
    reported = now;
    yield { event: 'head', images, total, accuracy: null };
  }
  await batches.leave();
  await reader.dispose();
  return { ...toBytes(features), labels };
}

/** Spreads the range of features over that of bytes. */
function toBytes(features: Float32Array): Pick<FeatureSet, 'bytes' | 'offset' | 'scale'> {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of features) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const scale = max > min ? max - min : 1;
  const bytes = Uint8Array.from(features, (value) => Math.round(((value - min) / scale) * 255));
  return { bytes, offset: min, scale };
}

/** The last layer with weights and those after it, as a network that takes such features as its image. */
function headOf(network: Network, index: number, { scale, offset }: FeatureSet): Network {
  const shape = layerShapes(network)[layerInputs(network, index)[0]!]!;
  const layers: Layer[] = [{ type: 'rescaling', scale, offset }];
  if (shape.length === 1) layers.push({ type: 'flatten' });
  const after: Layer[] = [];
  for (let layer = network.layers.length - 1; layer >= index; layer = layerInputs(network, layer)[0]!) {
    const { inputs: _, ...alone } = network.layers[layer]!;
    after.unshift(alone);
  }
  return { input: shape.length === 1 ? [1, 1, shape[0]] : shape, layers: [...layers, ...after] };
}
