import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeModels } from '../src/app/models.ts';
import { loadModel, saveModelFolder } from '../src/core/model/model-store.ts';
import { resolvePaths } from '../src/core/paths.ts';

/**
 * Trains the shipped model with the program's own commands and writes it to models/shipped, in about an hour and a half on two
 * cores that have nothing else to do. Run it again to resume an interrupted training run, with a larger `--epochs` if need be.
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
const NAME = 'emnist-47';
/** The largest split; the others are parts of it. */
const SPLIT = 'bymerge';
/** Drawings of characters, and of signs, from which it learns what is no character. The order is part of the recipe. */
const STROKES = ['unipen-train', 'chars-extra-train', 'unipen-symbols-train'];
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
const resume = existsSync(path.join(paths.models, NAME, 'checkpoint.safetensors'));
const finished = (await describeModels(paths)).some(
  ({ name, epochs, resumable }) => name === NAME && epochs !== null && !resumable,
);
if (!finished) {
  const recipe = { split: SPLIT, architecture: 'deep', epochs: values.epochs, seed: '1', reject: '0.12' };
  const files = STROKES.map((file) => path.join(values.shared, `strokes/${file}.jsonl.gz`));
  await emnistTui(
    'train',
    ...Object.entries({ ...recipe, name: NAME, engine: 'wasm' }).flatMap(([name, value]) => [`--${name}`, value]),
    ...files.flatMap((file) => ['--strokes', file]),
    ...(resume ? ['--resume'] : []),
  );
}
// Half precision halves the size and does not change the measured accuracy.
await saveModelFolder(
  { ...(await loadModel(NAME, paths)), name: 'shipped' },
  path.join(root, 'models/shipped'),
  'float16',
);
