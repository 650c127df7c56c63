import { EmnistError } from '../errors.ts';
import { classIndex, labelsText } from '../labels.ts';

/**
 * The classes on which a model and a data set can be compared. Data sets differ in their characters and in which letters
 * they merge, so a model chooses only among the classes of the data set.
 */
export interface SharedClasses {
  /** Labels of the compared classes, in the data set's order. */
  labels: string[];
  /** For each class of the data set, the index in `labels`. */
  truth: Uint8Array;
  /** For each of `labels`, the model's classes with that meaning; empty if it has none. */
  answers: number[][];
  /** Labels of the model that the data set lacks; they are not possible answers. */
  excluded: string[];
  /** Letters of the data set counted as their other case, because the model does not distinguish the two. */
  merged: string[];
  /** Labels of the data set that the model lacks; it is always wrong on these. */
  unknown: string[];
}

/**
 * Matches the classes of a data set and a model by character. A letter that one side has in one case only counts as that
 * case. Throws `classes-differ` when they have no character in common.
 */
export function shareClasses(dataLabels: readonly string[], modelLabels: readonly string[]): SharedClasses {
  const merged = dataLabels.filter((label) => {
    const match = modelLabels[classIndex(label, modelLabels)];
    return match !== undefined && match !== label && dataLabels.includes(match);
  });
  const labels = dataLabels.filter((label) => !merged.includes(label));
  const answers: number[][] = labels.map(() => []);
  const excluded: string[] = [];
  modelLabels.forEach((label, index) => {
    const match = classIndex(label, labels);
    if (match >= 0) answers[match]!.push(index);
    else excluded.push(label);
  });
  if (excluded.length === modelLabels.length) {
    const [model, data] = [labelsText(modelLabels), labelsText(dataLabels)];
    throw new EmnistError('classes-differ', `the model knows ${model}, and the data set has none of these: ${data}`, {
      modelLabels: model,
      dataLabels: data,
    });
  }
  return {
    labels,
    truth: Uint8Array.from(dataLabels, (label) => classIndex(label, labels)),
    answers,
    excluded,
    merged,
    unknown: labels.filter((_, index) => answers[index]!.length === 0),
  };
}
