import { splitLabels } from '../../dataset/splits.ts';
import { DIGITS, LOWERCASE, UNMERGED_LOWERCASE, UPPERCASE } from '../../labels.ts';

/** The labels of a model's outputs, in the order of the outputs; null for outputs that stand for nothing. */
export interface LabelOrder {
  /** In words: `uppercase, lowercase, digits`. */
  name: string;
  labels: readonly (string | null)[];
}

/** Orders that programs use, from the parts they are made of. */
const PARTS = {
  digits: DIGITS,
  uppercase: UPPERCASE,
  lowercase: LOWERCASE,
  'unmerged lowercase': UNMERGED_LOWERCASE,
} as const;
type Part = keyof typeof PARTS;

const ORDERS: readonly (readonly Part[])[] = [
  ['digits'],
  ['uppercase'],
  ['digits', 'uppercase'],
  ['uppercase', 'digits'],
  ['uppercase', 'lowercase'],
  ['lowercase', 'uppercase'],
  ['digits', 'uppercase', 'unmerged lowercase'],
  ['digits', 'unmerged lowercase', 'uppercase'],
  ['uppercase', 'unmerged lowercase', 'digits'],
  ['unmerged lowercase', 'uppercase', 'digits'],
  ['digits', 'uppercase', 'lowercase'],
  ['digits', 'lowercase', 'uppercase'],
  ['uppercase', 'lowercase', 'digits'],
  ['lowercase', 'uppercase', 'digits'],
  ['uppercase', 'digits', 'lowercase'],
  ['lowercase', 'digits', 'uppercase'],
];

/** By how many outputs the labels may be shifted: programs count from 0 or 1, and the last output comes before the first. */
const SHIFTS: readonly (readonly [shift: number, name: string])[] = [
  [0, ''],
  [1, ', from the second output on'],
  [-1, ', with the first as the last output'],
];
/** Outputs that stand for nothing are at most this share. */
const MAX_UNUSED = 0.4;

/** The usual orders of labels for a number of outputs, in which some may be left out. */
export function labelOrders(outputs: number): LabelOrder[] {
  return ORDERS.flatMap((parts) => {
    const labels = parts.flatMap((part) => [...PARTS[part]]);
    if (labels.length > outputs || labels.length < outputs * (1 - MAX_UNUSED)) return [];
    return SHIFTS.map(([shift, suffix]) => {
      const order = Array<string | null>(outputs).fill(null);
      labels.forEach((label, index) => {
        order[(index + shift + outputs) % outputs] = label;
      });
      return { name: parts.join(', ') + suffix, labels: order };
    });
  });
}

/** The order of EMNIST's classes for a number of outputs; null for numbers that EMNIST does not have. */
export function emnistOrder(outputs: number): LabelOrder | null {
  const known = EMNIST_LABELS[outputs];
  if (known) return { name: 'as in EMNIST', labels: known };
  if (!LETTERS_FROM_ONE.includes(outputs)) return null;
  const letters = splitLabels('letters');
  return {
    name: 'letters from 1',
    labels: Array.from({ length: outputs }, (_, output) => letters[output - 1] ?? null),
  };
}

const EMNIST_LABELS: Readonly<Record<number, readonly string[]>> = {
  10: splitLabels('digits'),
  26: splitLabels('letters'),
  47: splitLabels('balanced'),
  62: splitLabels('byclass'),
};
/**
 * NIST's labels of `letters` start at 1. A model trained on them unchanged has an unused output 0, and ten more unused
 * outputs at the end if it has the 37 classes of the paper's table II.
 */
const LETTERS_FROM_ONE = [27, 37];
