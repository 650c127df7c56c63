import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import { hasUnicode } from '../../tui/theme.ts';

type Format = Parameters<typeof styleText>[0];

/** Colors and width of one stream. */
export interface Style {
  readonly columns: number;
  /** The terminal can show more than ASCII. */
  readonly unicode: boolean;
  paint(format: Format, text: string): string;
}

/**
 * The style of a stream. Colors only on a terminal that has them: `NO_COLOR`, `TERM=dumb` and `FORCE_COLOR` are known to
 * Node's `getColorDepth`.
 */
export function styleOf(stream: NodeJS.WriteStream, colorAllowed: boolean): Style {
  const terminal = stream.isTTY ? (stream as WriteStream) : null;
  const color = colorAllowed && terminal !== null && terminal.getColorDepth() > 1;
  return {
    columns: terminal?.columns || 80,
    unicode: terminal === null || hasUnicode(process.env),
    paint: (format, text) => (color ? styleText(format, text, { validateStream: false }) : text),
  };
}

/** Columns of text set to their widest cell; numbers (`right`) to the right. The last column is not padded. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const pad = (cell: string, column: number) => {
    if (right.includes(column)) return cell.padStart(widths[column]!);
    return column === widths.length - 1 ? cell : cell.padEnd(widths[column]!);
  };
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** `97.1 %` */
export function percent(fraction: number, digits = 1): string {
  return `${(fraction * 100).toFixed(digits)} %`;
}

/** `12,345` */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}

/** `[########        ]`, `width` characters between the brackets. */
export function bar(fraction: number, width = 20): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  return `[${'#'.repeat(filled)}${' '.repeat(width - filled)}]`;
}
