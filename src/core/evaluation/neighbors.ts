import { createHash } from 'node:crypto';
import { describeDataset } from '../dataset/dataset-info.ts';
import type { DatasetName } from '../dataset/dataset-name.ts';
import { readChosenImages } from '../dataset/read-part.ts';
import { createFeatureReader, type FeatureReader } from '../engine/feature-reader.ts';
import { createEngine } from '../engine/select.ts';
import { classIndex } from '../labels.ts';
import type { Model } from '../model/model.ts';
import { loadModel } from '../model/model-store.ts';
import type { Paths } from '../paths.ts';
import { ClassFeatures, evenly, type Neighbor } from './class-features.ts';
import { shareClasses } from './shared-classes.ts';

/** The training images of a class that resemble an image most, the most similar first. */
export interface ClassNeighbors {
  label: string;
  neighbors: Neighbor[];
}

export interface NeighborQuery {
  /** The model that judges what is similar, by name or path. */
  model: string;
  /** The data set whose training images are searched. */
  split: DatasetName;
  /** Bytes, ink 255 on paper 0, upright, [28, 28]. */
  image: Uint8Array;
  /** The classes to search, by their labels in an evaluation. */
  labels: readonly string[];
  /** How many images to find for each. */
  count: number;
}

/** Images of a class that are searched; if there are more, this many evenly spread ones. */
const MAX_IMAGES = 2000;
/** What classes that are kept may take, unless the last search needs more. */
const MAX_BYTES = 96e6;
/** Images per call of the network, after which others on this thread get a turn. */
const BATCH = 128;

/**
 * Finds the training images that a network finds most similar to an image, by their features. Those of a class are computed once, and
 * kept while the same model and data set are asked about.
 */
export class NeighborSearch {
  readonly #paths: Paths;
  /** What the kept classes are of: a model with its weights, and a data set. */
  #source = '';
  /** By class index of the data set; the class that was used last is the last. */
  #classes = new Map<number, ClassFeatures>();
  /** Searches take place one after the other. Never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(paths: Paths) {
    this.#paths = paths;
  }

  /**
   * Searches each of the classes. A copy of the image itself is not found. When aborted, it throws the signal's reason, and a later
   * search reuses the features computed so far. Throws as `loadModel` and `readPart`.
   */
  find(query: NeighborQuery, signal: AbortSignal): Promise<ClassNeighbors[]> {
    const found = this.#last.then(() => this.#find(query, signal));
    this.#last = found.catch(() => {});
    return found;
  }

  async #find({ model: name, split, image, labels, count }: NeighborQuery, signal: AbortSignal) {
    signal.throwIfAborted();
    const model = await loadModel(name, this.#paths);
    const dataset = await describeDataset(this.#paths, split);
    this.#keepOnly([fingerprint(model), split, dataset.date, dataset.trainImages].join(' '));
    const shared = shareClasses(dataset.labels, model.labels);
    const classesOf = (label: string) => {
      const wanted = classIndex(label, shared.labels);
      return [...shared.truth.keys()].filter((index) => shared.truth[index] === wanted);
    };
    const needed = labels.flatMap(classesOf);
    await this.#readImages(split, needed, signal);
    const isComplete = needed.every((index) => this.#classes.get(index)!.isComplete);
    const features = await withFeatureReader(model, isComplete ? 1 : undefined, async (reader) => {
      for (const index of needed) await computeFeatures(this.#classes.get(index)!, reader, signal);
      return (await reader.read(image))[0]!.features;
    });
    return labels.map((label) => {
      const found = classesOf(label).flatMap((index) => this.#classes.get(index)!.nearest(image, features, count));
      return { label, neighbors: found.sort((a, b) => b.similarity - a.similarity).slice(0, count) };
    });
  }

  #keepOnly(source: string): void {
    if (source !== this.#source) this.#classes.clear();
    this.#source = source;
  }

  /** Reads the images of classes that are not kept, in one pass over the file, and drops the classes that were used longest ago. */
  async #readImages(split: DatasetName, needed: readonly number[], signal: AbortSignal): Promise<void> {
    const missing = needed.filter((index) => !this.#classes.has(index));
    if (missing.length > 0) {
      const choose = (all: Uint8Array) => {
        const chosen = missing.flatMap((index) => {
          const ofClass = [...all.keys()].filter((image) => all[image] === index);
          return evenly(ofClass, MAX_IMAGES);
        });
        return Uint32Array.from(chosen).sort();
      };
      const part = await readChosenImages(this.#paths, split, 'train', choose, { signal });
      for (const index of missing) this.#classes.set(index, new ClassFeatures(part, index));
    }
    for (const index of needed) {
      const used = this.#classes.get(index)!;
      this.#classes.delete(index);
      this.#classes.set(index, used);
    }
    let bytes = [...this.#classes.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [index, one] of this.#classes) {
      if (bytes <= MAX_BYTES || needed.includes(index)) break;
      bytes -= one.bytes;
      this.#classes.delete(index);
    }
  }
}

/** The features of images that do not have them yet, a few at a time. */
async function computeFeatures(ofClass: ClassFeatures, reader: FeatureReader, signal: AbortSignal): Promise<void> {
  while (!ofClass.isComplete) {
    const read = await reader.read(ofClass.pending(BATCH));
    ofClass.add(read.map(({ features }) => features));
    // The engine may run on this thread: let it handle signals and keys.
    await new Promise(setImmediate);
    signal.throwIfAborted();
  }
}

/** Runs the WebAssembly engine only as long as it is needed. `threads`: one per core if undefined. */
async function withFeatureReader<T>(
  model: Model,
  threads: number | undefined,
  work: (reader: FeatureReader) => Promise<T>,
): Promise<T> {
  const engine = await createEngine({ engine: 'wasm', threads });
  try {
    const network = await engine.createNetwork(model.network);
    await network.setWeights(model.weights);
    return await work(await createFeatureReader(engine, model, network));
  } finally {
    await engine.dispose();
  }
}

/** Differs for models with other weights, whatever their names. */
function fingerprint({ weights }: Model): string {
  const hash = createHash('sha256');
  for (const tensors of weights) hash.update(new Uint8Array(tensors.buffer, tensors.byteOffset, tensors.byteLength));
  return hash.digest('hex');
}
