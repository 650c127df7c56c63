import { IMAGE_PIXELS } from '../../images/image-size.ts';
import { invalidData } from './own-errors.ts';

/** How the rows of a CSV file are laid out. */
export interface CsvLayout {
  /** The delimiter's byte. */
  delimiter: number;
  /** Whether the first row is a header. */
  hasHeader: boolean;
  /** The number of columns. */
  columns: number;
  labelColumn: number;
  /** For each column the index of its pixel; -1 if it has none. */
  pixelOf: Int32Array;
  /** What values are multiplied by: 255 if they go from 0 to 1. */
  scale: number;
}

/** A table with fewer columns has no images. */
const MIN_COLUMNS = 17;
const DELIMITERS = [',', ';', '\t'];
const LABEL_NAMES =
  /^(?:labels?|class(?:es)?|targets?|y|characters?|chars?|digits?|letters?|symbols?|categor(?:y|ies))$/i;
const OTHER_NAMES = /^(?:|index|id|unnamed.*|file_?names?|files?|usage|split)$/i;
const PIXEL_NAME = /^(?:p|px|pix|pixel|x|f|feature)?[ _]?\d+(?:[x_., ]\d+)?$/i;

/**
 * Finds the layout of a CSV file with a label and 784 pixels a row, from its first lines. Throws `data-invalid` if it has none
 * that can be read.
 */
export function findLayout(lines: readonly string[], file: string): CsvLayout {
  const delimiter = bestDelimiter(lines[0] ?? '');
  const rows = lines.map((line) => line.split(delimiter).map(unquoted));
  const [first = [], second] = rows;
  const columns = first.length;
  const hasHeader = isHeader(first, second);
  const samples = (hasHeader ? rows.slice(1) : rows).filter((row) => row.length === columns);
  if (samples.length === 0) {
    if (hasHeader && lines.length === 1) throw invalidData(file, 'empty', 'has a header, but no rows');
    throw invalidData(file, 'format', 'has no rows of a label and pixels');
  }
  const { labelColumn, ignored } = findLabel(first, samples, hasHeader, file);
  const pixelOf = new Int32Array(columns).fill(-1);
  let pixels = 0;
  for (let column = 0; column < columns; column++) {
    if (column !== labelColumn && !ignored.has(column)) pixelOf[column] = pixels++;
  }
  if (pixels !== IMAGE_PIXELS) throw wrongSize(file, columns, pixels);
  const highest = samples.reduce(
    (max, row) =>
      row.reduce(
        (most, text, column) => (pixelOf[column]! < 0 ? most : Math.max(most, Math.abs(Number(text)) || 0)),
        max,
      ),
    0,
  );
  return {
    delimiter: delimiter.charCodeAt(0),
    hasHeader,
    columns,
    labelColumn,
    pixelOf,
    scale: highest <= 1 ? 255 : 1,
  };
}

function bestDelimiter(line: string): string {
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/** A field without the quotes and blanks around it. */
export function unquoted(field: string): string {
  const text = field.trim();
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replaceAll('""', '"').trim()
    : text;
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}

/** Whether a row is a header: texts, the numbers of the columns, or what pandas makes of a repeated `0` (`0.1`, `0.2`, …). */
function isHeader(row: readonly string[], next: readonly string[] | undefined): boolean {
  // The label may be a text, so one field says nothing.
  if (row.filter((text) => !isNumber(text)).length > row.length / 2) return true;
  const isCounting = row.length > 2 && row.slice(2).every((text, index) => Number(text) === Number(row[1]) + index + 1);
  if (isCounting) return true;
  const decimals = (texts: readonly string[]) => texts.filter((text) => /^\d+\.\d+$/.test(text)).length;
  return next !== undefined && decimals(row) > row.length / 2 && decimals(next) === 0;
}

function findLabel(
  first: readonly string[],
  samples: readonly (readonly string[])[],
  hasHeader: boolean,
  file: string,
): { labelColumn: number; ignored: ReadonlySet<number> } {
  const columns = first.length;
  const excess = columns - IMAGE_PIXELS - 1;
  const names = hasHeader && first.some((text) => !isNumber(text)) ? first : null;
  const named = names?.findIndex((name) => LABEL_NAMES.test(name)) ?? -1;
  // Columns that are neither a label nor pixels, such as an index, are left out.
  const ignored = new Set(
    excess > 0 && names ? [...names.keys()].filter((at) => at !== named && OTHER_NAMES.test(names[at]!)) : [],
  );
  if (named >= 0) return { labelColumn: named, ignored };
  const arePixels = names?.every((name, at) => ignored.has(at) || PIXEL_NAME.test(name)) ?? true;
  if (columns - ignored.size === IMAGE_PIXELS && arePixels) {
    throw invalidData(file, 'no-labels', `has pixels, but no labels: each row has ${IMAGE_PIXELS} values`);
  }
  const column = (at: number) => new Set(samples.map((row) => row[at]!));
  const isPaper = (values: ReadonlySet<string>) => values.size === 1 && [0, 1, 255].includes(Number([...values][0]));
  const last = columns - 1;
  const isLast =
    (isPaper(column(0)) && !isPaper(column(last))) ||
    (samples.some((row) => !isNumber(row[last]!)) && samples.every((row) => isNumber(row[0]!)));
  return { labelColumn: isLast ? last : 0, ignored };
}

function wrongSize(file: string, columns: number, pixels: number) {
  if (columns < MIN_COLUMNS) return invalidData(file, 'format', 'has no rows of a label and 784 pixels');
  const side = Math.sqrt(pixels);
  const found = Number.isInteger(side) && side > 1 ? `images of ${side}x${side} pixels` : `${columns} columns`;
  return invalidData(file, 'image-size', `has ${found}; a label and the 784 pixels of 28x28 are needed`);
}
