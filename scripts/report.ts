import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadReader } from '../src/app/draw-reader.ts';
import { fetchDatasets } from '../src/core/dataset/fetch.ts';
import { splitFolder } from '../src/core/dataset/split-files.ts';
import { readEvaluationImages } from '../src/core/evaluation/evaluation-images.ts';
import { canReject } from '../src/core/model/model.ts';
import { listModels, loadModel } from '../src/core/model/model-store.ts';
import { resolvePaths } from '../src/core/paths.ts';
import { createRecognizer } from '../src/core/recognizer/recognizer.ts';
import type { Drawing } from '../src/core/strokes/drawing.ts';
import { launchBrowser } from '../tests/helpers/browser.ts';
import { figuresText } from './report/figures.ts';
import { type Measured, measure, type TestSet } from './report/measure.ts';
import { countNotices, type Notices } from './report/notices.ts';
import { confusionsPicture, mistakesPicture } from './report/pictures.ts';
import { timeReading } from './report/reading-time.ts';
import { measureRejection, type Rejection } from './report/rejection.ts';
import { listSources, readSource, type SourceReadings } from './report/sources.ts';
import { readDrawings, readPrintedWords, wordsByLength } from './report/stroke-files.ts';
import { readValidation } from './report/validation.ts';
import { groupByContributor, spreadOverWriters } from './report/writers.ts';
import { drawWrongGroups } from './report/wrong-groups.ts';

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
const strokes = path.join(values.shared, 'strokes');
const unipen = path.join(strokes, 'unipen-test.jsonl.gz');
const split = { characters: 'all', prior: 'split' } as const;
/** How many wrong groups to make of each kind. */
const WRONG_GROUPS = 1000;
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
  if (event.event === 'end') progress(`Fetched ${event.split}`);
}

const model = await loadModel(values.model, paths);
const recognizer = await createRecognizer(model, { threads: 'all' });
const measured: Measured[] = [];
for (const set of SETS) {
  progress(`Evaluating on ${set.name}`);
  measured.push(await measure(set, values.model, recognizer, paths));
}

const scans = await readEvaluationImages({ split: 'balanced', part: 'test', characters: 'all' }, paths);
const drawings = await readDrawings(unipen);
const sources: SourceReadings[] = [];
for (const source of listSources(scans, drawings)) {
  progress(`Reading: ${source.title}`);
  sources.push(await readSource(recognizer, source));
}
const [, pen] = sources;
const writers = drawings.map(({ writer }) => writer);
const signs = await readDrawings(path.join(strokes, 'unipen-symbols-test.jsonl.gz'));
const words = await readPrintedWords(path.join(strokes, 'unipen-words-test.jsonl.gz'), [2, 3, 4]);
const rejection = await measureWhatIsRefused();
const notices = await measureNotices();
await recognizer.dispose();
progress('Timing one character');
const text = figuresText({
  model,
  bytes: await bytesOnDisk(),
  time: await timeReading(model, scans.images),
  measured,
  sources,
  writers: {
    groups: groupByContributor(pen!.of.all.readings, writers),
    spread: spreadOverWriters(pen!.of.all.readings, writers),
  },
  rejection,
  notices,
});
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

async function measureNotices(): Promise<Notices[]> {
  progress('Reading drawings as the canvas page does');
  const reader = await loadReader(values.model, paths);
  const strokesOf = (of: readonly { strokes: Drawing }[]) => of.map(({ strokes: drawing }) => drawing);
  try {
    return await countNotices(reader, [
      { title: 'Character', drawings: strokesOf(drawings) },
      ...drawWrongGroups(drawings, WRONG_GROUPS),
      { title: 'Sign', drawings: strokesOf(signs) },
      ...wordsByLength(words),
    ]);
  } finally {
    await reader.dispose();
  }
}

/** Null if the model cannot reject. */
async function measureWhatIsRefused(): Promise<Rejection | null> {
  if (!canReject(model)) return null;
  if (!model.training)
    throw new Error(`${model.name} has no training record, so nothing is known that it was not trained on`);
  progress('Choosing a threshold, and reading wrong groups');
  return measureRejection(recognizer, {
    wrongGroups: WRONG_GROUPS,
    validation: await readValidation(model.training, path.join(strokes, 'unipen-train.jsonl.gz'), paths),
    characters: sources.map(({ title, of }) => ({ title, readings: of.all.readings })),
    scans: scans.images,
    drawings,
    signs,
    words,
  });
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
