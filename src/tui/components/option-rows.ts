import { alignLeft, columnsOf } from '../../app/text-layout.ts';
import type { Theme } from '../theme/theme.ts';

/** A row of a list; a focused row starts with the pointer. */
export function row(focused: boolean, text: string, theme: Theme): string {
  return focused
    ? `${theme.paint('selected', theme.glyphs.pointer)} ${theme.paint('selected', text)}`
    : `${' '.repeat(columnsOf(theme.glyphs.pointer))} ${text}`;
}

/** The mark of the entry that is in use, or that Enter takes, and of the others. */
export function radio(selected: boolean, { glyphs }: Theme): string {
  return alignLeft(selected ? glyphs.radioOn : glyphs.radioOff, columnsOf(glyphs.radioOn));
}

/** A named field whose value is changed with the left and right arrow keys. */
export function choiceRow(focused: boolean, name: string, value: string, nameWidth: number, theme: Theme): string {
  const { left, right } = theme.glyphs;
  const shown = focused ? `${left} ${value} ${right}` : `  ${value}  `;
  return row(focused, `${alignLeft(name, nameWidth)} ${shown}`, theme);
}
