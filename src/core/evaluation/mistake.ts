import type { Prediction } from '../prediction.ts';

/** An image that a model has misread. */
export interface Mistake {
  /** Where it is: the index in the part of the data set, or of the drawing in the stroke file, from 0. */
  index: number;
  /** The label of its class, as in `perClass` of the result: merged classes have one label. */
  truth: string;
  /** The label of the class that the model takes it for. */
  guess: string;
  /** The five most probable classes, descending, of those that are compared: the first is the guess. */
  predictions: Prediction[];
  /** Bytes, ink 255 on paper 0, upright, [28, 28]; a copy. */
  image: Uint8Array;
}

/** Called for each misread image, in the order of the images. */
export type OnMistake = (mistake: Mistake) => void;
