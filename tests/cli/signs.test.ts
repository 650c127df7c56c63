import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { writeSigns } from '../../scripts/signs/write-signs.ts';
import { run, runJson, temporaryFolder } from './run.ts';

test('pictures of signs that are in no alphabet are learned, and read in pictures that were not taken over', async () => {
  const home = await temporaryFolder();
  const signs = path.join(home, 'signs');
  await writeSigns(signs, { perSign: 40 });
  const fetched = await runJson(['fetch', '--from', signs, '--name', 'signs'], { home });
  expect(fetched.events.at(-1)).toMatchObject({ trainImages: 272, testImages: 48, own: { skipped: 0 } });
  const options = ['--split', 'signs', '--architecture', 'cnn', '--epochs', '12', '--batch-size', '32'];
  expect((await run(['train', ...options], { home })).code).toBe(0);
  const evaluated = await runJson(['evaluate', '--split', 'signs'], { home });
  expect(evaluated.events.at(-1)!.accuracy).toBeGreaterThan(0.95);

  const others = path.join(home, 'others');
  const names = await writeSigns(others, { perSign: 2, seed: 99 });
  const files = await Promise.all(
    names.map(async (name) => (await readdir(path.join(others, name))).map((file) => path.join(others, name, file))),
  );
  const predicted = await runJson(['predict', ...files.flat()], { home });
  // A sign of several parts is read as several characters.
  const best = predicted.events
    .filter(({ index }) => index === 0)
    .map(({ source, predictions }) => [
      path.basename(path.dirname(source as string)),
      (predictions as { label: string }[])[0]!.label,
    ]);
  expect(best).toHaveLength(files.flat().length);
  expect(best.filter(([truth, label]) => truth === label).length / best.length).toBeGreaterThan(0.9);
}, 300_000);

test('pictures of 28x28 pixels are read as they were learned, wherever their ink is', async () => {
  const home = await temporaryFolder();
  // A bar that only its place tells apart.
  const bar = (column: number, row: number) => {
    const png = new PNG({ width: 28, height: 28, colorType: 0 });
    for (let at = 0; at < 28 * 28; at++) {
      const [x, y] = [at % 28, Math.floor(at / 28)];
      const isInk = x >= column && x < column + 5 && y >= row && y < row + 9;
      png.data.fill(isInk ? 255 : 0, at * 4, at * 4 + 3);
      png.data[at * 4 + 3] = 255;
    }
    return PNG.sync.write(png);
  };
  for (const [label, from] of [
    ['left', 1],
    ['right', 18],
  ] as const) {
    const folder = path.join(home, 'bars', label);
    await mkdir(folder, { recursive: true });
    for (let index = 0; index < 40; index++) {
      await writeFile(path.join(folder, `${index}.png`), bar(from + (index % 5), 1 + Math.floor(index / 2.5)));
    }
  }
  expect((await run(['fetch', '--from', path.join(home, 'bars'), '--name', 'bars'], { home })).code).toBe(0);
  const options = ['--split', 'bars', '--architecture', 'cnn', '--epochs', '8', '--batch-size', '16'];
  expect((await run(['train', ...options], { home })).code).toBe(0);
  expect((await runJson(['evaluate', '--split', 'bars'], { home })).events.at(-1)).toMatchObject({ accuracy: 1 });
  for (const label of ['left', 'right']) {
    const { events } = await runJson(['predict', path.join(home, 'bars', label, '7.png')], { home });
    expect(events[0]).toMatchObject({ predictions: [{ label }, {}] });
  }
}, 120_000);
