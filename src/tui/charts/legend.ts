import { alignLeft, clip, columnsOf } from '../../app/text-layout.ts';
import type { LegendItem } from './chart-data.ts';
import type { Segment, StyledLine } from './styled-line.ts';

/** Names are not clipped to less. */
const MIN_NAME = 4;
const GAP = 2;

/**
 * The title of a chart and its legend, of exactly `width` columns. Optional items are left out first, then names are clipped or
 * left out, then the legend is.
 *
 * @returns the line, and whether the legend is all there
 */
export function titleLine(
  title: string,
  legend: readonly LegendItem[],
  width: number,
  ellipsis: string,
): { line: StyledLine; isComplete: boolean } {
  const needed = legend.filter(({ optional }) => !optional);
  const samples = needed.map((item) => ({ ...item, name: '' }));
  for (const items of [legend, needed, clipped(title, needed, width, ellipsis), samples]) {
    const line = joined(title, items, width);
    if (line) return { line, isComplete: items === legend };
  }
  return { line: [{ text: alignLeft(title, width), style: 'strong' }], isComplete: false };
}

/** The items with names that are short enough; those that may not be clipped have none. */
function clipped(title: string, items: readonly LegendItem[], width: number, ellipsis: string): LegendItem[] {
  const samples = items.reduce((sum, { sample }) => sum + GAP + columnsOf(sample) + 1, 0);
  const room = Math.floor((width - columnsOf(title) - samples) / Math.max(1, items.length));
  return items.map((item) => {
    if (columnsOf(item.name) <= room) return item;
    return { ...item, name: item.clips && room >= MIN_NAME ? clip(item.name, room, ellipsis) : '' };
  });
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
