import { readdir, writeFile } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import { openSampleBook } from '../../src/app/sample-book.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { addSample, type Drawing, type EmnistError, listSamples, removeSample } from '../../src/library/index.ts';
import { temporaryFolder } from '../cli/run.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await temporaryFolder();
});

const PI: Drawing = [
  [
    [0, 0],
    [40, 0],
  ],
  [
    [10, 0],
    [8, 30],
  ],
];

test('samples that a program adds are listed, on the canvas page too, until they are removed', async () => {
  expect(await listSamples({ dataDir })).toEqual([]);
  const first = await addSample({ label: 'π', strokes: PI }, { dataDir });
  const second = await addSample({ label: ' 7 ', strokes: PI }, { dataDir });
  expect(first).toMatchObject({ label: 'π', origin: 'imported', strokes: PI, id: expect.any(String) });
  expect(await listSamples({ dataDir })).toEqual([first, second]);
  using book = await openSampleBook(resolvePaths(dataDir));
  expect(book.state.labels).toEqual([
    { label: '7', count: 1 },
    { label: 'π', count: 1 },
  ]);
  expect(await removeSample(first.id, { dataDir })).toBe(true);
  expect(await removeSample(first.id, { dataDir })).toBe(false);
  expect(await listSamples({ dataDir })).toEqual([second]);
});

test('samples that are added at the same time are all kept', async () => {
  const labels = Array.from({ length: 10 }, (_, index) => String(index));
  await Promise.all(labels.map((label) => addSample({ label, strokes: PI }, { dataDir })));
  expect((await listSamples({ dataDir })).map(({ label }) => label).sort()).toEqual(labels);
});

test.each<[string, unknown, string, RegExp]>([
  ['without a label', { label: ' ', strokes: PI }, 'label-invalid', /label the drawing with 1 to 8 visible characters/],
  ['with a label that is no text', { label: 7, strokes: PI }, 'label-invalid', /label the drawing/],
  ['without strokes', { label: 'a', strokes: [] }, 'strokes-invalid', /use a list of strokes/],
  ['with strokes that are none', { label: 'a', strokes: 'none' }, 'strokes-invalid', /use a list of strokes/],
])('a drawing %s is refused with a hint', async (_, sample, code, hint) => {
  const error: EmnistError = await addSample(sample as never, { dataDir }).then(
    () => expect.fail('it was added'),
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) });
  expect(await readdir(dataDir)).toEqual([]);
});

test('a file that is something else is reported, and kept', async () => {
  await writeFile(resolvePaths(dataDir).samples, 'notes');
  for (const work of [listSamples({ dataDir }), addSample({ label: 'a', strokes: PI }, { dataDir })]) {
    await expect(work).rejects.toMatchObject({ code: 'samples-invalid', hint: 'move it to another folder' });
  }
});
