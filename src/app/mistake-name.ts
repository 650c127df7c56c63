import type { Mistake } from '../core/evaluation/mistake.ts';

/** Digits of an index, so that names sort by it: the largest split has 697,932 images in a part. */
const INDEX_DIGITS = 6;
/** A label of 8 characters can consist of many more code points, and a file's name may have at most 255 bytes. */
const MAX_LABEL_LENGTH = 60;

/** The names of the files that `mistakeName` names, and no others. */
export const MISTAKE_NAME = /^\d{6,}-[\w-]+-as-[\w-]+\.png$/;

/**
 * The name of the file of a misread image: `000042-upper-A-as-4.png`, the index with the class and the answer. It is valid on all
 * systems, and unique even where case does not count, since each image of a part has its own index.
 */
export function mistakeName({ index, truth, guess }: Pick<Mistake, 'index' | 'truth' | 'guess'>): string {
  return `${String(index).padStart(INDEX_DIGITS, '0')}-${portableLabel(truth)}-as-${portableLabel(guess)}.png`;
}

/**
 * A label as part of a file's name. The case of a letter is put into words; characters other than ASCII letters and digits are given by
 * their code points: `upper-A`, `lower-a`, `7`, `arrow`, `u2f` for `/`, `a-u2f-b` for `a/b`.
 */
export function portableLabel(label: string): string {
  if (/^[A-Z]$/.test(label)) return `upper-${label}`;
  if (/^[a-z]$/.test(label)) return `lower-${label}`;
  const parts = label.match(/[A-Za-z0-9]+|[^A-Za-z0-9]/gu) ?? [];
  return parts
    .map((part) => (/^[A-Za-z0-9]/.test(part) ? part : `u${part.codePointAt(0)!.toString(16)}`))
    .join('-')
    .slice(0, MAX_LABEL_LENGTH);
}
