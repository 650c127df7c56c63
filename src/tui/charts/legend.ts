import { alignLeft, clip, columnsOf } from '../../app/text-layout.ts';
import type { LegendItem } from './chart-data.ts';
import type { Segment, StyledLine } from './styled-line.ts';

/** Names are not clipped to less. */
const MIN_NAME = 4;
const GAP = 2;

/**
 * The title of a chart and its legend, of exactly `width` columns. Optional items are left out first, then names are clipped,
 * then there is no legend.
 *
 * @returns the line, and whether the legend is all there
 */
export function titleLine(
  title: string,
  legend: readonly LegendItem[],
  width: number,
  ellipsis = '',
): { line: StyledLine; isComplete: boolean } {
  const needed = legend.filter(({ optional }) => !optional);
  for (const items of needed.length < legend.length ? [legend, needed] : [legend]) {
    const line = joined(title, items, width);
    if (line) return { line, isComplete: items === legend };
  }
  const samples = needed.reduce((sum, { sample }) => sum + GAP + columnsOf(sample) + 1, 0);
  const room = Math.floor((width - columnsOf(title) - samples) / Math.max(1, needed.length));
  const clipped = needed.map((item) => ({
    ...item,
    name: columnsOf(item.name) <= room ? item.name : clip(item.name, room, ellipsis),
  }));
  const line = room >= MIN_NAME ? joined(title, clipped, width) : null;
  return { line: line ?? [{ text: alignLeft(title, width), style: 'strong' }], isComplete: false };
}

/** The title and these items; null if they do not fit. */
function joined(title: string, items: readonly LegendItem[], width: number): StyledLine | null {
  const parts = items.flatMap(({ sample, name, style }): Segment[] => [
    { text: ' '.repeat(GAP) },
    { text: sample, style },
    ...(name === '' ? [] : [{ text: ` ${name}` }]),
  ]);
  const length = columnsOf(title) + columnsOf(parts.map(({ text }) => text).join(''));
  if (length > width) return null;
  return [{ text: title, style: 'strong' }, ...parts, { text: ' '.repeat(width - length) }];
}
