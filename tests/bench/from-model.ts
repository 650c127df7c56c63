import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeSigns } from '../../scripts/signs/write-signs.ts';
import { evaluate } from '../../src/app/evaluate.ts';
import { fetchDatasets } from '../../src/app/fetch.ts';
import { train } from '../../src/app/train.ts';
import { resolvePaths } from '../../src/core/paths.ts';

/*
 * `npm run bench:from`: the accuracy on test images of a network trained from random weights, and of one that started from the shipped
 * model and was trained for a fifth of the epochs. On `digits`, and on drawn signs that are in no alphabet, or on the data sets of
 * `--home`, which `--splits` names.
 */
const here = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    archive: { type: 'string', default: path.join(here, '../../../shared/emnist/gzip.zip') },
    home: { type: 'string' },
    splits: { type: 'string', default: 'digits,signs' },
    epochs: { type: 'string', default: '5' },
    limit: { type: 'string', default: '2000' },
  },
});
const limit = Number(values.limit);
const home = values.home ?? (await mkdtemp(path.join(tmpdir(), 'emnist-from-')));
const paths = resolvePaths(home);

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

/** Trains, and returns the accuracy on test images. */
async function accuracyOf(name: string, split: string, options: Parameters<typeof train>[0]): Promise<number> {
  await drain(train({ split, limit, name, overwrite: true, ...options }, { paths }));
  for await (const event of evaluate({ split, model: name }, { paths })) {
    if (event.event === 'end') return event.accuracy;
  }
  throw new Error('the evaluation did not end');
}

try {
  if (values.home === undefined) {
    await drain(fetchDatasets({ split: 'digits', from: values.archive }, { paths }));
    await writeSigns(path.join(home, 'signs'), { perSign: 150, seed: 1 });
    await drain(fetchDatasets({ name: 'signs', from: path.join(home, 'signs') }, { paths }));
  }
  const epochs = Number(values.epochs);
  const fewer = Math.max(1, Math.round(epochs / 5));
  console.log(`| ${limit} images of | from | epochs | accuracy |\n|---|---|---|---|`);
  for (const split of values.splits.split(',')) {
    const tuned = await accuracyOf(`${split}-from`, split, { from: 'shipped', epochs: fewer });
    console.log(`| \`${split}\` | \`shipped\` | ${fewer} | ${(100 * tuned).toFixed(2)}% |`);
    const scratch = await accuracyOf(`${split}-deep`, split, { architecture: 'deep', epochs });
    console.log(`| \`${split}\` | random weights | ${epochs} | ${(100 * scratch).toFixed(2)}% |`);
  }
} finally {
  if (values.home === undefined) await rm(home, { recursive: true });
}
