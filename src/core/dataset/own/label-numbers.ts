import { UPPERCASE } from '../../labels.ts';
import { splitLabels } from '../splits.ts';

/** The value of a label that is a whole number, such as `7` or `7.0`; null for other texts. */
export function labelNumber(text: string): number | null {
  return /^\d{1,6}(?:\.0+)?$/.test(text.trim()) ? Number(text) : null;
}

/**
 * What numbered labels stand for, if nothing says so: digits for 0 to 9, letters for 26 classes from 0 or from 1, EMNIST's
 * characters for its 47 or 62 classes. Null if the numbers are labels themselves.
 */
export function numberedLabels(numbers: ReadonlySet<number>): { name: string; labels: Map<number, string> } | null {
  const sorted = [...numbers].sort((a, b) => a - b);
  const [first, last] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const from = (start: number, labels: readonly string[]) =>
    new Map(labels.map((label, index) => [start + index, label]));
  const classes = sorted.length;
  if (classes === 26 && first === 0 && last === 25) return { name: 'A to Z', labels: from(0, [...UPPERCASE]) };
  if (classes === 26 && first === 1 && last === 26) return { name: 'A to Z', labels: from(1, [...UPPERCASE]) };
  if (classes === 47 && first === 0 && last === 46) {
    return { name: "the classes of EMNIST's balanced", labels: from(0, splitLabels('balanced')) };
  }
  if (classes === 62 && first === 0 && last === 61) {
    return { name: "the classes of EMNIST's byclass", labels: from(0, splitLabels('byclass')) };
  }
  return null;
}

/** The labels that a mapping of EMNIST's form gives to numbers: lines of a number and character codes. Null for other texts. */
export function parseMapping(text: string): Map<number, string> | null {
  const labels = new Map<number, string>();
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const match = /^\s*(\d{1,6})[\s,]+(\d{1,7})(?:[\s,]+\d{1,7})*\s*$/.exec(line);
    if (match === null) return null;
    const code = Number(match[2]);
    if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return null;
    labels.set(Number(match[1]), String.fromCodePoint(code));
  }
  return labels.size > 0 ? labels : null;
}
