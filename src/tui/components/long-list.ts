import { count } from '../../app/format.ts';
import { clip, columnsOf } from '../../app/text-layout.ts';
import type { Theme } from '../theme/theme.ts';
import type { Size } from './body-size.ts';
import { type Filter, isFiltering, NO_FILTER } from './filter.ts';
import { fieldLine } from './text-field.ts';

export interface LongList {
  /** The number of rows, of those that match the filter. */
  readonly length: number;
  /** The row that must be visible. */
  readonly focus: number;
  readonly filter?: Filter;
}

/** Columns that a filter has at least. */
const MIN_FIELD = 12;

/**
 * At most `height` lines of a list, among them the focused row. If there are more, the last line says where in the list they
 * are: `12 of 300  ↑ 4 more  ↓ 283 more`. It also has the filter, if there is one.
 */
export function longListLines(
  { length, focus, filter = NO_FILTER }: LongList,
  { width, height }: Size,
  line: (index: number) => string,
  theme: Theme,
): string[] {
  const isLong = length > height;
  const hasFilter = filter.isTyping || isFiltering(filter);
  if (!isLong && !hasFilter) return Array.from({ length }, (_, index) => line(index));
  const { from, to } = visibleRange(length, focus, height - 1);
  const rows = Array.from({ length: to - from }, (_, offset) => line(from + offset));
  if (height < 2) return rows;
  const { up, down, ellipsis } = theme.glyphs;
  const position = [
    length === 0 ? 'no matches' : `${count(focus + 1)} of ${count(length)}${hasFilter ? ' matching' : ''}`,
    from > 0 ? `${up} ${count(from)} more` : '',
    to < length ? `${down} ${count(length - to)} more` : '',
  ];
  const room = hasFilter ? width - MIN_FIELD : width;
  const parts = position.filter(Boolean);
  // Where there is little room, the position says enough.
  const isWhole = columnsOf(parts.join('  ')) <= room;
  const text = clip(isWhole ? parts.join('  ') : parts[0]!, room, ellipsis);
  if (!hasFilter) return [...rows, theme.paint('dim', text)];
  const field = fieldLine(filter.field, Math.max(1, width - columnsOf(text) - 3), filter.isTyping, '', theme);
  return [...rows, `${theme.paint('key', '/')}${field}  ${theme.paint('dim', text)}`];
}

/** The number of lines of `longListLines`. */
export function longListHeight(list: LongList, height: number): number {
  const { from, to, isWhole } = rangeOf(list, height);
  return to - from + (isWhole || height < 2 ? 0 : 1);
}

function rangeOf({ length, focus, filter = NO_FILTER }: LongList, height: number) {
  const isWhole = length <= height && !filter.isTyping && !isFiltering(filter);
  return { ...(isWhole ? { from: 0, to: length } : visibleRange(length, focus, height - 1)), isWhole };
}

/** The entry on one of the lines of `longListLines`, from 0; null for none. */
export function longListEntry(list: LongList, height: number, line: number): number | null {
  const { from, to } = rangeOf(list, height);
  const entry = from + line;
  return line >= 0 && entry < to ? entry : null;
}

/** How far PgUp and PgDn go: so far that a row of the page before stays visible. */
export function pageOf(height: number): number {
  return Math.max(1, height - 2);
}

/** The range of a long list to show in `height` rows, with the focused row in the middle where possible. */
export function visibleRange(length: number, focus: number, height: number): { from: number; to: number } {
  const size = Math.max(1, Math.min(length, height));
  const from = Math.min(Math.max(0, focus - Math.floor(size / 2)), length - size);
  return { from: Math.max(0, from), to: Math.min(length, from + size) };
}
