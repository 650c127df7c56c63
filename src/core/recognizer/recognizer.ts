import type { EngineName } from '../engine/engine.ts';
import { createEngine } from '../engine/select.ts';
import { fitImages } from '../images/fit-images.ts';
import { IMAGE_PIXELS } from '../images/image-size.ts';
import { chooseClasses } from '../labels.ts';
import { canReject, type Model } from '../model/model.ts';
import { classCount } from '../model/network.ts';
import type { CharacterReading } from '../prediction.ts';
import { type PossibleAnswers, possibleAnswers } from './character-prior.ts';
import { RECOGNIZE_DEFAULTS, type RecognizeOptions } from './recognize-options.ts';

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
  dispose(): Promise<void>;
}

/** Images per call of the network, which bounds the memory that a long file needs. */
const BATCH = 256;

/**
 * Prepares a model. The default is one thread of the WebAssembly engine, since recognizing one character takes less time
 * than waking other threads; more threads pay off with many characters at a time. Results do not depend on their number.
 */
export async function createRecognizer(
  { name, network, weights, labels, training }: Model,
  { engine: engineName = 'wasm', threads = 1 }: { engine?: 'auto' | EngineName; threads?: number | 'all' } = {},
): Promise<Recognizer> {
  const classes = classCount(network);
  const rejects = canReject({ network, labels });
  if (labels.length !== classes && !rejects) {
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
      recognize(
        images,
        {
          top = RECOGNIZE_DEFAULTS.top,
          characters = RECOGNIZE_DEFAULTS.characters,
          prior = RECOGNIZE_DEFAULTS.prior,
        } = {},
      ) {
        const work = async () => {
          const chosen = chooseClasses(labels, characters);
          const answers = { ...possibleAnswers(chosen, { labels, training }, prior), rejects };
          if (images.length % IMAGE_PIXELS !== 0) {
            throw new RangeError(`${images.length} bytes are not a multiple of ${IMAGE_PIXELS}, the size of an image`);
          }
          const readings: CharacterReading[] = [];
          for (let from = 0; from < images.length; from += BATCH * IMAGE_PIXELS) {
            const batch = images.subarray(from, from + BATCH * IMAGE_PIXELS);
            const logits = await ready.predict(fitImages(batch, network.input));
            for (let at = 0; at < logits.length; at += classes) {
              readings.push(rank(logits.subarray(at, at + classes), answers, top));
            }
          }
          return readings;
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

/** The answers that may be given. */
export interface Answers extends PossibleAnswers {
  /** Whether the last logit stands for no character. */
  rejects: boolean;
}

/** Softmax over the logits of the answers: the `top` most probable first, ties in class order. */
export function rank(logits: Float32Array, { choices, shifts, rejects }: Answers, top: number): CharacterReading {
  const scores = choices.map(({ index }, i) => logits[index]! + shifts[i]!);
  const rejection = rejects ? logits.at(-1)! : Number.NEGATIVE_INFINITY;
  const highest = Math.max(rejection, ...scores);
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const rejected = Math.exp(rejection - highest);
  const sum = exponentials.reduce((total, value) => total + value, rejected);
  const ranked = choices
    .map(({ label }, i) => ({ label, probability: exponentials[i]! / sum }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
  // Rounding must not push the sum above 1. It is off by less than this factor.
  const added = ranked.reduce((total, { probability }) => total + probability, 0) + rejected / sum;
  const factor = added > 1 ? 1 - 1e-14 : 1;
  return {
    predictions: ranked.map(({ label, probability }) => ({ label, probability: probability * factor })),
    noCharacter: rejects ? (rejected / sum) * factor : null,
  };
}
