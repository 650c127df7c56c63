/** The six EMNIST splits (Cohen et al. 2017, arXiv 1702.05373, table II). */
export const SPLITS = ['balanced', 'byclass', 'bymerge', 'letters', 'digits', 'mnist'] as const;
export type Split = (typeof SPLITS)[number];

export const PARTS = ['train', 'test'] as const;
export type Part = (typeof PARTS)[number];

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
/** Lower-case letters that look unlike their capitals; the other fifteen are merged with them (paper, section III-A). */
const UNMERGED_LOWER = 'abdefghnqrt';

/**
 * The characters of a split's classes, in class order (class 0 first). In `letters` a class holds both cases and is
 * named by the capital.
 */
export function splitLabels(split: Split): readonly string[] {
  switch (split) {
    case 'balanced':
    case 'bymerge':
      return [...(DIGITS + UPPER + UNMERGED_LOWER)];
    case 'byclass':
      return [...(DIGITS + UPPER + LOWER)];
    case 'letters':
      return [...UPPER];
    case 'digits':
    case 'mnist':
      return [...DIGITS];
  }
}

/** What NIST's label files hold for class 0: `letters` starts at 1, all others at 0. */
export function firstLabel(split: Split): number {
  return split === 'letters' ? 1 : 0;
}

/** How many characters each class stands for: two where it has both cases of a letter, which its capital names. */
export function charactersPerClass(labels: readonly string[]): number[] {
  return labels.map((label) => {
    const small = label.toLowerCase();
    return label !== small && !labels.includes(small) ? 2 : 1;
  });
}
