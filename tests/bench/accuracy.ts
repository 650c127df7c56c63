import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchDatasets } from '../../src/core/dataset/fetch.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { type Architecture, architecture } from '../../src/core/model/architectures.ts';
import { recipeFor } from '../../src/core/model/recipe.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { startTraining } from '../../src/core/training/start-training.ts';
import { pythonWith } from '../helpers/python.ts';
import { trainInPyTorch } from './pytorch-training.ts';

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

async function trainPeer(python: string, name: Architecture, count: number): Promise<Epoch[]> {
  return trainInPyTorch(python, {
    network: architecture(name, splitLabels('balanced').length),
    recipe: recipeFor(name),
    split: 'balanced',
    epochs: count,
    seed: SEED,
    limit,
    paths,
    onEpoch: (records) => report(`PyTorch, ${name}`, records),
  });
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
  const notebook = await trainPeer(python, 'cnn', epochs);
  const ours = await trainHere('vgg', epochs);
  // How far the default network gets in the time that PyTorch takes for the notebook's.
  const affordable = Math.max(1, Math.floor(secondsOf(notebook) / (secondsOf(ours) / epochs)));
  const short = await trainHere('vgg', affordable);
  const same = await trainPeer(python, 'vgg', epochs);
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
