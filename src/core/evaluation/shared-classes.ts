import { EmnistError } from '../errors.ts';
import { classIndex } from '../labels.ts';

/**
 * The classes that a model and a data set can be compared on. Data sets differ in which characters they have and in
 * which letters' two cases they keep apart, so a model trained on one is asked only what it can know about another.
 */
export interface SharedClasses {
  /** Characters of the classes that are compared, in the data set's order. */
  labels: string[];
  /** For each class of the data set, the index in `labels`. */
  truth: Uint8Array;
  /** For each class in `labels`, the model's classes that mean it; none where the model has no such class. */
  answers: number[][];
  /** Characters of the model's classes that the data set has no images of: they are no possible answer. */
  left: string[];
  /** Characters of the data set that are counted with their other case, since the model cannot tell the two apart. */
  merged: string[];
  /** Characters of the data set that the model does not know: it is always wrong on these. */
  unknown: string[];
}

/**
 * Maps a data set's classes and a model's onto each other by character. A letter whose case one side does not know
 * counts as its other case. Throws `EmnistError` `classes-differ` when nothing is left to compare.
 */
export function shareClasses(dataLabels: readonly string[], modelLabels: readonly string[]): SharedClasses {
  const merged = dataLabels.filter((label) => {
    const meant = modelLabels[classIndex(label, modelLabels)];
    return meant !== undefined && meant !== label && dataLabels.includes(meant);
  });
  const labels = dataLabels.filter((label) => !merged.includes(label));
  const answers: number[][] = labels.map(() => []);
  const left: string[] = [];
  modelLabels.forEach((label, index) => {
    const meant = classIndex(label, labels);
    if (meant >= 0) answers[meant]!.push(index);
    else left.push(label);
  });
  if (left.length === modelLabels.length) {
    throw new EmnistError(
      'classes-differ',
      `the model knows ${modelLabels.join('')}, none of which is among ${dataLabels.join('')}`,
      'choose another --model or --split',
    );
  }
  return {
    labels,
    truth: Uint8Array.from(dataLabels, (label) => classIndex(label, labels)),
    answers,
    left,
    merged,
    unknown: labels.filter((_, index) => answers[index]!.length === 0),
  };
}
