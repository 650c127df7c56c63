import { isUtf8 } from 'node:buffer';
import * as v from 'valibot';
import { EmnistError, messageOf } from '../errors.ts';
import { labelProblem } from '../label-text.ts';
import { checkDrawing } from '../strokes/stroke-file.ts';
import { MAX_SAMPLE_POINTS } from './check-sample.ts';
import { SAMPLE_ORIGINS, type Sample } from './sample.ts';

/** The version of the lines that this program writes. */
const VERSION = 1;
const NEWLINE = 10;

/** A line of the file, which is also a line of a stroke file. `strokes` are checked apart, which takes longest. */
const lineSchema = v.object({
  version: v.literal(VERSION),
  id: v.pipe(v.string(), v.nonEmpty()),
  label: v.pipe(
    v.string(),
    v.check((label) => labelProblem(label) === null, 'the label is invalid'),
  ),
  origin: v.picklist(SAMPLE_ORIGINS),
  readAs: v.optional(v.string()),
  date: v.string(),
  strokes: v.array(v.unknown()),
});

/** The lines of samples, each with its line break. */
export function encodeSamples(samples: readonly Sample[]): Buffer<ArrayBuffer> {
  const lines = samples.map(({ id, label, origin, readAs, date, strokes }) =>
    // `readAs` is left out if it is undefined. The strokes, which are long, come last.
    JSON.stringify({ version: VERSION, id, label, origin, readAs, date, strokes }),
  );
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** Whether the content of a file begins like samples that some version of this program wrote. */
export function looksLikeSamples(content: Buffer): boolean {
  try {
    const [first] = lines(content);
    return first !== undefined && versionOf(JSON.parse(first.text)) !== null;
  } catch {
    return false;
  }
}

/**
 * Reads samples from the content of a file, or from a part of it that begins with line `firstLine`. Throws
 * `samples-invalid`, which names the file.
 */
export function decodeSamples(content: Buffer, file: string, firstLine = 1): Sample[] {
  if (!isUtf8(content)) throw foreignFile(file);
  const samples: Sample[] = [];
  for (const { text, line } of lines(content, firstLine)) samples.push(decodeLine(text, file, line));
  return samples;
}

/** The bytes of each sample's line, in order, with its line break. */
export function* sampleLines(content: Buffer): Generator<Buffer> {
  for (const { start, end, text } of lines(content)) {
    yield content[end - 1] === NEWLINE ? content.subarray(start, end) : Buffer.from(`${text}\n`);
  }
}

/** The number of lines in a part of a file that ends with a line break. */
export function lineCount(content: Buffer): number {
  let count = 0;
  for (let at = content.indexOf(NEWLINE); at >= 0; at = content.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** The lines that are not blank: `start` and `end` in bytes, the end after the line break. */
function* lines(content: Buffer, firstLine = 1): Generator<{ text: string; line: number; start: number; end: number }> {
  let line = firstLine;
  for (let start = 0; start < content.length; line++) {
    const found = content.indexOf(NEWLINE, start);
    const end = found < 0 ? content.length : found + 1;
    const text = content
      .toString('utf8', start, end)
      .replace(/^\uFEFF/, '')
      .trim();
    if (text !== '') yield { text, line, start, end };
    start = end;
  }
}

function decodeLine(text: string, file: string, line: number): Sample {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (line === 1) throw foreignFile(file, error);
    throw damagedLine(file, line, messageOf(error), error);
  }
  const version = versionOf(json);
  if (version !== null && version > VERSION) {
    const message = `${file} was written by a later version of emnist-tui`;
    throw new EmnistError('samples-invalid', message, { file, line, problem: 'version' });
  }
  if (version === null && line === 1) throw foreignFile(file);
  const result = v.safeParse(lineSchema, json, { abortEarly: true });
  if (!result.success) {
    const [issue] = result.issues;
    const key = v.getDotPath(issue);
    throw damagedLine(file, line, key === null ? issue.message : `"${key}" is missing or invalid`);
  }
  const { id, label, origin, readAs, date } = result.output;
  try {
    const strokes = checkDrawing(result.output.strokes, MAX_SAMPLE_POINTS);
    return { id, label, origin, ...(readAs !== undefined && { readAs }), date, strokes };
  } catch (error) {
    throw damagedLine(file, line, messageOf(error), error);
  }
}

/** The version that a line says it has; null if it is not a line of samples. */
function versionOf(json: unknown): number | null {
  const result = v.safeParse(v.object({ version: v.number(), strokes: v.unknown() }), json);
  return result.success ? result.output.version : null;
}

function damagedLine(file: string, line: number, reason: string, cause?: unknown): EmnistError {
  const message = `${file}:${line} is damaged: ${reason}`;
  return new EmnistError('samples-invalid', message, { file, line, problem: 'line' }, { cause });
}

function foreignFile(file: string, cause?: unknown): EmnistError {
  const message = `${file} does not contain samples`;
  return new EmnistError('samples-invalid', message, { file, line: null, problem: 'foreign' }, { cause });
}
