import { printable } from '../../app/text-layout.ts';
import type { Style, Theme } from '../theme/theme.ts';
import { chart } from './chart.ts';
import type { ChartData, ChartLook, ChartMark, Point } from './chart-data.ts';
import type { StyledLine } from './styled-line.ts';

/** Runs that an overlay can show. */
export const MAX_OVERLAY = 4;
const STYLES = ['run1', 'run2', 'run3', 'run4'] as const satisfies readonly Style[];

/** One run of an overlay. */
export interface OverlayRun {
  readonly name: string;
  /** One for each epoch, in their order. */
  readonly points: readonly Point[];
}

/** How the run of a number, from 0, looks in an overlay: in the chart, in its legend, and in lists beside it. */
export function overlayMark(index: number, { glyphs }: Theme): { glyph: string; style: Style } {
  return { glyph: glyphs.runMarks[index % MAX_OVERLAY]!, style: STYLES[index % MAX_OVERLAY]! };
}

/**
 * Draws the values of up to `MAX_OVERLAY` runs into one chart of exactly `width` x `height` cells: each a line in its color, with
 * its own mark at each epoch. The x axis begins at 0 and ends with the longest run.
 */
export function overlayChart(
  runs: readonly OverlayRun[],
  data: Pick<ChartData, 'title' | 'format' | 'lowest' | 'highest'> & { readonly from?: number; readonly to?: number },
  width: number,
  height: number,
  look: ChartLook,
  theme: Theme,
): StyledLine[] {
  const shown = runs.slice(0, MAX_OVERLAY).map((run, index) => ({ ...run, ...overlayMark(index, theme) }));
  const last = Math.max(1, ...shown.flatMap(({ points }) => points.map(({ x }) => x)));
  const range = { from: data.from ?? 0, to: data.to ?? last };
  return chart(
    {
      ...data,
      ...range,
      legend: shown.map(({ name, glyph, style }) => ({ sample: glyph, name: printable(name), style, clips: true })),
      lines: shown.map(({ points, style }) => ({ values: points, style })),
      marks: alternating(
        shown.map(({ points, glyph, style }) =>
          spread(points, range, width).map((point) => ({ ...point, glyph, style })),
        ),
      ),
    },
    width,
    height,
    look,
    theme,
  );
}

/** Columns between two marks of a run, at least. */
const MARK_DISTANCE = 4;

/** So few of the points that their marks leave room for the line, the last one among them. */
function spread(points: readonly Point[], { from, to }: { from: number; to: number }, width: number): Point[] {
  const distance = ((to - from) * MARK_DISTANCE) / Math.max(1, width);
  const kept: Point[] = [];
  for (const point of [...points].reverse()) {
    const next = kept.at(-1);
    if (next === undefined || next.x - point.x >= distance) kept.push(point);
  }
  return kept.reverse();
}

/** All marks, in such an order that runs with equal values cover each other in turn. */
function alternating(marks: readonly (readonly ChartMark[])[]): ChartMark[] {
  const longest = Math.max(0, ...marks.map(({ length }) => length));
  return Array.from({ length: longest }, (_, epoch) =>
    marks.flatMap((_run, index) => marks[(index + epoch) % marks.length]![epoch] ?? []),
  ).flat();
}
