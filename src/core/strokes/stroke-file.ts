import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import * as v from 'valibot';
import { EmnistError, messageOf } from '../errors.ts';
import { isUtf16 } from '../files/describe-format.ts';
import { fileError } from '../files/file-errors.ts';
import { gunzip, isGzipDamage } from '../files/gunzip.ts';
import type { Drawing } from './drawing.ts';

/** The longest line, in bytes: a drawing of about 50,000 points. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** The maximum number of points in a drawing: more than fit into a line. */
export const MAX_POINTS = 200_000;

const MAX_COORDINATE = 1e12;

/** One line of a stroke file. */
export interface StrokeSample {
  strokes: Drawing;
  /** The character it shows, where known. */
  label?: string;
  /** Who drew it, where known. */
  writer?: string;
  /** Line number, from 1. */
  line: number;
}

const coordinate = v.pipe(
  v.number('a coordinate must be a number'),
  v.finite('a coordinate must be finite'),
  v.minValue(-MAX_COORDINATE, 'a coordinate is too large'),
  v.maxValue(MAX_COORDINATE, 'a coordinate is too large'),
);
const pressure = v.pipe(
  v.number('the pressure of a point, its third number, must be from 0 to 1'),
  v.minValue(0, 'the pressure of a point, its third number, must be from 0 to 1'),
  v.maxValue(1, 'the pressure of a point, its third number, must be from 0 to 1'),
);
const pair = v.strictTuple([coordinate, coordinate]);
const triple = v.strictTuple([coordinate, coordinate, pressure]);
const neither = v.never('a point must be [x, y] or [x, y, pressure]');
const point = v.lazy((input): typeof pair | typeof triple | typeof neither => {
  const length = Array.isArray(input) ? input.length : 0;
  return length === 2 ? pair : length === 3 ? triple : neither;
});
const stroke = v.pipe(v.array(point, 'a stroke must be a list of points'), v.minLength(1, 'a stroke has no points'));
const drawing = v.pipe(
  v.array(stroke, '"strokes" must be a list of strokes'),
  v.minLength(1, 'the drawing has no strokes'),
);
const lineSchema = v.object(
  {
    strokes: drawing,
    label: v.optional(v.string('"label" must be a string')),
    writer: v.optional(v.string('"writer" must be a string')),
  },
  (issue) => (issue.path ? '"strokes" is missing' : 'the line is not an object'),
);

/**
 * Checks a drawing that does not come from a file and may have `maxPoints` points. Throws an EmnistError (`strokes-invalid`)
 * when it is invalid.
 */
export function checkDrawing(strokes: unknown, maxPoints = MAX_POINTS): Drawing {
  const refuse = (reason: string) =>
    new EmnistError('strokes-invalid', `invalid strokes: ${reason}`, { source: null, line: null, problem: 'content' });
  const points = Array.isArray(strokes) ? strokes.reduce((sum, one) => sum + (one?.length ?? 0), 0) : 0;
  if (points > maxPoints) throw refuse(`they have more than ${maxPoints} points`);
  if (isDrawing(strokes)) return strokes;
  const result = v.safeParse(drawing, strokes, { abortEarly: true });
  if (!result.success) throw refuse(result.issues[0].message);
  return strokes as Drawing;
}

/** Checks the same as the schema, in loops that take a twentieth of the time. Only the schema says what is wrong. */
function isDrawing(value: unknown): value is Drawing {
  const isStroke = (one: unknown) => Array.isArray(one) && one.length > 0 && one.every(isPoint);
  return Array.isArray(value) && value.length > 0 && value.every(isStroke);
}

function isPoint(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 2 || value.length > 3) return false;
  const [x, y, force = 0] = value as unknown[];
  return isWithin(x, MAX_COORDINATE) && isWithin(y, MAX_COORDINATE) && isWithin(force, 1) && (force as number) >= 0;
}

/** False for NaN. */
function isWithin(value: unknown, limit: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= limit;
}

/**
 * Streams the drawings of a stroke file: JSON lines, gzipped or not, where blank lines are skipped. Throws EmnistErrors:
 * those of `fileError`, and `strokes-invalid`, which names the file and the line.
 */
export async function* readStrokeFile(file: string): AsyncGenerator<StrokeSample> {
  const stream = createReadStream(file);
  try {
    yield* readStrokes(stream, file);
  } catch (error) {
    throw fileError(error, file);
  } finally {
    stream.destroy();
  }
}

/** Like `readStrokeFile`, from a stream. Errors call it `source`. */
export async function* readStrokes(stream: Readable, source: string): AsyncGenerator<StrokeSample> {
  for await (const { text, line } of lines(await unzipped(stream, source), source)) {
    if (text.trim() !== '') yield { ...parseLine(text, source, line), line };
  }
}

function parseLine(text: string, source: string, line: number): Omit<StrokeSample, 'line'> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw invalid(source, line, `the line is not JSON (${messageOf(error)})`, error);
  }
  const result = v.safeParse(lineSchema, json, { abortEarly: true });
  if (!result.success) throw invalid(source, line, result.issues[0].message);
  return result.output as Omit<StrokeSample, 'line'>;
}

function invalid(source: string, line: number, reason: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'strokes-invalid',
    `${source}:${line}: ${reason}`,
    { source, line, problem: 'content' },
    { cause },
  );
}

/** Decompresses a stream that starts like gzip, and passes on any other. */
async function unzipped(stream: Readable, source: string): Promise<AsyncIterable<Buffer>> {
  const chunks = stream.iterator({ destroyOnReturn: true }) as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  if (isUtf16(head)) {
    throw new EmnistError('strokes-invalid', `${source} is encoded in UTF-16`, {
      source,
      line: null,
      problem: 'encoding',
    });
  }
  const whole = (async function* () {
    if (head.length > 0) yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  })();
  return head[0] === 0x1f && head[1] === 0x8b ? gunzip(whole) : whole;
}

/** Splits a stream into lines, holding at most one line and one chunk in memory. */
async function* lines(chunks: AsyncIterable<Buffer>, source: string): AsyncGenerator<{ text: string; line: number }> {
  let line = 1;
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer) => {
    length += part.length;
    if (length > MAX_LINE_BYTES) throw invalid(source, line, `the line is longer than ${MAX_LINE_BYTES} bytes`);
    parts.push(part);
  };
  const take = () => {
    const text = Buffer.concat(parts).toString('utf8');
    parts = [];
    length = 0;
    // Some editors write a byte order mark.
    return { text: line === 1 ? text.replace(/^\uFEFF/, '') : text, line: line++ };
  };
  try {
    for await (const chunk of chunks) {
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
        add(chunk.subarray(from, end));
        yield take();
        from = end + 1;
      }
      add(chunk.subarray(from));
    }
  } catch (error) {
    if (!isGzipDamage(error)) throw error;
    const message = `${source} is a damaged gzip file${line === 1 ? '' : ` from line ${line} on`}`;
    throw new EmnistError('strokes-invalid', message, { source, line, problem: 'gzip' }, { cause: error });
  }
  if (length > 0) yield take();
}
