import { useState } from 'react';
import type { Theme } from '../theme/theme.ts';
import { moveKeys } from './list-form.ts';

/** Lines of which only some fit, and the handlers of the keys that scroll through them. */
export interface ScrolledLines {
  readonly lines: readonly string[];
  readonly keys: ReturnType<typeof moveKeys>;
}

/** At most `height` of some lines. If there are more, the last says how many: `↑ 4 more  ↓ 2 more`. */
export function useScrolledLines(all: readonly string[], height: number, theme: Theme): ScrolledLines {
  const [first, setFirst] = useState(0);
  const room = all.length > height ? height - 1 : height;
  const last = Math.max(0, all.length - room);
  const top = Math.min(first, last);
  const visible = all.slice(top, top + room);
  return {
    lines: last > 0 ? [...visible, theme.paint('dim', moreText(top, last - top, theme))] : visible,
    keys: moveKeys(
      ({ by }) => setFirst((from) => Math.min(last, Math.max(0, Math.min(from, last) + by))),
      Math.max(1, room - 1),
    ),
  };
}

/** At most `height` of some lines, among them the one with an index. If there are more, the last says how many. */
export function linesAround(all: readonly string[], index: number, height: number, theme: Theme): string[] {
  const { top, room } = rangeAround(all.length, index, height);
  if (all.length <= room) return [...all];
  const more = theme.paint('dim', moreText(top, all.length - top - room, theme));
  return [...all.slice(top, top + room), ...(height > 1 ? [more] : [])];
}

/** Which of `length` lines is on a line of `linesAround`; null for none. */
export function lineAround(length: number, index: number, height: number, line: number): number | null {
  const { top, room } = rangeAround(length, index, height);
  return line >= 0 && line < room ? top + line : null;
}

function rangeAround(length: number, index: number, height: number): { top: number; room: number } {
  if (length <= height) return { top: 0, room: length };
  const room = Math.max(1, height - 1);
  return { top: Math.min(length - room, Math.max(0, index - Math.floor(room / 2))), room };
}

function moreText(above: number, below: number, { glyphs }: Theme): string {
  return [above > 0 ? `${glyphs.up} ${above} more` : '', below > 0 ? `${glyphs.down} ${below} more` : '']
    .filter(Boolean)
    .join('  ');
}
