import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fetchDatasets } from '../../src/core/dataset/fetch.ts';
import { readPart } from '../../src/core/dataset/read-part.ts';
import { SPLITS, type Split, splitLabels } from '../../src/core/dataset/splits.ts';
import { createWasmEngine } from '../../src/core/engine/wasm/wasm-engine.ts';
import { type Architecture, architecture, isArchitecture } from '../../src/core/model/architectures.ts';
import { loadModel } from '../../src/core/model/model-store.ts';
import { classCount, type Network, parameterCount } from '../../src/core/model/network.ts';
import { recipeFor } from '../../src/core/model/recipe.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { readOwnNetwork } from '../../src/core/training/own-network.ts';
import { startTraining } from '../../src/core/training/start-training.ts';
import { pythonWith } from '../helpers/python.ts';
import { BATCH_SIZE, trainInPyTorch } from './pytorch-training.ts';

/*
 * `npm run bench:networks`: trains networks with emnist-tui and with PyTorch, from the same weights, on the same batches, with
 * the recipe of `cnn`, and compares their accuracy on the test part and the speed of training. `--networks` are `cnn`, `vgg`,
 * the names of files in networks/, or other files as `train --network` takes them. `--archive` is a zip with NIST's layout.
 * `--limit`, `--seeds` and `--threads` are those of both.
 */
const { values } = parseArgs({
  options: {
    archive: { type: 'string', default: path.join(import.meta.dirname, '../../../shared/emnist/gzip.zip') },
    networks: { type: 'string', default: 'cnn,lenet,residual' },
    split: { type: 'string', default: 'balanced' },
    epochs: { type: 'string', default: '10' },
    seeds: { type: 'string', default: '1' },
    limit: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const split = splitNamed(values.split);
const epochs = Number(values.epochs);
const threads = Number(values.threads);
const limit = values.limit === undefined ? null : Number(values.limit);
const python = pythonWith('torch');
if (!python) throw new Error('no python3 can import torch (Debian: apt-get install python3-torch libopenblas0)');

interface Result {
  testAccuracy: number;
  seconds: number;
}

const home = await mkdtemp(path.join(tmpdir(), 'emnist-tui-networks-'));
const paths = resolvePaths(home);
const percent = (share: number) => `${(100 * share).toFixed(2)}%`;
const mean = (results: readonly Result[], field: keyof Result) =>
  results.reduce((sum, result) => sum + result[field], 0) / results.length;

function splitNamed(name: string): Split {
  const found = SPLITS.find((split) => split === name);
  if (!found) throw new Error(`unknown split ${name}`);
  return found;
}

/** The name of an architecture, or the file of a network. */
function sourceOf(network: string): { architecture: Architecture } | { network: string } {
  if (isArchitecture(network)) return { architecture: network };
  return {
    network: network.endsWith('.json') ? network : path.join(import.meta.dirname, 'networks', `${network}.json`),
  };
}

async function layersOf(network: string): Promise<Network> {
  const classes = splitLabels(split).length;
  const source = sourceOf(network);
  return 'network' in source
    ? readOwnNetwork(source.network, classes, paths)
    : architecture(source.architecture, classes);
}

function say(who: string, seed: number, epoch: number, validationAccuracy: number, seconds: number): void {
  process.stderr.write(
    `${who}, seed ${seed}: epoch ${epoch}, ${percent(validationAccuracy)} of the validation images, ${seconds.toFixed(1)} s\n`,
  );
}

async function trainHere(network: string, seed: number): Promise<Result> {
  const data = { split, epochs, seed, threads, batchSize: BATCH_SIZE, limit: limit ?? undefined };
  const run = {
    ...data,
    ...sourceOf(network),
    ...recipeFor('cnn'),
    engine: 'wasm',
    name: 'trained',
    overwrite: true,
  } as const;
  let seconds = 0;
  for await (const event of startTraining(run, paths)) {
    if (event.event !== 'epoch') continue;
    seconds += event.seconds;
    say(`emnist-tui, ${network}`, seed, event.epoch, event.validationAccuracy, event.seconds);
  }
  return { seconds, testAccuracy: await testAccuracy() };
}

async function testAccuracy(): Promise<number> {
  const model = await loadModel('trained', paths);
  const { images, labels } = await readPart(paths, split, 'test', {});
  const engine = await createWasmEngine();
  const loaded = await engine.createNetwork(model.network);
  await loaded.setWeights(model.weights);
  const logits = await loaded.predict(images);
  await engine.dispose();
  const outputs = classCount(model.network);
  const right = labels.reduce((count, label, image) => {
    const row = logits.subarray(image * outputs, image * outputs + model.labels.length);
    return count + (row.indexOf(Math.max(...row)) === label ? 1 : 0);
  }, 0);
  return right / labels.length;
}

async function trainThere(network: string, seed: number): Promise<Result> {
  const test = await readPart(paths, split, 'test', {});
  const recipe = recipeFor('cnn');
  const records = await trainInPyTorch(python!, {
    ...{ network: await layersOf(network), recipe, split, epochs, seed, limit, threads, test, paths },
    onEpoch: (done) => {
      const { validationAccuracy, seconds } = done.at(-1)!;
      say(`PyTorch, ${network}`, seed, done.length, validationAccuracy, seconds);
    },
  });
  return {
    seconds: records.reduce((sum, { seconds }) => sum + seconds, 0),
    testAccuracy: records.at(-1)!.testAccuracy!,
  };
}

try {
  for await (const _ of fetchDatasets({ splits: [split], from: values.archive, paths }));
  const rows: string[] = [];
  for (const network of values.networks.split(',')) {
    const here: Result[] = [];
    const there: Result[] = [];
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      here.push(await trainHere(network, seed));
      there.push(await trainThere(network, seed));
    }
    const [ours, theirs] = [here, there].map((results) => mean(results, 'testAccuracy')) as [number, number];
    const cells = [
      path.basename(network, '.json'),
      parameterCount(await layersOf(network)).toLocaleString('en-US'),
      percent(ours),
      percent(theirs),
      `${(100 * (ours - theirs)).toFixed(2)}`,
      `${mean(here, 'seconds').toFixed(0)} s`,
      `${mean(there, 'seconds').toFixed(0)} s`,
      `${(mean(there, 'seconds') / mean(here, 'seconds')).toFixed(2)}x`,
    ];
    rows.push(`| ${cells.join(' | ')} |`);
  }
  console.log(
    [
      '| network | parameters | emnist-tui | PyTorch | difference in points | emnist-tui | PyTorch | speed |',
      '|---|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
  );
} finally {
  await rm(home, { recursive: true, force: true });
}
