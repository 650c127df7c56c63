import { CAPITALS, DIGITS, SMALL_LETTERS, UNMERGED_SMALL_LETTERS } from '../labels.ts';

/** The six EMNIST splits (Cohen et al. 2017, arXiv 1702.05373, table II). */
export const SPLITS = ['balanced', 'byclass', 'bymerge', 'letters', 'digits', 'mnist'] as const;
export type Split = (typeof SPLITS)[number];

/** The split that is used unless another is named. */
export const DEFAULT_SPLIT: Split = 'balanced';

export const PARTS = ['train', 'test'] as const;
export type Part = (typeof PARTS)[number];

/**
 * The characters of a split's classes, in class order (class 0 first). In `letters` a class holds both cases and is
 * named by the capital.
 */
export function splitLabels(split: Split): readonly string[] {
  switch (split) {
    case 'balanced':
    case 'bymerge':
      return [...(DIGITS + CAPITALS + UNMERGED_SMALL_LETTERS)];
    case 'byclass':
      return [...(DIGITS + CAPITALS + SMALL_LETTERS)];
    case 'letters':
      return [...CAPITALS];
    case 'digits':
    case 'mnist':
      return [...DIGITS];
  }
}

/** What NIST's label files hold for class 0: `letters` starts at 1, all others at 0. */
export function firstLabel(split: Split): number {
  return split === 'letters' ? 1 : 0;
}
