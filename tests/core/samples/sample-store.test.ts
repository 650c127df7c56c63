import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmnistError, type ErrorCode, isEmnistError } from '../../../src/core/errors.ts';
import type { NewSample } from '../../../src/core/samples/sample.ts';
import {
  MAX_SAMPLES,
  MAX_SAMPLES_BYTES,
  ownedSampleFiles,
  SampleStore,
} from '../../../src/core/samples/sample-store.ts';
import { readStrokeFile } from '../../../src/core/strokes/stroke-file.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-samples-'));
  file = path.join(folder, 'data', 'samples.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const sample = (label: string, more: Partial<NewSample> = {}): NewSample => ({
  label,
  origin: 'confirmed',
  strokes: [
    [
      [0, 0],
      [10, 20.5],
    ],
  ],
  ...more,
});

async function failure(work: Promise<unknown>, code: ErrorCode): Promise<EmnistError> {
  const error = await work.then(
    () => expect.fail('it did not fail'),
    (thrown) => thrown,
  );
  if (!isEmnistError(error, code)) throw error;
  return error;
}

describe('samples', () => {
  test('are in a stroke file, and another store reads them', async () => {
    const store = await SampleStore.open(file);
    expect(store.samples).toEqual([]);
    const [first] = await store.add([sample('a', { origin: 'corrected', readAs: 'd' })]);
    const [second] = await store.add([sample('π')]);
    expect(first).toEqual({
      id: expect.any(String),
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      label: 'a',
      origin: 'corrected',
      readAs: 'd',
      strokes: [
        [
          [0, 0],
          [10, 20.5],
        ],
      ],
    });
    expect((await SampleStore.open(file)).samples).toEqual([first, second]);
    expect((await Array.fromAsync(readStrokeFile(file))).map(({ label }) => label)).toEqual(['a', 'π']);
    expect(await readdir(path.dirname(file))).toEqual(['samples.jsonl']);
  });

  test('are removed from the file, which goes with the last one', async () => {
    const store = await SampleStore.open(file);
    const [a, b, c] = await store.add(['a', 'b', 'c'].map((label) => sample(label)));
    expect(await store.remove(({ id }) => id === b!.id)).toEqual([b]);
    expect((await SampleStore.open(file)).samples).toEqual([a, c]);
    expect(await store.remove(({ id }) => id === b!.id)).toEqual([]);
    expect(await store.remove(() => true)).toEqual([a, c]);
    expect(await readdir(path.dirname(file))).toEqual([]);
    expect((await SampleStore.open(file)).samples).toEqual([]);
  });

  test('that are added and removed at the same time by two stores are all kept', async () => {
    const stores = [await SampleStore.open(file), await SampleStore.open(file)];
    const added = await Promise.all(
      stores.flatMap((store) => Array.from({ length: 10 }, (_, index) => store.add([sample(String(index))]))),
    );
    await stores[0]!.remove(({ id }) => id === added[0]![0]!.id);
    const ids = added.slice(1).map(([one]) => one!.id);
    expect((await SampleStore.open(file)).samples.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(await stores[1]!.refresh()).toBe(true);
    expect(stores[1]!.samples).toHaveLength(19);
    expect(await stores[1]!.refresh()).toBe(false);
  });

  test('with an ID of its own are stored once, also by another process that is told again', async () => {
    const [first] = await (await SampleStore.open(file)).add([sample('a', { id: 'sent-twice' })]);
    const later = await SampleStore.open(file);
    expect(await later.add([sample('a', { id: 'sent-twice' })])).toEqual([first]);
    expect((await SampleStore.open(file)).samples).toEqual([first]);
  });

  test('that someone has edited keep what this program does not know', async () => {
    await (await SampleStore.open(file)).add([sample('a'), sample('b')]);
    const [a, b] = (await readFile(file, 'utf8')).split('\n');
    const edited = `\uFEFF${a!.replace('{', '{"writer":"me",')}\r\n\r\n${b}`;
    await writeFile(file, edited);
    const store = await SampleStore.open(file);
    await store.add([sample('c')]);
    const [kept] = await store.remove(({ label }) => label === 'b').then(() => store.samples);
    expect(kept!.label).toBe('a');
    expect(await readFile(file, 'utf8')).toContain('"writer":"me"');
    expect((await SampleStore.open(file)).samples.map(({ label }) => label)).toEqual(['a', 'c']);
  });

  test('are normalized and rounded to what matters at their size', async () => {
    const store = await SampleStore.open(file);
    const [large, small, edge, dot] = await store.add([
      sample(' a\u0308 ', {
        strokes: [
          [
            [-0.01, 1 / 3, 1 / 3],
            [400, 2 / 3],
          ],
        ],
      }),
      sample('b', {
        strokes: [
          [
            [0.123456, 0],
            [1, 0.5],
          ],
        ],
      }),
      sample('c', {
        strokes: [
          [
            [0, 0.04],
            [999.96, 0],
          ],
        ],
      }),
      sample('d', { strokes: [[[3.3, 7.7]]] }),
    ]);
    expect(large).toMatchObject({
      label: 'ä',
      strokes: [
        [
          [0, 0.3, 0.33],
          [400, 0.7],
        ],
      ],
    });
    expect(small!.strokes).toEqual([
      [
        [0.1235, 0],
        [1, 0.5],
      ],
    ]);
    expect(edge!.strokes).toEqual([
      [
        [0, 0],
        [1000, 0],
      ],
    ]);
    expect(dot!.strokes).toEqual([[[3, 8]]]);
    const again = await store.add([large!, small!, edge!, dot!]);
    expect(again.map(({ strokes }) => strokes)).toEqual([large, small, edge, dot].map((one) => one!.strokes));
  });

  test.each<[string, NewSample, ErrorCode]>([
    ['an empty label', sample('  '), 'label-invalid'],
    ['a long label', sample('ninechars'), 'label-invalid'],
    ['a label that cannot be seen', sample('a\u202E'), 'label-invalid'],
    ['no strokes', sample('a', { strokes: [] }), 'strokes-invalid'],
    ['an empty stroke', sample('a', { strokes: [[]] }), 'strokes-invalid'],
    ['points that are not numbers', sample('a', { strokes: [[[0, Number.NaN]]] }), 'strokes-invalid'],
    [
      'too many points',
      sample('a', { strokes: [Array.from({ length: 5001 }, () => [0, 0] as const)] }),
      'strokes-invalid',
    ],
  ])('with %s are refused, and none of those added with it is kept', async (_, invalid, code) => {
    const store = await SampleStore.open(file);
    await failure(store.add([sample('a'), invalid]), code);
    expect(store.samples).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('are limited in number, and in the number of labels', async () => {
    const store = await SampleStore.open(file);
    await store.add(Array.from({ length: 256 }, (_, index) => sample(String.fromCodePoint(0x4e00 + index))));
    const labels = await failure(store.add([sample('x')]), 'too-many-labels');
    expect(labels.data).toMatchObject({ labels: 257, maximum: 256 });
    await store.add(Array.from({ length: MAX_SAMPLES - 256 }, () => sample('一')));
    const full = await failure(store.add([sample('一')]), 'samples-full');
    expect(full.data).toMatchObject({ limit: MAX_SAMPLES, unit: 'samples' });
    expect((await SampleStore.open(file)).samples).toHaveLength(MAX_SAMPLES);
  });
});

describe('a file that cannot be read', () => {
  const LINE = '{"version":1,"id":"x","label":"a","origin":"confirmed","date":"2026-01-01","strokes":[[[0,0]]]}';

  test.each<[string, string | Buffer, string, RegExp]>([
    ['of a later version', `${LINE}\n${LINE.replace('1', '2')}\n`, 'version', /was written by a later version/],
    ['with a damaged line', `${LINE}\n${LINE.slice(0, -5)}\n`, 'line', /samples.jsonl:2 is damaged: .*JSON/],
    ['with a line without strokes', `${LINE}\n{"version":1}\n`, 'line', /:2 is damaged/],
    ['with an invalid label', `${LINE}\n${LINE.replace('"a"', '"ninechars"')}\n`, 'line', /:2 is damaged: "label"/],
    ['with invalid strokes', LINE.replace('[0,0]', '[0]'), 'line', /:1 is damaged: .*a point must be/],
    ['with text', 'To do:\n- water the plants\n', 'foreign', /does not contain samples/],
    ['of drawings from elsewhere', '{"label":"a","strokes":[[[0,0]]]}\n', 'foreign', /does not contain samples/],
    ['with bytes', Buffer.from([0x1f, 0x8b, 0xff, 0xfe, 10]), 'foreign', /does not contain samples/],
  ])('%s is reported, and never overwritten', async (_, content, problem, message) => {
    const store = await SampleStore.open(file);
    await store.add([sample('a')]);
    await writeFile(file, content);
    for (const work of [SampleStore.open(file), store.refresh(), store.add([sample('b')]), store.remove(() => true)]) {
      const error = await failure(work, 'samples-invalid');
      expect(error.data).toMatchObject({ file, problem });
      expect(error.message).toMatch(message);
    }
    expect(store.samples).toHaveLength(1);
    expect(await readFile(file)).toEqual(Buffer.from(content));
    expect(await readdir(path.dirname(file))).toEqual(['samples.jsonl']);
  });

  test('because it is too large is reported before it is read', async () => {
    const store = await SampleStore.open(file);
    await store.add([sample('a')]);
    await truncate(file, MAX_SAMPLES_BYTES + 1);
    expect((await failure(store.add([sample('b')]), 'samples-invalid')).data).toMatchObject({ problem: 'too-large' });
  });
});

test('what interrupted writes have left is removed with the next change, and belongs to the program', async () => {
  const store = await SampleStore.open(file);
  await store.add([sample('a')]);
  const left = `${file}.1234`;
  await writeFile(left, '{"version":1,');
  await writeFile(path.join(path.dirname(file), 'notes.txt'), '');
  expect((await ownedSampleFiles(file)).sort()).toEqual([file, left]);
  await (await SampleStore.open(file)).add([sample('b')]);
  expect(await ownedSampleFiles(file)).toEqual([file]);
  await writeFile(file, 'something else');
  expect(await ownedSampleFiles(file)).toEqual([]);
});
