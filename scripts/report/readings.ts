import { shareClasses } from '../../src/core/evaluation/shared-classes.ts';
import { classCharacters, labelsText } from '../../src/core/labels.ts';
import type { Recognizer } from '../../src/core/recognizer/recognizer.ts';
import { type LabeledImages, withCharacters } from './labeled-images.ts';
import { shareOf } from './statistics.ts';

/** What `predict` makes of a labeled image. */
export interface Reading {
  /** The label of the true class. */
  truth: string;
  /** The label of the most probable one. */
  answer: string;
  /** Of the answer. */
  probability: number;
  isRight: boolean;
  /** The probability that it is not one character; null if the model cannot reject. */
  noCharacter: number | null;
}

/** Readings, and among how many classes. */
export interface Readings {
  readings: Reading[];
  classes: number;
}

/**
 * Reads the images of some characters (`all`, `digits`, …) as `predict` does with `--characters`, and in their order. Where the
 * model and the data have different classes, they are compared as `evaluate` does.
 */
export async function readImages(recognizer: Recognizer, data: LabeledImages, characters = 'all'): Promise<Readings> {
  const chosen = characters === 'all' ? data : withCharacters(data, characters);
  const { labels, truth, answers } = shareClasses(chosen.classLabels, recognizer.labels);
  // Both cases of merged classes, since a class counts for as many characters as are asked for.
  const allowed = answers.flat().flatMap((column) => classCharacters(recognizer.labels[column]!, recognizer.labels));
  const read = await recognizer.recognize(chosen.images, { top: 1, characters: labelsText(allowed) });
  const readings = read.map(({ predictions: [best], noCharacter }, index): Reading => {
    const meant = truth[chosen.labels[index]!]!;
    const { label, probability } = best!;
    const isRight = answers[meant]!.includes(recognizer.labels.indexOf(label));
    return { truth: labels[meant]!, answer: label, probability, isRight, noCharacter };
  });
  return { readings, classes: labels.length };
}

/** What says of an image whether it is one character. */
export type Doubts = Pick<Reading, 'probability' | 'noCharacter'>;

/** Reads images of which it is not known what they show. */
export async function readDoubts(recognizer: Recognizer, images: Uint8Array): Promise<Doubts[]> {
  const read = await recognizer.recognize(images, { top: 1 });
  return read.map(({ predictions: [best], noCharacter }) => ({ probability: best!.probability, noCharacter }));
}

/** How unlikely the best answer is, supposing that an image is a character, [n]: what a model that cannot reject goes by. */
export function uncertaintyOf(readings: readonly Doubts[]): number[] {
  return readings.map(
    ({ probability, noCharacter }) => 1 - probability / Math.max(Number.EPSILON, 1 - (noCharacter ?? 0)),
  );
}

/** How likely each image is not one character, [n]. The model must be able to reject. */
export function noCharacterOf(readings: readonly Pick<Reading, 'noCharacter'>[]): number[] {
  return readings.map(({ noCharacter }) => {
    if (noCharacter === null) throw new TypeError('the model cannot reject');
    return noCharacter;
  });
}

/** Share of the readings that are right. */
export function accuracyOf(readings: readonly Reading[]): number {
  return shareOf(readings, ({ isRight }) => isRight);
}
