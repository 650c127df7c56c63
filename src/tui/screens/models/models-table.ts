import { count, day, percent } from '../../../app/format.ts';
import { alignLeft, alignRight, clip, columnsOf, printable } from '../../../app/text-layout.ts';
import type { Theme } from '../../theme/theme.ts';
import type { ModelEntry } from './model-entry.ts';
import { entryDate, type ModelOrder, testMeasurement } from './model-order.ts';
import { modelRemarks } from './model-row.ts';

/** The list of models as lines of at most the width that it was laid out for. */
export interface ModelsTable {
  readonly heading: string;
  row(entry: ModelEntry): string;
  /** The columns that are taken. */
  readonly width: number;
}

interface Column {
  readonly heading: string;
  /** The order that sorts by it. */
  readonly order?: ModelOrder;
  readonly isRight?: true;
  cell(entry: ModelEntry): string;
}

const NAME: Column = { heading: 'Name', order: 'name', cell: ({ name }) => printable(name) };
const SPLIT: Column = { heading: 'Split', cell: ({ model, run }) => (model ? model.training : run)?.split ?? '-' };
const VALIDATION: Column = {
  heading: 'Validation',
  order: 'validation',
  isRight: true,
  cell: ({ model }) => (model?.training ? percent(model.training.validationAccuracy) : '-'),
};
const TEST: Column = { heading: 'Test', order: 'test', isRight: true, cell: ({ model }) => testText(model) };
const DATE: Column = { heading: 'Date', order: 'date', cell: (entry) => day(entryDate(entry) ?? '-') };
const EPOCHS: Column = { heading: 'Epochs', isRight: true, cell: epochsText };
const NETWORK: Column = {
  heading: 'Network',
  cell: ({ model, run }) => (model ? model.training : run)?.architecture ?? '-',
};
const REMARKS: Column = { heading: 'Status', cell: modelRemarks };

/** From left to right. */
const COLUMNS = [NAME, SPLIT, VALIDATION, TEST, DATE, EPOCHS, NETWORK, REMARKS];
/** Which columns there are where not all fit, the most important first; the one that is sorted by is among them. */
const PRIORITY = [NAME, TEST, VALIDATION, REMARKS, SPLIT, DATE, EPOCHS, NETWORK];
/** A name is not cut to less for the sake of the most important columns. */
const MIN_NAME = 16;
/** The columns after the name that are never left out: the one that is sorted by, and the first of `PRIORITY`. */
const ESSENTIAL = 3;
const GAP = 2;

/** Lays out a list of entries: columns as wide as what they contain, as many as fit. */
export function modelsTable(
  entries: readonly ModelEntry[],
  order: ModelOrder,
  width: number,
  theme: Theme,
): ModelsTable {
  const { up, down, ellipsis } = theme.glyphs;
  const headingOf = (column: Column) =>
    column.order === order ? `${column.heading} ${order === 'name' ? up : down}` : column.heading;
  const widths = new Map(
    COLUMNS.map((column) => {
      const cells = entries.map((entry) => columnsOf(column.cell(entry)));
      return [column, Math.max(columnsOf(headingOf(column)), ...cells)];
    }),
  );
  const candidates = [
    ...COLUMNS.filter((column) => column.order === order),
    ...PRIORITY.filter((column) => column.order !== order),
  ].filter((column) => column !== NAME && (column !== REMARKS || entries.some((entry) => modelRemarks(entry) !== '')));
  const chosen = new Set<Column>([NAME]);
  let room = width - widths.get(NAME)!;
  candidates.forEach((column, index) => {
    const needed = GAP + widths.get(column)!;
    if (room < needed && !(index < ESSENTIAL && room + widths.get(NAME)! - MIN_NAME >= needed)) return;
    chosen.add(column);
    room -= needed;
  });
  if (room < 0) widths.set(NAME, Math.max(1, widths.get(NAME)! + room));
  const columns = COLUMNS.filter((column) => chosen.has(column));
  const line = (textOf: (column: Column) => string) => {
    const cells = columns.map((column) =>
      (column.isRight ? alignRight : alignLeft)(textOf(column), widths.get(column)!, ellipsis),
    );
    return clip(cells.join(' '.repeat(GAP)).trimEnd(), width, ellipsis);
  };
  return {
    heading: line(headingOf),
    row: (entry) => line((column) => column.cell(entry)),
    width: columns.reduce((sum, column) => sum + GAP + widths.get(column)!, -GAP),
  };
}

/** `86.3% of 18,800`, measured on as many test images. */
function testText(model: ModelEntry['model']): string {
  const measured = model && testMeasurement(model);
  return measured ? `${percent(measured.accuracy)} of ${count(measured.images)}` : '-';
}

function epochsText({ model, run }: ModelEntry): string {
  if (run) return `${run.epochsDone} of ${run.epochs}`;
  return model?.training ? count(model.training.epochs) : '-';
}
