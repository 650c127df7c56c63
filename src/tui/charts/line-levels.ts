import type { ChartLine, Point } from './chart-data.ts';
import type { Level } from './scale.ts';
import { bridge, columnMeans, smoothed } from './series.ts';

/** A range of the x axis, in epochs. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A line as it is drawn: its values are already smooth. */
export type DrawnLine = Omit<ChartLine, 'smoothing'>;

/** The line that a chart draws for these values. */
export function drawnLine({ smoothing, ...line }: ChartLine, { from }: Range): DrawnLine {
  if (!smoothing || !('counts' in line.values)) return line;
  return { ...line, values: smoothed(line.values, smoothing, from) };
}

/** The column, of `columns`, that an epoch is in: the end of the range is in the last one. */
export function columnAt(x: number, { from, to }: Range, columns: number): number {
  const column = Math.floor(((x - from) / (to - from)) * columns);
  return x === to ? columns - 1 : column;
}

/** The level of a line in each column; NaN where it has none. */
export function lineLevels({ values }: DrawnLine, range: Range, columns: number, level: Level): Float64Array {
  if ('counts' in values) return bridge(columnMeans(values, range.from, range.to, columns).map(level));
  return pointLevels(values, range, columns, level);
}

/** Straight lines between the levels of points, of which the first and the last visible one may lie beyond the range. */
function pointLevels(points: readonly Point[], range: Range, columns: number, level: Level): Float64Array {
  const result = new Float64Array(columns).fill(Number.NaN);
  let last: { column: number; level: number } | undefined;
  for (const { x, y } of points) {
    const next = { column: columnAt(x, range, columns), level: level(y) };
    if (!Number.isFinite(next.column) || !Number.isFinite(next.level)) continue;
    const first = last ?? next;
    const length = next.column - first.column;
    for (let column = Math.max(0, first.column); column <= Math.min(columns - 1, next.column); column++) {
      const share = length === 0 ? 1 : (column - first.column) / length;
      result[column] = first.level + (next.level - first.level) * share;
    }
    last = next;
  }
  return result;
}
