import { alignRight } from '../../app/text-layout.ts';
import type { Glyphs } from '../theme/glyphs.ts';
import { niceStep, type Scale } from './scale.ts';

/** A range of the x axis, in epochs. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** The label of each row, from the top; undefined for rows without a tick. `format` is given the decimals to show. */
export function rowLabels(
  { ticks, decimals }: Scale,
  rows: number,
  format: (value: number, decimals: number) => string,
): (string | undefined)[] {
  const labels = new Map(ticks.map(({ row, value }) => [row, format(value, decimals)]));
  return Array.from({ length: rows }, (_, row) => labels.get(row));
}

/** The labeled epochs by column. */
function epochTicks({ from, to }: Range, columns: number): Map<number, number> {
  const ticks = new Map<number, number>();
  const step = Math.max(1, niceStep(((to - from) * 6) / columns));
  for (let epoch = Math.ceil(from / step) * step; epoch <= to && ticks.size < columns; epoch += step) {
    ticks.set(Math.min(columns - 1, Math.round(((epoch - from) / (to - from)) * columns)), epoch);
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

/** The labels below `axisLine`, as many as fit. */
export function epochLabels(range: Range, columns: number, left: number): string {
  const name = 'epoch ';
  const line = Array.from({ length: columns }, () => ' ');
  let free = 0;
  for (const [column, epoch] of epochTicks(range, columns)) {
    const label = String(epoch);
    const start = Math.min(columns - label.length, Math.max(0, column - Math.floor(label.length / 2)));
    if (start < free) continue;
    [...label].forEach((character, index) => {
      line[start + index] = character;
    });
    free = start + label.length + 1;
  }
  const gutter = left >= name.length ? alignRight(name, left) : ' '.repeat(left);
  return gutter + line.join('');
}
