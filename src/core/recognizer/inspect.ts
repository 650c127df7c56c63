import { setImmediate } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { type Inspection, type InspectOptions, type LayerView, MAX_LAYERS, MAX_MAPS } from '../inspection.ts';
import { classIndex } from '../labels.ts';
import type { Model } from '../model/model.ts';
import { classCount, elements, layerNames } from '../model/network.ts';
import { observableLayers, observeLayers } from '../model/observed-layers.ts';
import { logSumExp } from '../model/softmax.ts';
import { layerMaps } from './layer-views.ts';
import { influenceMap, occlusions } from './occlusion.ts';

const DEFAULT_MAPS = 8;
/** Images per call of the network: few, so that readings in between wait for milliseconds only. */
const BATCH = 6;

/** Reads the outputs of a network's layers. */
export interface LayerReader {
  /** `image`: bytes, [28, 28]. */
  read(image: Uint8Array, maps: number): Promise<LayerView[]>;
  dispose(): Promise<void>;
}

/** Prepares a network that gives the outputs of all layers worth looking at in one forward pass. */
export async function createLayerReader(
  engine: Engine,
  { network, weights }: Pick<Model, 'network' | 'weights'>,
): Promise<LayerReader> {
  const observed = observableLayers(network, MAX_LAYERS);
  if (observed.length === 0) return { read: async () => [], dispose: async () => {} };
  const names = layerNames(network);
  const indices = observed.map(({ index }) => index);
  const { shapes, ...observing } = observeLayers(network, weights, indices);
  const ready = await engine.createNetwork(observing.network, { features: true });
  await ready.setWeights(observing.weights);
  return {
    async read(image, maps) {
      const outputs = await ready.predict(fitImages(image, network.input));
      let from = 0;
      return observed.map(({ first, kind, pools }, position): LayerView => {
        const shape = shapes[position]!;
        const values = outputs.subarray(from, from + elements(shape));
        from += values.length;
        return { name: names[first]!, kind, pools, shape, ...layerMaps(values, shape, maps) };
      });
    },
    dispose: () => ready.dispose(),
  };
}

/** What an inspection needs of a recognizer. Each call lets the readings that wait go first. */
interface Source {
  readonly model: Model;
  readLayers: LayerReader['read'];
  /** Logits, [n, classes], of bytes, [n, 28, 28]. */
  predict(images: Uint8Array): Promise<Float32Array>;
}

/** Looks into a network while it reads an image. */
export async function inspect(
  image: Uint8Array,
  { label: wanted, maps = DEFAULT_MAPS, signal }: InspectOptions,
  { model: { labels, network }, readLayers, predict }: Source,
): Promise<Inspection> {
  if (image.length !== IMAGE_PIXELS) throw new RangeError(`an image of ${image.length} bytes`);
  signal?.throwIfAborted();
  const layers = await readLayers(image, Math.min(MAX_MAPS, Math.max(1, maps)));
  const classes = classCount(network);
  const whole = await predict(image);
  // Readings show a merged class in the case that is expected: `c` for `C`.
  const chosen = wanted === undefined ? -1 : classIndex(wanted, labels);
  const index = chosen >= 0 ? chosen : best(whole.subarray(0, labels.length));
  const odds = logOdds(whole, index);
  const occluded = occlusions(image);
  const drops: number[] = [];
  for (let from = 0; from < occluded.length; from += BATCH) {
    // The engine computes on this thread, where others may be waiting.
    await setImmediate();
    signal?.throwIfAborted();
    const batch = occluded.slice(from, from + BATCH);
    const logits = await predict(Buffer.concat(batch.map((one) => one.image)));
    for (const row of batch.keys()) {
      drops.push(odds - logOdds(logits.subarray(row * classes, (row + 1) * classes), index));
    }
  }
  return {
    label: chosen >= 0 ? wanted! : labels[index]!,
    probability: probabilityOf(odds),
    without: probabilityOf(odds - Math.max(0, ...drops)),
    influence: influenceMap(occluded, drops),
    layers,
  };
}

/** The logarithm of the odds of a class against all others, that of no character included. */
function logOdds(logits: Float32Array, index: number): number {
  return logits[index]! - logSumExp(logits.filter((_, other) => other !== index));
}

function probabilityOf(odds: number): number {
  return 1 / (1 + Math.exp(-odds));
}

function best(logits: Float32Array): number {
  return logits.reduce((first, value, index) => (value > logits[first]! ? index : first), 0);
}
