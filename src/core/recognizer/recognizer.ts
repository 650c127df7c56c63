import { setImmediate } from 'node:timers/promises';
import type { Engine, EngineName, EngineNetwork } from '../engine/engine.ts';
import { createFeatureReader, type FeatureReader } from '../engine/feature-reader.ts';
import { createEngine } from '../engine/select.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import type { Inspection, InspectOptions } from '../inspection.ts';
import { chooseClasses } from '../labels.ts';
import { canReject, type Model } from '../model/model.ts';
import { classCount } from '../model/network.ts';
import type { CharacterReading } from '../prediction.ts';
import { Adaptation, samplesToUse } from './adaptation.ts';
import { possibleAnswers } from './character-prior.ts';
import { createLayerReader, inspect, type LayerReader } from './inspect.ts';
import { rank } from './rank.ts';
import { RECOGNIZE_DEFAULTS, type RecognizeOptions } from './recognize-options.ts';

/** A character that a person has written and labeled. */
export interface LabeledImage {
  /** Normalized; see `normalizeLabel`. */
  label: string;
  /** Bytes, ink 255 on paper 0, upright, [28, 28]. Asked for only if the sample is used. */
  readonly image: Uint8Array;
}

/** How to adapt to many samples, which can take seconds. */
export interface AdaptOptions {
  signal?: AbortSignal;
  /** Called after each few samples that the network had not seen yet, with the number of those that it has seen now. */
  onProgress?: (samples: number, total: number) => void;
}

/** A loaded model. */
export interface Recognizer {
  readonly model: string;
  /** The labels of its classes, in class order. */
  readonly labels: readonly string[];
  /**
   * Reads each image. `images`: bytes, ink 255 on paper 0, upright, [n, 28, 28], whatever the input of the network. Calls may
   * overlap. Throws an EmnistError for options that the model cannot satisfy.
   */
  recognize(images: Uint8Array, options?: RecognizeOptions): Promise<CharacterReading[]>;
  /**
   * Adapts later readings to samples of one writer instead of the previous ones, which is quick, since nothing is trained. Without samples,
   * readings are exactly what they were at first. A label that the model has no class for can be an answer if it has three samples.
   * Resolves once readings are adapted; until then they are as they were. Calls may overlap, and take effect in order. Disposing of
   * the recognizer ends them early. Throws the signal's reason, and readings then stay as they were.
   */
  adaptTo(samples: readonly LabeledImage[], options?: AdaptOptions): Promise<void>;
  /**
   * What each layer of the network makes of an image, and which of its ink counts for a class. `image`: bytes, ink 255, upright,
   * [28, 28]. It is about the network alone: what readings are adapted or restricted to does not change it. Readings go first.
   * Calls may overlap. Disposing of the recognizer ends them early, and they then throw an `AbortError`.
   */
  inspect(image: Uint8Array, options?: InspectOptions): Promise<Inspection>;
  /** The number of samples that readings are adapted to. */
  readonly adaptedTo: number;
  /** The labels that samples have added to those of the model. */
  readonly newLabels: readonly string[];
  dispose(): Promise<void>;
}

/** Images per call of the network, which bounds the memory that a long file needs. */
const BATCH = 256;
/** Samples per call of the network, which bounds how long a reading waits for them. */
const SAMPLE_BATCH = 16;
/** How long images of samples are made before others on this thread get a turn. */
const TURN_MS = 10;

/**
 * Prepares a model. The default is one thread of the WebAssembly engine, since recognizing one character takes less time
 * than waking other threads; more threads pay off with many characters at a time. Results do not depend on their number.
 */
export async function createRecognizer(
  model: Model,
  { engine: engineName = 'wasm', threads = 1 }: { engine?: 'auto' | EngineName; threads?: number | 'all' } = {},
): Promise<Recognizer> {
  const { name, network, labels } = model;
  if (labels.length !== classCount(network) && !canReject(model)) {
    throw new RangeError(`model "${name}" has ${labels.length} labels for ${classCount(network)} classes`);
  }
  const engine = await createEngine({ engine: engineName, threads: threads === 'all' ? undefined : threads });
  try {
    const ready = await engine.createNetwork(network);
    await ready.setWeights(model.weights);
    return new EngineRecognizer(model, engine, ready);
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

class EngineRecognizer implements Recognizer {
  readonly #model: Model;
  readonly #engine: Engine;
  readonly #network: EngineNetwork;
  readonly #rejects: boolean;
  /** The network takes one call at a time, so each waits for the one before it. Never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  /** Calls of `adaptTo`, which let readings go first. Never rejects. */
  #lastAdaptation: Promise<unknown> = Promise.resolve();
  /** Created with the first samples. */
  #featureReader: FeatureReader | null = null;
  /** Created with the first inspection. */
  #layerReader: LayerReader | null = null;
  readonly #disposal = new AbortController();
  /** The features of the samples that readings are adapted to, by image. */
  #sampleFeatures: ReadonlyMap<string, Float32Array> = new Map();
  #adaptation: Adaptation | null = null;
  #isDisposed = false;

  constructor(model: Model, engine: Engine, network: EngineNetwork) {
    this.#model = model;
    this.#engine = engine;
    this.#network = network;
    this.#rejects = canReject(model);
  }

  get model(): string {
    return this.#model.name;
  }

  get labels(): readonly string[] {
    return this.#model.labels;
  }

  get adaptedTo(): number {
    return this.#adaptation?.samples ?? 0;
  }

  get newLabels(): readonly string[] {
    return this.#adaptation?.newLabels ?? [];
  }

  recognize(images: Uint8Array, options: RecognizeOptions = {}): Promise<CharacterReading[]> {
    return this.#enqueue(async () => {
      const { adapt = RECOGNIZE_DEFAULTS.adapt } = options;
      const adaptation = adapt ? this.#adaptation : null;
      const read = adaptation ? this.#adaptedReader(adaptation, options) : this.#plainReader(options);
      if (images.length % IMAGE_PIXELS !== 0) {
        throw new RangeError(`${images.length} bytes are not a multiple of ${IMAGE_PIXELS}, the size of an image`);
      }
      const readings: CharacterReading[] = [];
      for (let from = 0; from < images.length; from += BATCH * IMAGE_PIXELS) {
        readings.push(...(await read(images.subarray(from, from + BATCH * IMAGE_PIXELS))));
      }
      return readings;
    });
  }

  adaptTo(samples: readonly LabeledImage[], options: AdaptOptions = {}): Promise<void> {
    const adapted = this.#lastAdaptation.then(() => this.#adaptTo(samplesToUse(samples), options));
    this.#lastAdaptation = adapted.catch(() => {}); // reported to the caller
    return adapted;
  }

  inspect(image: Uint8Array, { signal, ...options }: InspectOptions = {}): Promise<Inspection> {
    const ends = AbortSignal.any([this.#disposal.signal, ...(signal ? [signal] : [])]);
    return inspect(
      image,
      { ...options, signal: ends },
      {
        model: this.#model,
        readLayers: (one, maps) =>
          this.#enqueue(async () => {
            ends.throwIfAborted();
            this.#layerReader ??= await createLayerReader(this.#engine, this.#model);
            return this.#layerReader.read(one, maps);
          }),
        predict: (images) =>
          this.#enqueue(async () => {
            ends.throwIfAborted();
            return this.#network.predict(fitImages(images, this.#model.network.input));
          }),
      },
    );
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#disposal.abort();
    await this.#lastAdaptation;
    await this.#last;
    await this.#featureReader?.dispose();
    await this.#layerReader?.dispose();
    await this.#network.dispose();
    await this.#engine.dispose();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {}); // reported to the caller
    return result;
  }

  #plainReader(options: RecognizeOptions): (images: Uint8Array) => Promise<CharacterReading[]> {
    const { labels, network } = this.#model;
    const { top = RECOGNIZE_DEFAULTS.top, characters = RECOGNIZE_DEFAULTS.characters } = options;
    const { prior = RECOGNIZE_DEFAULTS.prior } = options;
    const chosen = chooseClasses(labels, characters);
    const answers = { ...possibleAnswers(chosen, this.#model, prior), rejects: this.#rejects };
    const classes = classCount(network);
    return async (images) => {
      const logits = await this.#network.predict(fitImages(images, network.input));
      return Array.from({ length: logits.length / classes }, (_, index) => {
        return rank(logits.subarray(index * classes, (index + 1) * classes), answers, top);
      });
    };
  }

  #adaptedReader(
    adaptation: Adaptation,
    options: RecognizeOptions,
  ): (images: Uint8Array) => Promise<CharacterReading[]> {
    const blend = adaptation.blending(options);
    return async (images) => (await this.#featureReader!.read(images)).map(blend);
  }

  async #adaptTo(samples: readonly LabeledImage[], { signal, onProgress }: AdaptOptions): Promise<void> {
    const mayContinue = () => {
      signal?.throwIfAborted();
      return !this.#isDisposed;
    };
    const keys: string[] = [];
    const features = new Map<string, Float32Array>();
    const unread = new Map<string, Uint8Array>();
    let turn = performance.now();
    for (const { image } of samples) {
      if (image.length !== IMAGE_PIXELS) throw new RangeError(`a sample of ${image.length} bytes`);
      const key = imageKey(image);
      keys.push(key);
      const known = this.#sampleFeatures.get(key);
      if (known) features.set(key, known);
      else unread.set(key, image);
      if (performance.now() - turn < TURN_MS) continue;
      await setImmediate();
      if (!mayContinue()) return;
      turn = performance.now();
    }
    const images = [...unread];
    for (let from = 0; from < images.length; from += SAMPLE_BATCH) {
      if (!mayContinue()) return;
      const batch = images.slice(from, from + SAMPLE_BATCH);
      const read = await this.#enqueue(async () => {
        this.#featureReader ??= await createFeatureReader(this.#engine, this.#model, this.#network);
        return this.#featureReader.read(Buffer.concat(batch.map(([, image]) => image)));
      });
      batch.forEach(([key], index) => {
        features.set(key, read[index]!.features);
      });
      onProgress?.(from + batch.length, images.length);
      // The engine computes on this thread, where others may be waiting.
      await setImmediate();
    }
    if (!mayContinue()) return;
    await this.#enqueue(async () => {
      const seen = samples.map(({ label }, index) => ({ label, features: features.get(keys[index]!)! }));
      this.#sampleFeatures = features;
      this.#adaptation = samples.length === 0 ? null : new Adaptation(seen, this.#model);
    });
  }
}

function imageKey(image: Uint8Array): string {
  return Buffer.from(image.buffer, image.byteOffset, image.length).toString('latin1');
}
