import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeModels } from '../src/app/models.ts';
import { loadModel, saveModelFolder } from '../src/core/model/model-store.ts';
import { resolvePaths } from '../src/core/paths.ts';
import { averageModels } from './average-models.ts';

/**
 * Trains the shipped model with the program's own commands and writes it to models/shipped, in about two hours on two
 * idle cores. Run it again to resume an interrupted training run, with a larger `--epochs` if need be.
 * `--shared` is the folder with EMNIST and the stroke files.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    home: { type: 'string', default: path.join(root, '.shipped-training') },
    epochs: { type: 'string', default: '13' },
  },
});
/** Trained from random weights. */
const NAME = 'emnist-47';
/** Starts from that one, with smaller steps and more drawings, which are what people draw on the canvas page. */
const FINE = 'emnist-47-fine';
const FINE_EPOCHS = '6';
/** The largest split; the others are parts of it. */
const SPLIT = 'bymerge';
/** Drawings of characters, and of signs, from which it learns what is no character. The order is part of the recipe. */
const STROKES = ['unipen-train', 'chars-extra-train', 'unipen-symbols-train'];
const FINE_STROKES = ['unipen-train', ...STROKES];
const home = path.resolve(values.home);

async function emnistTui(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [path.join(root, 'bin/emnist-tui.js'), ...args, '--data-dir', home], {
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exit(code ?? 1);
}

if (!existsSync(path.join(home, 'datasets', SPLIT))) {
  await emnistTui('fetch', '--split', SPLIT, '--from', path.join(values.shared, 'emnist/gzip.zip'));
}
const paths = resolvePaths(home);

/** Trains a model, unless that has been done, or resumes its training. */
async function train(model: string, recipe: Readonly<Record<string, string>>, strokes: readonly string[]) {
  const resume = existsSync(path.join(paths.models, model, 'checkpoint.safetensors'));
  const finished = (await describeModels(paths)).some(
    ({ name, epochs, resumable }) => name === model && epochs !== null && !resumable,
  );
  if (finished) return;
  const common = { split: SPLIT, reject: '0.12', name: model, engine: 'wasm' };
  const files = strokes.map((file) => path.join(values.shared, `strokes/${file}.jsonl.gz`));
  await emnistTui(
    'train',
    ...Object.entries({ ...common, ...recipe }).flatMap(([name, value]) => [`--${name}`, value]),
    ...files.flatMap((file) => ['--strokes', file]),
    ...(resume ? ['--resume'] : []),
  );
}

await train(NAME, { architecture: 'deep', epochs: values.epochs, seed: '1' }, STROKES);
await train(FINE, { from: NAME, epochs: FINE_EPOCHS, seed: '1', 'learning-rate': '0.001' }, FINE_STROKES);
// Storing weights in 8 bits makes the files a quarter as large and changes hardly any reading; see docs/decisions.md.
const average = await averageModels(await loadModel(NAME, paths), await loadModel(FINE, paths), paths);
await saveModelFolder({ ...average, name: 'shipped' }, path.join(root, 'models/shipped'), 'uint8');
