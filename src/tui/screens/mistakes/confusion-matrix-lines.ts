import { count, percent } from '../../../app/format.ts';
import { alignLeft, clip, columnsOf, printable } from '../../../app/text-layout.ts';
import { RAMP } from '../../charts/pictures.ts';
import type { Size } from '../../components/body-size.ts';
import { labelCell, labelWidth } from '../../components/label-column.ts';
import { visibleRange } from '../../components/long-list.ts';
import type { Theme } from '../../theme/theme.ts';
import { type Cell, type ConfusionMatrix, countAt, largestConfusion, shareAt } from './confusion-matrix.ts';

/** The mark above the columns, their labels, the cell under the cursor, and the scale. */
const OTHER_ROWS = 4;
const HEADING_ROWS = 2;
/** The lowest and highest gray of a cell with images, on black. */
const GRAYS = [70, 255] as const;
const SCALE_CELLS = 8;

/** Rows of the matrix that fit into a height. */
export function matrixHeight(height: number): number {
  return Math.max(1, height - OTHER_ROWS);
}

/** Where the parts of the matrix are, and which rows and columns of it are shown. */
function matrixLayout({ labels }: ConfusionMatrix, cursor: Cell, { width, height }: Size, { glyphs }: Theme) {
  const longest = Math.max(1, ...labels.map((label) => columnsOf(printable(label))));
  const pointer = columnsOf(glyphs.pointer) + 1;
  const names = labelWidth(labels);
  const left = pointer + names + 1;
  const cellWidth = cellWidthFor(labels.length, longest, width - left);
  const rows = visibleRange(labels.length, cursor.row, matrixHeight(height));
  const columns = visibleRange(labels.length, cursor.column, Math.floor((width - left) / cellWidth));
  return { pointer, names, left, cellWidth, rows, columns };
}

/** The cell at a line and column of `matrixLines`; null for none. */
export function cellAt(
  matrix: ConfusionMatrix,
  cursor: Cell,
  size: Size,
  theme: Theme,
  at: { line: number; column: number },
): Cell | null {
  const { left, cellWidth, rows, columns } = matrixLayout(matrix, cursor, size, theme);
  const row = rows.from + at.line - HEADING_ROWS;
  const column = columns.from + Math.floor((at.column - left) / cellWidth);
  const isInside = row >= rows.from && row < rows.to && column >= columns.from && column < columns.to;
  return isInside ? { row, column } : null;
}

/** The matrix as a heat map, scrolled to the cursor: truth in the rows, guess in the columns. At most `height` lines. */
export function matrixLines(matrix: ConfusionMatrix, cursor: Cell, { width, height }: Size, theme: Theme): string[] {
  const labels = matrix.labels.map(printable);
  const { glyphs } = theme;
  const { pointer, names, left, cellWidth, rows, columns } = matrixLayout(matrix, cursor, { width, height }, theme);
  const shown = labels.slice(columns.from, columns.to);
  const heading = shown.map((label, index) => {
    const text = alignLeft(clip(label, Math.max(1, cellWidth - (cellWidth > 2 ? 1 : 0)), ''), cellWidth);
    return theme.paint(columns.from + index === cursor.column ? 'selected' : 'dim', text);
  });
  const shade = shadeFor(matrix, cellWidth, theme);
  const cells = Array.from({ length: rows.to - rows.from }, (_, offset) => {
    const row = rows.from + offset;
    const isHere = row === cursor.row;
    const mark = isHere ? `${theme.paint('selected', glyphs.pointer)} ` : ' '.repeat(pointer);
    const name = labelCell(labels[row]!, names, theme);
    const line = shown.map((_label, index) => shade({ row, column: columns.from + index }, cursor));
    return mark + theme.paint(isHere ? 'selected' : 'dim', name) + line.join('');
  });
  const above = ' '.repeat(left + (cursor.column - columns.from) * cellWidth) + theme.paint('selected', glyphs.down);
  const part = (name: string, { from, to }: { from: number; to: number }) =>
    to - from < labels.length ? `  ${name} ${from + 1}-${to} of ${labels.length}` : '';
  const position = part('rows', rows) + part('columns', columns);
  return [
    above,
    ' '.repeat(left) + heading.join(''),
    ...cells,
    clip(cellText(matrix, cursor), width, glyphs.ellipsis),
    clip(scaleLine(matrix, position, width, theme), width, glyphs.ellipsis),
  ];
}

/** As wide as the labels where there is room, else the least in which their beginnings can be told apart. */
function cellWidthFor(classes: number, longest: number, width: number): number {
  const narrowest = longest === 1 ? 1 : Math.min(4, longest + 1);
  return Math.max(narrowest, Math.min(Math.max(3, longest + 1), Math.floor(width / classes)));
}

/** Draws cells: those off the diagonal darker or brighter, by the square root of their share of the row, so that small ones show. */
function shadeFor(matrix: ConfusionMatrix, width: number, theme: Theme): (cell: Cell, cursor: Cell) => string {
  const largest = largestConfusion(matrix);
  return (cell, cursor) => {
    const isDiagonal = cell.row === cell.column;
    const heat = isDiagonal || largest === 0 ? 0 : Math.sqrt(shareAt(matrix, cell) / largest);
    if (cell.row === cursor.row && cell.column === cursor.column) {
      return theme.paint('textCursor', (isDiagonal ? theme.glyphs.diagonal : rampAt(heat)).padEnd(width));
    }
    return isDiagonal ? theme.paint('dim', theme.glyphs.diagonal.padEnd(width)) : heatCell(heat, width, theme);
  };
}

/** A cell from 0, which is blank, to 1. */
function heatCell(heat: number, width: number, theme: Theme): string {
  if (theme.colors !== '256') return rampAt(heat).padEnd(width);
  // Where the background is unknown, empty cells are painted too, so that the brightest differ from them most.
  if (heat === 0) return theme.background === 'unknown' ? theme.gray(' '.repeat(width), 0, 0) : ' '.repeat(width);
  const gray = GRAYS[0] + heat * (GRAYS[1] - GRAYS[0]);
  return theme.gray(' '.repeat(width), 0, theme.background === 'light' ? 255 - gray : gray);
}

/** The same as a character: blank only for 0. */
function rampAt(heat: number): string {
  return heat === 0 ? RAMP[0]! : RAMP[1 + Math.round(heat * (RAMP.length - 2))]!;
}

/** What is under the cursor: `4 read as 9: 12 of 400 (3.0%)`. */
function cellText(matrix: ConfusionMatrix, cell: Cell): string {
  const truth = printable(matrix.labels[cell.row]!);
  const guess = printable(matrix.labels[cell.column]!);
  const what = cell.row === cell.column ? `${truth} read correctly` : `${truth} read as ${guess}`;
  const images = matrix.images[cell.row]!;
  if (images === 0) return `${truth}: no images`;
  return `${what}: ${count(countAt(matrix, cell))} of ${count(images)} (${percent(shareAt(matrix, cell))})`;
}

/** What the shades mean and what part of the matrix is shown; the rest as far as there is room. */
function scaleLine(matrix: ConfusionMatrix, position: string, width: number, theme: Theme): string {
  const cells = Array.from({ length: SCALE_CELLS }, (_, index) => heatCell((index + 1) / SCALE_CELLS, 1, theme));
  const low = '0% ';
  const high = ` ${percent(largestConfusion(matrix))}`;
  const variants = [
    { before: `Rows: class, columns: answer.  ${low}`, after: `${high} of the row${position}` },
    { before: low, after: `${high} of the row${position}` },
    { before: low, after: high + position },
  ];
  const fits = ({ before, after }: { before: string; after: string }) =>
    before.length + SCALE_CELLS + columnsOf(after) <= width;
  const chosen = variants.find(fits);
  if (!chosen) return theme.paint('dim', position.trimStart());
  return theme.paint('dim', chosen.before) + cells.join('') + theme.paint('dim', chosen.after);
}
