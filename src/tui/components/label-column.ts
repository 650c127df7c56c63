import { alignLeft, columnsOf, printable } from '../../app/text-layout.ts';
import type { Theme } from '../theme/theme.ts';

/** A label has at most 8 characters, of which few are wide. */
const MAX_WIDTH = 10;

/** The columns of the widest of some labels, as far as it is shown. */
export function labelWidth(labels: readonly string[]): number {
  return Math.min(MAX_WIDTH, Math.max(1, ...labels.map((label) => columnsOf(printable(label)))));
}

/** A label in a column of this width, and a space. */
export function labelCell(label: string, width: number, { glyphs }: Theme): string {
  return `${alignLeft(printable(label), width, glyphs.ellipsis)} `;
}
