import type { ClassImages } from '../../../app/dataset-images.ts';
import { count } from '../../../app/format.ts';
import { alignLeft, alignRight, bar, columnsOf, printable } from '../../../app/text-layout.ts';
import type { Part } from '../../../core/dataset/splits.ts';
import { row } from '../../components/option-rows.ts';
import type { Theme } from '../../theme/theme.ts';

/** A class in the list; without counts until they are known. */
export interface ClassEntry {
  /** The label. */
  readonly name: string;
  readonly sizes: ClassImages | undefined;
}

/** The widths of the columns: the label, the counts, and the bars, 0 if there is no room for them. */
export interface ClassColumns {
  readonly label: number;
  readonly train: number;
  readonly test: number;
  readonly bar: number;
  /** Of all of them, with the pointer. */
  readonly width: number;
}

const HEADING = { label: 'Class', train: 'Train', test: 'Test', bar: 'Share' };
const POINTER = 2;
/** Between columns. */
const GAP = 2;
const MAX_LABEL = 16;
const MIN_BAR = 6;
const MAX_BAR = 16;

/**
 * Lays out the list. Labels and counts have the room they need, bars what is left.
 *
 * @param room the columns for the list, if it is to have bars
 */
export function classColumns(classes: readonly ClassEntry[], room: number): ClassColumns {
  const widest = (heading: string, texts: readonly string[]) => Math.max(heading.length, ...texts.map(columnsOf));
  const counts = (part: Part) => classes.map(({ sizes }) => (sizes ? count(imagesOf(sizes, part)) : ''));
  const labels = classes.map(({ name }) => printable(name));
  const label = Math.min(MAX_LABEL, widest(HEADING.label, labels));
  const train = widest(HEADING.train, counts('train'));
  const test = widest(HEADING.test, counts('test'));
  const needed = POINTER + label + GAP + train + GAP + test;
  const left = room - needed - GAP;
  const bars = left >= MIN_BAR ? Math.min(MAX_BAR, left) : 0;
  return { label, train, test, bar: bars, width: needed + (bars > 0 ? GAP + bars : 0) };
}

/** The number of images of a class in a part. */
export function imagesOf({ trainImages, testImages }: ClassImages, part: Part): number {
  return part === 'train' ? trainImages : testImages;
}

/** The heading of the list. */
export function classHeading({ label, train, test, bar: bars }: ClassColumns): string {
  const cells = [
    ' '.repeat(POINTER) + alignLeft(HEADING.label, label),
    alignRight(HEADING.train, train),
    alignRight(HEADING.test, test),
    ...(bars > 0 ? [HEADING.bar] : []),
  ];
  return cells.join(' '.repeat(GAP));
}

/**
 * The row of a class.
 *
 * @param largest the images of the largest class of the part, whose bar is full
 */
export function classRow(
  { name, sizes }: ClassEntry,
  { label, train, test, bar: bars }: ClassColumns,
  { focused, part, largest }: { focused: boolean; part: Part; largest: number },
  theme: Theme,
): string {
  const { ellipsis, bar: glyphs } = theme.glyphs;
  const counted = (width: number, one: Part) => alignRight(sizes ? count(imagesOf(sizes, one)) : '', width);
  const share = sizes ? imagesOf(sizes, part) / largest : 0;
  const cells = [
    alignLeft(printable(name), label, ellipsis),
    counted(train, 'train'),
    counted(test, 'test'),
    ...(bars > 0 && sizes ? [theme.paint('accent', bar(share, bars, glyphs))] : []),
  ];
  return row(focused, cells.join(' '.repeat(GAP)), theme);
}
