import { IMAGE_PIXELS } from '../../images/image-size.ts';
import { type CsvLayout, unquoted } from './csv-layout.ts';

const [NEWLINE, RETURN, QUOTE, ZERO, NINE] = [10, 13, 34, 48, 57];

/**
 * Reads rows of a CSV file of a known layout. Files have up to 700 MB, with which a general parser, such as csv-parse, takes many
 * times as long: it creates a string for each of the 785 numbers of a row.
 */
export class RowParser {
  /** The image of the last row, [784]. */
  readonly pixels = new Uint8Array(IMAGE_PIXELS);
  /** Its label. */
  label = '';
  readonly #layout: CsvLayout;

  constructor(layout: CsvLayout) {
    this.#layout = layout;
  }

  /** Parses a line without its end. Returns what is wrong with it, or null. */
  parse(line: Uint8Array): string | null {
    const { delimiter, columns, labelColumn, pixelOf, scale } = this.#layout;
    let column = 0;
    let start = 0;
    while (start <= line.length) {
      if (column === columns) return `it has more than ${columns} columns`;
      // Plain digits, as nearly all fields are.
      let value = 0;
      let end = start;
      for (; end < line.length; end++) {
        const byte = line[end]!;
        if (byte < ZERO || byte > NINE) break;
        value = value * 10 + byte - ZERO;
      }
      const isPlain = end > start && (end === line.length || line[end] === delimiter);
      if (!isPlain) end = fieldEnd(line, start, delimiter);
      if (column === labelColumn) {
        this.label = unquoted(Buffer.from(line.buffer, line.byteOffset + start, end - start).toString('utf8'));
        if (this.label === '') return 'its label is empty';
      } else if (pixelOf[column]! >= 0) {
        if (!isPlain) {
          const text = unquoted(Buffer.from(line.buffer, line.byteOffset + start, end - start).toString('utf8'));
          value = text === '' ? Number.NaN : Number(text);
          if (!Number.isFinite(value)) return `column ${column + 1} is ${quote(text)}, not a number`;
        }
        value *= scale;
        if (value < 0 || value > 255) return `column ${column + 1} is ${value / scale}, outside 0 to ${255 / scale}`;
        this.pixels[pixelOf[column]!] = Math.round(value);
      }
      column++;
      start = end + 1;
    }
    return column < columns ? `it has ${column} columns, not ${columns}` : null;
  }
}

function quote(text: string): string {
  return text === '' ? 'empty' : JSON.stringify(text.length > 20 ? `${text.slice(0, 20)}…` : text);
}

function fieldEnd(line: Uint8Array, start: number, delimiter: number): number {
  let isQuoted = false;
  for (let at = start; at < line.length; at++) {
    if (line[at] === QUOTE) isQuoted = !isQuoted;
    else if (line[at] === delimiter && !isQuoted) return at;
  }
  return line.length;
}

/**
 * Splits chunks into lines without their ends (LF or CRLF; CR, as old programs for the Mac write them, if the first chunk has
 * no other), each valid only until the next is requested. Throws what `tooLong` returns for a line of more than `limit` bytes.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  tooLong: () => Error,
): AsyncGenerator<Uint8Array[]> {
  let rest: Uint8Array = new Uint8Array(0);
  let lineEnd: number | null = null;
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = [];
    let start = 0;
    lineEnd ??= !chunk.includes(NEWLINE) && chunk.subarray(0, -1).includes(RETURN) ? RETURN : NEWLINE;
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, start)) {
      const line = chunk.subarray(start, end);
      lines.push(withoutReturn(rest.length > 0 ? Buffer.concat([rest, line]) : line));
      rest = new Uint8Array(0);
      start = end + 1;
    }
    if (start < chunk.length) rest = Buffer.concat([rest, chunk.subarray(start)]);
    if (rest.length > limit || lines.some((line) => line.length > limit)) throw tooLong();
    yield lines;
  }
  if (rest.length > 0) yield [withoutReturn(rest)];
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}
