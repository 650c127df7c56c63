import { expect, test } from 'vitest';
import { train } from '../../src/app/train.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';
import { installDatasets } from '../helpers/archive.ts';
import { megabytesInUse } from './heap.ts';

const WARM_UP = 4;
const RUNS = 20;
/** A run that keeps its engine's memory costs tens of megabytes, one that keeps its images a few hundred kilobytes. */
const MAX_HEAP_GROWTH_MB = 2;
/** Resident memory also depends on when the allocator returns pages. */
const MAX_RESIDENT_GROWTH_MB = 60;

test('memory does not grow over 20 training runs', { timeout: 300_000 }, async () => {
  const paths = resolvePaths(await temporaryFolder());
  await installDatasets(paths, { digits: { train: 400, test: 10 } });
  const trainOnce = async (architecture: 'cnn' | 'vgg') => {
    const run = { split: 'digits', architecture, name: architecture, epochs: 1, engine: 'wasm' } as const;
    const events = await Array.fromAsync(train({ ...run, overwrite: true }, { paths }));
    expect(events.at(-1)).toMatchObject({ event: 'end', reason: 'completed' });
  };
  const measure = async () => ({ heap: await megabytesInUse(), resident: process.memoryUsage().rss / 1e6 });

  for (let run = 0; run < WARM_UP; run++) await trainOnce(run % 2 === 0 ? 'cnn' : 'vgg');
  const before = await measure();
  for (let run = 0; run < RUNS; run++) await trainOnce(run % 2 === 0 ? 'cnn' : 'vgg');
  const after = await measure();
  expect(after.heap - before.heap).toBeLessThan(MAX_HEAP_GROWTH_MB);
  expect(after.resident - before.resident).toBeLessThan(MAX_RESIDENT_GROWTH_MB);
});
