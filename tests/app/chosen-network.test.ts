import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { networkSummary } from '../../src/app/chosen-network.ts';
import { architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { saveModel } from '../../src/core/model/model-store.ts';
import { summarizeNetwork } from '../../src/core/model/network-summary.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { temporaryFolder } from '../cli/run.ts';
import { trainingRecord } from '../helpers/training-record.ts';

let paths: Paths;
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  paths = resolvePaths(folder);
  const network = architecture('cnn', 10);
  const training = trainingRecord({ split: 'digits', architecture: 'cnn' });
  const labels = [...'0123456789'];
  await saveModel({ name: 'mine', network, labels, weights: initialWeights(network, 1), training }, paths);
});

test('an architecture has an output for each class, and one more if it is to reject', async () => {
  expect(await networkSummary({ split: 'letters', architecture: 'deep' }, { paths })).toEqual(
    summarizeNetwork(architecture('deep', 26)),
  );
  expect(await networkSummary({ split: 'letters', reject: 0.1 }, { paths })).toEqual(
    summarizeNetwork(architecture('vgg', 27)),
  );
});

test('a run that starts from a model has its layers, with other outputs', async () => {
  expect(await networkSummary({ split: 'letters', from: 'mine' }, { paths })).toEqual(
    summarizeNetwork(architecture('cnn', 26)),
  );
});

test('a run that is resumed has those of its model, if there is one yet', async () => {
  expect(await networkSummary({ split: 'digits', name: 'mine', resume: true }, { paths })).toEqual(
    summarizeNetwork(architecture('cnn', 10)),
  );
  expect(await networkSummary({ split: 'digits', name: 'other', resume: true }, { paths })).toBeNull();
});

test('a file has its layers, or it is said what is wrong with it', async () => {
  const file = path.join(folder, 'net.json');
  await writeFile(file, JSON.stringify([{ type: 'Flatten' }, { type: 'Dense', units: 1 }]));
  const layers = await networkSummary({ split: 'digits', network: file }, { paths });
  expect(layers?.at(-1)).toMatchObject({ shape: [10], parameters: 7850 });
  await expect(networkSummary({ split: 'digits', network: `${file}x` }, { paths })).rejects.toThrow(/net\.jsonx/);
});

test('stops when it is told to', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(networkSummary({ split: 'digits' }, { paths, signal })).rejects.toThrow('enough');
});
