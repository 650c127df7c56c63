import { readClassCounts } from '../dataset/read-part.ts';
import type { Split } from '../dataset/splits.ts';
import type { Paths } from '../paths.ts';
import type { SharedClasses } from './shared-classes.ts';

/**
 * How many images each class of a split has, for its prior. Only `byclass` and `bymerge` have the frequencies of
 * written text; the others were made to have equally many of each class (Cohen et al. 2017, table II), or as good as.
 */
export async function splitFrequencies(paths: Paths, split: Split): Promise<readonly number[] | null> {
  return split === 'byclass' || split === 'bymerge' ? readClassCounts(paths, split) : null;
}

/**
 * What is to be added to a model's logits so that they hold for another prior than that of its training (Saerens et al.
 * 2002), [model classes]. `shares`: of the model's classes in training, or null where nobody knows: then nothing is
 * added. `frequencies`: of the data set's classes; null for all alike, where a class that the model has merged counts
 * for both its cases.
 */
export function priorShift(
  { labels, truth, answers }: SharedClasses,
  shares: readonly number[] | null,
  frequencies: readonly number[] | null,
): number[] {
  const counts = new Array<number>(labels.length).fill(0);
  truth.forEach((index, label) => {
    // Half an image where there is none: rare is not impossible.
    counts[index]! += frequencies === null ? 1 : Math.max(0.5, frequencies[label]!);
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shift: number[] = [];
  answers.forEach((columns, index) => {
    // Classes of the model that mean the same keep their ratio.
    const share = columns.reduce((sum, column) => sum + (shares?.[column] ?? 0), 0);
    // A class that was never shown has no logit to speak of.
    for (const column of columns) shift[column] = share > 0 ? Math.log(counts[index]! / total / share) : 0;
  });
  return shift;
}
