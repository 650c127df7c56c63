import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpointPath } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { train } from '../../src/core/training/trainer.ts';
import { TrainingControl } from '../../src/core/training/training-control.ts';
import type { TrainOptions } from '../../src/core/training/training-run.ts';
import { temporaryFolder } from '../cli/run.ts';
import { installDatasets } from '../helpers/archive.ts';
import { fuzz } from './fuzz.ts';
import { byteMutations, jsonMutations, mutateBytes, mutateJson } from './mutations.ts';

const paths = resolvePaths(await temporaryFolder(afterAll));
let file: string;
let checkpoint: Buffer;
beforeAll(async () => {
  await installDatasets(paths, { digits: { train: 20, test: 10 } });
  await trainUntil('epoch', { split: 'digits', architecture: 'cnn', batchSize: 8, epochs: 3 });
  file = checkpointPath(paths, 'mutated');
  checkpoint = await readFile(file);
});

/** Trains until an event of this name. */
async function trainUntil(name: string, options: TrainOptions): Promise<void> {
  const fixed = { name: 'mutated', engine: 'wasm', threads: 1 } as const;
  for await (const { event } of train({ ...fixed, ...options }, paths, new TrainingControl())) {
    if (event === name) return;
  }
}

/** Resumes from the checkpoint file, for one batch. */
async function resume(contents: Uint8Array): Promise<void> {
  await writeFile(file, contents);
  await trainUntil('batch', { resume: true });
}

test('mutated bytes of a checkpoint', async () => {
  await resume(checkpoint);
  await fuzz(byteMutations, (mutations) => resume(mutateBytes(checkpoint, mutations)), { seed: 1, runs: 40 });
});

interface Header {
  __metadata__: { state: string };
}

test('a mutated state in a checkpoint', async () => {
  const length = Number(checkpoint.readBigUInt64LE(0));
  const header: Header = JSON.parse(checkpoint.toString('utf8', 8, 8 + length));
  const { accepted, refused } = await fuzz(
    jsonMutations,
    async (mutations) => {
      const state = JSON.stringify(mutateJson(JSON.parse(header.__metadata__.state), mutations));
      const mutated = Buffer.from(JSON.stringify({ ...header, __metadata__: { ...header.__metadata__, state } }));
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(mutated.length));
      await resume(Buffer.concat([size, mutated, checkpoint.subarray(8 + length)]));
    },
    { seed: 2, runs: 120 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(10);
});
