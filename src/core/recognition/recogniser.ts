import type { Prediction } from '../events.ts';

export interface RecogniseOptions {
  /** How many predictions to give for each image, at most the number of classes. Default 5. */
  top?: number;
  /** `all`, `digits`, `letters` or the characters themselves. Default `all`. */
  characters?: string;
}

/** A model ready to read characters. */
export interface Recogniser {
  readonly model: string;
  /** The characters of its classes, in class order. */
  readonly labels: readonly string[];
  /** One list of predictions for each image. `images`: bytes, ink 255 on paper 0, upright, [n, 28, 28]. */
  recognise(images: Uint8Array, options?: RecogniseOptions): Promise<Prediction[][]>;
  dispose(): Promise<void>;
}
