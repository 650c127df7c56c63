import path from 'node:path';
import { isUtf16 } from '../../files/describe-format.ts';
import type { Bytes } from '../progress.ts';
import { type CsvLayout, findLayout } from './csv-layout.ts';
import { RowParser, splitLines } from './csv-rows.ts';
import { ImageStore } from './image-store.ts';
import { invalidData } from './own-errors.ts';
import { type ReadContext, Skipped, type SourceReader } from './source-images.ts';
import { openStream } from './source-stream.ts';

/** Lines from which the layout is found. */
const SAMPLE = 200;
/** A row of 28x28 pixels with all their digits is a few kilobytes. */
const MAX_LINE = 1 << 20;
/** Rows after which a file with nothing but malformed ones is given up. */
const ENOUGH = 1000;

/** Reads a CSV file of labeled images, and another with the test part, if there is one. */
export async function* readCsv(files: { train: string; test: string | null }, context: ReadContext): SourceReader {
  const skipped = new Skipped();
  const train = new ImageStore(files.train);
  const progress = { done: 0, total: 0 };
  yield* readRows(files.train, train, skipped, progress, context);
  const test = files.test === null ? null : new ImageStore(files.test);
  if (test) yield* readRows(files.test!, test, skipped, progress, context);
  // EMNIST's own files are transposed, Kaggle's other ones are not.
  const likelyOrientation = /^emnist-/i.test(path.basename(files.train)) ? 'transposed' : 'upright';
  return {
    ...{ format: 'csv', train, test, mapping: null, likelyOrientation, inverted: 0, sizes: null, skipped },
    notes: [],
  };
}

async function* readRows(
  file: string,
  store: ImageStore,
  skipped: Skipped,
  progress: { done: number; total: number },
  { signal }: ReadContext,
): AsyncGenerator<Bytes, void> {
  const stream = await openStream(file);
  const before = progress.done;
  progress.total += stream.size;
  const head: Buffer[] = [];
  let parser: RowParser | null = null;
  let line = 0;
  let rows = 0;
  const skippedBefore = skipped.count;
  const take = (bytes: Uint8Array) => {
    line++;
    if (bytes.length === 0) return;
    const problem = parser!.parse(bytes);
    rows++;
    if (problem === null && parser!.label.includes('\uFFFD')) {
      // Different letters would become the same one.
      throw invalidData(file, 'encoding', `is not UTF-8 text: line ${line} has the label "${parser!.label}"`);
    }
    if (problem === null) store.add(parser!.pixels, parser!.label);
    else skipped.add(`${path.basename(file)}:${line}`, problem);
  };
  const begin = () => {
    const layout = layoutOf(head, file);
    parser = new RowParser(layout);
    // Empty lines may come before the header.
    const header = layout.hasHeader ? head.findIndex((bytes) => withoutMark(bytes).length > 0) : -1;
    line = header + 1;
    for (const bytes of head.slice(line)) take(withoutMark(bytes));
  };
  for await (const lines of splitLines(stream.data, MAX_LINE, () => tooLong(file))) {
    signal.throwIfAborted();
    for (const bytes of lines) {
      if (parser) take(bytes);
      else {
        head.push(Buffer.from(bytes));
        if (head.length === SAMPLE) begin();
      }
    }
    if (rows >= ENOUGH && store.count === 0) break;
    progress.done = before + stream.read();
    yield { bytes: progress.done, total: progress.total };
  }
  if (!parser) begin();
  const malformed = skipped.count - skippedBefore;
  skipped.check(file, malformed + store.count, 'rows');
}

/** Bytes without the byte order mark that Excel begins files with. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function layoutOf(head: readonly Buffer[], file: string): CsvLayout {
  const [first] = head;
  if (first === undefined) throw invalidData(file, 'empty', 'is empty');
  if (isUtf16(first)) throw invalidData(file, 'encoding', 'is UTF-16 text');
  const lines = head.map((line) => withoutMark(line).toString('utf8')).filter((line) => line !== '');
  return findLayout(lines, file);
}

/** Throws `data-invalid` unless a CSV file has labels, and images of the right size, in its first lines. Returns null. */
export async function requireLabels(file: string): Promise<null> {
  const { data } = await openStream(file);
  const head: Buffer[] = [];
  for await (const lines of splitLines(data, MAX_LINE, () => tooLong(file))) {
    head.push(...lines.slice(0, SAMPLE - head.length).map((line) => Buffer.from(line)));
    if (head.length >= SAMPLE) break;
  }
  layoutOf(head, file);
  return null;
}

function tooLong(file: string) {
  return invalidData(file, 'format', `has a line of more than ${MAX_LINE} bytes: it is not a CSV file`);
}
