import { alignLeft } from '../text.ts';
import type { Theme } from '../theme.ts';

/** A row of a list: the arrow stands before it when it has the keys. */
export function row(focused: boolean, text: string, theme: Theme): string {
  return focused
    ? `${theme.paint('selected', theme.glyphs.cursor)} ${theme.paint('selected', text)}`
    : `${' '.repeat(theme.glyphs.cursor.length)} ${text}`;
}

/** A field with a name whose value is changed with left and right. */
export function choiceRow(focused: boolean, name: string, value: string, nameWidth: number, theme: Theme): string {
  const { left, right } = theme.glyphs;
  const shown = focused ? `${left} ${value} ${right}` : `  ${value}  `;
  return row(focused, `${alignLeft(name, nameWidth)} ${shown}`, theme);
}

/** The part of a long list that fits, so that the focused row is in it. */
export function visibleRange(length: number, focus: number, height: number): { from: number; to: number } {
  const size = Math.max(1, Math.min(length, height));
  const from = Math.min(Math.max(0, focus - Math.floor(size / 2)), length - size);
  return { from: Math.max(0, from), to: Math.min(length, from + size) };
}
