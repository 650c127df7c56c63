import type { ReactNode } from 'react';
import { count, percent } from '../../../app/format.ts';
import { clip, columnsOf, printable } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { joinColumns, Lines, padLines } from '../../components/lines.tsx';
import { longListLines } from '../../components/long-list.ts';
import { radio } from '../../components/option-rows.ts';
import type { LoadedImages } from '../../hooks/use-dataset-images.ts';
import type { FilteredList } from '../../hooks/use-filtered-list.ts';
import type { Theme } from '../../theme/theme.ts';
import { type ClassEntry, classHeading, classRow, imagesOf } from './images-classes.ts';
import { GAP, type ImagesLayout } from './images-layout.ts';
import { pictureLines, withVersions } from './images-pictures.ts';
import { batchOf, firstShown, type ImagesState, shownRange } from './images-state.ts';

/** The data set that is looked at, and its place among all. */
interface ShownDataset {
  readonly name: string;
  readonly trainImages: number;
  readonly testImages: number;
  readonly index: number;
  readonly total: number;
}

/** The classes of a data set with their sizes, and images of the focused one. */
export function ImagesView({
  state,
  dataset,
  list,
  loaded,
  layout,
}: {
  state: ImagesState;
  dataset: ShownDataset;
  list: FilteredList<ClassEntry>;
  loaded: LoadedImages;
  layout: ImagesLayout;
}): ReactNode {
  const { theme } = useAppContext();
  const { width, columns, listHeight, notes } = layout;
  const { shown, focus, filter } = list;
  const { part } = state;
  const largest = Math.max(1, ...(loaded.latest?.classes ?? []).map((one) => imagesOf(one, part)));
  const rows = longListLines(
    { length: shown.length, focus, filter },
    { width: columns.width, height: listHeight - 1 },
    (index) => classRow(shown[index]!, columns, { focused: index === focus, part, largest }, theme),
    theme,
  );
  const left = [theme.paint('dim', classHeading(columns)), ...rows];
  const right = focusedLines(state, list.entry, loaded, layout, theme);
  return (
    <Lines
      lines={[
        datasetLine(dataset, state, width, theme),
        ...(layout.isSpaced ? [''] : []),
        ...joinColumns(padLines(left, listHeight), right, GAP, columns.width),
        ...notes,
      ]}
    />
  );
}

/** `digits   ● 240,000 training   ○ 40,000 test images   data set 2 of 3` */
function datasetLine(
  { name, trainImages, testImages, index, total }: ShownDataset,
  { part }: ImagesState,
  width: number,
  theme: Theme,
): string {
  const train = `${radio(part === 'train', theme)} ${count(trainImages)} training`;
  const test = `${radio(part === 'test', theme)} ${count(testImages)} test`;
  const isWide = columnsOf(`${name}   ${train}   ${test} images`) <= width;
  const sizes = `   ${train}   ${test}${isWide ? ' images' : ''}`;
  const place = total > 1 ? `   ${index + 1} of ${total}` : '';
  const fits = columnsOf(name + sizes + place) <= width;
  const title = clip(printable(name), width - columnsOf(sizes), theme.glyphs.ellipsis);
  return theme.paint('strong', title) + sizes + (fits ? theme.paint('dim', place) : '');
}

/** What is shown of the focused class, above its pictures. */
function focusedLines(
  state: ImagesState,
  entry: ClassEntry | undefined,
  { images, progress }: LoadedImages,
  { area, grid }: ImagesLayout,
  theme: Theme,
): string[] {
  if (!images) {
    const share = progress > 0 ? ` ${percent(progress, 0)}` : '';
    return [theme.paint('dim', `Loading images${theme.glyphs.ongoing}${share}`)];
  }
  const one = images.classes.find(({ label }) => label === entry?.name);
  if (!entry || !one) return [];
  const { name } = entry;
  const { part, isAugmented } = state;
  const total = imagesOf(one, part);
  const pages = isAugmented ? grid.rows : grid.rows * grid.columns;
  const { from, to } = shownRange(firstShown(state, name), pages, total);
  const label = theme.paint('selected', printable(name));
  if (total === 0) return [`${label}  ${theme.paint('dim', `no ${PARTS[part]} images`)}`];
  const batch = batchOf(from);
  const chosen = one.images.slice(from - batch, to - batch);
  const range = `${count(from + 1)}${to > from + 1 ? ` to ${count(to)}` : ''} of ${count(total)}`;
  const headings = isAugmented
    ? [`images ${range}, then augmented`, `images ${range}`]
    : [`${PARTS[part]} images ${range}`];
  const room = area.width - columnsOf(printable(name)) - 2;
  const heading = headings.find((text) => text.length <= room) ?? range;
  const rows = isAugmented
    ? withVersions(chosen, grid.columns - 1, state)
    : Array.from({ length: Math.ceil(chosen.length / grid.columns) }, (_, row) =>
        chosen.slice(row * grid.columns, (row + 1) * grid.columns),
      );
  return [`${label}  ${theme.paint('dim', heading)}`, ...pictureLines(rows, grid, area.height, theme)];
}

const PARTS = { train: 'training', test: 'test' } as const;
