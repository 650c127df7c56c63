import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchDatasets } from '../src/core/dataset/fetch.ts';
import { splitFolder } from '../src/core/dataset/split-files.ts';
import { listModels, loadModel } from '../src/core/model/model-store.ts';
import { resolvePaths } from '../src/core/paths.ts';
import { launchBrowser } from '../tests/helpers/browser.ts';
import { figures } from './report/markdown.ts';
import { type Measured, measure, type TestSet } from './report/measure.ts';
import { confusionsPicture, mistakesPicture } from './report/pictures.ts';

/**
 * Evaluates a model on every test set and prints the figures of its model card. `--write` updates docs/model-card.md and draws
 * the pictures: the confusion matrix, and the most confident mistakes (docs/mistakes, which git ignores because it contains
 * images of the data sets). `--shared` is the folder with EMNIST and the stroke files.
 */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({
  options: {
    shared: { type: 'string', default: path.join(root, '../shared') },
    home: { type: 'string', default: path.join(root, '.shipped-training') },
    model: { type: 'string', default: 'shipped' },
    write: { type: 'boolean', default: false },
  },
});
const paths = resolvePaths(path.resolve(values.home));
const unipen = path.join(values.shared, 'strokes/unipen-test.jsonl.gz');
const split = { characters: 'all', prior: 'split' } as const;
const SETS: readonly TestSet[] = [
  { title: '`balanced`', name: 'balanced', split: 'balanced', ...split },
  { title: '`bymerge`', name: 'bymerge', split: 'bymerge', ...split },
  { title: '`bymerge`', name: 'bymerge-uniform', split: 'bymerge', ...split, prior: 'uniform' },
  { title: '`byclass`', name: 'byclass', split: 'byclass', ...split },
  { title: '`letters`', name: 'letters', split: 'letters', ...split },
  { title: '`digits`', name: 'digits', split: 'digits', ...split },
  { title: '`mnist`', name: 'mnist', split: 'mnist', ...split },
  { title: 'UNIPEN', name: 'unipen', split: 'balanced', strokes: unipen, ...split },
  {
    title: 'UNIPEN, digits',
    name: 'unipen-digits',
    split: 'balanced',
    strokes: unipen,
    ...split,
    characters: 'digits',
  },
];

const missing = [...new Set(SETS.map((set) => set.split))].filter((one) => !existsSync(splitFolder(paths, one)));
const archive = path.join(values.shared, 'emnist/gzip.zip');
for await (const event of fetchDatasets({ splits: missing, from: archive, paths })) {
  if (event.event === 'end') process.stderr.write(`Fetched ${event.split}\n`);
}

const measured: Measured[] = [];
for (const set of SETS) {
  process.stderr.write(`Evaluating on ${set.name}\n`);
  measured.push(await measure(set, values.model, paths));
}
const model = await loadModel(values.model, paths);
const text = figures(model, await bytesOnDisk(), measured);
console.log(text);

if (values.write) {
  const card = path.join(root, 'docs/model-card.md');
  const old = await readFile(card, 'utf8');
  const between = /(?<=<!-- figures -->\n)[\s\S]*(?=<!-- end -->)/;
  await writeFile(
    card,
    old.replace(between, () => `\n${text}\n\n`),
  );
  const { browser, reason } = await launchBrowser();
  if (!browser) throw new Error(reason);
  await confusionsPicture(measured[0]!, path.join(root, 'docs/confusions.png'), browser);
  // `predict` has no prior, so each set has the same mistakes under either.
  const distinct = measured.filter(({ set }) => set.prior === 'split');
  for (const one of distinct) await mistakesPicture(one, path.join(root, 'docs/mistakes'), browser);
  await browser.close();
}

/** Size of the model's files on disk. */
async function bytesOnDisk(): Promise<number> {
  const folder = (await listModels(paths)).find(({ name }) => name === values.model)!.folder;
  const files = (await readdir(folder)).filter((name) => name === 'model.json' || name.endsWith('.bin'));
  const sizes = await Promise.all(files.map(async (name) => (await stat(path.join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
