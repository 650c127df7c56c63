import { type DatasetName, isSplit } from '../dataset/dataset-name.ts';
import { readClassCounts } from '../dataset/read-part.ts';
import type { Paths } from '../paths.ts';
import type { SharedClasses } from './shared-classes.ts';

/**
 * The number of images of each class of a data set, for its prior; null if classes are equally frequent by design. Of the
 * splits, only `byclass` and `bymerge` have natural frequencies (Cohen et al. 2017, table II); data sets of one's own have theirs.
 */
export async function splitFrequencies(paths: Paths, split: DatasetName): Promise<readonly number[] | null> {
  return split === 'byclass' || split === 'bymerge' || !isSplit(split) ? readClassCounts(paths, split) : null;
}

/**
 * The shift of a model's logits, [model classes], from the prior of its training to another one (Saerens et al. 2002).
 * `shares`: of the model's classes in training; null if they are unknown, for no shift. `frequencies`: of the data set's
 * classes; null for equal ones, in which a merged class counts for both of its cases.
 */
export function priorShift(
  { labels, truth, answers }: SharedClasses,
  shares: readonly number[] | null,
  frequencies: readonly number[] | null,
): number[] {
  const counts = new Array<number>(labels.length).fill(0);
  truth.forEach((index, label) => {
    // Half an image where there is none, since rare is not impossible.
    counts[index]! += frequencies === null ? 1 : Math.max(0.5, frequencies[label]!);
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shift: number[] = [];
  answers.forEach((columns, index) => {
    // Model classes with the same meaning keep their ratio.
    const share = columns.reduce((sum, column) => sum + (shares?.[column] ?? 0), 0);
    // A class that was never shown has no meaningful logit.
    for (const column of columns) shift[column] = share > 0 ? Math.log(counts[index]! / total / share) : 0;
  });
  return shift;
}
