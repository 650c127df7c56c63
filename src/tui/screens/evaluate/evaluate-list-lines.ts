import { count, percent } from '../../../app/format.ts';
import { alignLeft, alignRight, bar, clip, columnsOf, printable } from '../../../app/text-layout.ts';
import type { Confusion } from '../../../core/evaluation/evaluate-event.ts';
import { labelCell, labelWidth } from '../../components/label-column.ts';
import { longListLines } from '../../components/long-list.ts';
import type { Theme } from '../../theme/theme.ts';
import type { ClassErrors } from './evaluate-lists.ts';

const MIN_BAR = 4;
const COUNT_WIDTH = 7;

interface ListPlace {
  readonly width: number;
  /** With the heading. */
  readonly height: number;
  /** The row that the cursor is on. */
  readonly focus: number;
  /** Whether the list has the focus: only then the cursor is shown. */
  readonly isFocused: boolean;
}

interface Column {
  readonly heading: string;
  readonly width: number;
  readonly text: (row: ClassErrors) => string;
}

/** What is said about a class, the most important first. */
const COLUMNS: readonly Column[] = [
  { heading: 'rate', width: 7, text: ({ errors, images }) => percent(errors / images) },
  { heading: 'errors', width: 7, text: ({ errors }) => count(errors) },
  { heading: 'images', width: 8, text: ({ images }) => count(images) },
];

/** Lines of exactly `width` columns: the share of errors of each class, as a bar relative to the largest. */
export function classLines(classes: readonly ClassErrors[], place: ListPlace, theme: Theme): string[] {
  const { width } = place;
  const labels = labelWidth(classes.map(({ label }) => label));
  const free = width - markWidth(theme) - labels - 1 - MIN_BAR;
  const columns = COLUMNS.filter((_, index) => widthOf(COLUMNS.slice(0, index + 1)) <= free);
  const highest = Math.max(...classes.map(({ errors, images }) => errors / images));
  return listLines(
    classes.length,
    place,
    alignLeft('Worst classes', width - widthOf(columns)) +
      columns.map((column) => alignRight(column.heading, column.width)).join(''),
    (index, isFocused) => {
      const one = classes[index]!;
      const numbers = columns.map((column) => alignRight(column.text(one), column.width)).join('');
      const name = labelCell(one.label, labels, theme);
      const barWidth = width - markWidth(theme) - labels - 1 - numbers.length;
      const bars = bar(one.errors / one.images / highest, barWidth, { ...theme.glyphs.bar, empty: ' ' });
      return `${theme.paint(isFocused ? 'selected' : 'strong', name)}${theme.paint('warning', bars)}${numbers}`;
    },
    theme,
  );
}

/** The same of the confusions: their counts, as bars relative to the largest. */
export function confusionLines(confusions: readonly Confusion[], place: ListPlace, theme: Theme): string[] {
  const { width } = place;
  const maximum = confusions[0]?.count ?? 1;
  return listLines(
    confusions.length,
    place,
    alignLeft('Most frequent confusions', width - COUNT_WIDTH) + alignRight('count', COUNT_WIDTH),
    (index, isFocused) => {
      const { truth, predicted, count: times } = confusions[index]!;
      const free = width - markWidth(theme) - COUNT_WIDTH;
      const text = clip(`${printable(truth)} read as ${printable(predicted)} `, free - MIN_BAR, theme.glyphs.ellipsis);
      const bars = bar(times / maximum, free - columnsOf(text), { ...theme.glyphs.bar, empty: ' ' });
      const painted = isFocused ? theme.paint('selected', text) : text;
      return `${painted}${theme.paint('warning', bars)}${alignRight(count(times), COUNT_WIDTH)}`;
    },
    theme,
  );
}

function listLines(
  length: number,
  { width, height, focus, isFocused }: ListPlace,
  heading: string,
  line: (index: number, isFocused: boolean) => string,
  theme: Theme,
): string[] {
  const mark = (index: number) =>
    isFocused && index === focus ? `${theme.paint('selected', theme.glyphs.pointer)} ` : ' '.repeat(markWidth(theme));
  const lines = longListLines(
    { length, focus },
    { width, height: height - 1 },
    (index) => mark(index) + line(index, isFocused && index === focus),
    theme,
  );
  return [theme.paint('dim', heading), ...lines.map((text) => alignLeft(text, width))];
}

function markWidth({ glyphs }: Theme): number {
  return columnsOf(glyphs.pointer) + 1;
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, column) => sum + column.width, 0);
}
