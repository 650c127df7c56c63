import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { predict } from '../../src/app/predict.ts';
import { SHIPPED } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { temporaryFolder } from '../cli/run.ts';
import { ODD_E, writeOften } from '../helpers/hand.ts';

test('stops while it adapts to samples', async () => {
  const home = await temporaryFolder();
  const paths = resolvePaths(home);
  const samples = writeOften(ODD_E, 40).map((strokes) => ({ label: 'E', strokes, origin: 'imported' as const }));
  await (await SampleStore.open(paths.samples)).add(samples);
  const file = path.join(home, 'drawings.jsonl');
  await writeFile(file, `${JSON.stringify({ strokes: ODD_E })}\n`);
  const controller = new AbortController();
  const progress: [number, number][] = [];
  const predicting = predict(
    { files: [file], model: SHIPPED, adapt: true },
    {
      paths,
      signal: controller.signal,
      onAdapting(...read) {
        progress.push(read);
        controller.abort(new Error('stopped'));
      },
    },
  );
  await expect(Array.fromAsync(predicting)).rejects.toThrow('stopped');
  expect(progress).toEqual([[expect.any(Number), samples.length]]);
  expect(progress[0]![0]).toBeLessThan(samples.length);
});
