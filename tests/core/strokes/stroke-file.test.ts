import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmnistError } from '../../../src/core/errors.ts';
import {
  MAX_LINE_BYTES,
  readStrokeFile,
  readStrokes,
  type StrokeSample,
} from '../../../src/core/strokes/stroke-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-strokes-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(contents: string | Uint8Array, name = 'drawings.jsonl'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, contents);
  return file;
}

const A = '{"label":"A","writer":"w/1","strokes":[[[0,0],[1,2]],[[0.5,1,0.7]]]}';
const DOT = '{"strokes":[[[3,4]]]}';

async function all(samples: AsyncIterable<StrokeSample>): Promise<StrokeSample[]> {
  const list: StrokeSample[] = [];
  for await (const sample of samples) list.push(sample);
  return list;
}

async function failure(work: Promise<unknown>): Promise<EmnistError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EmnistError);
  return error as EmnistError;
}

describe('readStrokeFile', () => {
  it('reads drawings with their labels, writers, and line numbers', async () => {
    const file = await written(`\uFEFF${A}\r\n\n   \n${DOT}`);
    expect(await all(readStrokeFile(file))).toEqual([
      {
        label: 'A',
        writer: 'w/1',
        strokes: [
          [
            [0, 0],
            [1, 2],
          ],
          [[0.5, 1, 0.7]],
        ],
        line: 1,
      },
      { strokes: [[[3, 4]]], line: 4 },
    ]);
  });

  it('reads gzipped files, whatever their name', async () => {
    const file = await written(gzipSync(`${A}\n${DOT}\n`), 'packed.jsonl');
    expect(await all(readStrokeFile(file))).toHaveLength(2);
  });

  it('yields the drawings before an invalid line, then names the file and the line', async () => {
    const file = await written(`${A}\n${DOT}\n{"strokes":[[[1,2],[3]]]}\n`);
    const seen: number[] = [];
    const error = await failure(
      (async () => {
        for await (const { line } of readStrokeFile(file)) seen.push(line);
      })(),
    );
    expect(seen).toEqual([1, 2]);
    expect(error.message).toBe(`${file}:3: a point must be [x, y] or [x, y, pressure]`);
    expect(error.code).toBe('strokes-invalid');
    expect(error.data).toMatchObject({ problem: 'content' });
  });

  it.each([
    ['{"strokes":[[[1,2]]', 'the line is not JSON'],
    ['[[[1,2]]]', '"strokes" is missing'],
    ['42', 'the line is not an object'],
    ['null', 'the line is not an object'],
    ['{"label":"A"}', '"strokes" is missing'],
    ['{"strokes":[]}', 'the drawing has no strokes'],
    ['{"strokes":[[]]}', 'a stroke has no points'],
    ['{"strokes":7}', '"strokes" must be a list of strokes'],
    ['{"strokes":[7]}', 'a stroke must be a list of points'],
    ['{"strokes":[[7]]}', 'a point must be [x, y]'],
    ['{"strokes":[[["1",2]]]}', 'a coordinate must be a number'],
    ['{"strokes":[[[1,null]]]}', 'a coordinate must be a number'],
    ['{"strokes":[[[1,1e999]]]}', 'a coordinate must be finite'],
    ['{"strokes":[[[1,1e300]]]}', 'a coordinate is too large'],
    ['{"strokes":[[[1,2,17]]]}', 'the pressure of a point, its third number, must be from 0 to 1'],
    ['{"strokes":[[[1,2,0.5,9]]]}', 'a point must be [x, y]'],
    ['{"strokes":[[[1,2]]],"label":5}', '"label" must be a string'],
  ])('says what is wrong with %s', async (line, message) => {
    const file = await written(`${DOT}\n${line}\n`);
    const error = await failure(all(readStrokeFile(file)));
    expect(error.message).toContain(`${file}:2: `);
    expect(error.message).toContain(message);
  });

  it('rejects a line that is too long before reading all of it', async () => {
    let produced = 0;
    const endless = Readable.from(
      (function* () {
        yield `${DOT}\n{"strokes":[[`;
        for (;;) {
          produced += 65536;
          yield '[1,2],'.repeat(65536 / 6 + 1).slice(0, 65536);
        }
      })(),
      { objectMode: false },
    );
    const error = await failure(all(readStrokes(endless, 'endless.jsonl')));
    expect(error.message).toBe(`endless.jsonl:2: the line is longer than ${MAX_LINE_BYTES} bytes`);
    expect(produced).toBeLessThan(2 * MAX_LINE_BYTES);
  });

  it('reads lines and characters split across chunks', async () => {
    const bytes = Buffer.from(`${A}\n{"label":"é","strokes":[[[1,2]]]}\n`);
    const single = Readable.from(
      Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)),
      { objectMode: false },
    );
    const samples = await all(readStrokes(single, '-'));
    expect(samples.map(({ label }) => label)).toEqual(['A', 'é']);
  });

  it('reports missing files and truncated gzip data', async () => {
    const missing = path.join(folder, 'missing.jsonl');
    expect((await failure(all(readStrokeFile(missing)))).message).toContain(missing);
    const whole = gzipSync(`${A}\n`.repeat(5000));
    const file = await written(whole.subarray(0, whole.length / 2), 'cut.jsonl.gz');
    const error = await failure(all(readStrokeFile(file)));
    expect(error.message).toContain('cut.jsonl.gz is a damaged gzip file');
  });
});
