import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchDatasets } from '../../src/core/dataset/fetch.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { charactersPerClass } from '../../src/core/labels.ts';
import { type Architecture, architecture } from '../../src/core/model/architectures.ts';
import { initialWeights } from '../../src/core/model/initial-weights.ts';
import { weightSpecs } from '../../src/core/model/network.ts';
import { recipeFor } from '../../src/core/model/recipe.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { hash32 } from '../../src/core/random.ts';
import { BatchSource } from '../../src/core/training/batch-source.ts';
import { learningRateAt } from '../../src/core/training/schedule.ts';
import { startTraining } from '../../src/core/training/start-training.ts';
import { pythonWith } from '../helpers/python.ts';

/*
 * `npm run bench:accuracy`: how long emnist-tui and PyTorch take to reach an accuracy on the validation images of
 * `balanced`, with the same network, recipe and batches: PyTorch gets the batches that emnist-tui prepares. Takes about 25
 * minutes. `--archive` is a zip with NIST's layout; `--epochs` and `--limit` shorten the run.
 */
const here = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    archive: { type: 'string', default: path.join(here, '../../../shared/emnist/gzip.zip') },
    epochs: { type: 'string', default: '10' },
    limit: { type: 'string' },
  },
});
const epochs = Number(values.epochs);
const limit = values.limit === undefined ? null : Number(values.limit);
const BATCH_SIZE = 128;
const SEED = 1;
const TARGETS = [0.863, 0.89, 0.9];

interface Epoch {
  seconds: number;
  validationAccuracy: number;
}

async function trainHere(name: Architecture, count: number): Promise<Epoch[]> {
  const options = { split: 'balanced', architecture: name, epochs: count, seed: SEED, engine: 'wasm' } as const;
  const records: Epoch[] = [];
  const run = { ...options, limit: limit ?? undefined, name: `${name}-${count}`, overwrite: true };
  for await (const event of startTraining(run, paths)) {
    if (event.event !== 'epoch') continue;
    records.push(event);
    report(`emnist-tui, ${name}`, records);
  }
  return records;
}

async function trainInPyTorch(python: string, name: Architecture, count: number): Promise<Epoch[]> {
  const labels = splitLabels('balanced');
  const recipe = recipeFor(name);
  const network = architecture(name, labels.length);
  // The weights that a training run with this seed starts with.
  const weights = initialWeights(network, hash32(SEED, 2));
  const source = { split: 'balanced', seed: SEED, limit, strokes: null } as const;
  const plan = {
    seed: SEED,
    batchSize: BATCH_SIZE,
    characters: charactersPerClass(labels),
    recipe,
    input: network.input,
  };
  const batches = await BatchSource.open({ paths, source, plan }, count);
  const threads = availableParallelism();
  const child = spawn(python, [path.join(here, 'peers/pytorch_training.py'), `${threads}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OPENBLAS_NUM_THREADS: `${threads}`, ...(threads > 1 && { OMP_PROC_BIND: 'true' }) },
  });
  const send = async (bytes: string | Uint8Array) => {
    if (!child.stdin.write(bytes)) await once(child.stdin, 'drain');
  };
  const { trainImages, validation, validationShift } = batches.set;
  const steps = count * batches.batches;
  const task = {
    network,
    weights: weightSpecs(network),
    weightCount: weights.reduce((sum, { length }) => sum + length, 0),
    recipe,
    learningRates: Array.from({ length: steps }, (_, step) =>
      learningRateAt(recipe.schedule, recipe.learningRate, step + 1, steps),
    ),
    epochs: count,
    batchSize: BATCH_SIZE,
    trainImages,
    validationImages: validation.labels.length,
    validationShift,
  };
  const records: Epoch[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      records.push(JSON.parse(line));
      report(`PyTorch, ${name}`, records);
    }
  })();
  await send(`${JSON.stringify(task)}\n`);
  for (const tensor of weights) await send(new Uint8Array(tensor.buffer));
  await send(validation.images);
  await send(validation.labels);
  for (let epoch = 1; epoch <= count; epoch++) {
    for (let batch = 1; batch <= batches.batches; batch++) {
      const { images, labels } = await batches.take(epoch, batch);
      await send(images);
      await send(labels);
    }
  }
  child.stdin.end();
  await reading;
  if (records.length < count) throw new Error(`PyTorch exited after ${records.length} epochs`);
  await batches.dispose();
  return records;
}

const secondsOf = (records: readonly Epoch[]) => records.reduce((sum, { seconds }) => sum + seconds, 0);
const percent = (share: number) => `${(100 * share).toFixed(2)}%`;

function report(who: string, records: readonly Epoch[]): void {
  const { validationAccuracy } = records.at(-1)!;
  process.stderr.write(
    `${who}: epoch ${records.length}, ${secondsOf(records).toFixed(0)} s, ${percent(validationAccuracy)}\n`,
  );
}

/** Seconds until the end of the first epoch with at least this accuracy. */
function timeTo(target: number, records: readonly Epoch[]): string {
  const epoch = records.findIndex(({ validationAccuracy }) => validationAccuracy >= target);
  return epoch < 0 ? 'not reached' : `${secondsOf(records.slice(0, epoch + 1)).toFixed(0)} s`;
}

function row(who: string, records: readonly Epoch[]): string {
  const last = records.at(-1)!.validationAccuracy;
  const cells = [who, String(records.length), `${secondsOf(records).toFixed(0)} s`, percent(last)];
  return `| ${[...cells, ...TARGETS.map((target) => timeTo(target, records))].join(' | ')} |`;
}

const python = pythonWith('torch');
if (!python) throw new Error('no python3 can import torch (Debian: apt-get install python3-torch libopenblas0)');
const home = await mkdtemp(path.join(tmpdir(), 'emnist-tui-accuracy-'));
const paths = resolvePaths(home);
try {
  for await (const _ of fetchDatasets({ splits: ['balanced'], from: values.archive, paths }));
  const notebook = await trainInPyTorch(python, 'cnn', epochs);
  const ours = await trainHere('vgg', epochs);
  // How far the default network gets in the time that PyTorch takes for the notebook's.
  const affordable = Math.max(1, Math.floor(secondsOf(notebook) / (secondsOf(ours) / epochs)));
  const short = await trainHere('vgg', affordable);
  const same = await trainInPyTorch(python, 'vgg', epochs);
  console.log(
    [
      `| | epochs | seconds | validation accuracy | ${TARGETS.map(percent).join(' | ')} |`,
      '|---|---|---|---|---|---|---|',
      row('PyTorch, `cnn` (the notebook)', notebook),
      row('emnist-tui, `vgg`, same time', short),
      row('emnist-tui, `vgg` (default)', ours),
      row('PyTorch, `vgg`, same recipe', same),
    ].join('\n'),
  );
} finally {
  await rm(home, { recursive: true, force: true });
}
