import type { Glyphs } from '../theme/glyphs.ts';
import { columnAt, type Range } from './line-levels.ts';
import { niceStep, type Scale } from './scale.ts';

/** The label of each row, from the top; undefined for rows without a tick. `format` is given the decimals to show. */
export function rowLabels(
  { ticks, decimals }: Scale,
  rows: number,
  format: (value: number, decimals: number) => string,
): (string | undefined)[] {
  const labels = new Map(ticks.map((tick) => [tick.row, format(tick.value, tick.decimals ?? decimals)]));
  return Array.from({ length: rows }, (_, row) => labels.get(row));
}

/** The labeled epochs by column. */
function epochTicks(range: Range, columns: number): Map<number, number> {
  const { from, to } = range;
  const ticks = new Map<number, number>();
  const step = Math.max(1, niceStep(((to - from) * 6) / columns));
  for (let epoch = Math.ceil(from / step) * step; epoch <= to && ticks.size < columns; epoch += step) {
    ticks.set(columnAt(epoch, range, columns), epoch);
  }
  return ticks;
}

/** The x axis below a plot of `columns` columns, with a tick at each labeled epoch. `left` is the width of the y axis. */
export function axisLine(range: Range, columns: number, left: number, glyphs: Glyphs): string {
  const ticks = epochTicks(range, columns);
  const line = Array.from({ length: columns }, (_, column) =>
    ticks.has(column) && column > 0 ? glyphs.axisHorizontalTick : glyphs.axisHorizontal,
  );
  return (left > 0 ? ' '.repeat(left - 1) + glyphs.axisCorner : '') + line.join('');
}

/** What the x axis shows. */
const NAME = 'epoch';

/** A text in the line below the axis, and its first column. */
interface Label {
  readonly text: string;
  readonly start: number;
}

/** The labels below `axisLine`, as many as fit, the last one with the name of the axis. */
export function epochLabels(range: Range, columns: number, left: number): string {
  const labels = [...epochTicks(range, columns)].map(([column, epoch]): Label => {
    const text = String(epoch);
    return { text, start: Math.min(columns - text.length, Math.max(0, column - Math.floor(text.length / 2))) };
  });
  const last = labels.at(-1);
  if (!last) return ' '.repeat(left + columns);
  const named = withName(last, columns);
  let line = '';
  for (const { text, start } of labels.slice(0, -1)) {
    const isFree = start >= 0 && (line === '' || start > line.length) && start + text.length < named.start;
    if (isFree) line = line.padEnd(start) + text;
  }
  return ' '.repeat(left) + (line.padEnd(Math.max(0, named.start)) + named.text).padEnd(columns).slice(0, columns);
}

/** The name follows the number or, at the end of the axis, precedes it. */
function withName({ text, start }: Label, columns: number): Label {
  const after = `${text} ${NAME}`;
  const before = `${NAME} ${text}`;
  if (start + after.length <= columns) return { text: after, start };
  const shifted = start + text.length - before.length;
  return shifted < 0 ? { text, start } : { text: before, start: shifted };
}
