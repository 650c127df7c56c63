import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { manageSamples } from '../../src/app/samples.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { SampleStore } from '../../src/core/samples/sample-store.ts';

const strokes = [
  [
    [0, 0],
    [10, 20],
  ],
] as const;

test('deleting removes what was asked about, and not what is labeled while somebody is thinking about it', async () => {
  const home = await mkdtemp(path.join(os.tmpdir(), 'emnist-samples-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const paths = resolvePaths(home);
  const elsewhere = await SampleStore.open(paths.samples);
  const label = (text: string) => elsewhere.add([{ label: text, strokes, origin: 'confirmed' }]);
  await label('a');
  await label('b');
  const asked: [number, string | null][] = [];
  const event = await manageSamples(
    { delete: 'all' },
    {
      paths,
      async confirm(samples, of) {
        asked.push([samples, of]);
        await label('a');
        return true;
      },
    },
  );
  expect(asked).toEqual([[2, null]]);
  expect(event).toMatchObject({ deleted: 2, samples: 1, labels: [{ label: 'a', count: 1 }] });
});
