import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { readLabeledDrawings } from '../../../src/core/samples/read-labeled.ts';

test('drawings are limited by their size, however well they are compressed', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-labeled-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const strokes = [Array.from({ length: 1000 }, (_, index) => [index % 10, 0])];
  const file = path.join(folder, 'many.jsonl.gz');
  await writeFile(file, gzipSync(`${JSON.stringify({ label: 'a', strokes })}\n`.repeat(100)));
  expect((await readLabeledDrawings(file)).drawings).toHaveLength(100);
  await expect(readLabeledDrawings(file, undefined, 2 ** 19)).rejects.toMatchObject({
    code: 'samples-full',
    data: { file, limit: 2 ** 19, unit: 'bytes' },
  });
});
