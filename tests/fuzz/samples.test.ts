import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SampleStore } from '../../src/core/samples/sample-store.ts';
import { temporaryFolder } from '../cli/run.ts';
import { fuzz } from './fuzz.ts';
import { byteMutations, jsonMutations, mutateBytes, mutateJson } from './mutations.ts';

const SAMPLE = {
  label: 'ä',
  origin: 'corrected',
  readAs: 'a',
  strokes: [
    [
      [0, 0, 0.5],
      [10, 20],
    ],
  ],
} as const;

/** Opens a file of samples, adds one, and checks that it is kept as it was, or with one more. */
async function use(file: string, contents: Uint8Array): Promise<void> {
  await writeFile(file, contents);
  const store = await SampleStore.open(file);
  const before = store.samples;
  const [added] = await store.add([SAMPLE]);
  expect((await SampleStore.open(file)).samples).toEqual([...before, added]);
}

async function written(file: string): Promise<Buffer> {
  await (await SampleStore.open(file)).add([SAMPLE, { ...SAMPLE, label: 'b' }]);
  return readFile(file);
}

test('mutated bytes of a file of samples', async () => {
  const file = path.join(await temporaryFolder(), 'samples.jsonl');
  const contents = await written(file);
  await fuzz(byteMutations, (mutations) => use(file, mutateBytes(contents, mutations)), { seed: 1, runs: 150 });
});

test('mutated values in a file of samples', async () => {
  const file = path.join(await temporaryFolder(), 'samples.jsonl');
  const [line] = (await written(file)).toString().split('\n');
  const { accepted, refused } = await fuzz(
    jsonMutations,
    (mutations) => use(file, Buffer.from(`${JSON.stringify(mutateJson(JSON.parse(line!), mutations))}\n`)),
    { seed: 2, runs: 200 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(10);
});
