import { distance } from 'fastest-levenshtein';

/** A text as it was written, and as it was read. */
export interface ReadText {
  readonly truth: string;
  readonly read: string;
}

/** Whether a text was read right, regardless of case. */
export function isRightText({ truth, read }: ReadText): boolean {
  return truth.toLowerCase() === read.toLowerCase();
}

/** The edit distance from what was read to the truth, for each character of the truth, regardless of case; NaN without characters. */
export function errorRate(texts: readonly ReadText[]): number {
  const errors = texts.reduce((sum, { truth, read }) => sum + distance(truth.toLowerCase(), read.toLowerCase()), 0);
  return errors / texts.reduce((sum, { truth }) => sum + truth.length, 0);
}
