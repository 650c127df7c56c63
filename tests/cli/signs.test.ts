import { readdir } from 'node:fs/promises';
import path from 'node:path';
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
