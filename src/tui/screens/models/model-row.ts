import { day, percent } from '../../../app/format.ts';
import { alignLeft, alignRight, clip, columnsOf, printable } from '../../../app/text-layout.ts';
import type { Theme } from '../../theme/theme.ts';
import type { ModelEntry } from './model-entry.ts';

/** The shortest column of names, and the widths of the other columns with the spaces between. */
const MIN_NAME = 20;
const OTHERS = 1 + 9 + 1 + 10 + 2 + 10;
const DATE = 2 + 10;

/** As wide as the longest name, if there is room. */
export function nameWidth(entries: readonly { readonly name: string }[], width: number): number {
  const longest = Math.max(MIN_NAME, ...entries.map(({ name }) => columnsOf(printable(name))));
  return Math.max(MIN_NAME, Math.min(longest, width - OTHERS - DATE));
}

interface Columns {
  readonly name: string;
  readonly split: string;
  readonly accuracy: string;
  readonly date: string;
  readonly remarks: string;
}

/** Without the date if there is no room for it. */
function columnsLine({ name, split, accuracy, date, remarks }: Columns, names: number, width: number): string {
  const day = width >= names + OTHERS + DATE ? `  ${alignLeft(date, 10)}` : '';
  return `${name} ${alignLeft(split, 9)} ${alignRight(accuracy, 10)}${day}  ${remarks}`.trimEnd();
}

/** The heading of a list of `modelRow`s. */
export function modelHeading(names: number, width: number): string {
  const heading = { split: 'Split', accuracy: 'Validation', date: 'Date', remarks: 'Status' };
  return columnsLine({ name: alignLeft('Name', names), ...heading }, names, width);
}

/**
 * The row of a model.
 *
 * @param names the width of the column of names
 */
export function modelRow(entry: ModelEntry, names: number, width: number, { glyphs }: Theme): string {
  const { model, run } = entry;
  const name = alignLeft(printable(entry.name), names, glyphs.ellipsis);
  const { split, validationAccuracy, date } = model?.training ?? {
    split: model ? '-' : (run?.split ?? '-'),
    validationAccuracy: null,
    date: run?.date ?? '-',
  };
  const accuracy = validationAccuracy === null ? '-' : percent(validationAccuracy);
  const line = columnsLine({ name, split, accuracy, date: day(date), remarks: modelRemarks(entry) }, names, width);
  return clip(line, width, glyphs.ellipsis);
}

/** What is special about a model: `default, resumable`. */
export function modelRemarks({ model, run, problem }: ModelEntry): string {
  if (problem !== undefined) return 'unusable';
  const remarks = [
    ...(model?.default ? ['default'] : []),
    ...(run?.holder ? ['in use'] : run || model?.resumable ? ['resumable'] : []),
    ...(model?.shipped ? ['built-in'] : []),
  ];
  if (remarks.length > 0) return remarks.join(', ');
  return model?.training ? '' : 'no record';
}
