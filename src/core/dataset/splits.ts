import { DIGITS, LOWERCASE, UNMERGED_LOWERCASE, UPPERCASE } from '../labels.ts';

/** The six EMNIST splits (Cohen et al. 2017, arXiv 1702.05373, table II). */
export const SPLITS = ['balanced', 'byclass', 'bymerge', 'letters', 'digits', 'mnist'] as const;
export type Split = (typeof SPLITS)[number];

/** The split used if none is named. */
export const DEFAULT_SPLIT: Split = 'balanced';

export const PARTS = ['train', 'test'] as const;
export type Part = (typeof PARTS)[number];

/**
 * The labels of a split's classes, in order. In `letters` each class stands for both cases of a letter and is labeled with
 * the uppercase letter.
 */
export function splitLabels(split: Split): readonly string[] {
  switch (split) {
    case 'balanced':
    case 'bymerge':
      return [...(DIGITS + UPPERCASE + UNMERGED_LOWERCASE)];
    case 'byclass':
      return [...(DIGITS + UPPERCASE + LOWERCASE)];
    case 'letters':
      return [...UPPERCASE];
    case 'digits':
    case 'mnist':
      return [...DIGITS];
  }
}

/** The number for class 0 in NIST's label files: 1 in `letters`, 0 in all other splits. */
export function firstLabel(split: Split): number {
  return split === 'letters' ? 1 : 0;
}
