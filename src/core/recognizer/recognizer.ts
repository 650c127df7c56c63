import type { EngineName } from '../engine/engine.ts';
import { createEngine } from '../engine/select.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { type ClassChoice, chooseClasses } from '../labels.ts';
import { canReject, type Model } from '../model/model.ts';
import { classCount } from '../model/network.ts';
import type { Prediction } from '../prediction.ts';
import { RECOGNIZE_DEFAULTS, type RecognizeOptions } from './recognize-options.ts';

/** A loaded model. */
export interface Recognizer {
  readonly model: string;
  /** The labels of its classes, in class order. */
  readonly labels: readonly string[];
  /**
   * Returns a list of predictions for each image, most probable first. `images`: bytes, ink 255 on paper 0, upright,
   * [n, 28, 28], whatever the input of the network. With `characters`, the probabilities of all allowed characters sum to 1. Calls may overlap. Throws an
   * EmnistError for options that the model cannot satisfy.
   */
  recognize(images: Uint8Array, options?: RecognizeOptions): Promise<Prediction[][]>;
  dispose(): Promise<void>;
}

/** Images per call of the network, which bounds the memory that a long file needs. */
const BATCH = 256;

/**
 * Prepares a model. The default is one thread of the WebAssembly engine, since recognizing one character takes less time
 * than waking other threads; more threads pay off with many characters at a time. Results do not depend on their number.
 */
export async function createRecognizer(
  { name, network, weights, labels }: Pick<Model, 'name' | 'network' | 'weights' | 'labels'>,
  { engine: engineName = 'wasm', threads = 1 }: { engine?: 'auto' | EngineName; threads?: number | 'all' } = {},
): Promise<Recognizer> {
  const classes = classCount(network);
  if (labels.length !== classes && !canReject({ network, labels })) {
    throw new RangeError(`model "${name}" has ${labels.length} labels for ${classes} classes`);
  }
  const engine = await createEngine({ engine: engineName, threads: threads === 'all' ? undefined : threads });
  try {
    const ready = await engine.createNetwork(network);
    await ready.setWeights(weights);
    // The network takes one call at a time, so each waits for the one before it.
    let last: Promise<unknown> = Promise.resolve();
    return {
      model: name,
      labels,
      recognize(images, { top = RECOGNIZE_DEFAULTS.top, characters = RECOGNIZE_DEFAULTS.characters } = {}) {
        const work = async () => {
          const choices = chooseClasses(labels, characters);
          if (images.length % IMAGE_PIXELS !== 0) {
            throw new RangeError(`${images.length} bytes are not a multiple of ${IMAGE_PIXELS}, the size of an image`);
          }
          const predictions: Prediction[][] = [];
          for (let from = 0; from < images.length; from += BATCH * IMAGE_PIXELS) {
            const batch = images.subarray(from, from + BATCH * IMAGE_PIXELS);
            const logits = await ready.predict(fitImages(batch, network.input));
            for (let at = 0; at < logits.length; at += classes) {
              predictions.push(rank(logits.subarray(at, at + classes), choices, top));
            }
          }
          return predictions;
        };
        const result = last.then(work);
        last = result.catch(() => {});
        return result;
      },
      async dispose() {
        await last;
        await ready.dispose();
        await engine.dispose();
      },
    };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

/** Softmax over the logits of the allowed classes: the `top` most probable first, ties in class order. */
export function rank(logits: Float32Array, choices: readonly ClassChoice[], top: number): Prediction[] {
  const highest = choices.reduce((max, { index }) => Math.max(max, logits[index]!), -Infinity);
  const exponentials = choices.map(({ index }) => Math.exp(logits[index]! - highest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  const best = choices
    .map(({ label }, i) => ({ label, probability: exponentials[i]! / sum }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
  // Rounding must not push the sum above 1. It is off by less than this factor.
  if (best.reduce((total, { probability }) => total + probability, 0) > 1) {
    for (const prediction of best) prediction.probability *= 1 - 1e-14;
  }
  return best;
}
